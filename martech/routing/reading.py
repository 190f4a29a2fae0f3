"""From JSON to a policy: every finding names the place, the reason and the remedy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import lcm
from typing import Any

from martech.routing.document import (
    HITS,
    ON_BREACH,
    OVERFLOW,
    RETURNERS,
    STRATEGIES,
    WHEN_ABSENT,
    Caps,
    Example,
    Member,
    Policy,
    Pool,
    Rule,
    Sla,
)
from mops.core.conditions import Catalogue, ConditionError, Node, parse

MAX_RULES, MAX_POOLS, MAX_MEMBERS, MAX_EXAMPLES = 500, 200, 500, 500
MAX_WEIGHT = 100
# Pointers are kept with nine decimals, which is exact as long as the weights have a common multiple below this.
MAX_COMMON_WEIGHT = 10**8
MAX_KEY = 60
POOL_KEY = re.compile(r"(?=.{1,60}\Z)[\w.-]+(?: [\w.-]+)*")
POLICY_KEYS = (
    *("name", "hit", "keep_owner", "match_account_owner", "rules"),
    *("otherwise", "pools", "sla", "examples"),
)


@dataclass(frozen=True)
class Finding:
    """Something about the place `path` ("rules[2].when.all[0].field"). `level` is error, warning or info.

    An error of shape is one that keeps even a draft from being stored.
    """

    path: str
    reason: str
    remedy: str
    level: str = "error"
    is_shape: bool = False

    def __str__(self) -> str:
        return f"{self.path or 'policy'}: {self.reason}; {self.remedy}"

    def as_json(self) -> dict[str, str]:
        return {"level": self.level, "path": self.path, "reason": self.reason, "remedy": self.remedy}


@dataclass(frozen=True)
class Colleague:
    """A user as routing sees them."""

    pk: int
    name: str
    is_active: bool = True


@dataclass(frozen=True)
class Surroundings:
    """What a policy may refer to: the fields of conditions, users by e-mail address, calendars by key.

    None is not asked about: a published policy is read so, as what it names was there when it was published.
    """

    catalogue: Catalogue
    users: Mapping[str, Colleague] | None = None
    calendars: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Reading:
    """A policy as far as it could be read, and everything that is wrong with it."""

    policy: Policy
    findings: tuple[Finding, ...]

    @property
    def is_usable(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)


def read_policy(document: Any, around: Surroundings) -> Reading:
    """The policy of decoded JSON; a broken part is left out of it and stands among the findings."""
    reader = _Reader(around)
    policy = reader.policy(document)
    return Reading(policy, tuple(dict.fromkeys(reader.findings)))


@dataclass
class _Reader:
    around: Surroundings
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, path: str, reason: str, remedy: str, *, is_shape: bool = False) -> None:
        self.findings.append(Finding(path, reason, remedy, "error", is_shape))

    # --- values ------------------------------------------------------------------------------------------------------

    def mapping(self, value: Any, path: str, known: tuple[str, ...] | None = None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(path, "is not an object", "write { … }", is_shape=True)
            return {}
        for key in value:
            if known is not None and key not in known:
                self.refuse(f"{path}.{key}".lstrip("."), "is unknown here", f"known are {', '.join(known)}")
        return value

    def items(self, value: Any, path: str, limit: int) -> list[Any]:
        if not isinstance(value, list):
            self.refuse(path, "is not a list", "write [ … ]", is_shape=True)
            return []
        if len(value) > limit:
            self.refuse(path, f"has {len(value)} entries", f"use at most {limit}", is_shape=True)
        return value[:limit]

    def text(self, value: Any, path: str, example: str, limit: int = 200) -> str:
        if isinstance(value, str) and 0 < len(value.strip()) <= limit and "\x00" not in value:
            return value.strip()
        missing = value is None or (isinstance(value, str) and not value.strip())
        reason = "is missing" if missing else f"is not text of up to {limit} characters"
        self.refuse(path, reason, f"write text, such as “{example}”")
        return ""

    def one_of(self, value: Any, path: str, allowed: tuple[str, ...], default: str) -> str:
        if value is None:
            return default
        if isinstance(value, str) and value in allowed:
            return value
        self.refuse(path, f"{_shown(value)} is unknown", f"use one of {', '.join(allowed)}")
        return default

    def switch(self, value: Any, path: str, default: bool) -> bool:
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.refuse(path, f"{_shown(value)} is neither true nor false", "write true or false")
        return default

    def whole(self, value: Any, path: str, low: int, high: int) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.refuse(path, f"{_shown(value)} is not allowed", f"use a whole number from {low} to {high:,}")
        return None

    # --- parts -------------------------------------------------------------------------------------------------------

    def policy(self, document: Any) -> Policy:
        tree = self.mapping(document, "", POLICY_KEYS)
        pools = self.pools(tree.get("pools", {}))
        rules = self.rules(tree.get("rules", []), pools)
        policy = Policy(
            name=self.text(tree.get("name"), "name", "Inbound", 120),
            hit=self.one_of(tree.get("hit"), "hit", HITS, "first"),
            keep_owner=self.switch(tree.get("keep_owner"), "keep_owner", True),
            match_account_owner=self.switch(tree.get("match_account_owner"), "match_account_owner", False),
            rules=rules,
            otherwise=self.otherwise(tree.get("otherwise"), pools),
            pools=pools,
            sla=self.sla(tree["sla"]) if tree.get("sla") is not None else None,
            examples=self.examples(tree.get("examples", []), pools, rules),
        )
        self.overflows(policy)
        return policy

    def otherwise(self, value: Any, pools: Mapping[str, Pool]) -> str:
        if value is None or value == "":
            self.refuse(
                "otherwise", "is missing: a lead no rule takes would be lost", "name the pool for everyone else"
            )
            return ""
        return self.known_pool(value, "otherwise", pools)

    def known_pool(self, value: Any, path: str, pools: Mapping[str, Pool]) -> str:
        if isinstance(value, str) and value in pools:
            return value
        known = ", ".join(pools) or "none yet"
        self.refuse(path, f"there is no pool {_shown(value)}", f"pools are {known}")
        return ""

    def rules(self, value: Any, pools: Mapping[str, Pool]) -> tuple[Rule, ...]:
        found: list[Rule] = []
        for index, item in enumerate(self.items(value, "rules", MAX_RULES)):
            path = f"rules[{index}]"
            tree = self.mapping(item, path, ("name", "when", "to"))
            name = self.text(tree.get("name"), f"{path}.name", "DACH enterprise")
            if name and name in {rule.name for rule in found}:
                self.refuse(f"{path}.name", f"“{name}” is used twice", "give every rule a name of its own")
            to = self.known_pool(tree.get("to"), f"{path}.to", pools)
            found.append(Rule(name, to, tree.get("when"), self.condition(tree.get("when"), f"{path}.when")))
        return tuple(found)

    def condition(self, tree: Any, path: str) -> Node | None:
        if tree is None:
            self.refuse(path, "is missing", 'write a condition; {"all": []} takes everybody')
            return None
        try:
            return parse(tree, self.around.catalogue)
        except ConditionError as error:
            for finding in error.findings:
                dot = "" if not finding.path or finding.path.startswith("[") else "."
                self.refuse(f"{path}{dot}{finding.path}", finding.reason, finding.remedy)
            return None

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
        known = ("strategy", "members", "calendar", "when_absent", "returner")
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
        )

    def members(self, value: Any, path: str, strategy: str) -> tuple[Member, ...]:
        found: list[Member] = []
        for index, item in enumerate(self.items(value, path, MAX_MEMBERS)):
            member = self.member(item, f"{path}[{index}]", strategy)
            if member is not None and member.user in {other.user for other in found}:
                self.refuse(f"{path}[{index}].user", f"{member.user} is in this pool twice", "keep one of the two")
            elif member is not None:
                found.append(member)
        common = lcm(*(member.weight for member in found))
        if common > MAX_COMMON_WEIGHT:
            self.refuse(path, "the weights have no small common multiple", "use rounder weights, such as 1, 2, 5, 10")
        return tuple(found)

    def member(self, value: Any, path: str, strategy: str) -> Member | None:
        tree = self.mapping(value, path, ("user", "weight", "caps", "paused"))
        user = self.text(tree.get("user"), f"{path}.user", "ana@example.com", 254).lower()
        if user and self.around.users is not None and user not in self.around.users:
            self.refuse(
                f"{path}.user", f"nobody here has the address {user}", "add them as a user first, or remove them"
            )
            return None
        weight = self.whole(tree["weight"], f"{path}.weight", 1, MAX_WEIGHT) if "weight" in tree else 1
        if strategy == "round_robin" and weight not in (None, 1):
            self.refuse(f"{path}.weight", "round_robin gives everybody the same", "use the strategy weighted")
        paused = self.switch(tree.get("paused"), f"{path}.paused", False)
        caps = self.caps(tree["caps"], f"{path}.caps") if tree.get("caps") is not None else Caps()
        return Member(user, weight or 1, caps, paused) if user else None

    def caps(self, value: Any, path: str) -> Caps:
        tree = self.mapping(value, path, ("per_day", "open"))
        limits = {
            name: self.whole(tree[name], f"{path}.{name}", 0, 1_000_000)
            for name in ("per_day", "open")
            if tree.get(name) is not None
        }
        return Caps(**limits)

    def calendar(self, value: Any, path: str) -> str:
        if value is None or value == "":
            return ""
        known_calendars = self.around.calendars
        if isinstance(value, str) and (known_calendars is None or value in known_calendars):
            return value
        known = ", ".join(sorted(known_calendars or ())) or "none yet"
        self.refuse(path, f"there is no calendar {_shown(value)}", f"calendars are {known}")
        return ""

    def when_absent(self, value: Any, path: str) -> str:
        if isinstance(value, str) and value.startswith(OVERFLOW):
            return value
        return self.one_of(value, path, (*WHEN_ABSENT, f"{OVERFLOW}<pool>"), "hold")

    def overflows(self, policy: Policy) -> None:
        """Overflow must name a pool, and must not come back to where it began."""
        for key, pool in policy.pools.items():
            path = f"pools.{key}.when_absent"
            if pool.overflow == "" and not pool.when_absent.startswith(OVERFLOW):
                continue
            if pool.overflow not in policy.pools:
                self.known_pool(pool.overflow, path, policy.pools)
            elif (circle := _circle(policy, key)) is not None:
                way = " → ".join(circle)
                self.refuse(
                    path, f"the overflow runs in a circle: {way}", "let one of these pools hold, or overflow elsewhere"
                )

    def sla(self, value: Any) -> Sla | None:
        tree = self.mapping(value, "sla", ("respond_within_minutes", "calendar", "on_breach", "max_hops"))
        minutes = self.whole(tree.get("respond_within_minutes"), "sla.respond_within_minutes", 1, 525_600)
        hops = self.whole(tree["max_hops"], "sla.max_hops", 0, 20) if "max_hops" in tree else 0
        calendar = self.calendar(tree.get("calendar"), "sla.calendar")
        on_breach = self.one_of(tree.get("on_breach"), "sla.on_breach", ON_BREACH, "remind")
        return Sla(minutes, calendar, on_breach, hops or 0) if minutes else None

    def examples(self, value: Any, pools: Mapping[str, Pool], rules: tuple[Rule, ...]) -> tuple[Example, ...]:
        found = []
        for index, item in enumerate(self.items(value, "examples", MAX_EXAMPLES)):
            path = f"examples[{index}]"
            tree = self.mapping(item, path, ("given", "expect"))
            given = self.mapping(tree.get("given", {}), f"{path}.given")
            expect = self.mapping(tree.get("expect"), f"{path}.expect", ("pool", "rule"))
            pool = self.known_pool(expect["pool"], f"{path}.expect.pool", pools) if "pool" in expect else ""
            rule = expect.get("rule", "")
            if rule and rule not in {known.name for known in rules}:
                self.refuse(f"{path}.expect.rule", f"there is no rule {_shown(rule)}", "name a rule of this policy")
            elif "pool" not in expect and not rule:
                self.refuse(f"{path}.expect", "expects nothing", 'write {"pool": …} or {"rule": …}')
            found.append(Example(given, pool, str(rule)))
        return tuple(found)


def _circle(policy: Policy, start: str) -> list[str] | None:
    way, key = [start], policy.pools[start].overflow
    while key in policy.pools and key not in way:
        way.append(key)
        key = policy.pools[key].overflow
    return [*way, start] if key == start else None


def _shown(value: Any) -> str:
    return f"“{value[:80]}”" if isinstance(value, str) else "nothing" if value is None else str(value)[:80]
