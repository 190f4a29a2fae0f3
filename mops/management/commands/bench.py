"""`manage.py bench NAME [--people N]`"""

import json
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mops.bench import NAMES


class Command(BaseCommand):
    help = "Print one JSON line of figures of speed and memory"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", choices=sorted(NAMES))
        parser.add_argument("--people", type=int, default=100_000)
        parser.add_argument("--list", action="store_true", help="print the names")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self.stdout.write("\n".join(sorted(NAMES)))
            return
        if not options["name"]:
            raise CommandError(f"Name a bench: {', '.join(sorted(NAMES))}.")
        self.stdout.write(json.dumps(import_module(NAMES[options["name"]]).run(options["people"])))
