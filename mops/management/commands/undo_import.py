"""`manage.py undo_import BATCH`"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from martech.models import ImportBatch
from martech.services.imports import undo_batch
from mops.core.errors import DomainError


class Command(BaseCommand):
    help = "Take an import back as a whole; rows somebody changed since are kept"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"There is no import {options['batch']}.")
        try:
            done = undo_batch(batch=batch, actor=None)
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(json.dumps({"batch": batch.pk, **done}))
