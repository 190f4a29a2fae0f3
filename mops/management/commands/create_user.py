"""`manage.py create_user EMAIL --role ROLE [--password P]`"""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.policies import Role
from governance.services import create_user
from mops.core.errors import DomainError


class Command(BaseCommand):
    help = "Add a person who may sign in"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="")
        parser.add_argument("--password", help="asked for when left out at a terminal; none means single sign-on only")

    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"]
        if password is None and sys.stdin.isatty():
            password = getpass.getpass("Password (empty for single sign-on only): ") or None
        try:
            user = create_user(
                email=options["email"], roles=[options["role"]], name=options["name"], password=password, actor=None
            )
        except DomainError as error:
            reasons = [reason for reasons in error.errors.values() for reason in reasons]
            raise CommandError(" ".join([error.detail, *reasons])) from error
        self.stdout.write(f"{user.email} may sign in as {user.role_label}.")
