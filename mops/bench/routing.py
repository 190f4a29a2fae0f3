"""Routing with 50 rules and 20 pools of 10: in the background, one at a time by 16 writers, and one hot pool."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from governance.models import User
from martech.models import DecisionOutcome, Person, RoutingDecision, RoutingWork
from martech.services.policies import create_policy, publish_policy, save_draft
from martech.services.routing import ROUTING, enqueue_everybody
from mops.bench import machine
from mops.bench.scratch import scratch_database
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
    '', 'web', '', 'other', '{}', '', false, 'lead', 'lead',
    0, 0, '', jsonb_build_object('segment', 's' || mod(n, 55)), now(), now(), now()
FROM generate_series(1, %s) AS n
"""


def add_people(people: int) -> None:
    """Leads with a segment each; one in eleven is in none that a rule names and falls through all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [people])


def publish(pools: int = POOLS) -> None:
    User.objects.bulk_create(
        [
            User(email=email(pool, member), name=f"Rep {pool}-{member}")
            for pool in range(pools)
            for member in range(MEMBERS)
        ]
    )
    policy = create_policy(key="bench", name="Bench", actor=None)
    save_draft(policy=policy, document=policy_document(pools), actor=None, revision=0)
    publish_policy(policy=policy, actor=None)


def in_processes(number: int, job: Callable[[], None]) -> float:
    """Seconds until `number` forked processes have done the job."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=job) for _ in range(number)]
    started = time.monotonic()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return time.monotonic() - started


def _in_background() -> None:
    work.run_due(ROUTING.name)


def _one_at_a_time() -> None:
    while rows := work.claim(ROUTING, limit=1):
        work.run_batch(ROUTING, rows)


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


def _measured(name: str, people: int, processes: int, job: Callable[[], None], pools: int = POOLS) -> dict[str, Any]:
    with scratch_database(f"routing_{name}"):
        publish(pools)
        add_people(people)
        enqueue_everybody()
        RoutingWork.objects.update(run_after=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        seconds = in_processes(processes, job)
        return {"leads": people, "seconds": round(seconds, 1), "per_second": round(people / seconds), **faults()}


def run(people: int) -> dict[str, Any]:
    """Leads a second of each way of working, with what must never happen counted after it."""
    return {
        "name": "routing",
        "rules": RULES,
        "pools": POOLS,
        "members": MEMBERS,
        "background": _measured("background", people, 2, _in_background),
        "one_at_a_time": _measured("single", max(people // 5, 1000), WRITERS, _one_at_a_time),
        "one_hot_pool": _measured("hot", max(people // 20, 1000), WRITERS, _one_at_a_time, pools=1),
        "machine": machine(),
    }
