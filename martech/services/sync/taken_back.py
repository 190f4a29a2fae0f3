"""What an undo took back stays taken back, and what somebody left out of a plan stays left out: neither is written
before our value is another one."""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from martech.connectors.port import Value
from martech.models import MappingVersion, PlannedWrite, RunKind, RunState, SyncObject, SyncRun, WriteState

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


def still_left_out(object: SyncObject, mapping: MappingVersion) -> QuerySet[PlannedWrite]:
    """Rows that somebody left out of a plan by this mapping, where no later plan has one of the same record."""
    plans = SyncRun.objects.filter(object=object, kind=RunKind.PUSH, mapping=mapping, plan__has_key="left_out_by")
    later = PlannedWrite.objects.filter(run__object=object, local_id=OuterRef("local_id"), pk__gt=OuterRef("pk"))
    rows = PlannedWrite.objects.filter(run__in=plans.exclude(state__in=VOID), state=WriteState.LEFT_OUT)
    return rows.exclude(Exists(later))
