"""`manage.py dedupe [--all] [--apply] [--export FILE.csv]`"""

import csv
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from martech.selectors.identity import EXPORT_COLUMNS, export_records
from martech.services.identity.applying import apply_automatic
from martech.services.identity.finding import find_all_duplicates
from mops.core.errors import DomainError


class Command(BaseCommand):
    help = "Find duplicates among what changed; prints one JSON line"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="compare everybody, not only who changed")
        parser.add_argument("--apply", action="store_true", help="merge the automatic band")
        parser.add_argument("--export", type=Path, metavar="FILE.csv", help="write every record with its clusters")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = find_all_duplicates(is_everybody=options["all"])
            if options["apply"]:
                summary |= apply_automatic(actor=None)
        except DomainError as error:
            reasons = "; ".join(reason for found in error.errors.values() for reason in found)
            raise CommandError(f"{error.detail} {reasons}".strip()) from error
        if options["export"]:
            summary["exported"] = self.export(options["export"])
        self.stdout.write(json.dumps(summary))

    def export(self, path: Path) -> int:
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(EXPORT_COLUMNS)
                rows = 0
                for row in export_records():
                    writer.writerow(row)
                    rows += 1
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        return rows
