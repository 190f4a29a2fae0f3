"""Does a set of rules come to rest? Random edits on all sides, interleaved with syncs, must end with nothing to do.

Two rules that play ping-pong never end; the run that shows it is shortened and told step by step. The model uses the
very functions of the engine (`decide`, the translations), so what it proves holds for them.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from martech.connectors.port import FieldType, Value
from martech.sync.rules import KEEP, UNSET, FieldRule, Truth, decide
from martech.sync.values import same

ROUNDS = 6
ALL = "every connection does a round"
MOST_TOLD = 14
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Edit:
    """`side` is "" for us, else the connection; `value` in that side's terms. A sync has the value None and `is_sync`."""

    side: str
    value: Value = None
    is_sync: bool = False

    def __str__(self) -> str:
        if self.is_sync:
            return f"a round of {self.side}"
        place = f"in {self.side}" if self.side else "here"
        return f"it is emptied {place}" if self.value is None else f"“{self.value}” is entered {place}"


@dataclass(frozen=True)
class CounterExample:
    """A story in which the rules for a field of ours do not come to rest, and the connections it needs."""

    field: str
    story: tuple[str, ...]
    sides: tuple[str, ...]


@dataclass
class _Side:
    rule: FieldRule
    value: Value = None
    at: datetime | None = None
    base: Any = UNSET


@dataclass
class World:
    """One record on all sides of one field."""

    sides: dict[str, _Side]
    ours: Value = None
    ours_at: datetime | None = None
    ticks: int = 0
    told: list[str] = field(default_factory=list)

    def tick(self) -> datetime:
        self.ticks += 1
        return EPOCH + timedelta(minutes=self.ticks)

    def apply(self, edit: Edit) -> None:
        self.told.append(str(edit))
        if edit.is_sync:
            self.sync(edit.side)
        elif edit.side:
            self.sides[edit.side].value, self.sides[edit.side].at = edit.value, self.tick()
        else:
            self.ours, self.ours_at = edit.value, self.tick()

    def sync(self, name: str) -> bool:
        """One pull and push of a connection; answers whether anything was written."""
        side = self.sides[name]
        try:
            theirs = self.ours if side.rule.says(self.ours, side.value) else side.rule.pulled(side.value)
        except ValueError:
            return False  # a value without a translation waits as a dead letter
        base = side.base
        verdict = decide(side.rule, ours=self.ours, theirs=theirs, base=base, ours_at=self.ours_at, theirs_at=side.at)
        if verdict.take is not KEEP:
            self.told.append(f"  from {name} we take “{verdict.take}”: {verdict.why}")
            self.ours, self.ours_at = verdict.take, self.tick()
        if verdict.send is not KEEP:
            try:
                sent = side.rule.pushed(verdict.send)
            except ValueError:
                return verdict.take is not KEEP
            if sent == side.value:
                return verdict.take is not KEEP
            self.told.append(f"  {name} is given “{sent}”: {verdict.why}")
            side.value, side.at = sent, self.tick()
        side.base = self.ours
        return verdict.take is not KEEP or verdict.send is not KEEP


def rests(rules: Mapping[str, FieldRule], edits: Sequence[Edit]) -> tuple[bool, list[str]]:
    """Play the edits, then sync all sides in turn; whether a whole round passes without a write, and the story."""
    world = World({name: _Side(rule) for name, rule in rules.items()})
    for edit in edits:
        world.apply(edit)
    for _round in range(ROUNDS):
        world.told.append(ALL)
        writes = [world.sync(name) for name in world.sides]
        if not any(writes):
            return True, world.told
    return False, world.told


def domain(rules: Mapping[str, FieldRule], side: str) -> list[Value]:
    """Values that one side may show: those the maps know, one they do not, and nothing."""
    types = {rule.type for rule in rules.values()}
    if FieldType.BOOLEAN in types:
        return [True, False, None]
    if FieldType.CHOICES in types:
        return [["a"], ["b"], ["a", "b"], None]
    known: set[str] = set()
    for rule in rules.values():
        if side == "":
            known.update(rule.values)
        elif rule is rules[side]:
            known.update(rule.words_there)
    if "country_name" in {rule.transform for rule in rules.values()}:
        known.update(["DE", "FR"] if side == "" else ["Germany", "France"])
    return [*sorted(known), *(["Ann", "BOB", "carl"] if not known else []), None]


def interleavings(rules: Mapping[str, FieldRule], *, seed: int, count: int, longest: int = 8) -> Iterator[list[Edit]]:
    """Reproducible random stories of edits and syncs."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    sides = ["", *rules]
    values = {side: domain(rules, side) for side in sides}
    for _number in range(count):
        story = []
        for _step in range(chance.randint(1, longest)):
            if chance.random() < 0.4:
                story.append(Edit(chance.choice(list(rules)), is_sync=True))
            else:
                side = chance.choice(sides)
                story.append(Edit(side, chance.choice(values[side])))
        yield story


Shape = tuple[Any, ...]
_found: dict[Shape, tuple[tuple[str, ...], tuple[str, ...]] | None] = {}
MOST_SHAPES = 1_000


def shape_of(rules: Mapping[str, FieldRule]) -> Shape:
    """All that decides whether rules come to rest; fields that are mapped alike share it."""
    return tuple(
        (side, r.type, r.direction, r.truth, r.transform, tuple(r.values.items()), tuple(r.reads.items()), r.blank_wins)
        for side, r in rules.items()
    )


def find_counterexample(
    field_name: str, rules: Mapping[str, FieldRule], *, seed: int = 1, count: int = 400
) -> CounterExample | None:
    """The shortest story found in which the rules of a field (by connection) never come to rest, or None.

    The answer of a shape is kept: most fields of a mapping are mapped alike, and a mapping is checked at every edit.
    """
    shape = (seed, count, shape_of(rules))
    if shape not in _found:
        if len(_found) >= MOST_SHAPES:
            _found.clear()
        _found[shape] = _endless(rules, seed, count)
    endless = _found[shape]
    return None if endless is None else CounterExample(field_name, *endless)


def _endless(rules: Mapping[str, FieldRule], seed: int, count: int) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """A story without an end, and the sides it needs."""
    for story in interleavings(rules, seed=seed, count=count):
        if not rests(rules, story)[0]:
            needed, short = without_bystanders(rules, story)
            return tuple(_tell(needed, shortened(needed, short))), tuple(needed)
    return None


def without_bystanders(rules: Mapping[str, FieldRule], story: list[Edit]) -> tuple[Mapping[str, FieldRule], list[Edit]]:
    """Leave out sides as long as the story still never ends; the first side last, as it is the one that is looked at."""
    for side in reversed(list(rules)):
        fewer = {name: rule for name, rule in rules.items() if name != side}
        shorter = [edit for edit in story if edit.side != side]
        if fewer and not rests(fewer, shorter)[0]:
            rules, story = fewer, shorter
    return rules, story


def shortened(rules: Mapping[str, FieldRule], story: list[Edit]) -> list[Edit]:
    """Leave out steps as long as the story still never ends."""
    index = 0
    while index < len(story):
        shorter = story[:index] + story[index + 1 :]
        if rests(rules, shorter)[0]:
            index += 1
        else:
            story = shorter
    return story


def _tell(rules: Mapping[str, FieldRule], story: list[Edit]) -> list[str]:
    """The story up to where a round does what one before it did."""
    told = rests(rules, story)[1]
    begins = [index for index, step in enumerate(told) if step == ALL]
    rounds = [told[a:b] for a, b in zip(begins, [*begins[1:], None], strict=True)]
    again = next((begin for i, begin in enumerate(begins) if rounds[i] in rounds[:i]), None)
    return [*told[: min(again or MOST_TOLD, MOST_TOLD)], "… and so on without end"]


def settling(field_name: str, rules: Mapping[str, FieldRule], side: str) -> Truth | None:
    """Whose word could count on one side so that the rules come to rest; None where none of the usual ones does."""
    usual = [truth for truth in (Truth.NEWEST, Truth.OURS, Truth.THEIRS, Truth.FILL) if truth != rules[side].truth]
    tried = ({**rules, side: replace(rules[side], truth=truth)} for truth in usual)
    return next((t for t, one in zip(usual, tried, strict=True) if find_counterexample(field_name, one) is None), None)


def agree(rules: Mapping[str, FieldRule], world: World) -> bool:
    """Whether every side that may be written shows what we have."""
    return all(
        side.rule.says(world.ours, side.value) or same(side.rule.type, side.rule.pulled(side.value), world.ours)
        for side in world.sides.values()
        if side.rule.pushes
    )
