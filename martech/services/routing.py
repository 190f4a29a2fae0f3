"""Giving people owners in the background, by the policy in force."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import randrange

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from martech.models import DecisionOutcome, Person, RoutingDecision, RoutingWork
from martech.routing.decision import Decision, Engine, Lead, Match
from martech.routing.document import Policy
from martech.routing.lanes import lanes_of
from martech.routing.trace import HANDED_BACK
from martech.routing.wheel import Wheel
from martech.selectors.routing import Candidate, InForce, candidates_of, in_force, is_routing, leads_of
from martech.selectors.waiting import given_up, parked
from martech.selectors.wheels import load_wheels, pointers_of, users_of
from martech.services.decisions import NewDecision, give_owners, store_decisions, tell_owners
from martech.services.ownership import OwnerChange, tell_of_owners
from martech.services.pools import join_pools, store_turns
from martech.services.responses import Clocks, start_clocks
from mops.core.history import recording
from mops.core.sql import among
from mops.core.work import Kind, WorkState, postpone, release_all, wake

LOOK_AGAIN = timedelta(minutes=15)
"""A held lead is looked at again when somebody is back, and at the latest after this long."""

_ENQUEUE = """
INSERT INTO martech_routingwork (person_id, cause, without, hop, state, attempts, run_after, last_error, created_at)
SELECT id, %s, %s, 0, 'pending', 0, %s, '', %s FROM martech_person
WHERE id = ANY(%s) AND merged_into_id IS NULL ORDER BY created_at, id
ON CONFLICT DO NOTHING
"""


def enqueue_routing(person_ids: Sequence[int], *, cause: str, without: Sequence[int] = ()) -> int:
    """Let the policy in force find owners for these people, in the background. Returns how many rows were added.

    None of them goes to a user in `without`. A person who waits already is not added again; while no policy is
    published nothing happens.
    """
    if not person_ids or not is_routing():
        return 0
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, [cause[:40], list(without), now, now, list(person_ids)])
        added = cursor.rowcount
        wake("routing")
    return added


def enqueue_everybody(*, cause: str = "backlog") -> int:
    """Let everybody who has no owner, and may have one, be routed."""
    return enqueue_routing(list(Person.objects.routable().order_by().values_list("pk", flat=True)), cause=cause)


def look_again_at_waiting() -> None:
    """Leads that are held are due at once: the policy, working hours or somebody's time off has changed."""
    now = timezone.now()
    RoutingWork.objects.filter(state=WorkState.PENDING, run_after__gt=now).update(run_after=now)
    wake("routing")


def retry_parked() -> int:
    """Leads that no rule could decide about are asked again: the policy has changed. Returns how many."""
    return enqueue_routing(list(parked(Person.objects.all()).order_by().values_list("pk", flat=True)), cause="parked")


def route_given_up(people: QuerySet[Person]) -> int:
    """Leads that routing gave up on are tried again, with all their attempts. Returns how many."""
    rows = given_up().filter(person__in=people.order_by().values("pk"))
    return release_all("routing", RoutingWork.objects.filter(pk__in=rows.values("pk")))


@dataclass(frozen=True)
class _Batch:
    """What one run of the handler works with. `people` are locked in it."""

    force: InForce
    people: Mapping[int, Candidate]
    now: datetime

    @property
    def engine(self) -> Engine:
        return self.force.engine

    @property
    def policy(self) -> Policy:
        return self.force.engine.policy

    def lead_of(self, row: RoutingWork) -> Lead:
        lead = self.people[row.person_id].lead
        return lead._replace(without=frozenset(row.without)) if row.without else lead


def route_people(rows: Sequence[RoutingWork]) -> None:
    """Decide about everybody in the batch and write all of it in the caller's transaction.

    People are locked and read again first, then the pools; so an owner somebody set meanwhile is seen and kept.
    """
    force = in_force()
    if force is None:
        return
    with recording("route_people"):
        batch = _Batch(force, _locked_people(rows, force.engine), timezone.now())
        present = [row for row in rows if row.person_id in batch.people]
        decisions = _decide(batch, present)
        _write(batch, present, decisions)
        _hold(batch, [row for row in present if decisions[row.person_id].outcome == DecisionOutcome.HELD], decisions)


def _locked_people(rows: Sequence[RoutingWork], engine: Engine) -> dict[int, Candidate]:
    people = Person.objects.living().filter(pk__in=among(row.person_id for row in rows))
    return candidates_of(people.select_for_update(of=("self",), no_key=True).order_by("pk"), engine)


def _decide(batch: _Batch, rows: Sequence[RoutingWork]) -> dict[int, Decision]:
    """Decisions by person; whoever waits longest is served first."""
    waited = sorted(rows, key=lambda row: (row.created_at, row.pk))
    leads = {row.person_id: batch.lead_of(row) for row in waited}
    matches: dict[int, Match] = {person: batch.engine.match(lead, batch.now) for person, lead in leads.items()}
    starts = {match.pool for match in matches.values() if match.decided is None}
    keys = sorted({key for start in starts for key in batch.policy.pools_after(start)})
    wheels = _locked_wheels(batch, keys) if keys else {}
    decisions = {person: batch.engine.place(match, wheels, leads[person]) for person, match in matches.items()}
    store_turns(batch.force.policy, wheels, batch.now)
    return decisions


def _locked_wheels(batch: _Batch, keys: Sequence[str]) -> dict[str, Wheel]:
    """The wheels of the pools, locked against other workers in the order of their rows until the transaction ends."""
    policy, policy_id = batch.policy, batch.force.policy
    to_lock = policy.pools_to_lock(keys)
    pointers = pointers_of(policy_id, to_lock, is_locked=True)
    users = users_of([policy.pools[key] for key in keys])
    wanted = {(key, users[m.user].pk) for key in keys for m in policy.pools[key].members if m.user in users}
    if wanted - {(key, user) for key, known in pointers.items() for user in known}:
        join_pools(policy, policy_id, keys, batch.now)
        pointers = pointers_of(policy_id, to_lock, is_locked=True)
    return load_wheels(policy, policy_id, keys, batch.now, pointers, users)


def _write(batch: _Batch, rows: Sequence[RoutingWork], decisions: Mapping[int, Decision]) -> None:
    given = {
        person: decision.owner
        for person, decision in decisions.items()
        if decision.outcome == DecisionOutcome.ASSIGNED
        and decision.owner is not None
        # An owner who had the person before is told nothing new.
        and decision.owner != batch.people[person].owner_id
    }
    written_at = timezone.now()
    give_owners(given, written_at)
    waiting = _known_to_wait(batch, [pk for pk, one in decisions.items() if one.outcome == DecisionOutcome.HELD])
    clocks = Clocks(batch.policy, written_at)
    told = [row for row in rows if row.person_id not in waiting]
    made = [_new(batch, row, decisions[row.person_id], written_at) for row in told]
    for row, one in zip(told, made, strict=True):
        if one.person in given:
            _promise(batch, row, one, clocks)
    store_decisions(made)
    new = [one for one in made if one.person in given]
    start_clocks(new, clocks)
    tell_of_owners([OwnerChange(one.person, one.owner, one.previous_owner, one.pk, written_at) for one in new])
    old = {one.person for one in new if one.respond_by is None and "backlog_days" in one.trace}
    due = {one.person: one.respond_by for one in new if one.respond_by is not None}
    tell_owners(given, {person: batch.people[person] for person in given}, written_at, old=old, due=due)


def _promise(batch: _Batch, row: RoutingWork, one: NewDecision, clocks: Clocks) -> None:
    """Say until when to answer; of a lead that nobody had and that came long ago, say that instead.

    Who had it before, or gave it back, was promised about: there the next owner has the whole time.
    """
    came_at = batch.people[one.person].came_at
    is_first = one.previous_owner is None and not row.hop and row.cause != HANDED_BACK
    if is_first and clocks.is_backlog(one.rule, one.pool, came_at, row.created_at):
        one.trace = {**one.trace, "backlog_days": (row.created_at - came_at).days}
    else:
        one.respond_by = clocks.due_at(one.rule, one.pool)


def _new(batch: _Batch, row: RoutingWork, decision: Decision, written_at: datetime) -> NewDecision:
    person = batch.people[row.person_id]
    return NewDecision(
        person=row.person_id,
        version=batch.force.version,
        outcome=decision.outcome,
        rule=decision.rule,
        pool=decision.pool,
        owner=decision.owner,
        previous_owner=person.owner_id,
        inputs=person.lead.record,
        trace={**decision.trace, "cause": row.cause},
        arrived_at=row.created_at,
        decided_at=batch.now,
        written_at=written_at,
        hop=row.hop,
    )


def _known_to_wait(batch: _Batch, held: Sequence[int]) -> set[int]:
    """Held people whose latest decision by this version says so already; it is not repeated at every look."""
    if not held:
        return set()
    rows = (
        RoutingDecision.objects.filter(person__in=held)
        .order_by("person_id", "-decided_at", "-pk")
        .distinct("person_id")
    )
    latest = rows.values_list("person", "outcome", "version")
    return {person for person, outcome, version in latest if (outcome, version) == ("held", batch.force.version)}


def _hold(batch: _Batch, rows: Sequence[RoutingWork], decisions: Mapping[int, Decision]) -> None:
    """Held leads keep their place in the queue and are looked at when somebody opens."""
    latest = batch.now + LOOK_AGAIN
    by_time: dict[datetime, list[RoutingWork]] = defaultdict(list)
    for row in rows:
        again = decisions[row.person_id].again_at or latest
        by_time[min(max(again, batch.now + timedelta(seconds=1)), latest)].append(row)
    for until, waiting in by_time.items():
        postpone(waiting, until=until)


def lanes(rows: Sequence[RoutingWork]) -> list[list[RoutingWork]]:
    """A large batch cut by the pools that its rules lead to, beginning anywhere.

    Two workers then hold the pointers of different pools and need not wait for one another. It is a guess, made without
    locks: whatever changed meanwhile is read again when the part is decided.
    """
    force = in_force() if len(rows) > ALONE else None
    if force is None:
        return [list(rows)]
    engine, now = force.engine, timezone.now()
    lane_of = lanes_of(engine.policy, LANES)
    leads = leads_of(Person.objects.filter(pk__in=among(row.person_id for row in rows)).order_by(), engine)
    parts: list[list[RoutingWork]] = [[] for _lane in range(LANES)]
    for row in rows:
        lead = leads.get(row.person_id)
        pool = engine.match(lead, now).pool if lead else ""
        parts[lane_of.get(pool, 0)].append(row)
    first = randrange(LANES)  # noqa: S311 - where to begin, not a secret
    return [part for part in parts[first:] + parts[:first] if part]


ALONE, LANES = 500, 4
"""Batches up to so many rows stay whole; larger ones become at most so many parts."""
GATHER = 0.3
"""Seconds. Where hundreds of leads a second come, half of what a small batch costs is its pools and their members."""
ROUTING = Kind("routing", RoutingWork, route_people, batch=4_000, gather=GATHER, parts=lanes)
