"""Duplicates: plain contacts by the number asked for, the labelled traps, FEBRL, and a look-up among everybody."""

import os
import resource
import statistics
import time
from itertools import islice
from typing import Any

from django.db import connection

from martech.identity.consumer import consumer_rulebook
from martech.identity.engine import collector_paused, find_duplicates
from martech.identity.measures import pairwise
from martech.identity.reading import read_records
from martech.identity.record import Record, read_record
from martech.identity.standard import standard_rulebook
from martech.selectors.identity import check_one
from martech.services.identity.keys import refresh_match_keys
from martech.services.identity.records import COLUMNS, chunks_of_people
from mops.bench import machine, splink
from mops.bench.febrl import read_febrl
from mops.bench.labelled import MUST_MERGE, MUST_NOT, make_traps, mean_of, scorecard
from mops.bench.labelled.plain import plain_people
from mops.bench.scratch import scratch_database

PROCESSES = 2
SEED = 7


def run(people: int) -> dict[str, Any]:
    """Seconds and peak memory of normalising, scoring and clustering `people` records; how right each set comes out."""
    return {
        "name": "dedupe",
        "people": people,
        **plain(people),
        "traps": [traps(seed, is_messy=bool(seed % 2)) for seed in (SEED, SEED + 1)],
        "febrl1_f1": febrl(1),
        "febrl3_f1": febrl(3),
        "splink": beside() if splink.is_installed() else "not installed: pip install splink",
        "check_one": one_record(people),
        "machine": machine(),
    }


def plain(people: int) -> dict[str, Any]:
    """The clock runs while records are read and compared, not while they are invented."""
    records: list[Record] = []
    truth: dict[int, int] = {}
    read = cpu = 0.0
    made = enumerate(plain_people(people, SEED))
    while chunk := list(islice(made, 100_000)):
        truth.update((number, person) for number, (person, _values) in chunk)
        rows = [(number, values) for number, (_person, values) in chunk]
        started, worked = time.monotonic(), time.process_time()
        with collector_paused():
            records += read_records(rows, processes=PROCESSES)
        read += time.monotonic() - started
        cpu += time.process_time() - worked
    started, worked = time.monotonic(), time.process_time()
    found = find_duplicates(records, standard_rulebook(), processes=PROCESSES)
    compared, cpu = time.monotonic() - started, cpu + time.process_time() - worked
    review, auto = pairwise(found.review.cluster_of, truth), pairwise(found.automatic.cluster_of, truth)
    return {
        "seconds": round(read + compared, 1),
        "normalise_seconds": round(read, 1),
        "cpu_seconds": round(cpu + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, 1),
        "load_average": round(os.getloadavg()[0], 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_child_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "pairs": len(found.pairs),
        "f1": round(review.f1, 4),
        "auto_precision": round(auto.precision, 4),
        "auto_recall": round(auto.recall, 4),
        "largest_cluster": max(map(len, found.review.groups()), default=1),
    }


def traps(seed: int, *, is_messy: bool) -> dict[str, Any]:
    """F1 over the labelled set, and the mean share of cases that come out right."""
    made = make_traps(seed, 60, is_messy=is_messy)
    found = find_duplicates([read_record(n, row) for n, row in enumerate(made.rows())], standard_rulebook())
    card = scorecard(made, found.review.cluster_of)
    auto = pairwise(found.automatic.cluster_of, made.truth)
    return {
        "seed": seed,
        "messy": is_messy,
        "records": len(made.cards),
        "f1": round(pairwise(found.review.cluster_of, made.truth).f1, 4),
        "must_merge": round(mean_of(card, MUST_MERGE), 4),
        "must_not": round(mean_of(card, MUST_NOT), 4),
        "auto_precision": round(auto.precision, 4),
        "auto_recall": round(auto.recall, 4),
        "below_0.95": {trap: share for trap, share in card.items() if share < 0.95},
    }


def beside() -> dict[str, Any]:
    """What Splink makes of the same sets, each at the threshold that suits it best."""
    made = make_traps(SEED, 60, is_messy=True)
    records = [read_record(number, row) for number, row in enumerate(made.rows())]
    sets = {"traps": (records, made.truth), "febrl1": read_febrl(1), "febrl3": read_febrl(3)}
    return {name: splink.f1_of(*given) for name, given in sets.items()}


def febrl(number: int) -> float:
    records, truth = read_febrl(number)
    return round(pairwise(find_duplicates(records, consumer_rulebook()).review.cluster_of, truth).f1, 4)


INSERT = """
insert into martech_person (email, first_name, last_name, phone, company, website, country, city, job_title, linkedin_url,
  source, medium, channel, utm, owner_name, do_not_route, lifecycle_stage, furthest_stage, score_fit, score_engagement, grade,
  properties, created_at, recorded_at, updated_at)
select r.email, r.first_name, r.last_name, r.phone, r.company, r.website, r.country, r.city, r.job_title, r.linkedin_url,
  'bench', '', 'other', '{}', '', false, 'lead', 'lead', 0, 0, '', '{}', now(), now(), now()
from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
  %s::text[]) r(email, first_name, last_name, phone, company, website, country, city, job_title, linkedin_url)
"""


def one_record(people: int, tries: int = 400) -> dict[str, Any]:
    """Milliseconds to ask whom a record may be among `people`, median and 95th percentile, keys and scoring included."""
    with scratch_database("dedupe"):
        rows = (values for _person, values in plain_people(people, SEED))
        while chunk := list(islice(rows, 20_000)):
            with connection.cursor() as cursor:
                cursor.execute(INSERT, [[row[name] for row in chunk] for name in COLUMNS])
        started = time.monotonic()
        for ids in chunks_of_people(5_000):
            refresh_match_keys(ids)
        keys = time.monotonic() - started
        with connection.cursor() as cursor:
            cursor.execute("analyze martech_matchkey; analyze martech_person")
        probes = [values for _person, values in islice(plain_people(people, SEED), 0, None, max(1, people // tries))]
        for values in probes[:20]:
            check_one(values)  # what a process reads once, it has read
        times = [timed(values) for values in probes[20:]]
    return {
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(statistics.quantiles(times, n=20)[18], 2),
        "keys_seconds": round(keys, 1),
    }


def timed(values: dict[str, Any]) -> float:
    started = time.perf_counter()
    check_one(values)
    return (time.perf_counter() - started) * 1000
