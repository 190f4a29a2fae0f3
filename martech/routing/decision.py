"""One person in, one decision out, with everything needed to explain it.

The order: not to be routed, existing owner kept, account owner, rules, pool, fallback.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from martech.routing.document import Policy
from martech.routing.packing import pack_rules
from martech.routing.wheel import Wheel
from mops.core.conditions import Blame, Blamed

Record = Mapping[str, Any]
NOTHING: Record = MappingProxyType({})
ASSIGNED, KEPT, HELD, PARKED, DO_NOT_ROUTE = "assigned", "kept", "held", "parked", "do_not_route"


class Owner(NamedTuple):
    """Whom a person or their account belongs to. `is_by_hand`: a colleague set it, so nothing but a person changes it."""

    pk: int
    is_active: bool = True
    is_by_hand: bool = False


class Lead(NamedTuple):
    record: Record
    owner: Owner | None = None
    account_owner: Owner | None = None
    do_not_route: bool = False
    without: frozenset[int] = frozenset()
    """Users who may not get this lead now: they had it and let the response time pass."""


class Decision(NamedTuple):
    """`owner` is whom the person belongs to afterwards; `again_at` when a held lead is worth another look.

    `trace` is everything the decision rests on, short enough to be stored with each; `trace.told` puts it in words.
    """

    outcome: str
    owner: int | None = None
    rule: str = ""
    pool: str = ""
    trace: Record = NOTHING
    again_at: datetime | None = None


class Match(NamedTuple):
    """Where the rules send a lead, or `decided` when no pool needs to be asked."""

    pool: str = ""
    rule: str = ""
    trace: Record = NOTHING
    decided: Decision | None = None


class Engine:
    """A published policy made ready: conditions compiled once, used for many leads."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.by_rule = Blame([rule.condition for rule in policy.rules], self._concluded)
        self.after = {key: [policy.pools[one] for one in policy.pools_after(key)] for key in policy.pools}

    def match(self, lead: Lead, now: datetime) -> Match:
        """Everything before the pool: flags, owners and rules. Asks nobody's turn."""
        if not (lead.do_not_route or lead.owner or lead.account_owner or lead.without):
            return self.by_rule(lead.record, now)
        steps: list[dict[str, Any]] = []
        decided = self._by_flag_or_owner(lead, steps)
        trace: dict[str, Any] = {"without": sorted(lead.without)} if lead.without else {}
        if steps:
            trace["steps"] = steps
        if decided is not None:
            return Match(decided=decided._replace(trace=trace))
        found = self.by_rule(lead.record, now)
        trace |= found.trace
        return found._replace(trace=trace, decided=found.decided and found.decided._replace(trace=trace))

    def _by_flag_or_owner(self, lead: Lead, steps: list[dict[str, Any]]) -> Decision | None:
        if lead.do_not_route:
            steps.append(_step("do_not_route", True))
            return Decision(DO_NOT_ROUTE)
        if lead.owner is not None:
            is_kept = lead.owner.pk not in lead.without and _is_kept(lead.owner, self.policy.keep_owner)
            steps.append(_step("keep_owner", is_kept, lead.owner))
            if is_kept:
                return Decision(KEPT, lead.owner.pk)
        if self.policy.match_account_owner and lead.account_owner is not None:
            is_free = lead.account_owner.is_active and lead.account_owner.pk not in lead.without
            steps.append(_step("account_owner", is_free, lead.account_owner))
            if is_free:
                return Decision(ASSIGNED, lead.account_owner.pk)
        return None

    def _concluded(self, blamed: Blamed) -> Match:
        """`trace["rules"]` tells of every rule that was asked; with `first` none is asked after the one that matched."""
        hits = [index for index, leaf in enumerate(blamed) if leaf is None]
        asked = blamed[: hits[0] + 1] if hits and self.policy.hit == "first" else blamed
        trace = {"rules": pack_rules(asked)}
        if len(hits) > 1 and self.policy.hit == "unique":
            return Match(decided=Decision(PARKED, trace=trace))
        rule = self.policy.rules[hits[0]] if hits else None
        return Match(rule.to if rule else self.policy.otherwise, rule.name if rule else "", trace)

    def place(self, match: Match, wheels: Mapping[str, Wheel], lead: Lead) -> Decision:
        """Ask the pool, then the ones that take over from it; gives the lead and moves the pointer."""
        if match.decided is not None:
            _count_elsewhere(match.decided, wheels, lead)
            return match.decided
        asked: list[dict[str, Any]] = []
        trace = {**match.trace, "pools": asked}
        tried: list[Wheel] = []
        for pool in self.after.get(match.pool, ()):
            wheel = wheels[pool.key]
            wheel.settle()
            seat = wheel.next_seat(without=lead.without)
            if seat is None and pool.when_absent == "assign_anyway":
                seat = wheel.next_seat(anyway=True, without=lead.without)
            asked.append({**wheel.state(), "chosen": seat.user_id if seat else None})
            if seat is not None:
                wheel.give(seat, lead.record)
                return Decision(ASSIGNED, seat.user_id, match.rule, pool.key, trace)
            tried.append(wheel)
        times = [seat.back_at for wheel in tried for seat in wheel.seats if seat.back_at is not None]
        return Decision(HELD, None, match.rule, match.pool, trace, min(times, default=None))


def _count_elsewhere(decided: Decision, wheels: Mapping[str, Wheel], lead: Lead) -> None:
    """A lead that comes without a pool counts in the caps of its owner too."""
    if decided.outcome != ASSIGNED or (lead.owner is not None and lead.owner.pk == decided.owner):
        return
    seats = (seat for wheel in wheels.values() for seat in wheel.seats if seat.user_id == decided.owner)
    if seat := next(seats, None):
        seat.holding.count(lead.record)


def _is_kept(owner: Owner, keep_owner: bool) -> bool:
    return owner.is_active and (owner.is_by_hand or keep_owner)


def _step(step: str, is_decisive: bool, owner: Owner | None = None) -> dict[str, Any]:
    kept: dict[str, Any] = {"step": step, "decided": is_decisive}
    if owner is not None:
        kept |= {"user": owner.pk, "active": owner.is_active, "by_hand": owner.is_by_hand}
    return kept
