"""The calls a connection may make, shared by everybody through Redis: token buckets that no number of workers exceeds.

A vendor counts a call when it arrives, which is somewhere between its leave and its answer. So a rolling policy counts a
call from its leave until a window's length after its end (a line makes one call at a time: it ended when the line asks
for the next, or closes), in one script; then any window of the vendor's holds at most `limit` calls, however long their
ways are. Who read his clock before others were let in counts as one of now. A policy that begins anew at a midnight is a counter under that day's key. Work in the
background leaves a reserve for people who wait for an answer.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from martech.connectors.errors import BudgetExhausted, VendorDown
from martech.connectors.port import BudgetPolicy

LONGEST_WAIT = 30.0
"""Seconds that a run waits for a window; longer than that it gives its place to others and comes again."""
RESERVE = 0.1
"""The share of every window that background work leaves to interactive calls."""

NOTED_EVERY = 1.0
"""Seconds between two notes of what a vendor says of a day's calls."""
UNDER_WAY = 65.0
"""Seconds after which a call whose end nobody told is over: longer than connectors wait for an answer."""

_ROLLING = """
local now, width, limit, calls = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if newest[2] and tonumber(newest[2]) > now then now = tonumber(newest[2]) end
for i = 7, #ARGV do
  if redis.call('ZREM', KEYS[3], ARGV[i]) == 1 then redis.call('ZADD', KEYS[1], now, ARGV[i]) end
end
for _, lost in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[6]))) do
  redis.call('ZADD', KEYS[1], redis.call('ZSCORE', KEYS[3], lost) + tonumber(ARGV[6]), lost)
  redis.call('ZREM', KEYS[3], lost)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - width)
for i = 1, 3, 2 do redis.call('PEXPIRE', KEYS[i], math.ceil((width + ARGV[6]) * 1000) + 1000) end
local barred = tonumber(redis.call('GET', KEYS[2]) or '0')
if barred > now then return tostring(barred - now) end
local over = redis.call('ZCARD', KEYS[1])
local used = over + redis.call('ZCARD', KEYS[3])
if used + calls <= limit then
  for i = 1, calls do redis.call('ZADD', KEYS[3], now, ARGV[5] .. ':' .. i) end
  redis.call('PEXPIRE', KEYS[3], math.ceil((width + ARGV[6]) * 1000) + 1000)
  return '0'
end
local wanted = math.max(0, used + calls - limit - 1)
if wanted >= over then return '0.05' end
local first = redis.call('ZRANGE', KEYS[1], wanted, wanted, 'WITHSCORES')
return tostring(math.max(0.001, tonumber(first[2]) + width - now))
"""
_DAILY = """
local barred = tonumber(redis.call('GET', KEYS[2]) or '0')
if barred > tonumber(ARGV[3]) then return 'barred ' .. barred end
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
if used + tonumber(ARGV[2]) > tonumber(ARGV[1]) then return tostring(used) end
redis.call('INCRBY', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], 172800)
return '-1'
"""
LONG_WINDOW = 3_600.0


@cache
def budget_store() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


@dataclass
class SharedBudget:
    """The budget of one account. `calls` counts what the present run spent, also before it was gone on with; `pause` is
    where waiting happens."""

    account: str
    policies: Mapping[str, BudgetPolicy]
    is_interactive: bool = False
    calls: int = 0
    waited: float = 0.0
    observed: dict[str, tuple[int, int]] = field(default_factory=dict)
    noted: dict[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep
    marks: dict[str, list[str]] = field(default_factory=dict)
    """Of each rolling policy the calls that left and whose end was not told yet."""

    def spend(self, *policies: str, calls: int = 1) -> None:
        """Take calls from each policy. Waits for short windows; raises BudgetExhausted for long ones."""
        self.settle(but=policies)
        for name in policies:
            if (policy := self.policies.get(name)) is not None:
                self._take(policy, calls)
        self.calls += calls

    def settle(self, *, but: Sequence[str] = ()) -> None:
        """The calls made until now are over."""
        for name in [name for name, marks in self.marks.items() if marks and name not in but]:
            self._ask(self.policies[name], 0)

    def _take(self, policy: BudgetPolicy, calls: int) -> None:
        if policy.resets:
            self._take_of_day(policy, calls)
            return
        if policy.is_concurrency:
            calls = 0  # a line makes one call at a time; what counts here is whether the vendor barred everybody
        deadline = self.clock() + LONGEST_WAIT
        while (wait := self._ask(policy, calls)) > 0:
            if self.clock() + wait > deadline or policy.seconds >= LONG_WINDOW:
                until = datetime.fromtimestamp(self.clock() + wait, UTC)
                raise BudgetExhausted(f"The calls of {policy.name} are used up.", policy=policy.name, until=until)
            self.waited += wait
            self.pause(wait)

    def limit_of(self, policy: BudgetPolicy) -> int:
        return policy.limit if self.is_interactive else max(1, int(policy.limit * (1 - RESERVE)))

    def _ask(self, policy: BudgetPolicy, calls: int) -> float:
        now = self.clock()
        mark = f"{now:.6f}:{self.calls}:{os.getpid()}:{id(self)}"
        keys = [self._key(policy.name, *part) for part in ((), ("barred",), ("under-way",))]
        values = (repr(now), repr(policy.seconds), self.limit_of(policy), calls, mark, UNDER_WAY)
        try:
            said = float(budget_store().eval(_ROLLING, 3, *keys, *values, *self.marks.pop(policy.name, [])))
        except RedisError as error:
            raise VendorDown("The shared budget cannot be asked; nothing is called without it.") from error
        if not said and calls:
            self.marks[policy.name] = [f"{mark}:{number}" for number in range(1, calls + 1)]
        return said

    def _take_of_day(self, policy: BudgetPolicy, calls: int) -> None:
        now = datetime.fromtimestamp(self.clock(), ZoneInfo(policy.resets))
        key = self._key(policy.name, now.date().isoformat())
        try:
            keys = (key, self._key(policy.name, "barred"))
            answer = budget_store().eval(_DAILY, 2, *keys, self.limit_of(policy), calls, repr(now.timestamp()))
        except RedisError as error:
            raise VendorDown("The shared budget cannot be asked; nothing is called without it.") from error
        told = answer.decode() if isinstance(answer, bytes) else str(answer)
        if told.startswith("barred"):
            until = datetime.fromtimestamp(float(told.split()[1]), UTC)
            raise BudgetExhausted(
                "The vendor says that the calls of the day are used.", policy=policy.name, until=until
            )
        if (said := int(told)) >= 0:
            midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            raise BudgetExhausted(
                f"{said:,} of {policy.limit:,} calls of the day are used.",
                policy=policy.name,
                until=midnight.astimezone(UTC),
            )

    def observe(self, policy: str, *, used: int, limit: int) -> None:
        """What the vendor counts for the whole account; where that is more than we counted, ours follows."""
        self.observed[policy] = (used, limit)
        known, now = self.policies.get(policy), time.monotonic()
        if known is None or not known.resets or now - self.noted.get(policy, -NOTED_EVERY) < NOTED_EVERY:
            return
        self.noted[policy] = now
        today = datetime.fromtimestamp(self.clock(), ZoneInfo(known.resets)).date().isoformat()
        key = self._key(policy, today)
        try:
            store = budget_store()
            if used > int(store.get(key) or 0):
                store.set(key, used, ex=172_800)
        except RedisError:
            return  # the next observation will tell

    def penalise(self, policy: str, *, seconds: float) -> None:
        """Bar a policy for everybody for so long."""
        try:
            until = self.clock() + seconds
            budget_store().set(self._key(policy, "barred"), repr(until), px=max(1, int(seconds * 1000)))
        except RedisError:
            return  # the vendor will say it again

    def forget_refusals(self) -> dict[str, float]:
        """Somebody asks by hand: forget that the vendor said a long window is used up, as its limit may be another one now.
        Where it is not, the first call is refused and bars everybody anew. Answers what was forgotten, {policy: until},
        for `remember_refusals` where nobody answered that call."""
        long = [name for name, policy in self.policies.items() if policy.resets or policy.seconds >= LONG_WINDOW]
        keys = [self._key(name, "barred") for name in long]
        if not keys:
            return {}
        try:
            said = budget_store().mget(keys)
            budget_store().delete(*keys)
        except RedisError:
            return {}  # the next call says that it cannot be asked
        return {name: float(until) for name, until in zip(long, said, strict=True) if until}

    def remember_refusals(self, forgotten: Mapping[str, float]) -> None:
        for name, until in forgotten.items():
            if (seconds := until - self.clock()) > 0:
                self.penalise(name, seconds=seconds)

    def used(self) -> dict[str, dict[str, Any]]:
        """What is used of each policy now: by us, and by everybody as far as the vendor says."""
        found = {}
        for name, policy in self.policies.items():
            if policy.resets:
                today = datetime.fromtimestamp(self.clock(), ZoneInfo(policy.resets)).date().isoformat()
                used = int(budget_store().get(self._key(name, today)) or 0)
            else:
                used = int(budget_store().zcount(self._key(name), self.clock() - policy.seconds, "+inf"))
                used += int(budget_store().zcard(self._key(name, "under-way")))
            account = self.observed.get(name, (used, policy.limit))
            found[name] = {"used": used, "limit": policy.limit, "account": account[0], "seconds": policy.seconds}
        return found

    def _key(self, policy: str, *rest: str) -> str:
        return ":".join(("mops", "budget", self.account, policy, *rest))
