"""`manage.py restore FILE [--force]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mops.archive import ArchiveError, restore


class Command(BaseCommand):
    help = "Replace this installation by a backup; stop web, worker and beat before"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace what is here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["file"].resolve(), is_forced=options["force"])
        except (ArchiveError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"restored the backup of {manifest.made_at}")
