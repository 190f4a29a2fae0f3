"""One import: the file is read as a stream, staged in chunks, and written in one transaction or not at all."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.importing import ImportMap, RowReader, guess_map, read_map
from martech.models import ImportBatch, ImportReject, ImportState
from martech.services.imports import afterwards, writing
from martech.services.imports.shared_addresses import part_shared_addresses
from martech.services.imports.stage import STAGE, Colleagues, create_stage, fill_stage, staged, target_of
from martech.services.imports.writing import Counts
from martech.services.routing import enqueue_routing
from mops.core.errors import DomainError
from mops.core.history import recording
from mops.core.tabular import open_table

CHUNK = 50_000
SHOWN = 20
Progress = Callable[[int], None]


class PreviewOnly(Exception):
    """Raised inside the transaction of a dry run, so that nothing of it stays."""


@dataclass
class Outcome:
    """The counts of a run and the first rejected rows."""

    counts: Counts = field(default_factory=Counts)
    rejects: list[dict[str, Any]] = field(default_factory=list)

    def summary(self, batch: int | None) -> dict[str, Any]:
        numbers = asdict(self.counts)
        del numbers["people"]
        return {**numbers, "batch": batch}


@dataclass
class Run:
    """What one import works with."""

    plan: ImportMap
    columns: Sequence[str]
    source: str
    batch: ImportBatch | None
    outcome: Outcome
    colleagues: Colleagues

    def reject(self, number: int, cells: Sequence[str], errors: Mapping[str, Sequence[str]]) -> ImportReject:
        self.outcome.counts.rejected += 1
        values = dict(zip(self.columns, [text.replace("\x00", "\ufffd") for text in cells], strict=False))
        if len(self.outcome.rejects) < SHOWN:
            self.outcome.rejects.append({"row": number, "values": values, "errors": dict(errors)})
        return ImportReject(batch=self.batch, row_number=number, values=values, errors=dict(errors))


def run_file_import(
    *,
    kind: str,
    path: Path,
    source: str,
    actor: User | None,
    document: Any = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Import a file at once; answers the summary of the contract. Raises DomainError when the file is unreadable."""
    with open_table(path, limit=settings.IMPORT_MAX_BYTES) as table:
        sample = list(islice((cells for _number, cells in table.rows(on_error=lambda *_: None)), 200))
        columns = list(table.columns)
        plan = read_map(document, kind, columns) if document is not None else guess_map(kind, columns, sample)
    batch = ImportBatch.objects.create(
        kind=kind,
        source=source,
        file_name=path.name[:255],
        file_path=str(path)[:500],
        file_bytes=path.stat().st_size,
        columns=[name[:300] for name in columns],
        mapping=plan.as_json(),
        actor=actor,
        started_at=timezone.now(),
    )
    try:
        outcome = run_batch_import(batch=batch, actor=actor, is_dry_run=is_dry_run, progress=progress)
    finally:
        if is_dry_run:
            ImportBatch.objects.filter(pk=batch.pk).delete()
    return outcome.summary(None if is_dry_run else batch.pk)


def run_batch_import(
    *, batch: ImportBatch, actor: User | None, is_dry_run: bool = False, progress: Progress | None = None
) -> Outcome:
    """Read and write a batch's file in one transaction. A dry run does exactly the same and rolls it back."""
    outcome = Outcome()
    try:
        with transaction.atomic(), recording(f"import_{batch.kind}", actor=actor, batch=batch.pk):
            run_rows(batch, outcome, progress)
            if is_dry_run:
                raise PreviewOnly
            finish_batch(batch, outcome)
            enqueue_routing(outcome.counts.people, cause="import")
    except PreviewOnly:
        pass
    except DomainError as refused:
        reasons = "; ".join(reason for reasons in refused.errors.values() for reason in reasons)
        error = f"{refused.detail} {reasons}".strip()
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.FAILED, error=error)
        raise
    return outcome


def finish_batch(batch: ImportBatch, outcome: Outcome) -> None:
    counts = outcome.counts
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportState.DONE,
        rows=counts.rows,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        rejected=counts.rejected,
        progress=1,
        finished_at=timezone.now(),
    )


def run_rows(batch: ImportBatch, outcome: Outcome, progress: Progress | None) -> None:
    target = target_of(batch.kind)
    options: dict[str, Any] = {k: v for k, v in batch.options.items() if k in ("encoding", "delimiter", "sheet") and v}
    with open_table(
        Path(batch.file_path), filename=batch.file_name, limit=settings.IMPORT_MAX_BYTES, **options
    ) as table:
        columns = list(table.columns)
        plan = read_map(batch.mapping, batch.kind, columns)
        run = Run(plan, columns, batch.source, batch, outcome, Colleagues())
        reader = RowReader(plan, columns, settings.TIME_ZONE)
        create_stage(target)
        for chunk in chunks(read_rows(table, reader, run)):
            write_chunk(run, chunk)
            if progress:
                progress(outcome.counts.rows)


def chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def read_rows(table: Any, reader: RowReader, run: Run) -> Iterator[Any]:
    """Rows for the stage, and ImportRejects for those that cannot be read."""
    broken: list[ImportReject] = []

    def on_error(number: int, cells: Sequence[str], error: Any) -> None:
        run.outcome.counts.rows += 1
        broken.append(run.reject(number, list(cells), {getattr(error, "column", None) or "row": [str(error)]}))

    for number, cells in table.rows(on_error=on_error):
        run.outcome.counts.rows += 1
        values, reasons = reader.read(cells)
        if reasons:
            yield run.reject(number, cells, reasons)
        else:
            row = staged(run.plan.kind, number, values, run.source, run.colleagues)
            if run.plan.kind in ("deals", "touches", "people"):
                row["raw"] = dict(zip(run.columns, cells, strict=False)) if needs_raw(row) else None
            yield row
        yield from broken
        broken.clear()
    yield from broken


def needs_raw(row: Mapping[str, Any]) -> bool:
    """Rows that may still be refused in the database keep their cells, so that the refusal can show them."""
    both = row.get("external_id") is not None and row.get("match_key") is not None
    return both or row.get("person_ref") is not None or row.get("person_mail") is not None


def write_chunk(run: Run, chunk: Sequence[Any]) -> None:
    ImportReject.objects.bulk_create([row for row in chunk if isinstance(row, ImportReject)], batch_size=2_000)
    rows = [row for row in chunk if not isinstance(row, ImportReject)]
    if not rows:
        return
    target, kind, counts = target_of(run.plan.kind), run.plan.kind, run.outcome.counts
    fill_stage(target, rows)
    if kind == "people":
        part_shared_addresses()
    writing.execute(f"update {STAGE} set is_done = false, is_new = false, is_turn = false")
    find_references(run)
    batch = run.batch.pk if run.batch else None
    left = 1
    while left:
        match_rows(run)
        refuse_contradictions(run)
        created = writing.insert_new(target, batch, run.source)
        changed = writing.change_known(target, batch)
        afterwards.add_identities(target, run.source)
        if kind == "people":
            counts.people += afterwards.finish_people()
        elif kind == "accounts":
            afterwards.finish_accounts(run.source)
        elif kind == "deals":
            afterwards.finish_deals(run.source)
        known, left = writing.finish_turn()
        counts.created += created
        counts.updated += changed
        counts.unchanged += known - changed


def find_references(run: Run) -> None:
    """Campaigns, accounts and people that rows name; a person nobody knows refuses the row."""
    kind = run.plan.kind
    if kind in ("people", "spend", "touches"):
        writing.find_campaigns()
    if kind == "deals":
        writing.find_accounts()
    if kind == "touches":
        writing.find_people("person_id", run.source)
        refuse(run, f"select row_number, raw from {STAGE} where person_id is null", "person")
    if kind == "deals":
        missing = f"""select s.row_number, s.raw from {STAGE} s where (s.person_ref is not null or s.person_mail is not null)
          and not exists (select 1 from martech_personidentity i where i.system = %s and i.object = 'person'
            and i.external_id = s.person_ref)
          and not exists (select 1 from martech_personemail e where e.key = s.person_mail)"""
        refuse(run, missing, "person", run.source)


def refuse(run: Run, sql: str, column: str, *values: Any) -> None:
    reason = "Nobody we know has this id in the source, or this address; import the people first."
    refuse_rows(run, writing.fetch(sql, *values), column, reason)


def refuse_contradictions(run: Run) -> None:
    if run.plan.kind == "people":
        reason = "The id belongs to one person and the address to another; correct one, or merge the two first."
        refuse_rows(run, writing.fetch(writing.CONTRADICTIONS), "email", reason)


def refuse_rows(run: Run, found: Sequence[Any], column: str, reason: str) -> None:
    if not found:
        return
    rejects = []
    for number, raw in found:
        cells = json.loads(raw) if isinstance(raw, str) else raw or {}
        rejects.append(run.reject(number, [cells.get(name, "") for name in run.columns], {column: [reason]}))
    ImportReject.objects.bulk_create(rejects, batch_size=2_000)
    writing.execute(f"delete from {STAGE} where row_number = any(%s)", [number for number, _raw in found])


def match_rows(run: Run) -> None:
    target, kind = target_of(run.plan.kind), run.plan.kind
    if kind == "people":
        writing.match_people(run.source, run.plan.match_on)
    elif kind == "accounts":
        writing.match_accounts(run.source, target, run.plan.match_on)
    elif kind == "deals":
        writing.match_identity(target, run.source)
    else:
        writing.match_keys(target)
