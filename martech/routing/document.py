"""The policy document of the contract, as frozen values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mops.core.conditions import Node, fields_used, is_relative, leaves

HITS = ("first", "unique")
STRATEGIES = ("round_robin", "weighted", "least_loaded")
RETURNERS = ("keep_position", "accrue", "no_memory")
WHEN_ABSENT = ("hold", "assign_anyway", "otherwise")
ON_BREACH = ("remind", "reassign", "escalate")
OVERFLOW = "overflow:"


@dataclass(frozen=True)
class Rolling:
    """At most `leads` in any `hours` hours."""

    hours: int
    leads: int


@dataclass(frozen=True)
class Owned:
    """At most `most` people owned who meet the condition; `when` is it as written."""

    most: int
    when: Any = field(default=None, compare=False)
    condition: Node | None = None

    @cached_property
    def is_relative(self) -> bool:
        """Whether people come and go by the clock alone, as with "came in the last 30 days"."""
        return self.condition is not None and any(is_relative(leaf) for leaf in leaves(self.condition))


@dataclass(frozen=True)
class Caps:
    """The most leads a member may get; None is no cap.

    `per_hour` and `per_day` count in the clock of the pool's calendar, `rolling` in any hours, `open` the leads a member
    has open at a time, `owned` the people of theirs who meet a condition.
    """

    per_hour: int | None = None
    per_day: int | None = None
    rolling: Rolling | None = None
    open: int | None = None
    owned: Owned | None = None

    @property
    def smallest(self) -> int | None:
        limits = [self.per_hour, self.per_day, self.open]
        limits += [self.rolling.leads if self.rolling else None, self.owned.most if self.owned else None]
        return min((limit for limit in limits if limit is not None), default=None)


@dataclass(frozen=True)
class Member:
    """`calendar` are the hours they work in where those are not the pool's."""

    user: str
    weight: int = 1
    caps: Caps = Caps()
    is_paused: bool = False
    calendar: str = ""


@dataclass(frozen=True)
class Pool:
    key: str
    strategy: str = "round_robin"
    members: tuple[Member, ...] = ()
    calendar: str = ""
    when_absent: str = "hold"
    returner: str = "keep_position"
    sla: "Sla | None" = None

    @property
    def calendars(self) -> set[str]:
        """Keys of the hours that it and its members work in; the empty one is always."""
        return {self.calendar, *(member.calendar or self.calendar for member in self.members)}

    @property
    def overflow(self) -> str:
        """The pool that takes over when nobody is available; empty when there is none."""
        return self.when_absent.removeprefix(OVERFLOW) if self.when_absent.startswith(OVERFLOW) else ""


@dataclass(frozen=True)
class Rule:
    """`when` is the condition as written, `condition` the parsed one; None when it cannot be used."""

    name: str
    to: str
    when: Any = field(default=None, compare=False)
    condition: Node | None = None
    sla: "Sla | None" = None


@dataclass(frozen=True)
class Sla:
    """How soon an owner must answer, in the working time of `calendar`.

    `warn_at_percent` of that time the owner is warned; the clock stands still while `pause_condition` holds. On a
    breach the owner is reminded, or the lead goes to somebody else (at most `max_hops` times), or `escalate_to` is told.
    """

    respond_within_minutes: int
    calendar: str = ""
    on_breach: str = "remind"
    max_hops: int = 0
    warn_at_percent: int = 80
    escalate_to: str = ""
    pause_when: Any = field(default=None, compare=False)
    pause_condition: Node | None = None


@dataclass(frozen=True)
class Example:
    """A lead as written down and what should become of it: the pool, and the rule where one is named."""

    given: Mapping[str, Any] = field(hash=False)
    pool: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Policy:
    name: str
    hit: str = "first"
    keep_owner: bool = True
    match_account_owner: bool = False
    rules: tuple[Rule, ...] = ()
    otherwise: str = ""
    pools: Mapping[str, Pool] = field(default_factory=dict, hash=False)
    sla: Sla | None = None
    examples: tuple[Example, ...] = ()

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Every field that a rule, a cap or a pause reads, in a stable order."""
        conditions = [rule.condition for rule in self.rules] + [sla.pause_condition for sla in self.slas]
        conditions += [m.caps.owned.condition for pool in self.pools.values() for m in pool.members if m.caps.owned]
        used = set().union(*(fields_used(condition) for condition in conditions if condition is not None))
        return tuple(sorted(used))

    @property
    def slas(self) -> list[Sla]:
        """Every response time that may count."""
        every = [self.sla, *(rule.sla for rule in self.rules), *(pool.sla for pool in self.pools.values())]
        return [sla for sla in every if sla is not None]

    @property
    def calendars(self) -> set[str]:
        """Keys of the working hours that pools, their members and response times go by."""
        of_pools = {key for pool in self.pools.values() for key in pool.calendars}
        return {*of_pools, *(sla.calendar for sla in self.slas)} - {""}

    def sla_of(self, rule: str, pool: str) -> Sla | None:
        """The response time that counts for a lead: the rule's, else the pool's, else the policy's."""
        by_pool = self.pools[pool].sla if pool in self.pools else None
        return self._sla_of_rule.get(rule) or by_pool or self.sla

    @cached_property
    def _sla_of_rule(self) -> dict[str, Sla | None]:
        """By name; of several rules of one name the first counts, and none is called nothing."""
        return {one.name: one.sla for one in reversed(self.rules) if one.name}

    @cached_property
    def emails(self) -> frozenset[str]:
        return frozenset(member.user for pool in self.pools.values() for member in pool.members)

    @cached_property
    def _shared(self) -> dict[str, frozenset[str]]:
        """Per pool the pools that share a member whose cap counts leads of every pool."""
        by_user: dict[str, set[str]] = {}
        for pool in self.pools.values():
            for member in pool.members:
                if member.caps.open is not None or member.caps.owned is not None or pool.strategy == "least_loaded":
                    by_user.setdefault(member.user, set())
        for pool in self.pools.values():
            for member in pool.members:
                if member.user in by_user:
                    by_user[member.user].add(pool.key)
        return {
            pool.key: frozenset().union(*(by_user.get(member.user, ()) for member in pool.members))
            for pool in self.pools.values()
        }

    def pools_to_lock(self, keys: Iterable[str]) -> list[str]:
        """The pools themselves, and those whose leads count in a cap of one of their members."""
        found = set(keys)
        return sorted(found.union(*(self._shared[key] for key in found)))

    def pools_after(self, key: str) -> list[str]:
        """The pools that a lead sent to `key` may end in, in the order they are asked."""
        found: list[str] = []
        while key in self.pools and key not in found:
            found.append(key)
            key = self.taker(key)
        return found

    def taker(self, key: str) -> str:
        """The pool that takes over from one where nobody is available; empty when none does."""
        pool = self.pools[key]
        return pool.overflow or (self.otherwise if pool.when_absent == "otherwise" else "")
