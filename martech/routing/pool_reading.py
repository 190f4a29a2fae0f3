"""Pools of a policy document: members, weights, caps, working hours, response time."""

import re
from collections.abc import Mapping
from math import lcm
from typing import Any

from martech.routing.document import (
    ON_BREACH,
    OVERFLOW,
    RETURNERS,
    STRATEGIES,
    WHEN_ABSENT,
    Caps,
    Member,
    Owned,
    Policy,
    Pool,
    Rolling,
    Sla,
)
from martech.routing.reader import Reader, shown

MAX_POOLS, MAX_MEMBERS = 200, 500
MAX_WEIGHT = 100
# Pointers are kept with nine decimals, which is exact as long as the weights have a common multiple below this.
MAX_COMMON_WEIGHT = 10**8
MAX_KEY = 60
MAX_LEADS = 1_000_000
SLA_KEYS = (
    *("respond_within_minutes", "calendar", "on_breach", "max_hops"),
    *("warn_at_percent", "escalate_to", "pause_when"),
)
POOL_KEY = re.compile(r"(?=.{1,60}\Z)[\w.-]+(?: [\w.-]+)*")


class PoolReader(Reader):
    """Reads everything about pools, and response times."""

    def known_pool(self, value: Any, path: str, pools: Mapping[str, Pool]) -> str:
        if isinstance(value, str) and value in pools:
            return value
        known = ", ".join(pools) or "none yet"
        self.refuse(path, f"there is no pool {shown(value)}", f"pools are {known}")
        return ""

    def pools(self, value: Any) -> dict[str, Pool]:
        tree = self.mapping(value, "pools")
        if len(tree) > MAX_POOLS:
            self.refuse("pools", f"has {len(tree)} pools", f"use at most {MAX_POOLS}", is_shape=True)
        found = {}
        for key, item in list(tree.items())[:MAX_POOLS]:
            if not POOL_KEY.fullmatch(key):
                remedy = f"use up to {MAX_KEY} letters, digits, spaces, dots, - and _"
                self.refuse(f"pools.{key[:80]}", "is no name for a pool", remedy)
                continue
            found[key] = self.pool(key, item)
        return found

    def pool(self, key: str, value: Any) -> Pool:
        path = f"pools.{key}"
        known = ("strategy", "members", "calendar", "when_absent", "returner", "sla")
        tree = self.mapping(value, path, known)
        strategy = self.one_of(tree.get("strategy"), f"{path}.strategy", STRATEGIES, "round_robin")
        members = self.members(tree.get("members", []), f"{path}.members", strategy)
        return Pool(
            key=key,
            strategy=strategy,
            members=members,
            calendar=self.calendar(tree.get("calendar"), f"{path}.calendar"),
            when_absent=self.when_absent(tree.get("when_absent"), f"{path}.when_absent"),
            returner=self.one_of(tree.get("returner"), f"{path}.returner", RETURNERS, "keep_position"),
            sla=self.sla(tree["sla"], f"{path}.sla") if tree.get("sla") is not None else None,
        )

    def members(self, value: Any, path: str, strategy: str) -> tuple[Member, ...]:
        found: list[Member] = []
        for index, item in enumerate(self.items(value, path, MAX_MEMBERS)):
            member = self.member(item, f"{path}[{index}]", strategy)
            if member is not None and member.user in {other.user for other in found}:
                self.refuse(f"{path}[{index}].user", f"has {member.user} twice", "keep one of the two")
            elif member is not None:
                found.append(member)
        common = lcm(*(member.weight for member in found))
        if common > MAX_COMMON_WEIGHT:
            self.refuse(path, "the weights have no small common multiple", "use rounder weights, such as 1, 2, 5, 10")
        return tuple(found)

    def member(self, value: Any, path: str, strategy: str) -> Member | None:
        tree = self.mapping(value, path, ("user", "weight", "caps", "paused", "calendar"))
        user = self.colleague(tree.get("user"), f"{path}.user")
        weight = self.whole(tree["weight"], f"{path}.weight", 1, MAX_WEIGHT) if "weight" in tree else 1
        if strategy == "round_robin" and weight not in (None, 1):
            self.refuse(f"{path}.weight", "round_robin gives everybody the same", "use the strategy weighted")
        paused = self.switch(tree.get("paused"), f"{path}.paused", False)
        caps = self.caps(tree["caps"], f"{path}.caps") if tree.get("caps") is not None else Caps()
        calendar = self.calendar(tree.get("calendar"), f"{path}.calendar")
        return Member(user, weight or 1, caps, paused, calendar) if user else None

    def caps(self, value: Any, path: str) -> Caps:
        tree = self.mapping(value, path, ("per_hour", "per_day", "rolling", "open", "owned"))
        limits = {
            name: self.whole(tree[name], f"{path}.{name}", 0, MAX_LEADS)
            for name in ("per_hour", "per_day", "open")
            if tree.get(name) is not None
        }
        rolling = self.rolling(tree["rolling"], f"{path}.rolling") if tree.get("rolling") is not None else None
        owned = self.owned(tree["owned"], f"{path}.owned") if tree.get("owned") is not None else None
        return Caps(**limits, rolling=rolling, owned=owned)

    def rolling(self, value: Any, path: str) -> Rolling | None:
        tree = self.mapping(value, path, ("hours", "leads"))
        hours = self.whole(tree.get("hours"), f"{path}.hours", 1, 24 * 366)
        leads = self.whole(tree.get("leads"), f"{path}.leads", 0, MAX_LEADS)
        return Rolling(hours, leads) if hours is not None and leads is not None else None

    def owned(self, value: Any, path: str) -> Owned | None:
        tree = self.mapping(value, path, ("most", "when"))
        most = self.whole(tree.get("most"), f"{path}.most", 0, MAX_LEADS)
        condition = self.condition(tree.get("when"), f"{path}.when")
        return Owned(most, tree.get("when"), condition) if most is not None else None

    def when_absent(self, value: Any, path: str) -> str:
        if isinstance(value, str) and value.startswith(OVERFLOW):
            return value
        return self.one_of(value, path, (*WHEN_ABSENT, f"{OVERFLOW}<pool>"), "hold")

    def overflows(self, policy: Policy) -> None:
        """Overflow must name a pool, and must not come back to where it began."""
        for key, pool in policy.pools.items():
            path = f"pools.{key}.when_absent"
            if pool.when_absent.startswith(OVERFLOW) and pool.overflow not in policy.pools:
                self.known_pool(pool.overflow, path, policy.pools)
            elif pool.when_absent == "otherwise" and key == policy.otherwise:
                self.refuse(
                    path, "everyone else’s pool would pass its leads to itself", "use hold, or overflow into another"
                )
            elif (circle := _circle(policy, key)) is not None:
                way = " → ".join(circle)
                self.refuse(
                    path, f"the overflow runs in a circle: {way}", "let one of these pools hold, or overflow elsewhere"
                )

    def sla(self, value: Any, path: str = "sla") -> Sla | None:
        tree = self.mapping(value, path, SLA_KEYS)
        minutes = self.whole(tree.get("respond_within_minutes"), f"{path}.respond_within_minutes", 1, 525_600)
        hops = self.whole(tree["max_hops"], f"{path}.max_hops", 0, 20) if "max_hops" in tree else 0
        warn = self.whole(tree.get("warn_at_percent", 80), f"{path}.warn_at_percent", 1, 100)
        pause, told = tree.get("pause_when"), tree.get("escalate_to")
        sla = Sla(
            respond_within_minutes=minutes or 0,
            calendar=self.calendar(tree.get("calendar"), f"{path}.calendar"),
            on_breach=self.one_of(tree.get("on_breach"), f"{path}.on_breach", ON_BREACH, "remind"),
            max_hops=hops or 0,
            warn_at_percent=warn or 80,
            escalate_to=self.colleague(told, f"{path}.escalate_to") if told else "",
            pause_when=pause,
            pause_condition=self.condition(pause, f"{path}.pause_when") if pause is not None else None,
        )
        return sla if minutes else None


def _circle(policy: Policy, start: str) -> list[str] | None:
    way, key = [start], policy.taker(start)
    while key in policy.pools and key not in way:
        way.append(key)
        key = policy.taker(key)
    return [*way, start] if key == start else None
