"""What the five import commands share."""

import json
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from martech.models import ImportReject
from martech.services.imports import run_file_import
from mops.core import work
from mops.core.errors import DomainError

SHOWN_REJECTS = 5


class ImportCommand(BaseCommand):
    """`FILE [--map FILE.json] [--dry-run] [--source NAME] [--encoding NAME]`; prints a JSON summary."""

    kind: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", type=Path, help="a JSON import map; guessed from the headers unless given")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--encoding", help="how a file that is not UTF-8 is written, for example cp1252")
        parser.add_argument("--source", default="file", help="the system the file came from; ids are unique within it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = run_file_import(
                kind=self.kind,
                path=options["file"].resolve(),
                source=options["source"],
                actor=None,
                document=self.read_document(options["map"]),
                options={"encoding": options["encoding"]} if options["encoding"] else None,
                warn=self.stderr.write,
                is_dry_run=options["dry_run"],
            )
        except DomainError as error:
            reasons = [
                f"{field}: {reason}"
                for field, found in error.errors.items()
                for reason in found
                if reason != error.detail
            ]
            raise CommandError("\n".join([error.detail, *reasons])) from error
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        self.stdout.write(json.dumps(summary))
        if summary["batch"]:
            self.say_rejects(summary["batch"], summary["rejected"])
        for kind in ("people_search", "import"):  # search, accounts and owners of the people, should no worker run
            work.run_due(kind)

    def say_rejects(self, batch: int, rejected: int) -> None:
        """The first rejected rows with their reasons, on standard error."""
        for row in ImportReject.objects.filter(batch=batch).order_by("row_number")[:SHOWN_REJECTS]:
            reasons = " ".join(f"{column}: {' '.join(found)}" for column, found in row.errors.items())
            self.stderr.write(f"row {row.row_number}: {reasons}")
        if rejected > SHOWN_REJECTS:
            self.stderr.write(
                f"…and {rejected - SHOWN_REJECTS:,} more rows; all are under Imports, to correct and upload."
            )

    def read_document(self, path: Path | None) -> Any:
        if path is None:
            return None
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except ValueError as error:
            raise CommandError(f"{path} is not JSON: {error}") from error
