"""People from a CSV file: validated, matched by address and stored, in one transaction that is rolled back."""

import csv
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from martech.models import ImportBatch
from martech.services.imports import run_batch_import
from mops.bench import machine
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


def run(people: int) -> dict[str, Any]:
    """Rows a second of the whole import, and the peak memory of this process in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write_people(path, people)
        with open_table(path) as table:
            columns = list(table.columns)
        batch = ImportBatch.objects.create(
            kind="people",
            source="bench",
            file_name=path.name,
            file_path=str(path),
            columns=columns,
            mapping={"columns": {name: name for name in COLUMNS}},
        )
        started = time.monotonic()
        outcome = run_batch_import(batch=batch, actor=None, is_dry_run=True)
        seconds = time.monotonic() - started
        batch.delete()
    return {
        "name": "import",
        "people": people,
        "created": outcome.counts.created,
        "rejected": outcome.counts.rejected,
        "seconds": round(seconds, 1),
        "rows_per_second": round(people / seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": machine(),
    }
