"""Routing with 50 rules and 20 pools of 10: a backlog, leads that arrive one by one from 16 writers, one hot pool."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection, connections
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from governance.models import User
from martech.models import DecisionOutcome, Person, PolicyVersion, RoutingDecision, RoutingWork
from martech.selectors.replaying import replay_version
from martech.services.policies import create_policy, publish_policy, save_draft
from martech.services.routing import ROUTING, enqueue_everybody
from mops.bench import machine
from mops.bench.arriving import end_to_end
from mops.bench.scratch import scratch_database
from mops.bench.writers import write_one_by_one
from mops.core import work

RULES, POOLS, MEMBERS = 50, 20, 10
WRITERS = 16


def policy_document(pools: int = POOLS) -> dict[str, Any]:
    """Fifty rules over size, country and title; what none of them takes goes to pool 0."""
    return {
        "name": "Bench",
        "hit": "first",
        "rules": [_rule(number, pools) for number in range(RULES)],
        "otherwise": "pool-0",
        "pools": {
            f"pool-{pool}": {"strategy": "round_robin", "members": [{"user": email(pool, m)} for m in range(MEMBERS)]}
            for pool in range(pools)
        },
    }


def _rule(number: int, pools: int) -> dict[str, Any]:
    tests = [
        {"field": "person.properties.segment", "op": "eq", "value": f"s{number}"},
        {"field": "person.job_title", "op": "contains", "value": "manager"},
    ]
    return {"name": f"Segment {number}", "when": {"all": tests}, "to": f"pool-{number % pools}"}


def email(pool: int, member: int) -> str:
    return f"rep{pool}-{member}@bench.example"


_PEOPLE = """
INSERT INTO martech_person (email, first_name, last_name, phone, company, website, country, city, job_title,
    linkedin_url, source, medium, channel, utm, owner_name, do_not_route, lifecycle_stage, furthest_stage,
    score_fit, score_engagement, grade, properties, created_at, recorded_at, updated_at)
SELECT 'p' || n || '@bench.example', 'First', 'Last', '', 'Company ' || mod(n, 5000), '', 'DE', '', 'Marketing Manager',
    '', 'web', '', 'other', '{{}}', '', false, 'lead', 'lead',
    0, 0, '', jsonb_build_object('segment', 's' || mod(n, 55)), now(), now(), now()
FROM {leads} AS leads (n)
"""
_ONE = (
    "WITH person AS ("
    + _PEOPLE.format(leads="(VALUES (:number::bigint))")
    + """ RETURNING id)
INSERT INTO martech_routingwork (person_id, cause, without, hop, state, attempts, run_after, last_error, created_at)
SELECT id, 'created', '{}', 0, 'pending', 0, now(), '', now() FROM person"""
)


def add_people(people: int) -> None:
    """Leads with a segment each; one in eleven is in none that a rule names and falls through all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(leads="generate_series(1, %s)"), [people])


def publish(pools: int = POOLS) -> None:
    User.objects.bulk_create(
        [
            User(email=email(pool, member), name=f"Rep {pool}-{member}")
            for pool in range(pools)
            for member in range(MEMBERS)
        ]
    )
    reverse("martech:people")  # a worker that runs has read the addresses of the pages long ago
    policy = create_policy(key="bench", name="Bench", actor=None)
    save_draft(policy=policy, document=policy_document(pools), actor=None, revision=0)
    publish_policy(policy=policy, actor=None)


def _started(jobs: Sequence[Callable[[], None]]) -> list[Any]:
    """A forked process for each job; they open connections of their own."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=job) for job in jobs]
    for process in processes:
        process.start()
    return processes


def in_processes(number: int, job: Callable[[], None]) -> float:
    """Seconds until `number` forked processes have done the job."""
    started = time.monotonic()
    for process in _started([job] * number):
        process.join()
    return time.monotonic() - started


def _in_background() -> None:
    work.run_due(ROUTING.name)


def _one_a_transaction() -> None:
    while rows := work.claim(ROUTING, limit=1):
        work.run_batch(ROUTING, rows)


def arrivals(people: int) -> dict[str, Any]:
    """Sixteen writers add one lead a transaction while two workers route; until every lead has its owner."""
    with scratch_database("routing_arrivals"):
        publish()
        each = people // WRITERS
        done = multiprocessing.get_context("fork").Event()
        workers = _started([partial(_route_until, done)] * 2)
        started = time.monotonic()
        write_one_by_one(_ONE, connections=WRITERS, times=each)
        written = time.monotonic() - started
        done.set()
        for process in workers:
            process.join()
        seconds = time.monotonic() - started
        waits = sorted(RoutingDecision.objects.values_list(F("written_at") - F("arrived_at"), flat=True))
        return {
            "leads": each * WRITERS,
            "written_in": round(written, 1),
            "seconds": round(seconds, 1),
            "per_second": round(each * WRITERS / seconds),
            "wait_p99_ms": round(waits[len(waits) * 99 // 100].total_seconds() * 1000),
            **faults(),
        }


def steady() -> dict[str, Any]:
    """Two hundred leads a second through the API."""
    with scratch_database("routing_steady"):
        publish()
        return end_to_end()


def _route_until(done: Any) -> None:
    while not done.is_set() or RoutingWork.objects.exclude(state="done").exists():
        if not work.run_due(ROUTING.name):
            time.sleep(0.005)


def faults() -> dict[str, int]:
    """What must be nothing: people with two decisions, people without an owner, and the spread beyond one in a pool."""
    given = RoutingDecision.objects.filter(outcome=DecisionOutcome.ASSIGNED)
    shares: dict[str, Counter[int]] = {}
    for pool, owner in given.values_list("pool", "owner").iterator():
        shares.setdefault(pool, Counter())[owner] += 1
    spread = max(
        max(counts.values()) - min(counts.values()) if len(counts) == MEMBERS else 1 for counts in shares.values()
    )
    return {
        "duplicates": given.count() - given.values("person").distinct().count(),
        "without_owner": Person.objects.filter(owner=None).count(),
        "spread": spread,
    }


def replayed() -> dict[str, Any]:
    """The unchanged policy over everything it decided: every decision must come out the same to the last bit."""
    version = PolicyVersion.objects.get()
    started = time.monotonic()
    result, _absent = replay_version(version, days=1)
    seconds = round(time.monotonic() - started, 1)
    return {"replay": {"decisions": result.own, "differing": len(result.differing), "seconds": seconds}}


def _measured(
    name: str,
    people: int,
    processes: int,
    job: Callable[[], None],
    pools: int = POOLS,
    then: Callable[[], dict[str, Any]] = dict,
) -> dict[str, Any]:
    with scratch_database(f"routing_{name}"):
        publish(pools)
        add_people(people)
        enqueue_everybody()
        RoutingWork.objects.update(run_after=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        seconds = in_processes(processes, job)
        return {
            "leads": people,
            "seconds": round(seconds, 1),
            "per_second": round(people / seconds),
            **faults(),
            **then(),
        }


def run(people: int) -> dict[str, Any]:
    """Leads a second of each way of working, with what must never happen counted after it."""
    return {
        "name": "routing",
        "rules": RULES,
        "pools": POOLS,
        "members": MEMBERS,
        "background": _measured("background", people, 2, _in_background, then=replayed),
        "arrivals": arrivals(people // 2),
        "end_to_end": steady(),
        "one_a_transaction": _measured("single", max(people // 20, 1000), WRITERS, _one_a_transaction),
        "one_hot_pool": _measured("hot", people // 2, 2, _in_background, pools=1),
        "machine": machine(),
    }
