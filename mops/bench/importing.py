"""People from a CSV file: validated, matched by address and stored with history, committed in a database of its own.

Then the same file again, and one of which half is known: matching in bulk against everybody who is there.
"""

import csv
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from martech.models import ImportBatch, Person
from martech.normalisation import email_key
from martech.services.imports import run_batch_import
from martech.services.intake import read_person
from martech.services.people import known_person
from mops.bench import machine
from mops.bench.apart import run_apart
from mops.bench.scratch import scratch_database
from mops.core.sql import fetch, texts
from mops.core.tabular import open_table
from mops.core.work import run_due

COLUMNS = ["email", "first_name", "last_name", "company", "country", "job_title", "source", "phone"]


INCLUDED = (
    "opening the file, validation, matching, addresses, stages, history, constraints, every trigger and the commit"
)


def address_of(number: int) -> str:
    return f"person{number}@company{number % 50_000}.example"


def write_people(path: Path, people: int, first: int = 0) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(first, first + people):
            company = f"Company {number % 50_000}"
            row = [address_of(number), f"First{number % 997}", f"Last{number % 9_973}"]
            writer.writerow(
                [*row, company, "Germany", "Marketing Manager", "newsletter", f"+49 30 {90_000_000 + number % 999_999}"]
            )


def register_file(path: Path) -> ImportBatch:
    with open_table(path) as table:
        columns = list(table.columns)
    return ImportBatch.objects.create(
        kind="people",
        source="bench",
        file_name=path.name,
        file_path=str(path),
        columns=columns,
        mapping={"columns": {name: name for name in COLUMNS}},
    )


def peak_mb() -> int:
    """The most memory this process had, and the largest of its children beside it, in MB."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) // 1024


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work answers, and how many seconds it took."""
    started = time.monotonic()
    answer = work()
    return answer, time.monotonic() - started


def import_file(path: Path) -> dict[str, Any]:
    """Counts of one import, its seconds and its rows a second."""
    batch = register_file(path)
    outcome, seconds = timed(lambda: run_batch_import(batch=batch, actor=None))
    counts = outcome.counts
    return {
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "seconds": round(seconds, 1),
        "rows_per_second": round(counts.rows / seconds),
    }


HOLDERS = "select key, person_id from martech_personemail where key = any(%s::text[])"


def recognised(people: int, tries: int = 1_000) -> dict[str, Any]:
    """Milliseconds to recognise one of `people` at the door, and how many are recognised a second by sets."""
    some = [{"email": address_of(number)} for number in range(0, people, max(1, people // tries))]
    times = [timed(partial(known_person, read_person(data)))[1] * 1000 for data in some]
    keys = [address_of(number) for number in range(min(people, 100_000))]
    sets = [keys[start : start + 5_000] for start in range(0, len(keys), 5_000)]
    found, seconds = timed(lambda: sum(len(fetch(HOLDERS, texts(map(email_key, one)))) for one in sets))
    if found != len(keys):
        raise RuntimeError(f"{len(keys) - found} people were not recognised")
    return {
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(statistics.quantiles(times, n=20)[18], 2),
        "by_sets_per_second": round(found / seconds),
    }


def run(people: int) -> dict[str, Any]:
    """Rows a second of three imports from opening the file to the commit, of search after it, and the peak memory."""
    with tempfile.TemporaryDirectory() as folder, scratch_database("import"):
        new, half = Path(folder) / "people.csv", Path(folder) / "half.csv"
        write_people(new, people)
        write_people(half, people, first=people // 2)
        found, _ = run_apart(f"{__name__}.measure", new, half, people)
    return {"name": "import", "people": people, **found, "included": INCLUDED, "machine": machine()}


def measure(new: Path, half: Path, people: int) -> dict[str, Any]:
    """The figures of the three files, in a process that did nothing else."""
    fresh = import_file(new)
    stored = Person.objects.count()
    _, search = timed(lambda: run_due("people_search"))
    with transaction.atomic():
        matched = recognised(people)
    same, half_known = import_file(new), import_file(half)
    return {
        **fresh,
        "stored": stored,
        "search_seconds": round(search, 1),
        "recognised": matched,
        "same_file_again": same,
        "half_known": half_known,
        "peak_mb": peak_mb(),
    }
