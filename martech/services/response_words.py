"""What response clocks say: one line about a lead, one line about many of the same."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from governance.models import User
from governance.services import Notice
from martech.models import ResponseClock
from martech.selectors.time_off import zone_of
from mops.core.rights import called

FEW = 3
"""So many of the same are told one by one."""


@dataclass(frozen=True)
class Word:
    """About one clock, for one user: `one` is the title with a place for the person, `several` the one of many with a
    place for their number."""

    user_id: int
    clock: ResponseClock
    one: str
    several: str
    more: str = ""


def notices_of(words: Sequence[Word]) -> list[Notice]:
    """A line each, or a single one where somebody would get more than a few of the same: nobody reads four hundred."""
    same: dict[tuple[int, str], list[Word]] = defaultdict(list)
    for word in words:
        same[word.user_id, word.several].append(word)
    readers = User.objects.in_bulk({word.user_id for word in words})
    found: list[Notice] = []
    for (pk, _several), group in same.items():
        reader = readers.get(pk)
        found += [_line(word, reader) for word in group] if len(group) <= FEW else [_many(group, reader)]
    return found


def _line(word: Word, reader: User | None) -> Notice:
    clock = word.clock
    title = word.one.replace("{}", called(reader, clock.person))
    hops = f", taken from somebody {clock.hop} time{'s' if clock.hop != 1 else ''} before" if clock.hop else ""
    url = reverse("martech:person", args=[clock.person_id])
    return Notice(word.user_id, "response", title, f"{_due(clock)}{hops}{word.more}", url)


def _many(group: Sequence[Word], reader: User | None) -> Notice:
    first = min(group, key=lambda word: (word.clock.due_at, word.clock.pk))
    url = (
        f"{reverse('martech:people')}?answer=due&owner={first.clock.owner_id}&sort=answer_due_at&columns=answer_due_at"
    )
    names = ", ".join(called(reader, word.clock.person) for word in group[:FEW])
    title = first.several.replace("{}", str(len(group)))
    return Notice(first.user_id, "response", title, f"{names} and {len(group) - FEW} more. {_due(first.clock)}", url)


def _due(clock: ResponseClock) -> str:
    """By the owner's clock, its name included."""
    return f"Due {clock.due_at.astimezone(zone_of(clock.owner)):%d %b %H:%M %Z}"
