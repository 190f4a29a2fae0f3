"""How a connection is, with what is wrong and the next step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from martech.models import Connection, ConnectionState, DeadLetter, HeldValue, RunKind, RunState, SyncObject, SyncRun
from martech.selectors.sync_failing import (
    Failing,
    failing_objects,
    object_label,
    put_aside_objects,
    read_again_objects,
    unread_objects,
)
from martech.selectors.sync_hints import Untold, untold_journals
from martech.selectors.sync_missed import Missed, missed_records
from martech.selectors.sync_pace import GRACE, Pace, is_late, paces
from martech.sync.drift import from_json, label_in

GOES_ON = ("Throttled", "BudgetExhausted")
"""Errors for which nobody has to do anything."""


ON_TIME = Pace()
ASK = "Ask whoever runs this server to start"


@dataclass(frozen=True)
class Health:
    """How a connection is. `level` is good, warn or bad; nothing is good that is not. One that only waits reads and
    writes as it should, but for what somebody has to approve, decide or correct at `url`, of which `step` says how much."""

    level: str
    word: str
    detail: str = ""
    remedy: str = ""
    url: str = ""
    step: str = ""
    is_for_editors: bool = False

    @property
    def waits(self) -> bool:
        return bool(self.url)


def health_of(
    connection: Connection,
    fresh_at: datetime | None,
    *,
    failing: Sequence[Failing] = (),
    aside: Sequence[SyncObject] = (),
    held: int = 0,
    letters: int = 0,
    undecided: int = 0,
    stopped: SyncRun | None = None,
    unread: Sequence[SyncObject] = (),
    missed: Missed | None = None,
    again: Sequence[SyncObject] = (),
    pace: Pace = ON_TIME,
    journal: Untold | None = None,
) -> Health:
    """Broken, paused, waiting for a budget, late, failing in part, waiting for somebody, or well. `stopped` is a backfill
    that somebody paused; `unread` what no round came to the end of yet, `again` what is read once more; `missed` what a
    proof found that is not read yet; `journal` why it tells nothing between rounds."""
    return (
        at_rest(connection, stopped)
        or in_rounds(connection, fresh_at, pace)
        or in_part(connection, failing, unread, aside, pace)
        or waiting_for_somebody(connection, held, undecided, letters, missed)
        or on_its_way(connection, again, journal)
        or Health("good", "In step")
    )


def at_rest(connection: Connection, stopped: SyncRun | None) -> Health | None:
    """Why it does nothing now, if so."""
    problem, now = connection.problem or {}, timezone.now()
    if connection.state == ConnectionState.NEW:
        return not_begun(problem)
    if connection.state == ConnectionState.PAUSED:
        return Health("warn", "Paused", "Somebody paused it.", "Resume it when it may go on.")
    if connection.state == ConnectionState.BROKEN:
        return Health("bad", "Needs attention", problem.get("detail", ""), problem.get("remedy", ""))
    if connection.paused_until and connection.paused_until > now:
        return Health(
            "warn", "Waits", problem.get("detail", ""), when_it_goes_on(problem, connection.paused_until, now)
        )
    if stopped:
        detail = f"The backfill of {object_label(connection, stopped.object.name)} is paused." if stopped.object else ""
        url = stopped.get_absolute_url()
        return Health("warn", "Backfill paused", detail, "Open it to let it go on.", url, "Open the backfill")
    return None


def in_rounds(connection: Connection, fresh_at: datetime | None, pace: Pace) -> Health | None:
    """What is wrong with its rounds as a whole."""
    problem = connection.problem or {}
    if fresh_at is None:
        return Health("warn", "First round under way", "Nothing was read to the end yet.")
    if is_late(connection, fresh_at):
        return late(connection, fresh_at, pace)
    if problem and problem.get("class") in GOES_ON:
        return Health("warn", "Goes on", problem.get("detail", ""), "The next round goes on from there.")
    if problem:
        return Health("warn", "Last round failed in part", problem.get("detail", ""), problem.get("remedy", ""))
    return None


def late(connection: Connection, fresh_at: datetime, pace: Pace) -> Health:
    """No round came to its end for long: a worker is still at one, or what keeps it."""
    if pace.under_way:
        return long_run(connection, pace.under_way)
    detail = f"No round was finished since {moment(fresh_at)}; nothing is lost."
    if pace.untaken:
        remedy = f"One waits since {moment(pace.untaken)} and no worker takes it. {ASK} workers, or more of them."
    elif connection.next_run_at < timezone.now() - GRACE:
        remedy = f"None is begun: the beat does not run. {ASK} it."
    else:
        remedy = "The last runs say how far they came."
    return Health("bad", "Late", detail, remedy)


def long_run(connection: Connection, run: SyncRun) -> Health:
    """A run that takes longer than rounds may, and whose worker lives."""
    name = object_label(connection, run.object.name) if run.object else connection.name
    done = f"{run.read:,}" if run.total is None else f"{run.read:,} of {run.total:,}"
    detail = f"{run.get_kind_display()} of {name} goes on for long: {done} records so far."
    return Health("warn", "Long run", detail, "The next round brings what changed meanwhile; nothing is lost.")


def moment(at: datetime) -> str:
    here = timezone.localtime(at)
    is_today = here.date() == timezone.localdate()
    return f"{here:%H:%M}" if is_today else f"{here:%-d %b, %H:%M}"


def in_part(
    connection: Connection,
    failing: Sequence[Failing],
    unread: Sequence[SyncObject],
    aside: Sequence[SyncObject],
    pace: Pace,
) -> Health | None:
    """Which of its objects or fields do not go with the others."""
    if failing:
        first = failing[0]
        others = ", ".join(one.label for one in failing[1:])
        more = f" {others} {'fails' if len(failing) == 2 else 'fail'}, too." if others else ""
        return Health("bad", "Fails in part", f"{first.label}: {first.detail}{more}", first.remedy)
    if unread:
        return Health("warn", "First round under way", f"Not read to the end yet: {names_of(connection, unread)}.")
    if pace.behind and pace.under_way:
        return long_run(connection, pace.under_way)
    if pace.behind:
        detail = f"Not read to the end for long, while the others are: {names_of(connection, pace.behind)}."
        return Health("bad", "Late in part", detail, "The last runs of it say how far they came; a backfill reads all.")
    if aside:
        return put_aside_in(connection, aside)
    return None


def on_its_way(connection: Connection, again: Sequence[SyncObject], journal: Untold | None) -> Health | None:
    """What comes by itself, and is not there yet."""
    if again:
        detail = f"{names_of(connection, again)}: everything is read once more, as a field goes on or was added."
        return Health("warn", "Is read again", detail, "What it said meanwhile comes with it, by itself.")
    if journal:
        return Health("warn", "Journal not read", journal.detail, journal.remedy)
    return None


def names_of(connection: Connection, objects: Sequence[SyncObject]) -> str:
    return ", ".join(object_label(connection, one.name) for one in objects)


def not_begun(problem: Mapping[str, Any]) -> Health:
    """One that never worked: not tested, or with what the last test said."""
    if not problem:
        return Health("warn", "Not tested yet", "Test it to begin.")
    return Health("bad", "Does not work yet", problem.get("detail", ""), problem.get("remedy", ""))


def when_it_goes_on(problem: Mapping[str, Any], until: datetime, now: datetime) -> str:
    """What the vendor's error asks of somebody, where it asks anything; else when the next attempt is."""
    remedy = "" if problem.get("class") in GOES_ON else str(problem.get("remedy") or "")
    at, today = timezone.localtime(until), timezone.localtime(now).date()
    day = "" if at.date() == today else f" on {at:%-d %b}"
    return f"{remedy} It goes on by itself{day} at {at:%H:%M}; nothing is lost meanwhile.".strip()


def put_aside_in(connection: Connection, aside: Sequence[SyncObject]) -> Health:
    names = ", ".join(f"{object_label(connection, one.name)}: {', '.join(labels_aside(one))}" for one in aside)
    first = object_label(connection, aside[0].name)
    return Health(
        "warn",
        "Fields put aside",
        f"{names}. All else goes on.",
        f"The mapping of {first} says why, and what to do.",
        reverse("martech:mapping", args=[connection.name, aside[0].name]),
        f"Mapping of {first}",
        is_for_editors=True,
    )


def labels_aside(object: SyncObject) -> list[str]:
    """What people over there call the fields that are put aside, or called them before they vanished."""
    schema = from_json(object.schema)
    return [label_in(object.schema, schema, name) for name in object.set_aside]


def waiting_for_somebody(
    connection: Connection, held: int, undecided: int, letters: int, missed: Missed | None
) -> Health | None:
    """What reads and writes as it should, but for what somebody has to approve, decide or correct."""
    if held:
        plans = "A plan waits; what is in it" if held == 1 else f"{held} plans wait; what is in them"
        return Health(
            "warn",
            "Waits for approval",
            f"{plans} is not written.",
            "Look at it, then approve or reject.",
            f"{reverse('martech:sync-runs')}?state=held&connection={connection.name}",
            f"{held} to approve",
        )
    if undecided:
        values = "A value differs" if undecided == 1 else f"{undecided:,} values differ"
        detail = f"{values}, and no rule says whose counts; neither side was changed."
        url = f"{reverse('martech:first-contact')}?connection={connection.name}"
        return Health(
            "warn", "Waits for a decision", detail, "Take theirs or keep ours.", url, f"{undecided:,} to decide"
        )
    if letters:
        records = "A record" if letters == 1 else f"{letters:,} records"
        url = f"{reverse('martech:dead-letters')}?connection={connection.name}"
        detail = f"{records} did not go through."
        return Health(
            "warn", "Not all went through", detail, "Each says why, and what to do.", url, f"{letters:,} to correct"
        )
    if missed:
        label, url = object_label(connection, missed.proof.object.name), missed.proof.get_absolute_url()  # type: ignore[union-attr]
        detail = (
            f"A proof found {missed.number:,} of {label} that changed over there unnoticed and were not read since."
        )
        return Health("warn", "Records missed", detail, "Open it to read everything again.", url, "Open the proof")
    return None


def health_by_itself(connection: Connection, fresh_at: datetime | None) -> Health:
    """The health of one connection, with what of it waits for somebody."""
    return health_of(
        connection,
        fresh_at,
        failing=failing_objects(connection),
        aside=put_aside_objects().get(connection.pk, []),
        held=SyncRun.objects.filter(connection=connection, state=RunState.HELD).count(),
        letters=DeadLetter.objects.filter(object__connection=connection, resolved_at=None).count(),
        undecided=HeldValue.objects.undecided().filter(object__connection=connection).count(),
        stopped=paused_backfills().get(connection.pk),
        unread=unread_objects().get(connection.pk, []),
        missed=missed_records().get(connection.pk),
        again=read_again_objects().get(connection.pk, []),
        pace=paces().get(connection.pk, ON_TIME),
        journal=untold_journals().get(connection.pk),
    )


def paused_backfills() -> dict[int, SyncRun]:
    """{connection: a backfill of it that somebody paused}."""
    rows = SyncRun.objects.filter(kind=RunKind.BACKFILL, state=RunState.PAUSED).select_related("object")
    return {run.connection_id: run for run in rows.order_by("-pk")}
