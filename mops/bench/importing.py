"""People from a CSV file: validated, matched by address and stored with history, committed in a database of its own."""

import csv
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from martech.models import ImportBatch, Person
from martech.services.imports import run_batch_import
from mops.bench import machine
from mops.bench.scratch import scratch_database
from mops.core.tabular import open_table

COLUMNS = ["email", "first_name", "last_name", "company", "country", "job_title", "source", "phone"]


def write_people(path: Path, people: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(people):
            company = f"Company {number % 50_000}"
            row = [f"person{number}@company{number % 50_000}.example", f"First{number % 997}", f"Last{number % 9_973}"]
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


def run(people: int) -> dict[str, Any]:
    """Rows a second of the whole import from opening the file to the commit, and the peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder, scratch_database("import"):
        path = Path(folder) / "people.csv"
        write_people(path, people)
        batch = register_file(path)
        started = time.monotonic()
        outcome = run_batch_import(batch=batch, actor=None)
        seconds = time.monotonic() - started
        stored = Person.objects.count()
    return {
        "name": "import",
        "people": people,
        "created": outcome.counts.created,
        "stored": stored,
        "rejected": outcome.counts.rejected,
        "seconds": round(seconds, 1),
        "rows_per_second": round(people / seconds),
        "peak_mb": peak_mb(),
        "machine": machine(),
    }
