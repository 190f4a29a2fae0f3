"""`manage.py backup FILE [--without-keys]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mops.archive import ArchiveError, backup


class Command(BaseCommand):
    help = "Write the whole installation to one file: database, uploaded files, keys kept in the data directory"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--without-keys", action="store_true", help="leave the keys out; keep them elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"].resolve()
        if not path.parent.is_dir():
            raise CommandError(f"There is no directory {path.parent}.")
        try:
            manifest = backup(path, with_keys=not options["without_keys"])
        except (ArchiveError, OSError) as error:
            raise CommandError(str(error)) from error
        keys = "with its keys" if manifest.has_keys else "without keys: keep MOPS_SECRET_KEY and MOPS_ENCRYPTION_KEYS"
        self.stdout.write(f"{path}: {path.stat().st_size / 2**20:,.1f} MB, {keys}")
