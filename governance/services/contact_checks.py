"""Asking the gate for real: what is about to leave is screened, and the proof of it is kept.

with screening(purpose="newsletter", channel="email", use="Export of a segment", actor=user) as gate:
    for chunk in chunks:
        allowed = gate.allowed(subjects_of(chunk))   # a set of refs
gate.denied, gate.reasons                            # how many were held back, and why
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F

from governance.models import ContactCheck, HeldBack
from governance.selectors.contactability import Denial, Subject, Verdict, contactable


@dataclass
class Screening:
    """One use of the gate; it may be asked in chunks, and every answer is counted and every denial kept at once."""

    check: ContactCheck
    reasons: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def __post_init__(self) -> None:
        """A use that goes on counts on from what it has."""
        self.reasons.update(self.check.reasons)

    @property
    def denied(self) -> int:
        return sum(self.reasons.values())

    @property
    def sentences(self) -> list[str]:
        """`12 × On the suppression list`, the most frequent first."""
        return [f"{number:,} × {Denial(reason).label}" for reason, number in self.reasons.most_common()]

    def verdicts(self, subjects: Iterable[Subject]) -> list[Verdict]:
        """Ask for some people, in three statements, and keep the answers in two."""
        with transaction.atomic():
            found = contactable(subjects, purpose=self.check.purpose, channel=self.check.channel)
            self.keep(found)
        return found

    def allowed(self, subjects: Iterable[Subject]) -> set[Hashable]:
        """The refs of those who may be contacted."""
        return {verdict.ref for verdict in self.verdicts(subjects) if verdict.is_allowed}

    def keep(self, verdicts: Sequence[Verdict]) -> None:
        denied = [verdict for verdict in verdicts if verdict.denial]
        self.asked += len(verdicts)
        self.reasons.update(str(verdict.denial) for verdict in denied)
        HeldBack.objects.bulk_create(
            [HeldBack(check_asked=self.check, ref=str(one.ref)[:100], reason=str(one.denial)) for one in denied],
            batch_size=5_000,
        )
        ContactCheck.objects.filter(pk=self.check.pk).update(
            asked=F("asked") + len(verdicts), denied=F("denied") + len(denied), reasons=dict(self.reasons)
        )


@contextmanager
def screening(*, purpose: str, channel: str, use: str, actor: Any, reference: str = "") -> Iterator[Screening]:
    """Open a use of the gate. It is on record from here on, also when what follows fails."""
    check = ContactCheck.objects.create(
        use=use[:120], reference=reference[:120], purpose=purpose, channel=channel, actor=actor
    )
    yield Screening(check)
