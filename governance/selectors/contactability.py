"""The gate: may these people be contacted, or their data passed on, for a purpose over a channel?

Three statements for any number of people. Ask it inside the transaction that records the effect, and through
`governance.services.contact_checks.screening`, which keeps the proof; ask `contactable` itself only to show a verdict.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from governance.consent import EXPIRED, GRANTED, REFUSED, REQUESTED, STRICTNESS, WITHDRAWN
from governance.models import ContactChannel, Suppression
from governance.purposes import OPT_OUT
from governance.selectors.consents import Standing, standing_consents
from governance.selectors.purposes import purpose_of, purposes
from governance.subjects import subject_of, subject_of_phone

NEEDS: dict[str, str] = {
    ContactChannel.EMAIL: "emails",
    ContactChannel.PHONE: "phones",
    ContactChannel.SMS: "phones",
}
"""What a channel cannot do without."""


class Denial(models.TextChoices):
    SUPPRESSED = "suppressed", "On the suppression list"
    WITHDRAWN = WITHDRAWN, "Consent withdrawn"
    REFUSED = REFUSED, "Consent refused"
    EXPIRED = EXPIRED, "Consent expired"
    REQUESTED = REQUESTED, "Waits for confirmation"
    NO_CONSENT = "no_consent", "No consent on record"
    NO_ADDRESS = "no_address", "No address for this channel"


@dataclass(frozen=True)
class Subject:
    """Somebody as the asker knows them: `ref` is the asker's own name for them (a primary key), the rest canonical."""

    ref: Hashable
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()

    @property
    def hashes(self) -> list[str]:
        return [*map(subject_of, filter(None, self.emails)), *map(subject_of_phone, filter(None, self.phones))]


@dataclass(frozen=True)
class Verdict:
    """Allowed, or denied with the reason; `standing` and `suppression` are what decided, where something did."""

    ref: Hashable
    denial: Denial | None = None
    standing: Standing | None = None
    suppression: Suppression | None = None

    @property
    def is_allowed(self) -> bool:
        return self.denial is None

    @property
    def reason(self) -> str:
        return str(self.denial.label) if self.denial else "Allowed"


def contactable(
    subjects: Iterable[Subject], *, purpose: str, channel: str, at: datetime | None = None
) -> list[Verdict]:
    """A verdict for each subject, in their order; `at` asks as of a past moment (of consent, not of suppression).

    Suppression first, at any address or number. Then consent, where the strictest of all addresses decides. Then the
    basis of the purpose: one that needs a grant denies whoever never gave one.
    """
    asked = list(subjects)
    hashes = {index: subject.hashes for index, subject in enumerate(asked)}
    every = list({one for of_one in hashes.values() for one in of_one})
    suppressed = {row.subject: row for row in Suppression.objects.covering(purpose, channel).filter(subject__in=every)}
    standing: dict[str, list[Standing]] = defaultdict(list)
    for row in standing_consents(every, purpose=purpose, channel=channel, at=at):
        standing[row.subject].append(row)
    is_opt_out = purpose_of(purpose).basis == OPT_OUT
    return [
        verdict_on(
            subject,
            next((suppressed[one] for one in hashes[index] if one in suppressed), None),
            strictest([row for one in hashes[index] for row in standing.get(one, ())]),
            channel,
            is_opt_out,
        )
        for index, subject in enumerate(asked)
    ]


def verdicts_for(subject: Subject, asked: Sequence[tuple[str, str]]) -> list[Verdict]:
    """The verdict on one subject for several (purpose, channel), for a page; three statements for all of them."""
    hashes = subject.hashes
    entries = list(Suppression.objects.in_force().filter(subject__in=hashes))
    standing = standing_consents(hashes)
    bases = {purpose.key: purpose.basis for purpose in purposes()}
    return [
        verdict_on(
            subject,
            next((row for row in entries if row.purpose in ("", purpose) and row.channel in ("", channel)), None),
            strictest([row for row in standing if (row.purpose, row.channel) == (purpose, channel)]),
            channel,
            bases.get(purpose) == OPT_OUT,
        )
        for purpose, channel in asked
    ]


def strictest(standing: Sequence[Standing]) -> Standing | None:
    """What stands for somebody with several addresses: a no at any of them, else a grant, else a request."""
    ranks = {**STRICTNESS, GRANTED: 0, REQUESTED: -1}
    return max(standing, key=lambda row: (ranks[row.state], row.said_at, row.pk), default=None)


def verdict_on(
    subject: Subject, suppression: Suppression | None, standing: Standing | None, channel: str, is_opt_out: bool
) -> Verdict:
    if suppression:
        return Verdict(subject.ref, Denial.SUPPRESSED, standing, suppression)
    if standing and standing.state in STRICTNESS:
        return Verdict(subject.ref, Denial(standing.state), standing)
    if channel in NEEDS and not any(getattr(subject, NEEDS[channel])):
        return Verdict(subject.ref, Denial.NO_ADDRESS, standing)
    if is_opt_out or (standing and standing.state == GRANTED):
        return Verdict(subject.ref, None, standing)
    return Verdict(subject.ref, Denial.REQUESTED if standing else Denial.NO_CONSENT, standing)
