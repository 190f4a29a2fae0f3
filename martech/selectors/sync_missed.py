"""What a completeness proof found that no round had noticed, until it is read."""

from dataclasses import dataclass

from django.db.models import Count

from martech.models import RunState, SyncDifference, SyncRun


@dataclass(frozen=True)
class Missed:
    """A proof, and how many of the records that it found to be missed were not read since."""

    proof: SyncRun
    number: int


def missed_records() -> dict[int, Missed]:
    """{connection: its newest proof of which something is missed still}. Read from the index of what is missed, however many
    runs there are."""
    numbers = dict(SyncDifference.objects.missed().values_list("run").annotate(number=Count("pk")).order_by())
    runs = SyncRun.objects.filter(pk__in=numbers, state=RunState.DONE, object__is_enabled=True)
    return {run.connection_id: Missed(run, numbers[run.pk]) for run in runs.select_related("object").order_by("pk")}


def read_since(proof: SyncRun) -> dict[tuple[str, str], int]:
    """{(side, reason): how many of its missed records were read since, or compared anew}"""
    settled = SyncDifference.objects.filter(run=proof, settled_at__isnull=False)
    rows = settled.values_list("side", "reason").annotate(number=Count("pk")).order_by()
    return {(side, reason): number for side, reason, number in rows}
