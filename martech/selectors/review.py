"""The queue of possible duplicates as somebody works through it: one pair at a time, with everything needed to decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from martech.identity.signals import WORDS, Signal
from martech.models import DuplicatePair, PairState, Person
from martech.selectors.identity import pairs_to_review
from martech.selectors.merging import ChoiceLine, preview_merge
from martech.selectors.people import people_for
from martech.services.merging import MergePlan

_DIFFER = [
    signal for signal in Signal if signal.name and signal.name.endswith(("_DIFFERS", "_OTHER", "_SHARED", "_UNKNOWN"))
]
_APART = [Signal.MAILBOX_NUMBERED, Signal.MAILBOX_OWN_NAME, Signal.MAILBOX_OF_OTHER, Signal.NAME_COMMON]
AGAINST = frozenset(WORDS[signal] for signal in [*_DIFFER, *_APART])
"""What speaks against a pair, or for less than it seems to."""


@dataclass(frozen=True)
class Side:
    """One of the two: where they come from and what would follow them."""

    person: Person
    known_as: Sequence[str]
    touches: int
    deals: int


@dataclass(frozen=True)
class Card:
    """A pair to decide. `why` and `why_not` are sentences; the plan keeps `sides[0]`."""

    pair: DuplicatePair
    sides: Sequence[Side]
    lines: Sequence[ChoiceLine]
    plan: MergePlan
    why: Sequence[str]
    why_not: Sequence[str]


def queue(user: Any, *, ambiguous: bool = False) -> QuerySet[DuplicatePair]:
    """Pairs that wait for a verdict and of whom the user may see both, the surest first."""
    seen = Person.objects.visible_to(user)
    state = PairState.AMBIGUOUS if ambiguous else PairState.OPEN
    return pairs_to_review().filter(state=state, one__in=seen, other__in=seen).order_by("-score", "pk")


def next_pair(user: Any, skipped: Collection[int], *, ambiguous: bool = False) -> DuplicatePair | None:
    return queue(user, ambiguous=ambiguous).exclude(pk__in=list(skipped)).first()


def card_of(user: Any, pair: DuplicatePair, keep: int | None = None) -> Card:
    """The pair side by side; `keep` is the person who stays, the earlier one when nobody says."""
    people = {person.pk: person for person in people_for(user).filter(pk__in=[pair.one_id, pair.other_id])}
    first = people[keep if keep in people else pair.one_id]
    second = next(person for pk, person in people.items() if pk != first.pk)
    plan, lines = preview_merge(user, first, [second], {})
    said = pair.evidence.get("why", [])
    against = [line for line in said if line in AGAINST]
    return Card(
        pair,
        sides_of([first, second]),
        lines,
        plan,
        [line for line in said if line not in against],
        [*pair.evidence.get("why_not", []), *against],
    )


def sides_of(people: Sequence[Person]) -> list[Side]:
    ids = [person.pk for person in people]
    rows = Person.objects.filter(pk__in=ids)
    touches = dict(rows.annotate(n=Count("touches")).values_list("pk", "n"))
    deals = dict(rows.annotate(n=Count("deals")).values_list("pk", "n"))
    known = {person.pk: person for person in rows.prefetch_related("identities")}
    return [
        Side(
            person,
            [f"{identity.system} {identity.external_id}" for identity in known[person.pk].identities.all()],
            touches[person.pk],
            deals[person.pk],
        )
        for person in people
    ]
