"""What a policy would have done with leads that were decided before."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from martech.routing.decision import Engine, Lead
from martech.routing.document import Policy
from martech.routing.wheel import Seat, Wheel

NOBODY = ""


@dataclass(frozen=True)
class Past:
    """A decision of the past: what it saw, which pool the rules chose, who got the lead (None: it was held)."""

    pk: int
    person: int
    record: Mapping[str, Any]
    pool: str
    owner: int | None
    at: datetime


@dataclass
class Replay:
    """What came out. `moved` are the decisions that go to another pool; `shares` are leads by owner before and after."""

    decisions: int = 0
    moved: list[tuple[Past, str]] = field(default_factory=list)
    before: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)

    @property
    def ways(self) -> list[tuple[str, str, int]]:
        """(from, to, leads), the most travelled first."""
        counted = Counter((past.pool, pool) for past, pool in self.moved)
        return [(start, end, number) for (start, end), number in sorted(counted.items(), key=lambda x: (-x[1], x[0]))]


def replay(engine: Engine, history: Iterable[Past], user_ids: Mapping[str, int]) -> Replay:
    """Decide the past anew, in its order. Who stays in the pool keeps the owner; who moves takes a turn there.

    Turns of the replay take everybody as available, since who was there then is known of the old pools only.
    """
    result = Replay()
    wheels = {key: _wheel(engine.policy, key, user_ids) for key in engine.policy.pools}
    for past in history:
        match = engine.match(Lead(past.record), past.at)
        result.decisions += 1
        result.by_rule[match.rule] += 1
        owner = past.owner
        if match.pool != past.pool:
            result.moved.append((past, match.pool))
            owner = _turn(wheels.get(match.pool))
        _count(result.before, past.owner)
        _count(result.after, owner)
    return result


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
