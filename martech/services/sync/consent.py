"""Nobody is sent without asking: consent and suppression are checked for every row in the moment of writing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from governance.consent import GRANTED
from governance.models import ContactChannel, ContactCheck
from governance.purposes import DATA_TRANSFER
from governance.selectors.contactability import Denial, Subject, contactable
from governance.services.contact_checks import Screening
from martech.connectors.errors import Reason
from martech.models import Person, PersonConsent, PersonEmail, PlannedWrite, RemoteRow, WriteState
from martech.services.sync.course import Course
from mops.core.sql import among


def denied(course: Course, rows: Sequence[PlannedWrite]) -> dict[int, Denial]:
    """{our id: why} of the people who may not be sent for the mapping's purpose; without one, whose data may not be
    passed on at all. The denial is on record."""
    if course.mapping.kind != "person" or not rows:
        return {}
    purpose, channel = purpose_of(course)
    check, _ = ContactCheck.objects.get_or_create(
        use=f"Push to {course.system}",
        reference=f"sync run {rows[0].run_id}",
        defaults={"purpose": purpose, "channel": channel, "actor": None},
    )
    verdicts = Screening(check).verdicts(subjects([row.local_id for row in rows]))
    return {int(str(verdict.ref)): verdict.denial for verdict in verdicts if verdict.denial}


def reason_of(denial: Denial) -> Reason:
    """Whom the suppression list keeps out waits for nobody's consent: kept apart with each write that was held back."""
    return Reason.SUPPRESSED if denial == Denial.SUPPRESSED else Reason.CONSENT


AGAIN = timedelta(days=1)
"""Whom we may not send is asked about again tomorrow, or as soon as they grant something."""


def wait_for_consent(course: Course, people: Iterable[int]) -> None:
    """Let changes of these people rest until they are asked about again."""
    rows = RemoteRow.objects.filter(object=course.object, local_id__in=among(people), due_at__isnull=False)
    rows.update(due_at=timezone.now() + AGAIN)


def lately_granted() -> QuerySet[PersonConsent]:
    return PersonConsent.objects.filter(state=GRANTED, since__gte=timezone.now() - AGAIN)


def lately_denied(course: Course) -> QuerySet[PlannedWrite]:
    """Writes that were held back within a day, of people who granted nothing since."""
    granted = lately_granted().filter(person=OuterRef("local_id"))
    since = timezone.now() - AGAIN
    writes = PlannedWrite.objects.filter(run__object=course.object, state=WriteState.DENIED, run__created_at__gte=since)
    return writes.exclude(Exists(granted))


def verdict_on(course: Course, person: int) -> str:
    """Why somebody would not be sent now; nothing when they would."""
    denial = denied_now(course, [person]).get(person)
    return str(denial.label) if denial else ""


def denied_now(course: Course, people: Sequence[int]) -> dict[int, Denial]:
    """{our id: why} of whom would not be sent now. Only looked at: no record is kept."""
    if course.mapping.kind != "person":
        return {}
    purpose, channel = purpose_of(course)
    verdicts = contactable(subjects(people), purpose=purpose, channel=channel)
    return {int(str(one.ref)): one.denial for one in verdicts if one.denial}


def purpose_of(course: Course) -> tuple[str, str]:
    """For what and over which channel; without a purpose of its own, the passing on of data."""
    mapping = course.mapping
    return (mapping.purpose, mapping.channel) if mapping.purpose else (DATA_TRANSFER, ContactChannel.DATA)


def subjects(ids: Sequence[int]) -> list[Subject]:
    addresses: dict[int, list[str]] = defaultdict(list)
    for person, key in PersonEmail.objects.filter(person__in=ids).values_list("person_id", "key"):
        addresses[person].append(key)
    phones = dict(Person.objects.filter(pk__in=ids).exclude(phone="").values_list("pk", "phone"))
    return [Subject(pk, addresses[pk], [phones[pk]] if pk in phones else []) for pk in ids]
