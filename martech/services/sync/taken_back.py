"""What an undo took back stays taken back, and what somebody left out of a plan stays left out: neither is written
before our value is another one."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from martech.connectors.port import Value
from martech.models import PlannedWrite, RunKind, RunState, SyncObject, SyncRun, WriteState

TakenBack = Mapping[int, Mapping[str, Value]]
VOID = (RunState.HELD, RunState.CANCELLED)
"""Of a plan that waits or was rejected nothing was left out for good."""


def taken_back(object: SyncObject, ids: Iterable[int]) -> TakenBack:
    """{our id: {their field: the value}} of what is not to be written, and no later write set again."""
    undone = Q(kind=RunKind.UNDO) & ~Q(plan_hash="")
    if not SyncRun.objects.filter(undone | Q(plan__has_key="left_out_by"), object=object).exists():
        return {}
    done = Q(state__in=[WriteState.UPDATED, WriteState.CREATED])
    left_out = Q(state=WriteState.LEFT_OUT, run__kind=RunKind.PUSH) & ~Q(run__state__in=VOID)
    rows = PlannedWrite.objects.filter(done | left_out, run__object=object, local_id__in=list(ids))
    found: dict[int, dict[str, Value]] = {}
    names = ("local_id", "state", "run__kind", "run__reverts__kind", "before", "after")
    for pk, state, kind, reverted, before, after in rows.order_by("pk").values_list(*names):
        refused = found.setdefault(pk, {})
        for name, value in after.items():
            if state == WriteState.LEFT_OUT:
                refused[name] = value
            elif kind == RunKind.UNDO and reverted != RunKind.UNDO:
                refused[name] = before.get(name)
            else:
                refused.pop(name, None)
    return found
