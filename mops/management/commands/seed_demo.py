"""`manage.py seed_demo [--people N] [--months M] [--seed S]`"""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mops.core.errors import DomainError
from mops.demo.company import new_password
from mops.demo.keys import keep_password
from mops.demo.seeding import seed_demo, sign_ins, this_hour


class Command(BaseCommand):
    help = "Load the demo company into an empty installation"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=20_000)
        parser.add_argument("--months", type=int, default=18)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--until", type=datetime.fromisoformat, help="where the story ends; now unless given")
        parser.add_argument("--password", help="for all sign-ins; a new one unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["people"] < 20 or not 1 <= options["months"] <= 60:
            raise CommandError("Use at least 20 people, and 1 to 60 months.")
        password = options["password"] or new_password()
        until = options["until"] or this_hour()
        try:
            made = seed_demo(
                people=options["people"],
                months=options["months"],
                seed=options["seed"],
                until=until if until.tzinfo else until.replace(tzinfo=UTC),
                password=password,
                say=self.stdout.write,
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        keep_password(password)
        self.stdout.write(", ".join(f"{number:,} {noun}" for noun, number in made.items()))
        self.stdout.write("Sign-ins of the demo company:")
        for line in sign_ins(password):
            self.stdout.write(line)
