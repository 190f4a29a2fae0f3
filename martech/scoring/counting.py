"""One person's score with every point explained. Tests hold it equal to what SQL counts for everybody."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from martech.scoring.document import MILLI, EngagementRule, FitRule, Part, ScoringModel
from mops.core.conditions import compile_predicate


@dataclass(frozen=True)
class Event:
    """A touch as scoring reads it: when it was, and its fields under the names of the catalogue."""

    at: datetime
    record: Mapping[str, Any]

    def age_on(self, day: date) -> int:
        """Whole days, counted in UTC."""
        return (day - self.at.astimezone(UTC).date()).days


@dataclass(frozen=True)
class Contribution:
    """What one rule gave: `milli` thousandths of a point now, `given` before they faded; touches newest first."""

    rule: FitRule | EngagementRule
    milli: int
    given: int
    events: tuple[tuple[Event, int], ...] = ()

    @property
    def points(self) -> float:
        return self.milli / MILLI


@dataclass(frozen=True)
class GroupSum:
    """What a group collected, and what its cap let through."""

    name: str
    milli: int
    kept: int

    @property
    def lost(self) -> float:
        return (self.milli - self.kept) / MILLI


@dataclass(frozen=True)
class Score:
    """A score and all it is made of."""

    fit: int
    engagement: int
    grade: str
    fit_lines: tuple[Contribution, ...]
    engagement_lines: tuple[Contribution, ...]
    fit_groups: tuple[GroupSum, ...]
    engagement_groups: tuple[GroupSum, ...]


def fit_hits(model: ScoringModel, record: Mapping[str, Any], now: datetime) -> frozenset[str]:
    """Keys of the fit rules a person's fields satisfy."""
    return frozenset(
        rule.key
        for rule in model.fit.rules
        if compile_predicate(rule.condition)(record, now)  # type: ignore[arg-type]
    )


def score(model: ScoringModel, hits: Collection[str], events: Iterable[Event], day: date, now: datetime) -> Score:
    """The score on `day` of somebody who satisfies the fit rules `hits` and did `events`."""
    fit_lines = tuple(
        Contribution(rule, rule.points * MILLI, rule.points * MILLI) for rule in model.fit.rules if rule.key in hits
    )
    listed = sorted(events, key=lambda event: event.at, reverse=True)
    lines = tuple(filter(None, (_faded(rule, listed, day, now) for rule in model.engagement.rules)))
    fit_groups, engagement_groups = _sums(model.fit, fit_lines), _sums(model.engagement, lines)
    fit = model.fit.score({group.name: group.milli for group in fit_groups})
    engagement = model.engagement.score({group.name: group.milli for group in engagement_groups})
    grade = model.grade(fit, engagement)
    return Score(fit, engagement, grade, fit_lines, lines, fit_groups, engagement_groups)


def _faded(rule: EngagementRule, events: Iterable[Event], day: date, now: datetime) -> Contribution | None:
    counts = compile_predicate(rule.condition)  # type: ignore[arg-type]
    worth = [(event, rule.worth(event.age_on(day))) for event in events if counts(event.record, now)]
    alive = tuple((event, milli) for event, milli in worth if milli)
    if not alive:
        return None
    return Contribution(rule, sum(milli for _event, milli in alive), len(alive) * rule.points * MILLI, alive)


def _sums(part: Part, lines: Iterable[Contribution]) -> tuple[GroupSum, ...]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.rule.group] = sums.get(line.rule.group, 0) + line.milli
    return tuple(GroupSum(group, milli, part.kept(group, milli)) for group, milli in sums.items())
