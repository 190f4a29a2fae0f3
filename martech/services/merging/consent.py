"""Consent in a merge: a no at any address of a person is a no at all of them; nobody is subscribed again by tidying."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from governance.consent import STRICTNESS
from governance.models import ConsentOrigin, ConsentRecord, ConsentState
from governance.selectors.consents import Standing, standing_consents
from governance.services.consents import take_back
from governance.subjects import subject_of
from martech.models import PersonEmail

SOURCE = "merge"


@dataclass(frozen=True)
class Restriction:
    """The grant of one address that ends because another address of the same person said no."""

    address: str
    purpose: str
    channel: str
    state: str
    granted: Standing
    because: Standing


def restrictions(person_ids: Sequence[int]) -> list[Restriction]:
    """The grants that would outlive a no if these people became one without further ado."""
    emails = PersonEmail.objects.filter(person__in=person_ids).order_by("id").values_list("key", "address")
    address_of = {subject_of(key): address for key, address in emails}
    by_purpose: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for record in standing_consents(address_of):
        by_purpose[record.purpose, record.channel].append(record)
    found = []
    for (purpose, channel), records in sorted(by_purpose.items()):
        strictest = max(records, key=lambda record: (STRICTNESS.get(record.state, 0), record.said_at, record.pk))
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
            origin=ConsentOrigin.SYSTEM,
            source=SOURCE,
            evidence={"merge": merge, "because_of": one.because.pk, "ends": one.granted.pk},
            occurred_at=now,
            received_at=now,
            actor=actor,
        )
        for one in found
    ]
    return [row.pk for row in ConsentRecord.objects.bulk_create(rows)]


def give_back(record_ids: Sequence[int], *, merge: int, actor: Any) -> None:
    """The merge was wrong, so the grants it ended stand again, unless the person said something since.

    Records are never deleted: one more takes back each of the merge's.
    """
    ours = list(ConsentRecord.objects.filter(pk__in=record_ids, voided_by=None))
    take_back(records=ours, source="unmerge", evidence={"merge": merge}, actor=actor)
