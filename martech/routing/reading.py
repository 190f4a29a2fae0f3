"""From JSON to a policy: every finding names the place, the reason and the remedy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from martech.routing.document import HITS, Example, Policy, Pool, Rule
from martech.routing.pool_reading import PoolReader
from martech.routing.reader import Colleague, Finding, Surroundings, shown

__all__ = ["Colleague", "Finding", "Reading", "Surroundings", "read_policy"]

MAX_RULES, MAX_EXAMPLES = 500, 500
POLICY_KEYS = (
    *("name", "hit", "keep_owner", "match_account_owner", "rules"),
    *("otherwise", "pools", "sla", "examples"),
)


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
    reader = PolicyReader(around)
    policy = reader.policy(document)
    return Reading(policy, tuple(dict.fromkeys(reader.findings)))


def _in_order(pools: Mapping[str, Pool], named: Sequence[str]) -> dict[str, Pool]:
    """As the rules name them, then the one for everyone else, then the rest by name: a stored document knows no order."""
    first = {key: place for place, key in reversed(list(enumerate(named)))}
    return {key: pools[key] for key in sorted(pools, key=lambda key: (first.get(key, len(named)), key))}


class PolicyReader(PoolReader):
    """Reads the whole document."""

    def policy(self, document: Any) -> Policy:
        tree = self.mapping(document, "", POLICY_KEYS)
        pools = self.pools(tree.get("pools", {}))
        rules = self.rules(tree.get("rules", []), pools)
        otherwise = self.otherwise(tree.get("otherwise"), pools)
        policy = Policy(
            name=self.text(tree.get("name"), "name", "Inbound", 120),
            hit=self.one_of(tree.get("hit"), "hit", HITS, "first"),
            keep_owner=self.switch(tree.get("keep_owner"), "keep_owner", True),
            match_account_owner=self.switch(tree.get("match_account_owner"), "match_account_owner", False),
            rules=rules,
            otherwise=otherwise,
            pools=_in_order(pools, [*(rule.to for rule in rules), otherwise]),
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

    def rules(self, value: Any, pools: Mapping[str, Pool]) -> tuple[Rule, ...]:
        found: list[Rule] = []
        for index, item in enumerate(self.items(value, "rules", MAX_RULES)):
            path = f"rules[{index}]"
            tree = self.mapping(item, path, ("name", "when", "to", "sla"))
            name = self.text(tree.get("name"), f"{path}.name", "DACH enterprise")
            if name and name in {rule.name for rule in found}:
                self.refuse(f"{path}.name", f"“{name}” is used twice", "give every rule a name of its own")
            to = self.known_pool(tree.get("to"), f"{path}.to", pools)
            sla = self.sla(tree["sla"], f"{path}.sla") if tree.get("sla") is not None else None
            found.append(Rule(name, to, tree.get("when"), self.condition(tree.get("when"), f"{path}.when"), sla))
        return tuple(found)

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
                self.refuse(f"{path}.expect.rule", f"there is no rule {shown(rule)}", "name a rule of this policy")
            elif "pool" not in expect and not rule:
                self.refuse(f"{path}.expect", "expects nothing", 'write {"pool": …} or {"rule": …}')
            found.append(Example(given, pool, str(rule)))
        return tuple(found)
