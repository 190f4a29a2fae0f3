"""Giving people owners: in the background by the policy in force, or by hand."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from governance.models import User
from governance.services import notify_users
from martech.condition_fields import PERSON_RELATED
from martech.models import DecisionOutcome, Person, PolicyVersion, PoolMemberState, RoutingDecision, RoutingWork
from martech.routing.decision import Decision, Engine, Match
from martech.routing.document import Policy, Sla
from martech.routing.wheel import Wheel
from martech.selectors.routing import engine_of, leads_of, published_version
from martech.selectors.wheels import calendar_of, load_wheels, users_of
from mops.core import clock
from mops.core.errors import DomainError
from mops.core.history import recording
from mops.core.work import Kind, postpone, wake

LOOK_AGAIN = timedelta(minutes=15)
"""A held lead is looked at again when somebody is back, and at the latest after this long."""

_ENQUEUE = """
INSERT INTO martech_routingwork (person_id, cause, state, attempts, run_after, last_error, created_at)
SELECT id, %s, 'pending', 0, %s, '', %s FROM martech_person
WHERE id = ANY(%s) AND merged_into_id IS NULL ORDER BY created_at, id
ON CONFLICT DO NOTHING
"""
_GIVE = """
UPDATE martech_person SET owner_id = given.owner, updated_at = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS given (person, owner) WHERE martech_person.id = given.person
"""


def enqueue_routing(person_ids: Sequence[int], *, cause: str) -> int:
    """Let the policy in force find owners for these people, in the background. Returns how many rows were added.

    A person who waits already is not added again; without a published policy nothing happens.
    """
    if not person_ids or published_version() is None:
        return 0
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, [cause[:40], now, now, list(person_ids)])
        added = cursor.rowcount
        wake("routing")
    return added


def enqueue_everybody(*, cause: str = "backlog") -> int:
    """Let everybody who has no owner, and may have one, be routed."""
    return enqueue_routing(list(Person.objects.routable().order_by().values_list("pk", flat=True)), cause=cause)


@dataclass(frozen=True)
class _Batch:
    """What one run of the handler works with. `people` are locked in it."""

    version: PolicyVersion
    engine: Engine
    people: Mapping[int, Person]
    now: datetime

    @property
    def policy(self) -> Policy:
        return self.engine.policy


def route_people(rows: Sequence[RoutingWork]) -> None:
    """Decide about everybody in the batch and write all of it in the caller's transaction.

    People are locked and read again first, then the pools; so an owner somebody set meanwhile is seen and kept.
    """
    version = published_version()
    if version is None:
        return
    with transaction.atomic(), recording("route_people"):
        batch = _Batch(version, engine_of(version), _locked_people(rows), timezone.now())
        present = [row for row in rows if row.person_id in batch.people]
        decisions = _decide(batch, present)
        _write(batch, present, decisions)
        _hold(batch, [row for row in present if decisions[row.person_id].outcome == DecisionOutcome.HELD], decisions)


def _locked_people(rows: Sequence[RoutingWork]) -> dict[int, Person]:
    people = Person.objects.living().filter(pk__in=[row.person_id for row in rows])
    locked = people.select_related(*PERSON_RELATED).select_for_update(of=("self",), no_key=True)
    return {person.pk: person for person in locked.order_by("pk")}


def _decide(batch: _Batch, rows: Sequence[RoutingWork]) -> dict[int, Decision]:
    """Decisions by person; whoever waits longest is served first."""
    leads = leads_of(list(batch.people.values()), batch.engine)
    matches: dict[int, Match] = {
        row.person_id: batch.engine.match(leads[row.person_id], batch.now)
        for row in sorted(rows, key=lambda row: (row.created_at, row.pk))
    }
    starts = {match.pool for match in matches.values() if match.decided is None}
    keys = sorted({key for start in starts for key in batch.policy.pools_after(start)})
    wheels = _locked_wheels(batch.policy, batch.version.policy_id, keys, batch.now) if keys else {}
    decisions = {person: batch.engine.place(match, wheels) for person, match in matches.items()}
    _turn(batch.version.policy_id, wheels, batch.now)
    for person, decision in decisions.items():
        decision.explanation["inputs"] = dict(leads[person].record)
    return decisions


def _locked_wheels(policy: Policy, policy_id: int, keys: Sequence[str], now: datetime) -> dict[str, Wheel]:
    """The wheels of the pools, locked against other workers in the order of their rows until the transaction ends."""
    states = PoolMemberState.objects.filter(policy_id=policy_id, pool__in=keys).order_by("pk")
    known = set(states.select_for_update().values_list("pool", "user"))
    wanted = {(key, user.pk) for key in keys for user in users_of([policy.pools[key]]).values()}
    if wanted - known:
        join_pools(policy, policy_id, keys, now)
        list(states.select_for_update())
    return load_wheels(policy, policy_id, keys, now)


def join_pools(policy: Policy, policy_id: int, keys: Iterable[str], now: datetime) -> None:
    """Give every member of the pools a pointer; newcomers start at the pool's clock."""
    rows = [
        PoolMemberState(policy_id=policy_id, pool=key, user_id=seat.user_id, pointer=wheel.stored_pointer(seat))
        for key, wheel in load_wheels(policy, policy_id, keys, now).items()
        for seat in wheel.seats
    ]
    PoolMemberState.objects.bulk_create(rows, ignore_conflicts=True)


def _turn(policy_id: int, wheels: Mapping[str, Wheel], now: datetime) -> None:
    """Store the pointers as they are after the batch."""
    seats = {(key, seat.user_id): (wheel, seat) for key, wheel in wheels.items() for seat in wheel.seats}
    states = list(PoolMemberState.objects.filter(policy_id=policy_id, pool__in=wheels)) if seats else []
    changed = []
    for state in states:
        if (state.pool, state.user_id) not in seats:
            continue
        wheel, seat = seats[state.pool, state.user_id]
        before = (state.pointer, state.away_behind)
        state.pointer, state.away_behind = wheel.stored_pointer(seat), wheel.stored_absence(seat)
        if seat.got or before != (state.pointer, state.away_behind):
            state.assigned, state.updated_at = state.assigned + seat.got, now
            changed.append(state)
    PoolMemberState.objects.bulk_update(changed, ["pointer", "away_behind", "assigned", "updated_at"])


def _write(batch: _Batch, rows: Sequence[RoutingWork], decisions: Mapping[int, Decision]) -> None:
    given = {
        person: decision.owner
        for person, decision in decisions.items()
        if decision.outcome == DecisionOutcome.ASSIGNED and decision.owner != batch.people[person].owner_id
    }
    if given:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE, [batch.now, list(given), list(given.values())])
    waiting = _known_to_wait(
        batch, [person for person, one in decisions.items() if one.outcome == DecisionOutcome.HELD]
    )
    respond_by = deadline(batch.policy.sla, batch.now)
    made = [
        _decision_row(batch, row, decisions[row.person_id], respond_by) for row in rows if row.person_id not in waiting
    ]
    RoutingDecision.objects.bulk_create(made)
    _tell_owners({person: pk for person, pk in given.items() if pk is not None}, batch.people)


def _decision_row(batch: _Batch, row: RoutingWork, decision: Decision, respond_by: datetime | None) -> RoutingDecision:
    explanation = dict(decision.explanation)
    return RoutingDecision(
        person_id=row.person_id,
        version=batch.version,
        outcome=decision.outcome,
        rule=decision.rule,
        pool=decision.pool,
        owner_id=decision.owner,
        previous_owner_id=batch.people[row.person_id].owner_id,
        inputs=explanation.pop("inputs", {}),
        explanation={**explanation, "cause": row.cause},
        arrived_at=row.created_at,
        decided_at=batch.now,
        respond_by=respond_by if decision.outcome == DecisionOutcome.ASSIGNED else None,
    )


def _known_to_wait(batch: _Batch, held: Sequence[int]) -> set[int]:
    """Held people whose latest decision by this version says so already; it is not repeated at every look."""
    if not held:
        return set()
    rows = RoutingDecision.objects.filter(person__in=held).order_by("person", "-decided_at", "-pk").distinct("person")
    latest = rows.values_list("person", "outcome", "version")
    return {person for person, outcome, version in latest if (outcome, version) == ("held", batch.version.pk)}


def deadline(sla: Sla | None, since: datetime) -> datetime | None:
    """When the owner must have answered, in the working time of the policy's calendar."""
    if sla is None:
        return None
    calendar, allowed = calendar_of(sla.calendar), timedelta(minutes=sla.respond_within_minutes)
    return clock.add(calendar, since, allowed) if calendar else since + allowed


def _hold(batch: _Batch, rows: Sequence[RoutingWork], decisions: Mapping[int, Decision]) -> None:
    """Held leads keep their place in the queue and are looked at when somebody opens."""
    latest = batch.now + LOOK_AGAIN
    by_time: dict[datetime, list[RoutingWork]] = defaultdict(list)
    for row in rows:
        again = decisions[row.person_id].again_at or latest
        by_time[min(max(again, batch.now + timedelta(seconds=1)), latest)].append(row)
    for until, waiting in by_time.items():
        postpone(waiting, until=until)


def _tell_owners(given: Mapping[int, int], people: Mapping[int, Person]) -> None:
    """One line for everybody who got leads, however many there are in the batch."""
    counts = Counter(given.values())
    newest = {owner: person for person, owner in given.items()}
    for owner, number in sorted(counts.items()):
        person = people[newest[owner]]
        title = f"New lead: {person}" if number == 1 else f"{number} new leads"
        detail = ", ".join(filter(None, [person.company, person.source])) if number == 1 else ""
        url = _url("martech:person", person.pk) if number == 1 else f"{_url('martech:people')}?owner={owner}"
        notify_users(user_ids=[owner], kind="lead", title=title, detail=detail, url=url)


def _url(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def assign_owner(*, person: Person, owner: User | None, actor: User | None, reason: str = "") -> RoutingDecision | None:
    """Give a person to somebody by hand, or to nobody; routing never changes that by itself.

    Answers the decision that records it, None when the person has that owner already. Raises DomainError for a
    deactivated owner.
    """
    if owner is not None and not owner.is_active:
        message = f"{owner} is deactivated. Choose somebody who is active."
        raise DomainError("The owner was not changed.", errors={"owner": [message]})
    now = timezone.now()
    with transaction.atomic(), recording("assign_owner", actor=actor, reason=reason):
        locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if locked.owner_id == (owner.pk if owner else None):
            return None
        Person.objects.filter(pk=person.pk).update(owner=owner, updated_at=now)
        decision = _manual_decision(locked, owner, actor, reason, now)
        if owner is not None and owner != actor:
            _tell_owners({person.pk: owner.pk}, {person.pk: locked})
    person.owner = owner
    return decision


def _manual_decision(
    person: Person, owner: User | None, actor: User | None, reason: str, now: datetime
) -> RoutingDecision:
    by = {"by": actor.pk, "by_name": str(actor)} if actor else {}
    return RoutingDecision.objects.create(
        person=person,
        version=None,
        outcome=DecisionOutcome.MANUAL,
        owner=owner,
        previous_owner_id=person.owner_id,
        explanation={"steps": [], "reason": reason, **by},
        arrived_at=now,
        decided_at=now,
    )


ROUTING = Kind("routing", RoutingWork, route_people, batch=200)
