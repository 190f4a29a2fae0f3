"""Decisions as people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from governance.models import User
from martech.condition_fields import restored
from martech.models import DecisionOutcome, Person, RoutingDecision
from martech.routing.document import Policy
from martech.routing.explanation import Case, Reason, in_short, reasons, standing, ways_to
from martech.routing.trace import Told, Trace, told, users_in
from martech.selectors.owners import possible_owners
from martech.selectors.routing import engine_of, person_fields
from martech.selectors.wheels import pool_members
from mops.core.rights import called, hidden_fields

ICONS = {
    "yes": "circle-check",
    "miss": "circle-x",
    "no": "circle-x",
    "turn": "scale",
    "hand": "hand-stop",
    "old": "clock-off",
}


def decisions_for(user: User) -> QuerySet[RoutingDecision]:
    """Decisions about people the user may see, newest first, with everything a page shows."""
    seen = RoutingDecision.objects.filter(person__in=Person.objects.visible_to(user))
    return seen.select_related("person", "owner", "previous_owner", "version", "version__policy")


def inputs_in_words(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the rules read of a person as label and value: "Country", "Germany"."""
    catalogue, shown = person_fields(), []
    for key, value in inputs.items():
        spec = catalogue.find(key)
        choices = dict(spec.choices()) if spec is not None and spec.choices else {}
        word = "empty" if value is None else choices.get(value, value)
        shown.append((str(spec.label if spec else key), str(word)))
    return shown


@dataclass(frozen=True)
class Line:
    """A reason as a page shows it."""

    icon: str
    title: str
    detail: str


def lines(found: list[Reason]) -> list[Line]:
    return [Line(ICONS[reason.kind], reason.title, reason.detail) for reason in found]


def explanation_of(trace: Trace, policy: Policy | None, inputs: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A trace in words, with the names of the users in it."""
    return told(trace, Told(policy, restored(inputs, person_fields()), at, names_of(users_in(trace))))


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    ids = list(user_ids)
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}


def explanations_of(decisions: Iterable[RoutingDecision]) -> dict[int, dict[str, Any]]:
    """What the decisions rest on, in words, by id; the names of everybody in them come in one query."""
    rows = list(decisions)
    names = names_of(set().union(*(users_in(row.trace) for row in rows)))
    return {row.pk: told(row.trace, _told(row, names)) for row in rows}


def pools_asked(explanation: dict[str, Any]) -> list[dict[str, Any]]:
    """The pools of an explanation; each member with their `share` in words, a dash for who could not be chosen."""
    return [
        {
            **one,
            "strategy": one["strategy"].replace("_", " "),
            "members": [{**member, "share": _share(member)} for member in one["members"]],
        }
        for one in explanation.get("pools", [])
    ]


def _share(member: dict[str, Any]) -> str:
    is_out = member.get("skipped") and not member.get("in_turn")
    return "—" if is_out or "behind" not in member else standing(member)


def _told(decision: RoutingDecision, names: dict[int, str]) -> Told:
    policy = engine_of(decision.version).policy if decision.version else None
    return Told(policy, restored(decision.inputs, person_fields()), decision.decided_at, names)


def why(decision: RoutingDecision, user: User, explanation: dict[str, Any] | None = None) -> list[Line]:
    """Why it was decided so, without values the user may not see."""
    known = explanation if explanation is not None else explanations_of([decision])[decision.pk]
    return lines(reasons(known, decision.outcome, hidden_fields(user, Person)))


def why_in_short(decision: RoutingDecision, user: User) -> list[Line]:
    """The same for a card beside a person."""
    known = explanations_of([decision])[decision.pk]
    return lines(in_short(reasons(known, decision.outcome, hidden_fields(user, Person))))


def headline(decision: RoutingDecision, user: Any) -> str:
    """What became of the person, as a question's or a list's first line."""
    person = called(user, decision.person)
    owner = str(decision.owner) if decision.owner else "nobody"
    return {
        DecisionOutcome.ASSIGNED: f"{owner} got {person}",
        DecisionOutcome.KEPT: f"{owner} kept {person}",
        DecisionOutcome.HELD: f"{person} waits for somebody to be available",
        DecisionOutcome.PARKED: f"{person} is parked",
        DecisionOutcome.DO_NOT_ROUTE: f"{person} is not to be routed",
        DecisionOutcome.MANUAL: f"{person} was given to {owner} by hand",
    }[DecisionOutcome(decision.outcome)]


def question(decision: RoutingDecision, user: Any) -> str:
    """The question that the decision's page answers."""
    person = called(user, decision.person)
    if decision.outcome in (DecisionOutcome.ASSIGNED, DecisionOutcome.MANUAL) and decision.owner:
        return f"Why did {decision.owner} get {person}?"
    if decision.outcome == DecisionOutcome.KEPT and decision.owner:
        return f"Why did {decision.owner} keep {person}?"
    if decision.person.owner_id and decision.outcome in (DecisionOutcome.HELD, DecisionOutcome.PARKED):
        return f"Why did {person} have to wait?"
    return f"Why has {person} no owner?"


def what_was_done(decision: RoutingDecision) -> str:
    """What became of the person as the beginning of "… 3 min ago by version 2"."""
    return {DecisionOutcome.HELD: "Held", DecisionOutcome.PARKED: "Parked"}.get(
        DecisionOutcome(decision.outcome), decision.get_outcome_display()
    )


def candidates(decision: RoutingDecision) -> list[User]:
    """Everybody in a pool of the deciding version except who got the lead, then whoever else may own leads."""
    if decision.version is None:
        return []
    policy = engine_of(decision.version).policy
    members = {user for users in pool_members(policy).values() for user in users}
    asked = list(User.objects.filter(pk__in=members - {decision.owner_id}))
    return [*asked, *possible_owners().exclude(pk__in={*members, decision.owner_id} - {None}).order_by("name", "pk")]


def what_for(decision: RoutingDecision, other: User, viewer: User) -> list[str]:
    """What would have had to be different for `other` to get the person."""
    if decision.version is None:
        return ["A colleague decided this by hand; no rule took part."]
    policy = engine_of(decision.version).policy
    case = Case(
        policy,
        restored(decision.inputs, person_fields()),
        explanations_of([decision])[decision.pk],
        decision.decided_at,
        hidden_fields(viewer, Person),
    )
    pools = [key for key, users in pool_members(policy).items() if other.pk in users]
    return ways_to(case, user=other.pk, name=str(other), pools=pools)


def preview_lines(explanation: dict[str, Any], outcome: str, user: User) -> list[Line]:
    return lines(reasons(explanation, outcome, hidden_fields(user, Person)))
