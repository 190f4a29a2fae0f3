"""A stored trace put in words with the policy that made it, and decided again to prove that it says everything.

A trace is short: `rules` and the `members` of every pool asked are packed texts (`martech.routing.packing`). Names,
sentences and shares are worked out when somebody reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from martech.routing.decision import Engine, Lead, Match, Owner, Record
from martech.routing.document import Policy
from martech.routing.packing import unpack_rules, users_of_seats
from martech.routing.wheel import Seat, Wheel
from mops.core.conditions import Node, because, evaluate, leaves

Trace = Mapping[str, Any]
LATE, GAVE_BACK = "did not answer in time", "had it before"
HANDED_BACK = "handed_back"
"""The cause of a decision about a lead that was given back to routing, by its owner or for them."""


@dataclass(frozen=True)
class Told:
    """What a trace needs to become words: the policy, what it read, when, and users' names by id."""

    policy: Policy | None
    record: Record
    at: datetime
    names: Mapping[int, str]
    without: frozenset[int] = frozenset()
    is_handed_back: bool = False

    @property
    def why_without(self) -> str:
        """Why those of `without` may not get it."""
        return GAVE_BACK if self.is_handed_back else LATE


def users_in(trace: Trace) -> set[int]:
    """Everybody whose name the words need."""
    named = {step["user"] for step in trace.get("steps", ()) if "user" in step}
    return named | users_of_seats(asked["members"] for asked in trace.get("pools", ()))


def told(trace: Trace, by: Told) -> dict[str, Any]:
    """The explanation: steps with a sentence, rules with what they missed, pools with everybody's standing."""
    kept = {key: value for key, value in trace.items() if key not in ("steps", "rules", "pools")}
    is_handed_back = trace.get("cause") == HANDED_BACK
    by = replace(by, without=frozenset(trace.get("without", ())), is_handed_back=is_handed_back)
    policy = by.policy
    explanation: dict[str, Any] = {**kept, "steps": [_step(step, by) for step in trace.get("steps", ())]}
    if policy is None:
        return explanation
    if "rules" in trace:
        blamed = unpack_rules(trace["rules"])
        explanation["rules"] = [_rule(policy, index, leaf, by) for index, leaf in enumerate(blamed)]
        explanation["steps"] += _overlap(policy, blamed)
    if "pools" in trace:
        explanation["pools"] = [_pool(policy, asked, by) for asked in trace["pools"]]
    return explanation


def _step(step: Mapping[str, Any], by: Told) -> dict[str, Any]:
    return {"step": step["step"], "decided": step["decided"], "text": _sentence(step, by)}


def _sentence(step: Mapping[str, Any], by: Told) -> str:
    if step["step"] == "do_not_route":
        return "The person is marked as not to be routed."
    name = _name(step["user"], by)
    owned = "the account" if step["step"] == "account_owner" else "the person"
    if step["user"] in by.without:
        said = "owns the account" if step["step"] == "account_owner" else "had the lead"
        return f"{name} {said}, but " + ("handed it back." if by.is_handed_back else f"{LATE}.")
    if not step["active"]:
        return f"{name} owns {owned} but is deactivated."
    if owned == "the account":
        return f"{name} owns the account."
    if step["by_hand"]:
        return f"A colleague gave the person to {name}."
    return (
        f"{name} owns the person already." if step["decided"] else f"{name} owns the person; this policy decides anew."
    )


def _overlap(policy: Policy, blamed: Sequence[int | None]) -> list[dict[str, Any]]:
    hits = [policy.rules[index].name for index, leaf in enumerate(blamed) if leaf is None]
    if len(hits) < 2:
        return []
    names = " and ".join(f"“{name}”" for name in hits)
    return [{"step": "unique", "decided": False, "text": f"Exactly one rule may match, but {names} do."}]


def _rule(policy: Policy, index: int, blamed: int | None, by: Told) -> dict[str, Any]:
    rule = policy.rules[index]
    shown: dict[str, Any] = {"name": rule.name, "to": rule.to, "matched": blamed is None}
    if blamed is None or rule.condition is None:
        return shown
    return shown | why_not(rule.condition, blamed, by.record, by.at)


def why_not(condition: Node, blamed: int, record: Record, at: datetime) -> dict[str, str]:
    """The first leaf that failed, with the actual value, as a sentence, and the field it read."""
    if blamed < 0:
        return {"because": "it takes nobody"}
    leaf = list(leaves(condition))[blamed]
    return {"because": because(evaluate(leaf, record, now=at)), "field": leaf.field}


def _pool(policy: Policy, asked: Mapping[str, Any], by: Told) -> dict[str, Any]:
    pool = policy.pools[asked["pool"]]
    wheel = Wheel.from_state(pool.strategy, asked)
    there = [seat for seat in wheel.seats if not seat.skipped]
    if not there and asked["chosen"] is not None:
        # Nobody was there and somebody got it anyway: the turn went among all who are neither gone nor at a cap.
        there = [seat for seat in wheel.seats if not (seat.is_gone or seat.at_cap)]
    return {
        "pool": pool.key,
        "strategy": pool.strategy,
        "when_absent": pool.when_absent,
        "members": [_member(wheel, seat, there, by) for seat in wheel.seats],
        "chosen": asked["chosen"],
    }


def _member(wheel: Wheel, seat: Seat, there: Sequence[Seat], by: Told) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "user": seat.user_id,
        "name": _name(seat.user_id, by),
        "weight": seat.weight,
        "pointer": round(seat.pointer / wheel.unit, 6),
    }
    if there:
        shown["behind"] = round(float(Fraction(wheel.behind(seat, there))), 3)
    if wheel.strategy == "least_loaded":
        shown["open"] = seat.open_leads
    if reason := seat.skipped or (by.why_without if seat.user_id in by.without else ""):
        shown["skipped"] = reason
        shown["back_at"] = seat.back_at.isoformat() if seat.back_at else None
        shown |= {"in_turn": True} if seat.skipped and seat in there else {}
    return shown


def _name(user: int, by: Told) -> str:
    return by.names.get(user, "Somebody who is gone")


def decide_again(
    engine: Engine, record: Record, trace: Trace, at: datetime
) -> tuple[str, str, int | None, dict[str, Any]]:
    """(rule, pool, owner, trace) from nothing but what was stored; equal to what was decided, or a fact is missing."""
    steps = {step["step"]: step for step in trace.get("steps", ())}
    lead = Lead(
        record,
        _owner(steps.get("keep_owner")),
        _owner(steps.get("account_owner")),
        "do_not_route" in steps,
        frozenset(trace.get("without", ())),
    )
    match: Match = engine.match(lead, at)
    pools = engine.policy.pools
    wheels = {asked["pool"]: Wheel.from_state(pools[asked["pool"]].strategy, asked) for asked in trace.get("pools", ())}
    decision = engine.place(match, wheels, lead)
    return decision.rule, decision.pool, decision.owner, dict(decision.trace)


def _owner(step: Mapping[str, Any] | None) -> Owner | None:
    return Owner(step["user"], step["active"], step["by_hand"]) if step else None
