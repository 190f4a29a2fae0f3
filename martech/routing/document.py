"""The policy document of the contract, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mops.core.conditions import Node, fields_used

HITS = ("first", "unique")
STRATEGIES = ("round_robin", "weighted", "least_loaded")
RETURNERS = ("keep_position", "accrue", "no_memory")
WHEN_ABSENT = ("hold", "assign_anyway", "otherwise")
ON_BREACH = ("remind", "reassign", "escalate")
OVERFLOW = "overflow:"


@dataclass(frozen=True)
class Caps:
    """The most leads a member may get: a day (of the pool's calendar), and open at a time. None is no cap."""

    per_day: int | None = None
    open: int | None = None


@dataclass(frozen=True)
class Member:
    user: str
    weight: int = 1
    caps: Caps = Caps()
    is_paused: bool = False


@dataclass(frozen=True)
class Pool:
    key: str
    strategy: str = "round_robin"
    members: tuple[Member, ...] = ()
    calendar: str = ""
    when_absent: str = "hold"
    returner: str = "keep_position"

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


@dataclass(frozen=True)
class Sla:
    respond_within_minutes: int
    calendar: str = ""
    on_breach: str = "remind"
    max_hops: int = 0


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
        """Every field that a rule reads, in a stable order."""
        used = set().union(*(fields_used(rule.condition) for rule in self.rules if rule.condition is not None))
        return tuple(sorted(used))

    @cached_property
    def emails(self) -> frozenset[str]:
        return frozenset(member.user for pool in self.pools.values() for member in pool.members)

    def pools_after(self, key: str) -> list[str]:
        """The pools that a lead sent to `key` may end in, in the order they are asked."""
        found: list[str] = []
        while key in self.pools and key not in found:
            found.append(key)
            pool = self.pools[key]
            key = pool.overflow or (self.otherwise if pool.when_absent == "otherwise" else "")
        return found
