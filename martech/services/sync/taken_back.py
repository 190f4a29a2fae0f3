"""What an undo took back stays taken back: it is not written again before our value is another one."""

from collections.abc import Iterable, Mapping

from martech.connectors.port import Value
from martech.models import PlannedWrite, RunKind, SyncObject, SyncRun, WriteState

TakenBack = Mapping[int, Mapping[str, Value]]


def taken_back(object: SyncObject, ids: Iterable[int]) -> TakenBack:
    """{our id: {their field: the value}} of what an undo took back over there and no later write set again."""
    if not SyncRun.objects.filter(object=object, kind=RunKind.UNDO).exclude(plan_hash="").exists():
        return {}
    done = [WriteState.UPDATED, WriteState.CREATED]
    rows = PlannedWrite.objects.filter(run__object=object, local_id__in=list(ids), state__in=done)
    found: dict[int, dict[str, Value]] = {}
    names = ("local_id", "run__kind", "run__reverts__kind", "before", "after")
    for pk, kind, reverted, before, after in rows.order_by("pk").values_list(*names):
        refused = found.setdefault(pk, {})
        for name in after:
            if kind == RunKind.UNDO and reverted != RunKind.UNDO:
                refused[name] = before.get(name)
            else:
                refused.pop(name, None)
    return found
