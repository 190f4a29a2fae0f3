"""Consent in a merge: a no at any address of a person is a no at all of them; nobody is subscribed again by tidying."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from governance.models import ConsentRecord, ConsentState
from governance.selectors.consents import standing_consents
from governance.services.consents import subject_of
from martech.models import PersonEmail

STRICTNESS: dict[str, int] = {ConsentState.EXPIRED: 1, ConsentState.REFUSED: 2, ConsentState.WITHDRAWN: 3}
"""States that end a grant. A request that waits for its confirmation is not a no, and takes no grant away."""
SOURCE = "merge"


@dataclass(frozen=True)
class Restriction:
    """The grant of one address that ends because another address of the same person said no."""

    address: str
    purpose: str
    channel: str
    state: str
    granted: ConsentRecord
    because: ConsentRecord


def restrictions(person_ids: Sequence[int]) -> list[Restriction]:
    """The grants that would outlive a no if these people became one without further ado."""
    emails = PersonEmail.objects.filter(person__in=person_ids).order_by("id").values_list("key", "address")
    address_of = {subject_of(key): address for key, address in emails}
    by_purpose: dict[tuple[str, str], list[ConsentRecord]] = defaultdict(list)
    for record in standing_consents(address_of):
        by_purpose[record.purpose, record.channel].append(record)
    found = []
    for (purpose, channel), records in sorted(by_purpose.items()):
        strictest = max(records, key=lambda record: (STRICTNESS.get(record.state, 0), record.occurred_at, record.pk))
        if strictest.state in STRICTNESS:
            found += [
                Restriction(address_of[record.subject], purpose, channel, strictest.state, record, strictest)
                for record in records
                if record.state == ConsentState.GRANTED
            ]
    return found


def append_restrictions(found: Sequence[Restriction], *, merge: int, actor: Any) -> list[int]:
    """Append the records that end those grants; answers their ids."""
    now = timezone.now()
    rows = [
        ConsentRecord(
            subject=one.granted.subject,
            purpose=one.purpose,
            channel=one.channel,
            state=one.state,
            source=SOURCE,
            evidence={"merge": merge, "because_of": one.because.pk, "ends": one.granted.pk},
            occurred_at=max(now, one.granted.occurred_at),
            actor=actor,
        )
        for one in found
    ]
    return [row.pk for row in ConsentRecord.objects.bulk_create(rows)]


def give_back(record_ids: Sequence[int], *, merge: int, actor: Any) -> None:
    """The merge was wrong, so the grants it ended stand again, unless the person said something since.

    Records are never deleted: one more says so, and names the grant it restores.
    """
    ours = list(ConsentRecord.objects.filter(pk__in=record_ids))
    latest = {row.pk for row in standing_consents({row.subject for row in ours})}
    grants = ConsentRecord.objects.in_bulk([row.evidence["ends"] for row in ours])
    now = timezone.now()
    ConsentRecord.objects.bulk_create(
        ConsentRecord(
            subject=row.subject,
            purpose=row.purpose,
            channel=row.channel,
            state=grants[row.evidence["ends"]].state,
            source="unmerge",
            evidence={"merge": merge, "restores": row.evidence["ends"]},
            occurred_at=max(now, row.occurred_at),
            actor=actor,
        )
        for row in ours
        if row.pk in latest
    )
