"""One person in, one decision out, with everything needed to explain it.

The order: not to be routed, existing owner kept, account owner, rules, pool, fallback.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from martech.routing.document import Policy, Pool
from martech.routing.wheel import Seat, Wheel
from mops.core.conditions import Leaf, Node, because, compile_predicate, evaluate, first_failing

Record = Mapping[str, Any]
ASSIGNED, KEPT, HELD, PARKED, DO_NOT_ROUTE = "assigned", "kept", "held", "parked", "do_not_route"


@dataclass(frozen=True)
class Owner:
    """Whom a person or their account belongs to. `is_by_hand`: a colleague set it, so nothing but a person changes it."""

    pk: int
    name: str
    is_active: bool = True
    is_by_hand: bool = False


@dataclass(frozen=True)
class Lead:
    record: Record
    owner: Owner | None = None
    account_owner: Owner | None = None
    do_not_route: bool = False


@dataclass
class Decision:
    """`owner` is whom the person belongs to afterwards; `again_at` when a held lead is worth another look."""

    outcome: str
    owner: int | None = None
    rule: str = ""
    pool: str = ""
    explanation: dict[str, Any] = field(default_factory=dict)
    again_at: datetime | None = None


@dataclass(frozen=True)
class Match:
    """Where the rules send a lead, or `decided` when no pool needs to be asked."""

    pool: str = ""
    rule: str = ""
    explanation: dict[str, Any] = field(default_factory=dict)
    decided: Decision | None = None


class Engine:
    """A published policy made ready: predicates compiled once, used for many leads."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.tests: list[tuple[Node | None, Callable[..., bool]]] = [
            (rule.condition, compile_predicate(rule.condition) if rule.condition is not None else _never)
            for rule in policy.rules
        ]

    def match(self, lead: Lead, now: datetime) -> Match:
        """Everything before the pool: flags, owners and rules. Asks nobody's turn."""
        steps: list[dict[str, Any]] = []
        decided = self._by_flag_or_owner(lead, steps)
        if decided is not None:
            decided.explanation = {"steps": steps}
            return Match(decided=decided)
        return self._by_rule(lead.record, steps, now)

    def _by_flag_or_owner(self, lead: Lead, steps: list[dict[str, Any]]) -> Decision | None:
        if lead.do_not_route:
            steps.append(_step("do_not_route", True, "The person is marked as not to be routed."))
            return Decision(DO_NOT_ROUTE)
        if lead.owner is not None:
            is_kept, words = _keeping(lead.owner, self.policy.keep_owner)
            steps.append(_step("keep_owner", is_kept, words))
            if is_kept:
                return Decision(KEPT, lead.owner.pk)
        if self.policy.match_account_owner and lead.account_owner is not None:
            name, is_active = lead.account_owner.name, lead.account_owner.is_active
            words = f"{name} owns the account." if is_active else f"{name} owns the account but is deactivated."
            steps.append(_step("account_owner", is_active, words))
            if is_active:
                return Decision(ASSIGNED, lead.account_owner.pk)
        return None

    def _by_rule(self, record: Record, steps: list[dict[str, Any]], now: datetime) -> Match:
        is_first = self.policy.hit == "first"
        rules: list[dict[str, Any]] = []
        hits = []
        for rule, (condition, test) in zip(self.policy.rules, self.tests, strict=True):
            is_hit = test(record, now)
            shown: dict[str, Any] = {"name": rule.name, "to": rule.to, "matched": is_hit}
            if is_hit:
                hits.append(rule)
            elif condition is not None:
                shown |= why_not(condition, record, now)
            rules.append(shown)
            if is_hit and is_first:
                break
        explanation = {"steps": steps, "rules": rules}
        if len(hits) > 1:
            names = " and ".join(f"“{rule.name}”" for rule in hits)
            steps.append(_step("unique", False, f"Exactly one rule may match, but {names} do."))
            return Match(decided=Decision(PARKED, explanation=explanation))
        rule_name, pool = (hits[0].name, hits[0].to) if hits else ("", self.policy.otherwise)
        return Match(pool, rule_name, explanation)

    def place(self, match: Match, wheels: Mapping[str, Wheel]) -> Decision:
        """Ask the pool, then the ones that take over from it; gives the lead and moves the pointer."""
        if match.decided is not None:
            return match.decided
        asked: list[dict[str, Any]] = []
        explanation = {**match.explanation, "pools": asked}
        tried: list[Wheel] = []
        for key in self.policy.pools_after(match.pool):
            pool, wheel = self.policy.pools[key], wheels[key]
            wheel.settle()
            seat = wheel.next_seat() or (wheel.next_seat(anyway=True) if pool.when_absent == "assign_anyway" else None)
            asked.append(_asked(pool, wheel, seat))
            if seat is not None:
                wheel.give(seat)
                return Decision(ASSIGNED, seat.user_id, match.rule, key, explanation)
            tried.append(wheel)
        times = [seat.back_at for wheel in tried for seat in wheel.seats if seat.back_at is not None]
        return Decision(HELD, None, match.rule, match.pool, explanation, min(times, default=None))


def why_not(condition: Node, record: Record, now: datetime) -> dict[str, str]:
    """The first condition that failed, with the actual value, as a sentence, and the field it read."""
    failing = first_failing(evaluate(condition, record, now=now))
    if failing is None or not isinstance(failing.node, Leaf):
        return {"because": "it takes nobody"}
    return {"because": because(failing), "field": failing.node.field}


def _never(_record: Record, _now: datetime | None = None) -> bool:
    return False


def _keeping(owner: Owner, keep_owner: bool) -> tuple[bool, str]:
    if not owner.is_active:
        return False, f"{owner.name} owns the person but is deactivated."
    if owner.is_by_hand:
        return True, f"A colleague gave the person to {owner.name}."
    if keep_owner:
        return True, f"{owner.name} owns the person already."
    return False, f"{owner.name} owns the person; this policy decides anew."


def _step(step: str, is_decisive: bool, text: str) -> dict[str, Any]:
    return {"step": step, "decided": is_decisive, "text": text}


def _asked(pool: Pool, wheel: Wheel, seat: Seat | None) -> dict[str, Any]:
    return {
        "pool": pool.key,
        "strategy": pool.strategy,
        "when_absent": pool.when_absent,
        "members": wheel.picture(),
        "chosen": seat.user_id if seat is not None else None,
    }
