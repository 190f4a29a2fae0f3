"""What comes in from a practice HubSpot and a practice Salesforce: from the request to the committed row.

The servers run in a process of their own, without limits or lag; the shared budget is asked for every call. Beside the
engine the same pages are read by the connector alone, into nothing: what the line and the server cost.
"""

import time
from functools import partial
from typing import Any
from unittest import mock

import requests

from martech.models import SyncObject, SyncRun
from martech.services.sync.budget import SharedBudget
from martech.services.sync.connections import MAPPED, check_connection, save_connection
from martech.services.sync.course import Line, course_of, open_line
from martech.services.sync.rounds import Round, do_round, objects_of
from mops.bench import machine
from mops.bench.apart import run_apart
from mops.bench.importing import timed
from mops.bench.practice import practice
from mops.bench.scratch import scratch_database
from mops.bench.spending import spent
from mops.core.work import run_due

EDITS = {
    "hubspot": ("contacts", "bulk-edit", "properties", "jobtitle"),
    "salesforce": ("Lead", "edit", "values", "Title"),
}
SHARE = 100
"""One record in so many is changed for the incremental pull."""


def figures(runs: list[SyncRun], kind: str) -> dict[str, Any]:
    """Records, seconds, calls and records a second of the runs of a kind, by object and altogether."""
    found: dict[str, Any] = {}
    for run in runs:
        run.refresh_from_db()
        if run.kind != kind or run.object is None or not run.started_at or not run.finished_at:
            continue
        seconds = (run.finished_at - run.started_at).total_seconds()
        found[run.object.name] = {
            "state": run.state,
            "records": run.read,
            "created": run.created,
            "updated": run.updated,
            "calls": run.calls,
            "seconds": round(seconds, 2),
            "records_per_second": round(run.read / seconds),
        }
    return found


def bare(line: Line) -> dict[str, int]:
    """Records a second of each object read by the connector alone."""
    found = {}
    for object in objects_of(line.connection):
        course = course_of(object)
        if course is not None:
            fields = course.mapping.their_fields
            pages = line.connector.everything(object.name, fields)
            read, seconds = timed(lambda p=pages: sum(len(page.records) for page in p))  # type: ignore[misc]
            found[object.name] = round(read / seconds)
    return found


def measure(vendor: str, people: int) -> dict[str, Any]:
    """A connection, its first round, one with a hundredth of the people changed, and the bare reading beside them."""
    with (
        practice(vendor, people) as (url, credentials, server),
        mock.patch.object(SharedBudget, "limit_of", return_value=10**9),
    ):
        connection, _ = save_connection(vendor=vendor, name=vendor, given=credentials, base_url=url, actor=None)
        for step in check_connection(connection):
            if not step.is_ok:
                raise RuntimeError(f"{step.title}: {step.detail}")
        # What is not mapped (campaigns, members, activities) is read by streams of its own, which are no part of this.
        SyncObject.objects.filter(connection=connection).exclude(kind__in=MAPPED).update(is_enabled=False)
        with open_line(connection) as line:
            runs, cpu = spent(lambda: do_round(Round(line, pushes=False)), server=server)
            first = figures(runs, "backfill")
            records = sum(found["records"] for found in first.values())
            object, control, key, name = EDITS[vendor]
            count = max(1, first[object]["records"] // SHARE)
            time.sleep(1)
            said = {"object": object, "count": count, key: {name: "Changed"}}
            requests.post(f"{url}/__twin__/{control}", json=said, timeout=60).raise_for_status()
            changed = figures(do_round(Round(line, pushes=False)), "pull")
            bare_figures, bare_cpu = spent(lambda: bare(line), server=server)
        return {
            "backfill": first,
            "backfill_cpu_microseconds_a_record": each(cpu, records),
            "incremental": changed,
            "bare_records_per_second": bare_figures,
            "bare_cpu_microseconds_a_record": each(bare_cpu, records),
            "followed": followed(),
        }


def each(cpu: dict[str, float], records: int) -> dict[str, int]:
    return {name: round(seconds / records * 1_000_000) for name, seconds in cpu.items()}


def followed() -> dict[str, float]:
    """Seconds of what follows for the people, in the background: search, marks for comparison, accounts and owners."""
    kinds = ("people_search", "identity_marks", "arrivals")
    return {name: round(timed(partial(run_due, name))[1], 2) for name in kinds}


def run(people: int) -> dict[str, Any]:
    """Records a second of both vendors, each in a process of its own, and the peak memory of these."""
    found, most = {}, 0
    for vendor in EDITS:
        with scratch_database("sync"):
            found[vendor], megabytes = run_apart(f"{__name__}.measure", vendor, people)
            most = max(most, megabytes)
    return {
        "name": "sync",
        "people": people,
        **found,
        "peak_mb": most,
        "machine": machine(),
    }
