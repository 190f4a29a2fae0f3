"""A file before its import: can it be read, what are its columns, what does it prove, what changed since last time."""

from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from governance.models import User
from martech.importing import guess_map
from martech.importing.proofs import differences, prove
from martech.importing.reading import open_job, sample_rows
from martech.models import ImportBatch, ImportState
from mops.core.errors import ConflictError
from mops.core.tabular import Table

SAMPLE = 200
PROVED = 50_000
"""So many rows are searched for a proof; that takes less than a second."""


def begin_import(*, path: Path, file_name: str, kind: str, source: str, actor: User | None) -> ImportBatch:
    """Keep an uploaded file as a batch that waits for its map. Raises DomainError when it is not a table."""
    batch = ImportBatch(kind=kind, source=source, file_name=file_name[:255], file_path=str(path), actor=actor)
    batch.file_bytes = path.stat().st_size
    inspect(batch)
    batch.save()
    return batch


def choose_encoding(*, batch: ImportBatch, encoding: str) -> None:
    """Read the file in the encoding somebody chose by its sample lines. Raises DomainError, ConflictError."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state not in (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED):
            raise ConflictError("This import is busy or done already.")
        locked.options = {**locked.options, "encoding": encoding}
        inspect(locked)
        locked.state, locked.error = ImportState.UPLOADED, ""
        locked.save()


def inspect(batch: ImportBatch) -> None:
    """Fill in columns, map and what there is to tell about the file."""
    chosen = {name: batch.options[name] for name in ("encoding", "delimiter", "sheet") if batch.options.get(name)}
    with open_job(batch.file_path, batch.file_name, settings.IMPORT_MAX_BYTES, chosen) as table:
        batch.columns = [name[:300] for name in table.columns]
        sample = sample_rows(table, SAMPLE)
        recipe = last_of_source(batch)
        guessed = guess_map(batch.kind, batch.columns, sample).as_json()
        batch.mapping = {**guessed, **remembered(recipe, batch)} if recipe else guessed
        batch.options = {**chosen, **told(table, sample), **proven(table, batch)}
        if recipe:
            batch.options["recipe"] = recipe.pk
            batch.options["differences"] = differences(recipe.columns, batch.columns, recipe.mapping["columns"])
        if table.encoding_choices:
            batch.options["choices"] = [
                {"encoding": choice.encoding, "samples": list(choice.samples)} for choice in table.encoding_choices
            ]


def ask_again(*, batch: ImportBatch, columns: dict[str, str]) -> None:
    """Look for the proofs that another choice of columns needs."""
    batch.mapping = {**batch.mapping, "columns": columns}
    with open_job(batch.file_path, batch.file_name, settings.IMPORT_MAX_BYTES, batch.options) as table:
        batch.options = {**batch.options, **proven(table, batch)}
    ImportBatch.objects.filter(pk=batch.pk).update(mapping=batch.mapping, options=batch.options)


def last_of_source(batch: ImportBatch) -> ImportBatch | None:
    """The last finished import of this kind from this source: its map is the recipe."""
    done = ImportBatch.objects.filter(kind=batch.kind, source=batch.source, state=ImportState.DONE)
    return done.order_by("-finished_at", "-pk").first()


def remembered(recipe: ImportBatch, batch: ImportBatch) -> dict[str, Any]:
    """The recipe as far as the file still has its columns; fields whose column is gone are guessed anew."""
    columns = {name: field for name, field in recipe.mapping["columns"].items() if name in batch.columns}
    ways = [way for way in recipe.mapping.get("match_on", []) if way in columns.values()]
    return {**recipe.mapping, "columns": columns, "match_on": ways}


def told(table: Table, sample: list[list[str]]) -> dict[str, Any]:
    warnings = [text for text in table.warnings if not text.startswith("the encoding")]
    return {
        "sample": [[cell[:200] for cell in row] for row in sample[:3]],
        "warnings": warnings,
        "read_as": table.encoding,
    }


def proven(table: Table, batch: ImportBatch) -> dict[str, Any]:
    """The proofs of date order and decimal sign; they win over recipe and guess."""
    rows = islice(table.rows(on_error=lambda *_: None), PROVED)
    found = prove(rows, batch.columns, batch.mapping["columns"])
    for what, proof in found.items():
        if proof.value and not proof.against:
            batch.mapping[what] = proof.value
    return {"proofs": {what: proof.as_json() for what, proof in found.items()}}
