"""Imports from the browser run as durable work: a preview or the import itself, with progress on the batch."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.importing import read_map
from martech.importing.process import place_of
from martech.models import ImportBatch, ImportState, ImportWork
from martech.services.imports.engine import run_batch_import
from martech.services.imports.follow import follow_people
from mops.core.errors import ConflictError, DomainError
from mops.core.work import Kind, StaleLease, wake

log = structlog.get_logger(__name__)

READY = (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED)


def start_step(*, batch: ImportBatch, step: str, mapping: dict[str, Any], actor: User | None) -> None:
    """Queue a preview or the import of a batch. Raises DomainError for a wrong map, ConflictError when it is busy."""
    if batch.options.get("choices"):
        message = "Choose the encoding by its sample lines first."
        raise DomainError("The file cannot be read yet.", errors={"encoding": [message]})
    plan = read_map(mapping, batch.kind, batch.columns)
    state = ImportState.PREVIEWING if step == "preview" else ImportState.RUNNING
    with transaction.atomic():
        rows = ImportBatch.objects.filter(pk=batch.pk, state__in=READY)
        if not rows.update(state=state, mapping=plan.as_json(), error="", progress=0, started_at=timezone.now()):
            raise ConflictError("This import is busy or done already.")
        ImportWork.objects.create(batch=batch, step=step)
        wake("import")


def run_steps(rows: Sequence[ImportWork]) -> None:
    """Do the claimed steps; a file that cannot be read fails its batch with the reason, not the work."""
    for row in rows:
        if row.step == "follow":
            follow_people(row)
            continue
        batch = ImportBatch.objects.select_related("actor").get(pk=row.batch_id)
        is_preview = row.step == "preview"
        try:
            outcome = run_batch_import(batch=batch, actor=batch.actor, is_dry_run=is_preview, work=row)
        except DomainError:
            continue  # the batch says why
        except StaleLease:
            raise
        except Exception as error:
            # Trying again would meet the same file; the person who waits is told. The log gets the place only: what
            # PostgreSQL says about a row quotes it.
            log.error("import failed", batch=batch.pk, fault=place_of(error))
            reason = "Something unexpected stopped it; the log names it under this import's number."
            ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.FAILED, error=reason)
            continue
        if is_preview:
            preview = {**outcome.summary(batch.pk), "rejects": outcome.rejects, **outcome.samples}
            ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.PREVIEWED, preview=preview)


IMPORT = Kind("import", ImportWork, run_steps, batch=1, is_long=True, max_attempts=3)
