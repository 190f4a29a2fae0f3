"""`manage.py api_token EMAIL [--scope read|write]`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.models import Scope, User
from governance.services import create_token


class Command(BaseCommand):
    help = "Make an API token; it is printed once, alone on standard output"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--scope", default=Scope.READ, choices=Scope.values)
        parser.add_argument("--name", default="command line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody with the address {options['email']} may sign in; see create_user.")
        _row, text = create_token(user=user, actor=None, name=options["name"], scope=options["scope"])
        self.stdout.write(text)
