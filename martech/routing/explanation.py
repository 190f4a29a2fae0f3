"""A stored decision in words: why this owner, and what would have to change for another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from martech.routing.document import Policy, Rule
from martech.routing.trace import GAVE_BACK, LATE
from martech.routing.wheel import CLOSED
from mops.core.conditions import Leaf, Node, Result, because, evaluate

Told = Mapping[str, Any]
HIDDEN = "by a value you may not see"


@dataclass(frozen=True)
class Reason:
    """`kind` is yes (it decided), miss (a rule did not match), no (it did not), turn (whose turn it was) or hand."""

    kind: str
    title: str
    detail: str = ""


def reasons(explanation: Told, outcome: str, hidden: frozenset[str] = frozenset()) -> list[Reason]:
    """What decided first, then what did not, then whose turn it was. `hidden` are fields of a person not to show."""
    if outcome == "manual":
        by = explanation.get("by_name") or "The system"
        return [Reason("hand", f"{by} decided by hand", explanation.get("reason", ""))]
    steps = [Reason("yes" if step["decided"] else "no", step["text"]) for step in explanation.get("steps", ())]
    rules, pools = _rule_reasons(explanation, hidden), _pool_reasons(explanation)
    misses = [one for one in rules if one.kind == "miss"]
    hits = [one for one in rules if one.kind != "miss"]
    # Where many rules did not match, whose turn it was is not to be looked for below all of them.
    told = [*hits, *pools, *misses] if len(misses) > FEW else [*hits, *misses, *pools]
    return [*steps, *told, *_backlog(explanation)]


FEW = 4


def in_short(found: Sequence[Reason]) -> list[Reason]:
    """Without the rules that did not match when there are more than two, but with their number."""
    misses = [one for one in found if one.kind == "miss"]
    if len(misses) <= 2:
        return list(found)
    return [*(one for one in found if one.kind != "miss"), Reason("miss", f"{len(misses)} rules above did not match")]


def _backlog(explanation: Told) -> list[Reason]:
    days = explanation.get("backlog_days")
    if days is None:
        return []
    ago = f"{days} day{'' if days == 1 else 's'}"
    return [Reason("old", f"No response clock runs: the lead came {ago} before it was routed")]


def _rule_reasons(explanation: Told, hidden: frozenset[str]) -> list[Reason]:
    rules = list(enumerate(explanation.get("rules", ()), 1))
    hits = [Reason("yes", f"Rule {number} “{rule['name']}” matched") for number, rule in rules if rule["matched"]]
    if not hits and "rules" in explanation:
        hits = [Reason("yes", "No rule matched", "so the pool for everyone else takes the lead")]
    misses = [
        Reason("miss", f"Rule {number} “{rule['name']}” did not", _because(rule, hidden))
        for number, rule in rules
        if not rule["matched"]
    ]
    return hits + misses


def _because(rule: Told, hidden: frozenset[str]) -> str:
    is_hidden = str(rule.get("field", "")).removeprefix("person.") in hidden
    return HIDDEN if is_hidden else str(rule.get("because", ""))


def _pool_reasons(explanation: Told) -> list[Reason]:
    found = []
    for asked in explanation.get("pools", ()):
        chosen = next((member for member in asked["members"] if member["user"] == asked["chosen"]), None)
        detail = "; ".join(member_line(member) for member in asked["members"])
        if chosen is None:
            found.append(Reason("no", f"Nobody in {asked['pool']} was available", detail))
        else:
            found.append(Reason("turn", _turn_title(asked, chosen), detail))
    return found


def _turn_title(asked: Told, chosen: Told) -> str:
    if chosen.get("skipped"):
        title = f"Nobody in {asked['pool']} was there, so it went on by turns all the same"
        is_load = asked["strategy"] == "least_loaded"
        return f"{title}: {chosen['name']} {'had the fewest open leads' if is_load else f'was {standing(chosen)}'}"
    if asked["strategy"] == "least_loaded":
        return f"{chosen['name']} had the fewest open leads of {asked['pool']}"
    others = [member for member in asked["members"] if not member.get("skipped") and member is not chosen]
    if not others:
        return f"{chosen['name']} was the only one available in {asked['pool']}"
    if all(member.get("behind", 0) < chosen.get("behind", 0) for member in others):
        return f"{chosen['name']} was furthest behind the share in {asked['pool']}"
    return f"It was {chosen['name']}’s turn in {asked['pool']}"


def member_line(member: Told) -> str:
    """ "Ana 0.33 behind", "Cyril away" """
    if member.get("skipped"):
        share = f", {standing(member)}" if member.get("in_turn") else ""
        return f"{member['name']} {member['skipped']}{share}"
    if "open" in member and "today" not in member:
        return f"{member['name']} {standing(member)}, {member['open']} open"
    return f"{member['name']} {standing(member)}"


def standing(member: Told) -> str:
    """How a member stood to their share before the choice."""
    behind = member.get("behind", 0)
    if behind == 0:
        return "even"
    return f"{behind:g} behind" if behind > 0 else f"{-behind:g} ahead"


@dataclass(frozen=True)
class Case:
    """A decision to ask about: the policy that made it, what it saw, and what it explained."""

    policy: Policy
    record: Mapping[str, Any]
    explanation: Told
    at: datetime
    hidden: frozenset[str] = frozenset()


def ways_to(case: Case, *, user: int, name: str, pools: Sequence[str]) -> list[str]:
    """What would have had to be different for `user`, a member of `pools`, to get the lead; a sentence each."""
    decisive = next((step["text"] for step in case.explanation.get("steps", ()) if step["decided"]), "")
    if decisive:
        return [f"No pool was asked: {decisive} That would have to be different first."]
    if not pools:
        return [f"{name} is in no pool of this version. Add {name} to a pool."]
    asked = [one for one in case.explanation.get("pools", ()) if any(m["user"] == user for m in one["members"])]
    if asked:
        return [_turn_missed(asked[0], user, name)]
    return _other_rules(case, name, pools)


def _turn_missed(asked: Told, user: int, name: str) -> str:
    member = next(one for one in asked["members"] if one["user"] == user)
    chosen = next((one for one in asked["members"] if one["user"] == asked["chosen"]), None)
    if (skipped := member.get("skipped")) in (LATE, GAVE_BACK):
        why = LATE if skipped == LATE else "it was handed back"
        return (
            f"{name} had this lead and {why}, so somebody else of {asked['pool']} got it. {name} gets others in turn."
        )
    if member.get("in_turn") and chosen is not None:
        return (
            f"Nobody in {asked['pool']} was there, so it went by turns: {chosen['name']} was {standing(chosen)}, {name}"
            f" {standing(member)}. Had {name} been there, {name} would have got it."
        )
    if skipped:
        return f"{name} was {skipped}: {_way_back(str(skipped), name, asked['pool'])}"
    if chosen is None:
        return f"{name} is in {asked['pool']}, and it was not asked to its end."
    if standing(chosen) == standing(member) and asked["strategy"] != "least_loaded":
        return (
            f"{chosen['name']} and {name} were both {standing(member)}, and {chosen['name']} stands before {name} in"
            f" {asked['pool']}: the next turn comes nearer to {name}."
        )
    return (
        f"It was not {name}’s turn in {asked['pool']}: {chosen['name']} was {standing(chosen)}, {name} {standing(member)}. "
        f"Without {chosen['name']} the turn comes nearer; a higher weight brings {name} more turns."
    )


def _way_back(skipped: str, name: str, pool: str) -> str:
    """What makes somebody who was passed over available."""
    if skipped.startswith("at the "):
        return f"{name} would need a higher cap in {pool}, or one lead less."
    if skipped == "paused":
        return f"the pause of {name} in {pool} would have to end, in the pool of the policy."
    if skipped == "deactivated":
        return f"an administrator would have to let {name} sign in again."
    if skipped.startswith("away"):
        return f"{name}’s time off would have to end before, or {pool} to assign anyway."
    if skipped == CLOSED:
        return f"{name}’s working hours would have to begin before, or {pool} to assign anyway."
    return f"{name} would have to be available in {pool}."


def _other_rules(case: Case, name: str, pools: Sequence[str]) -> list[str]:
    winner = next((i for i, rule in enumerate(case.explanation.get("rules", ())) if rule["matched"]), None)
    found = []
    for index, rule in enumerate(case.policy.rules):
        if rule.to in pools and rule.condition is not None:
            found.append(_rule_way(case, rule, rule.condition, index, winner))
    if case.policy.otherwise in pools and winner is not None:
        matched = case.policy.rules[winner].name if winner < len(case.policy.rules) else ""
        found.append(
            f"Rule {winner + 1} “{matched}” would have to not match, and no other: then everyone else’s pool decides."
        )
    asked = [one["pool"] for one in case.explanation.get("pools", ())]
    takers = [key for key in asked if set(case.policy.pools_after(key)[1:]) & set(pools)]
    found += [f"Nobody in {key} would have to be available: then {name}’s pool takes over." for key in takers]
    return found or [f"No rule sends anybody to {', '.join(pools)}. Send a rule there."]


def _rule_way(case: Case, rule: Rule, condition: Node, index: int, winner: int | None) -> str:
    missing = [
        HIDDEN if leaf.field.removeprefix("person.") in case.hidden else because(result)
        for result, leaf in _failing(evaluate(condition, case.record, now=case.at))
    ]
    what = f"; now {' and '.join(missing)}" if missing else ""
    before = f" and rule {winner + 1} not" if winner is not None and winner < index else ""
    return f"Rule {index + 1} “{rule.name}” would have to match{before}{what}."


def _failing(result: Result) -> list[tuple[Result, Leaf]]:
    """The leaves that failed, in reading order; below a `not` nothing is looked at."""
    if isinstance(result.node, Leaf):
        return [] if result.passed else [(result, result.node)]
    return [pair for part in result.parts if not part.passed for pair in _failing(part)]
