"""`manage.py sync CONNECTION [--pull|--push] [--plan] [--backfill] [--yes]`"""

import json
import time
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from martech.models import Connection, ConnectionState, HeldValue, PlannedWrite, RunState, SyncRun
from martech.models.sync import COUNTS
from martech.services.sync.course import open_line
from martech.services.sync.rehearsing import rehearse
from martech.services.sync.rounds import Round, do_round
from mops.core.errors import DomainError
from mops.management.refusals import said


class Command(BaseCommand):
    help = "One sync run now, pull then push; ends with one JSON line of the run ledger"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connection")
        parser.add_argument("--pull", action="store_true", help="only read")
        parser.add_argument("--push", action="store_true", help="only write")
        parser.add_argument("--plan", action="store_true", help="print what would be written, change nothing")
        parser.add_argument("--backfill", action="store_true", help="read everything again")
        parser.add_argument("--yes", action="store_true", help="approve what a guard rail holds")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = Connection.objects.filter(name=options["connection"]).first()
        if connection is None:
            known = ", ".join(Connection.objects.values_list("name", flat=True)) or "none yet; see `connect`"
            raise CommandError(f"There is no connection {options['connection']}; there are: {known}.")
        began = time.monotonic()
        try:
            if options["plan"]:
                self.print_plans(connection)
                return
            runs = self.run_round(connection, options)
        except DomainError as error:
            raise CommandError(said(error)) from error
        runs = list(SyncRun.objects.filter(pk__in=[run.pk for run in runs]).select_related("object").order_by("pk"))
        self.tell(runs)
        if undecided := HeldValue.objects.undecided().filter(object__connection=connection).count():
            self.stderr.write(
                f"{undecided:,} values differ and wait for a decision; neither side was changed. Decide under Connections, To decide."
            )
        total = {name: sum(getattr(run, name) for run in runs) for name in COUNTS}
        calls = sum(run.calls for run in runs)
        self.stdout.write(json.dumps({**total, "calls": calls, "seconds": round(time.monotonic() - began, 2)}))
        if failed := [run for run in runs if run.problem and run.state in (RunState.FAILED, RunState.APPROVED)]:
            raise CommandError(f"{failed[0]}: {in_words(failed[0].problem)}")
        connection.refresh_from_db()
        if connection.problem and (connection.state == ConnectionState.BROKEN or not runs):
            raise CommandError(in_words(connection.problem))
        if held := [run for run in runs if run.state == RunState.HELD]:
            reasons = " ".join(held[0].plan.get("held_by", []))
            raise CommandError(f"A push waits for approval: {reasons} Look at it with --plan, let it go with --yes.")

    def run_round(self, connection: Connection, options: dict[str, Any]) -> list[SyncRun]:
        with open_line(connection, is_interactive=True) as line:
            round = Round(
                line,
                pulls=not options["push"],
                pushes=not options["pull"],
                backfills=options["backfill"],
                is_approved=options["yes"],
            )
            return do_round(round)

    def tell(self, runs: list[SyncRun]) -> None:
        for run in runs:
            counts = " ".join(f"{name} {getattr(run, name):,}" for name in COUNTS if getattr(run, name))
            name = run.object.name if run.object else ""
            self.stderr.write(f"{run.get_kind_display():9} {name:14} {run.get_state_display():15} {counts}")

    def print_plans(self, connection: Connection) -> None:
        with open_line(connection, is_interactive=True) as line:
            for object, plan, rows in rehearse(line):
                for row in rows:
                    self.stdout.write(f"{object.name} {diff_of(row)}")
                held = f" held: {'; '.join(plan['held_by'])}" if plan.get("held_by") else ""
                self.stderr.write(f"{object.name}: {plan.get('rows', 0):,} records would be written{held}")


def in_words(problem: Mapping[str, str]) -> str:
    """What is wrong, and what to do."""
    return f"{problem.get('detail', '')} {problem.get('remedy', '')}".strip()


def diff_of(row: PlannedWrite) -> str:
    """One record of a plan: `update 123 jobtitle: "a" → "b"`."""
    fields = ", ".join(
        f"{name}: {json.dumps(row.before.get(name), ensure_ascii=False)} → {json.dumps(value, ensure_ascii=False)}"
        for name, value in sorted(row.after.items())
    )
    return f"{row.action} {row.external_id or f'(ours: {row.local_id})'} {fields}"
