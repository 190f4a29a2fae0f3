"""The pointers of pools as they are stored."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from martech.models import PoolMemberState
from martech.routing.document import Policy
from martech.routing.wheel import Wheel
from martech.selectors.wheels import load_wheels

_TURN = """
UPDATE martech_poolmemberstate AS state
SET pointer = new.pointer, away_behind = new.away_behind, assigned = state.assigned + new.got, updated_at = %s
FROM unnest(%s::text[], %s::bigint[], %s::numeric[], %s::numeric[], %s::bigint[])
    AS new (pool, user_id, pointer, away_behind, got)
WHERE state.policy_id = %s AND state.pool = new.pool AND state.user_id = new.user_id
    AND (new.got > 0 OR state.pointer <> new.pointer OR state.away_behind IS DISTINCT FROM new.away_behind)
"""


def join_pools(policy: Policy, policy_id: int, keys: Iterable[str], now: datetime) -> None:
    """Give every member of the pools a pointer; newcomers start at the pool's clock."""
    rows = [
        PoolMemberState(policy_id=policy_id, pool=key, user_id=seat.user_id, pointer=wheel.stored_pointer(seat))
        for key, wheel in load_wheels(policy, policy_id, keys, now).items()
        for seat in wheel.seats
    ]
    PoolMemberState.objects.bulk_create(rows, ignore_conflicts=True)


def store_turns(policy_id: int, wheels: Mapping[str, Wheel], now: datetime) -> None:
    """Store the pointers as they are after the batch; call it with their rows locked."""
    seats = [(wheel, seat) for wheel in wheels.values() for seat in wheel.seats]
    if not seats:
        return
    columns: list[Any] = [
        [wheel.pool for wheel, _seat in seats],
        [seat.user_id for _wheel, seat in seats],
        [wheel.stored_pointer(seat) for wheel, seat in seats],
        [wheel.stored_absence(seat) for wheel, seat in seats],
        [seat.got for _wheel, seat in seats],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [now, *columns, policy_id])
