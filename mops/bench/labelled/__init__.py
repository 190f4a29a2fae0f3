"""A labelled set of hard contacts: who is one person is known, because the set is invented. Same seed, same set."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mops.bench.labelled.keep_traps import MUST_NOT
from mops.bench.labelled.merge_traps import MUST_MERGE
from mops.bench.labelled.scribble import scribbled
from mops.bench.labelled.world import Card, World


@dataclass
class LabelledSet:
    """`cards[i]` is written about person `truth[i]`; `cases` are the rows of each case, by trap."""

    cards: list[Card] = field(default_factory=list)
    truth: dict[int, int] = field(default_factory=dict)
    cases: dict[str, list[list[int]]] = field(default_factory=lambda: defaultdict(list))
    people: int = 0

    def add(self, trap: str, groups: list[list[Card]]) -> None:
        """One case: each group holds the cards of one person."""
        rows = []
        for group in groups:
            self.people += 1
            for card in group:
                rows.append(len(self.cards))
                self.truth[len(self.cards)] = self.people
                self.cards.append(card)
        self.cases[trap].append(rows)

    def rows(self) -> list[dict[str, Any]]:
        return [asdict(card) for card in self.cards]


def make_traps(seed: int, each: int, *, is_messy: bool = False) -> LabelledSet:
    """`each` cases of every trap, and one person who is nobody's double for every four of them.

    A messy set is written by a second hand: titles, cities, countries and phones come in other forms or not at all.
    """
    world, made = World(seed), LabelledSet()

    def hand(card: Card) -> Card:
        return scribbled(world, card) if is_messy else card

    for name, trap in MUST_MERGE.items():
        for _ in range(each):
            made.add(name, [[hand(card) for card in trap(world)]])
    for name, trap in MUST_NOT.items():
        for _ in range(each):
            made.add(name, [[hand(card)] for card in trap(world)])
    for _ in range(each * (len(MUST_MERGE) + len(MUST_NOT)) // 4):
        made.add("alone", [[hand(world.card())]])
    return made


def scorecard(made: LabelledSet, clusters: Mapping[int, int]) -> dict[str, float]:
    """The share of cases of each trap that came out right: must-merge as one cluster, must-not as nobody with another."""
    card: dict[str, float] = {}
    for trap, cases in made.cases.items():
        right = [len({clusters[row] for row in rows}) == (1 if trap in MUST_MERGE else len(rows)) for rows in cases]
        card[trap] = round(sum(right) / len(right), 4)
    return card


def mean_of(card: Mapping[str, float], traps: Mapping[str, Any]) -> float:
    return sum(card[name] for name in traps) / len(traps)
