"""What stands for each person of consent, kept so that conditions can ask for it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from governance.consent import GRANTED
from governance.models import ConsentRecord
from governance.selectors.consents import Standing, standing_consents
from governance.selectors.contactability import strictest
from martech.models import PersonConsent, PersonEmail
from martech.selectors.contacting import subjects_of
from martech.services.memberships import mark

CONCERNED = frozenset({"consent", "email", "new", "merged_into_id"})
"""Topics of changes after which somebody's consent is looked up again."""


def note_consents(email_keys: Collection[str]) -> None:
    """Somebody said something about these addresses: the people who have them are looked at again."""
    people = PersonEmail.objects.filter(key__in=list(email_keys)).values_list("person", flat=True)
    if ids := set(people):
        mark(ids, "consent")


def refresh_consents(ids: Collection[int], now: datetime | None = None) -> None:
    """Look up what stands for some people, and keep it; five statements for any number."""
    if not ids or not (ConsentRecord.objects.exists() or PersonConsent.objects.exists()):
        return
    moment = now or timezone.now()
    subjects = subjects_of(ids)
    hashes = {subject.ref: subject.hashes for subject in subjects}
    standing: dict[str, list[Standing]] = {}
    for row in standing_consents({one for of_one in hashes.values() for one in of_one}, at=moment):
        standing.setdefault(row.subject, []).append(row)
    kept = [
        row
        for ref, of_one in hashes.items()
        for row in rows_of(int(str(ref)), [s for h in of_one for s in standing.get(h, ())])
    ]
    PersonConsent.objects.filter(person__in=list(ids)).delete()
    PersonConsent.objects.bulk_create(kept, batch_size=5_000)


def rows_of(person: int, standing: Sequence[Standing]) -> Iterator[PersonConsent]:
    """One row a purpose and channel: the strictest of all addresses, ending when the first of its grants ends."""
    by_purpose: dict[tuple[str, str], list[Standing]] = {}
    for row in standing:
        by_purpose.setdefault((row.purpose, row.channel), []).append(row)
    for (purpose, channel), rows in by_purpose.items():
        chosen = strictest(rows)
        if chosen is None:
            continue
        ends = [row.valid_until for row in rows if row.state == GRANTED and row.valid_until]
        yield PersonConsent(
            person_id=person,
            purpose=purpose,
            channel=channel,
            state=chosen.state,
            since=chosen.said_at,
            ends_at=min(ends) if ends and chosen.state == GRANTED else None,
        )
