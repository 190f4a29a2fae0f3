"""The past as a replay needs it: decisions, hours, and what people had open then."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import Max
from django.utils import timezone

from martech.condition_fields import restored
from martech.models import DecisionOutcome, Person, PolicyVersion, RoutingDecision, StageMove
from martech.routing.decision import Engine
from martech.routing.document import Policy, Pool
from martech.routing.replay import Past, Replay, Then, replay, unfairness
from martech.routing.simulation import OPEN, Change, Load, Record, countable
from martech.selectors.calendars import calendars_of
from martech.selectors.caps import CLOSED_STAGES, open_leads_of
from martech.selectors.owned_then import OwnedThen
from martech.selectors.people_then import Completion
from martech.selectors.responses import terms_of
from martech.selectors.routing import engine_of, person_fields, published_version, read_document
from martech.selectors.wheels import Openings, absences_of, own_hours, users_of
from mops.core.errors import DomainError
from mops.core.sql import among

MOST_DAYS = 366


CHUNK = 2_000


def past_decisions(since: datetime, version: PolicyVersion, completion: Completion | None = None) -> Iterator[Past]:
    """What rules decided since then, oldest first; decisions by flag, owner or hand are not among them.

    The `completion` adds what this version reads and a decision did not keep.
    """
    outcomes = (DecisionOutcome.ASSIGNED, DecisionOutcome.HELD)
    rows = RoutingDecision.objects.filter(
        outcome__in=outcomes, decided_at__gte=since, trace__has_key="rules", version__isnull=False
    ).order_by("decided_at", "pk")
    same = PolicyVersion.objects.filter(policy=version.policy_id, document=version.document)
    policy, catalogue = engine_of(version).policy, person_fields()
    own, is_same = set(same.values_list("pk", flat=True)), _is_same_pool(policy)
    completion = completion or Completion(policy)
    stored = rows.values_list(*_STORED).iterator(CHUNK)
    while chunk := list(islice(stored, CHUNK)):
        kept = [
            (person, made_by, at, restored(inputs, catalogue)) for _pk, person, made_by, inputs, _owner, at, *_ in chunk
        ]
        for row, record in zip(chunk, completion.complete(kept), strict=True):
            yield _past(row, record, own, is_same)


_STORED = (
    *("pk", "person_id", "version_id", "inputs", "owner_id", "decided_at", "arrived_at", "rule", "trace"),
    *("written_at", "responded_at", "respond_by"),
)


def _past(row: tuple[Any, ...], record: Record, own: Collection[int], is_same: Callable[[int, str], bool]) -> Past:
    pk, person, made_by, _inputs, owner, at, arrived_at, rule, trace, written_at, responded_at, respond_by = row
    pool = trace["pools"][0]["pool"] if trace.get("pools") else ""
    return Past(
        pk=pk,
        person=person,
        record=record,
        pool=pool,
        owner=owner,
        at=at,
        arrived_at=arrived_at,
        rule=rule,
        trace=trace,
        is_own=made_by in own,
        is_same_pool=is_same(made_by, pool),
        answered=(written_at, responded_at, respond_by) if written_at and responded_at else None,
    )


def _is_same_pool(policy: Policy) -> Callable[[int, str], bool]:
    """Whether a version had a pool, and those that take over from it, as the policy has them; response times apart."""

    @cache
    def chain(version: int, pool: str) -> bool:
        made_by = engine_of(PolicyVersion.objects.get(pk=version)).policy
        return _chain(made_by, pool) == _chain(policy, pool)

    return chain


def _chain(policy: Policy, pool: str) -> list[Pool]:
    return [replace(policy.pools[key], sla=None) for key in policy.pools_after(pool)]


def replay_version(version: PolicyVersion, days: int) -> tuple[Replay, list[str]]:
    """The last `days` decided by this version instead, and the fields it reads that the past did not keep, by label.

    Such a field is taken as it is today. Raises DomainError when the version has errors or the days are out of range.
    """
    if not 1 <= days <= MOST_DAYS:
        raise DomainError("Nothing was replayed.", errors={"days": [f"Use a whole number from 1 to {MOST_DAYS}."]})
    reading, _around = read_document(version.document)
    if not reading.is_usable:
        raise DomainError("A policy with errors cannot be replayed.", errors={"policy": ["Check it and correct it."]})
    engine, now = engine_of(version), timezone.now()
    since = now - timedelta(days=days)
    completion = Completion(engine.policy)
    result = replay(engine, past_decisions(since, version, completion), then_of(engine, since, now))
    return result, [_label(key) for key in sorted(completion.filled)]


def fairness_of_replay(version: PolicyVersion, result: Replay) -> list[tuple[str, float | None, float | None]]:
    """(pool, before, after): leads that the member furthest from their share is away from it; None where nobody got any.

    Before by the weights of the policy in force, after by those of the version.
    """
    in_force = published_version()
    was = _unfairness(engine_of(in_force or version).policy, result.by_pool_before)
    now = _unfairness(engine_of(version).policy, result.by_pool)
    return [(key, was.get(key), now.get(key)) for key in sorted({*was, *now})]


def _unfairness(policy: Policy, by_pool: Mapping[str, Counter[int]]) -> dict[str, float]:
    ids = {email: user.pk for email, user in users_of(policy.pools.values()).items()}
    return unfairness(policy, by_pool, ids)


def _label(key: str) -> str:
    spec = person_fields().find(key)
    return spec.label_for(key) if spec else key


def then_of(engine: Engine, since: datetime, now: datetime) -> Then:
    """Working hours as they are written down today, time off as it was recorded, deactivated users left out."""
    pools = engine.policy.pools.values()
    user_ids = {email: user.pk for email, user in users_of(pools).items() if user.is_active}
    calendars = calendars_of(key for pool in pools for key in pool.calendars)
    own = {pool.key: own_hours(pool, user_ids, calendars) for pool in pools}
    away = absences_of(list(user_ids.values()), since)

    def hours(pool: Pool, at: datetime) -> Openings:
        return Openings(calendars[pool.calendar], away, at, own[pool.key])

    caps = {
        (user_ids[member.user], condition): None
        for pool in pools
        for member in pool.members
        if member.user in user_ids and (condition := countable(member.caps.owned)) is not None
    }

    def load(leads: Mapping[int, Record]) -> Load:
        found = open_then(list(user_ids.values()), leads, since)
        if not caps:
            return found
        owned = OwnedThen(list(caps), leads, since)
        changes = (*found.changes, *owned.changes)
        return replace(found, changes=changes, conditions=owned.conditions, owned=owned.counts, courses=owned.courses)

    return Then(user_ids, hours, load, now, terms_of)


def open_then(users: list[int], people: Mapping[int, Record], since: datetime) -> Load:
    """What these users had open at the time, by today's owners and the stages people entered since.

    `people` are given away anew, so they count for nobody until then.
    """
    moved = StageMove.objects.filter(at__gte=since, stage__in=CLOSED_STAGES, person__lifecycle_stage__in=CLOSED_STAGES)
    closed_at = dict(moved.order_by().values_list("person").annotate(Max("at")))
    owners = dict(Person.objects.living().filter(pk__in=among({*people, *closed_at})).values_list("pk", "owner"))
    found = dict.fromkeys(users, 0) | open_leads_of(users)
    still_open = Person.objects.filter(pk__in=among(people)).exclude(lifecycle_stage__in=CLOSED_STAGES)
    for person in still_open.values_list("pk", flat=True):
        if (owner := owners.get(person)) in found:
            found[owner] -= 1
    ends: list[Change] = [
        (at, owners[pk], OPEN, -1) for pk, at in closed_at.items() if pk not in people and owners.get(pk) in found
    ]
    for _at, owner, _what, _by in ends:
        found[owner] += 1
    return Load(found, {pk: at for pk, at in closed_at.items() if pk in people}, tuple(ends))
