"""`manage.py up`; the work is done by mops.supervisor, which manage.py starts in place of Django."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mops.core.embedded import become_supervisor
from mops.supervisor.options import HELP, add_options


class Command(BaseCommand):
    help = HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(parser)

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Reached only when Django was loaded some other way, for example through `call_command`."""
        become_supervisor(sys.argv[2:])
