"""What a completeness proof found that no round had noticed, until it is read again or a later proof finds it no more."""

from django.db.models import Exists, OuterRef, Q

from martech.models import ProofSide, RunKind, RunState, SyncRun
from martech.sync.reasons import READ_AGAIN


def missed_records() -> dict[int, SyncRun]:
    """{connection: its newest proof that found such records}; a backfill since, or a proof of everything without any,
    settles it."""
    found = Q()
    for side in ProofSide.values:
        for reason in READ_AGAIN:
            found |= Q(**{f"plan__sides__{side}__{reason}__gt": 0})
    done = SyncRun.objects.filter(state=RunState.DONE)
    settles = Q(kind=RunKind.BACKFILL) | (Q(kind=RunKind.COMPARE, plan__question__isnull=True) & ~found)
    later = done.filter(settles, object=OuterRef("object"), pk__gt=OuterRef("pk"))
    proofs = done.filter(found, kind=RunKind.COMPARE, object__is_enabled=True).exclude(Exists(later))
    return {run.connection_id: run for run in proofs.select_related("object").order_by("pk")}


def missed_in(proof: SyncRun) -> int:
    """How many records a proof found that were missed."""
    return sum(reasons.get(reason, 0) for reasons in proof.plan.get("sides", {}).values() for reason in READ_AGAIN)
