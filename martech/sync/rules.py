"""Whose value a field takes. One pure decision, asked by pull, push, undo, preview and the convergence check alike.

All three values are in our terms: `ours`, `theirs` (translated) and `base`, what both sides last agreed on. A side
changed when it differs from the base; without a base (first contact) every value that is not blank is a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from martech.connectors.port import FieldType, Value
from martech.sync.transforms import from_theirs, to_theirs
from martech.sync.values import same


class Truth(StrEnum):
    """Who is right about a field."""

    OURS = "ours"
    THEIRS = "theirs"
    NEWEST = "newest"
    FILL = "fill"
    APPEND = "append"
    MANUAL = "manual"


TRUTHS = {
    "newest": "The newest change",
    "ours": "Ours",
    "theirs": "Theirs",
    "fill": "Each its own; blanks are filled",
    "append": "Both, added together",
    "manual": "Somebody decides",
}
"""Whose word counts, as people read it."""


class Direction(StrEnum):
    BOTH = "both"
    PULL = "pull"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One mapped field. `values` translates ours → theirs, and `reads` theirs → ours where it is not the opposite, as
    several of theirs mean one of ours. `blank_wins`: an empty value of the side that is right
    empties the other one, too."""

    ours: str
    theirs: str
    type: FieldType = FieldType.TEXT
    direction: Direction = Direction.BOTH
    truth: Truth = Truth.NEWEST
    transform: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    blank_wins: bool = False
    reads: Mapping[str, str] = field(default_factory=dict)

    @property
    def pulls(self) -> bool:
        return self.direction is not Direction.PUSH

    @property
    def pushes(self) -> bool:
        return self.direction is not Direction.PULL

    def pulled(self, theirs: Value) -> Value:
        """Their canonical value in our terms. Raises ValueError for one that means nothing here."""
        return from_theirs(self.transform, self.words_read if self.values else {}, theirs)

    def pushed(self, ours: Value) -> Value:
        """Our value in their terms. Raises ValueError for one that means nothing there."""
        return to_theirs(self.transform, self.values, ours)

    def says(self, ours: Value, theirs: Value) -> bool:
        """Whether the map has the two as a pair. Several of ours may share one of theirs, and several of theirs mean one of
        ours: each agrees with it."""
        if not self.values or not isinstance(ours, str):
            return False
        return self.values.get(ours) == theirs or (isinstance(theirs, str) and self.reads.get(theirs) == ours)

    @property
    def words_read(self) -> Mapping[str, str]:
        """{theirs: ours}."""
        return self.reads or {their: our for our, their in reversed(list(self.values.items()))}

    @property
    def words_there(self) -> set[str]:
        """Every word of theirs that the map has."""
        return {*self.values.values(), *self.reads}

    @property
    def words_written(self) -> set[str]:
        """The words of theirs that are ever written, which have to be options over there. Records may keep a retired one,
        which is only read."""
        return set(self.values.values()) if self.pushes else set()

    def as_it_comes_back(self, ours: Value) -> Value:
        """What our value is after it went there and back: those that share a word are one."""
        written = self.values.get(ours) if isinstance(ours, str) else None
        return self.words_read.get(written, ours) if written is not None else ours


class _Keep:
    def __repr__(self) -> str:
        return "KEEP"


KEEP: Any = _Keep()
UNSET: Any = _Keep()
"""The base of two records that have just met."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`take` is what our field becomes, `send` what theirs becomes (in our terms); KEEP where nothing is to do."""

    take: Any = KEEP
    send: Any = KEEP
    is_conflict: bool = False
    why: str = ""

    @property
    def is_quiet(self) -> bool:
        return self.take is KEEP and self.send is KEEP and not self.is_conflict


QUIET = Verdict()


def decide(
    rule: FieldRule,
    *,
    ours: Value,
    theirs: Value,
    base: Any = UNSET,
    ours_at: datetime | None = None,
    theirs_at: datetime | None = None,
) -> Verdict:
    """What is to happen to one field of one record."""
    if same(rule.type, ours, theirs):
        return QUIET
    verdict = DECIDERS[rule.truth](rule, ours, theirs, base, ours_at, theirs_at)
    take = verdict.take if rule.pulls else KEEP
    send = verdict.send if rule.pushes else KEEP
    if take is verdict.take and send is verdict.send:
        return verdict
    return Verdict(take, send, verdict.is_conflict, verdict.why)


def _theirs(rule: FieldRule, ours: Value, theirs: Value, *_rest: Any) -> Verdict:
    if theirs is None and not rule.blank_wins:
        return Verdict(send=ours, why="blank there, filled from here")
    return Verdict(take=theirs, why="their value is right for this field")


def _ours(rule: FieldRule, ours: Value, theirs: Value, *_rest: Any) -> Verdict:
    if ours is None and not rule.blank_wins:
        return Verdict(take=theirs, why="blank here, filled from there")
    return Verdict(send=ours, why="our value is right for this field")


def _newest(
    rule: FieldRule, ours: Value, theirs: Value, base: Any, ours_at: datetime | None, theirs_at: datetime | None
) -> Verdict:
    changed_here = ours is not None if base is UNSET else not same(rule.type, ours, base)
    changed_there = theirs is not None if base is UNSET else not same(rule.type, theirs, base)
    if changed_there and not changed_here:
        return Verdict(take=theirs, why="changed there only")
    if changed_here and not changed_there:
        return Verdict(send=ours, why="changed here only")
    if ours_at is not None and (theirs_at is None or ours_at > theirs_at):
        return Verdict(send=ours, why="changed on both sides, here last")
    return Verdict(take=theirs, why="changed on both sides, there last")


def _fill(rule: FieldRule, ours: Value, theirs: Value, *_rest: Any) -> Verdict:
    if ours is None:
        return Verdict(take=theirs, why="blank here, filled from there")
    if theirs is None:
        return Verdict(send=ours, why="blank there, filled from here")
    return Verdict(why="both have a value; each keeps its own")


def _append(rule: FieldRule, ours: Value, theirs: Value, *_rest: Any) -> Verdict:
    both: Value = sorted({*_as_list(ours), *_as_list(theirs)})
    take = KEEP if same(rule.type, ours, both) else both
    send = KEEP if same(rule.type, theirs, both) else both
    return Verdict(take, send, why="what either side has, both get")


def _as_list(value: Value) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [str(value)]


def _manual(rule: FieldRule, ours: Value, theirs: Value, *_rest: Any) -> Verdict:
    return Verdict(is_conflict=True, why="somebody has to decide")


DECIDERS = {
    Truth.OURS: _ours,
    Truth.THEIRS: _theirs,
    Truth.NEWEST: _newest,
    Truth.FILL: _fill,
    Truth.APPEND: _append,
    Truth.MANUAL: _manual,
}
