"""`manage.py connect hubspot|salesforce|marketo|cdp NAME [--url URL] [--set KEY=VALUE …]`"""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from martech.connectors.registry import FOLDERS, vendor
from martech.models import ConnectionState
from martech.services.sync.connections import check_connection, save_connection
from martech.services.tracking.sources import create_source
from mops.core.errors import DomainError
from mops.management.refusals import said


class Command(BaseCommand):
    help = "Create or change a connection with suggested mappings, and test it step by step"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("vendor", choices=[*FOLDERS, "cdp"])
        parser.add_argument("name")
        parser.add_argument("--url", help="another address than the vendor's: a practice server, a proxy")
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="KEY=@FILE reads a file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["vendor"] == "cdp":
                self.connect_cdp(options["name"])
            else:
                self.connect(options)
        except DomainError as error:
            raise CommandError(said(error)) from error

    def connect(self, options: dict[str, Any]) -> None:
        given = {**from_environment(options["vendor"]), **dict(self.pair(text) for text in options["set"])}
        connection, is_new = save_connection(
            vendor=options["vendor"], name=options["name"], given=given, base_url=options["url"], actor=None
        )
        self.stdout.write(f"{connection.name} {'made' if is_new else 'changed'}")
        for step in check_connection(connection):
            self.stdout.write(f"{'ok ' if step.is_ok else 'NO '} {step.title}: {step.detail}".rstrip(": "))
            if step.remedy:
                self.stdout.write(f"    {step.remedy}")
        if connection.state != ConnectionState.ACTIVE:
            raise CommandError(f"{connection.name} is saved, and does not work yet.")

    def connect_cdp(self, name: str) -> None:
        _source, key = create_source(name=name, actor=None)
        self.stderr.write("The write key is shown only now:")
        self.stdout.write(key)

    def pair(self, text: str) -> tuple[str, str]:
        key, equals, value = text.partition("=")
        if not equals:
            raise CommandError(f"--set {text}: write KEY=VALUE")
        if value.startswith("@"):
            try:
                value = Path(value[1:]).read_text().strip()
            except OSError as error:
                raise CommandError(f"--set {key}: {error.strerror}: {value[1:]}") from error
        return key, value


def from_environment(key: str) -> dict[str, str]:
    """Settings from variables like MOPS_HUBSPOT_ACCESS_TOKEN, so that secrets stay out of the shell's history."""
    names = {f"MOPS_{key}_{setting.name}".upper(): setting.name for setting in vendor(key).settings}
    return {name: os.environ[variable] for variable, name in names.items() if os.environ.get(variable)}
