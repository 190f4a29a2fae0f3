"""What a policy would have done with leads that were decided before."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from martech.routing.decision import Engine, Lead
from martech.routing.document import Policy, Sla
from martech.routing.response import Terms, spent
from martech.routing.trace import decide_again
from martech.routing.wheel import Seat, Wheel

NOTED = ("cause", "backlog_days")
"""What a trace says beside the decision itself."""


@dataclass(frozen=True)
class Past:
    """A decision of the past: what it saw, which pool the rules chose, who got the lead (None: it was held)."""

    pk: int
    person: int
    record: Mapping[str, Any]
    pool: str
    owner: int | None
    at: datetime
    rule: str = ""
    trace: Mapping[str, Any] = field(default_factory=dict)
    is_own: bool = False
    """The very document that is replayed decided it, so that deciding again must give the same to the last bit."""
    answered: tuple[datetime, datetime, datetime | None] | None = None
    """When the owner was told, when they answered, and when that was due."""


@dataclass
class Replay:
    """What came out. `moved` are the decisions that go to another pool; `before` and `after` are leads by owner.

    `own` of the decisions were made by this very document; `differing` are those of them that came out otherwise.
    `late_before` and `late_after` count answers after their time, of those that were given.
    """

    decisions: int = 0
    own: int = 0
    differing: list[int] = field(default_factory=list)
    late_before: int = 0
    late_after: int = 0
    by_pool: dict[str, Counter[int]] = field(default_factory=dict)
    moved: list[tuple[Past, str]] = field(default_factory=list)
    before: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)

    @property
    def ways(self) -> list[tuple[str, str, int]]:
        """(from, to, leads), the most travelled first."""
        counted = Counter((past.pool, pool) for past, pool in self.moved)
        return [(start, end, number) for (start, end), number in sorted(counted.items(), key=lambda x: (-x[1], x[0]))]


def replay(
    engine: Engine, history: Iterable[Past], user_ids: Mapping[str, int], terms: Callable[[Sla], Terms] | None = None
) -> Replay:
    """Decide the past anew, in its order. Who stays in the pool keeps the owner; who moves takes a turn there.

    Turns of the replay take everybody as available, since who was there then is known of the old pools only. What this
    very document decided is decided again from the stored state of the pools, and must come out equal.
    """
    result = Replay()
    wheels = {key: _wheel(engine.policy, key, user_ids) for key in engine.policy.pools}
    known = cache(terms) if terms else None
    for past in history:
        match = engine.match(Lead(past.record), past.at)
        result.decisions += 1
        result.by_rule[match.rule] += 1
        owner = past.owner
        if match.pool != past.pool:
            result.moved.append((past, match.pool))
            owner = _turn(wheels.get(match.pool))
        if past.is_own:
            result.own += 1
            if not is_reproduced(engine, past):
                result.differing.append(past.pk)
        _count(result.before, past.owner)
        _count(result.after, owner)
        _count(result.by_pool.setdefault(match.pool, Counter()), owner)
        if past.answered is not None and known is not None:
            _compare_answers(result, past.answered, engine.policy.sla_of(match.rule, match.pool), known)
    return result


def is_reproduced(engine: Engine, past: Past) -> bool:
    """Whether nothing but what was stored gives the same rule, pool, owner and trace again."""
    stored = {key: value for key, value in past.trace.items() if key not in NOTED}
    rule, _pool, owner, trace = decide_again(engine, past.record, past.trace, past.at)
    return (rule, owner, trace) == (past.rule, past.owner, stored)


def _compare_answers(
    result: Replay, answered: tuple[datetime, datetime, datetime | None], sla: Sla | None, terms: Callable[[Sla], Terms]
) -> None:
    told, at, due = answered
    result.late_before += due is not None and at > due
    if sla is not None:
        found = terms(sla)
        result.late_after += spent(found, told, at) > found.allowed


def unfairness(policy: Policy, result: Replay, user_ids: Mapping[str, int]) -> dict[str, float]:
    """By pool, by how many leads the member furthest from their share is away from it."""
    found = {}
    for key, counts in sorted(result.by_pool.items()):
        pool = policy.pools.get(key)
        weights = {user_ids[m.user]: m.weight for m in pool.members if m.user in user_ids} if pool else {}
        total, whole = sum(counts[user] for user in weights), sum(weights.values())
        if whole:
            found[key] = round(max(abs(counts[user] - total * weight / whole) for user, weight in weights.items()), 2)
    return found


def _wheel(policy: Policy, key: str, user_ids: Mapping[str, int]) -> Wheel:
    pool = policy.pools[key]
    seats = [Seat(user_ids[m.user], m.user, m.weight) for m in pool.members if m.user in user_ids and not m.is_paused]
    return Wheel(key, pool.strategy, seats, pool.returner)


def _turn(wheel: Wheel | None) -> int | None:
    seat = wheel.next_seat() if wheel is not None else None
    if wheel is None or seat is None:
        return None
    wheel.give(seat)
    return seat.user_id


def _count(shares: Counter[int], owner: int | None) -> None:
    if owner is not None:
        shares[owner] += 1
