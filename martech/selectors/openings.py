"""Who can take the leads that wait: now, or first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from martech.routing.wheel import Seat
from martech.selectors.routing import engine_of, published_version
from martech.selectors.wheels import load_wheels


@dataclass(frozen=True)
class Opening:
    """Who of a pool, or of one that takes over from it, is back first."""

    name: str
    at: datetime


def takers(pools: Iterable[str]) -> dict[str, list[int]]:
    """Ids of those who can get a lead of each pool at this moment, in it or in one that takes over from it."""
    return {pool: [seat.user_id for seat in seats if not seat.skipped] for pool, seats in _seats(pools).items()}


def first_back(pool: str) -> Opening | None:
    """None where nobody can tell: who is there waits for no time but for a cap, a pause or an administrator."""
    known = [Opening(seat.name, seat.back_at) for seat in _seats([pool]).get(pool, ()) if seat.back_at]
    return min(known, key=lambda one: one.at, default=None)


def _seats(pools: Iterable[str]) -> dict[str, list[Seat]]:
    version = published_version()
    if version is None:
        return {}
    policy = engine_of(version).policy
    asked = {pool: policy.pools_after(pool) for pool in pools if pool in policy.pools}
    keys = sorted({key for after in asked.values() for key in after})
    wheels = load_wheels(policy, version.policy_id, keys, timezone.now())
    return {pool: [seat for key in after for seat in wheels[key].seats] for pool, after in asked.items()}
