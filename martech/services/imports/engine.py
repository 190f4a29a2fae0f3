"""One import: the file is read as a stream, staged in chunks, and written in one transaction or not at all."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.importing import guess_map, read_map
from martech.importing.process import chunks_of
from martech.importing.reading import Chunk, Job, Rejected, open_job, sample_rows
from martech.models import ImportBatch, ImportReject, ImportState, ImportWork
from martech.services.imports import afterwards, matching, writing
from martech.services.imports.progress import Progress
from martech.services.imports.samples import first_rows
from martech.services.imports.shared_addresses import knows_addresses, part_shared_addresses
from martech.services.imports.stage import STAGE, colleagues, create_stage, fill_stage
from martech.services.imports.tables import TARGETS, Target
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.sql import execute, fetch
from mops.core.work import wake

SHOWN = 20
SAMPLE = 200
UNKNOWN = "Nobody we know has this id in the source, or this address; import the people first."
CONTRADICTION = "The id belongs to one person and the address to {}; correct one, or merge the two first."
TAKEN = "The id belongs to another one by a row above; correct one of the two."


class PreviewOnly(Exception):
    """Raised inside the transaction of a dry run, so that nothing of it stays."""


@dataclass
class Counts:
    """What became of the rows; of several rows about one object one counts as its change, the others as unchanged."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass
class Outcome:
    """The counts of a run and the first rejected rows."""

    counts: Counts = field(default_factory=Counts)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    samples: dict[str, Any] = field(default_factory=dict)

    def summary(self, batch: int | None) -> dict[str, Any]:
        return {**asdict(self.counts), "batch": batch}


@dataclass
class Run:
    """What one import works with."""

    batch: ImportBatch
    target: Target
    ways: tuple[str, ...]
    fields: set[str]
    outcome: Outcome
    progress: Progress

    @property
    def names_twice(self) -> bool:
        """Whether rows may name a person by an id and by an address, which need not agree."""
        return self.target.object == "person" and {"external_id", "email"} <= self.fields

    def reject(self, rows: Sequence[Rejected]) -> None:
        """Keep refused rows with their reasons."""
        self.outcome.counts.rejected += len(rows)
        for row in rows[: SHOWN - len(self.outcome.rejects)]:
            self.outcome.rejects.append({"row": row.number, "values": row.values, "errors": row.errors})
        ImportReject.objects.bulk_create(
            (
                ImportReject(batch=self.batch, row_number=row.number, values=row.values, errors=row.errors)
                for row in rows
            ),
            batch_size=2_000,
        )

    def refuse_staged(self, found: Sequence[tuple[Any, ...]], column: str, reason: str) -> None:
        """Refuse rows that only the database could tell were wrong, and take them off the stage.

        `found` are (row number, raw cells, words for the places in `reason` …).
        """
        if not found:
            return
        columns = self.batch.columns
        self.reject(
            [Rejected(n, cells_of(raw, columns), {column: [reason.format(*words)]}) for n, raw, *words in found]
        )
        execute(f"delete from {STAGE} where row_number = any(%s)", [row[0] for row in found])


def cells_of(raw: str | None, columns: Sequence[str]) -> dict[str, str]:
    """The cells of a staged row, which keeps only those that are not blank."""
    cells = json.loads(raw) if raw else {}
    return {name: cells.get(name, "") for name in columns}


def run_file_import(
    *,
    kind: str,
    path: Path,
    source: str,
    actor: User | None,
    document: Any = None,
    options: dict[str, Any] | None = None,
    is_dry_run: bool = False,
    warn: Callable[[str], object] | None = None,
) -> dict[str, Any]:
    """Import a file at once; answers the summary of the contract. Raises DomainError when the file is unreadable.

    `warn` is told of traces of damage by a spreadsheet.
    """
    columns, sample = look_into(path, options or {}, warn)
    plan = read_map(document, kind, columns) if document is not None else guess_map(kind, columns, sample)
    batch = ImportBatch.objects.create(
        kind=kind,
        source=source,
        **facts_of(path),
        columns=[name[:300] for name in columns],
        mapping=plan.as_json(),
        options=options or {},
        actor=actor,
        started_at=timezone.now(),
    )
    try:
        outcome = run_batch_import(batch=batch, actor=actor, is_dry_run=is_dry_run)
    finally:
        if is_dry_run:
            ImportBatch.objects.filter(pk=batch.pk).delete()
    return outcome.summary(None if is_dry_run else batch.pk)


def look_into(
    path: Path, options: dict[str, Any], warn: Callable[[str], object] | None
) -> tuple[list[str], list[list[str]]]:
    """The names of a file's columns and its first rows. Raises DomainError when it is unreadable."""
    with open_job(str(path), path.name, settings.IMPORT_MAX_BYTES, options) as table:
        refuse_uncertain_encoding(table.encoding_choices)
        sample = sample_rows(table, SAMPLE)
        for warning in table.warnings if warn else ():
            warn(warning)
        return list(table.columns), sample


def facts_of(path: Path) -> dict[str, Any]:
    """What a batch keeps of its file."""
    return {"file_name": path.name[:255], "file_path": str(path)[:500], "file_bytes": path.stat().st_size}


def refuse_uncertain_encoding(choices: Sequence[Any]) -> None:
    """Never guess between encodings that read the same bytes differently: show what each makes of the first lines."""
    if not choices:
        return
    reasons = [f"{choice.encoding}: {' ⏎ '.join(choice.samples)}" for choice in choices]
    raise DomainError(
        "The file is not UTF-8, and its encoding cannot be proven; choose one by these lines.",
        errors={"encoding": reasons},
    )


def run_batch_import(*, batch: ImportBatch, actor: User | None, is_dry_run: bool = False, work: Any = None) -> Outcome:
    """Read and write a batch's file in one transaction. A dry run does exactly the same and rolls it back.

    `work` is the claimed row of the background run, whose lease the progress extends.
    """
    outcome = Outcome()
    try:
        with (
            closing(Progress(batch, work)) as progress,
            transaction.atomic(),
            recording(f"import_{batch.kind}", actor=actor, batch=batch.pk),
        ):
            run_rows(batch, outcome, progress)
            if is_dry_run:
                outcome.samples = first_rows(batch, TARGETS[batch.kind])
                raise PreviewOnly
            finish_batch(batch, outcome)
    except PreviewOnly:
        pass
    except DomainError as refused:
        reasons = "; ".join(reason for reasons in refused.errors.values() for reason in reasons)
        error = f"{refused.detail} {reasons}".strip()
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.FAILED, error=error)
        raise
    return outcome


def finish_batch(batch: ImportBatch, outcome: Outcome) -> None:
    """Store the counts; accounts and owners of the people are found once the import is committed."""
    counts = asdict(outcome.counts)
    done = ImportBatch.objects.filter(pk=batch.pk)
    done.update(state=ImportState.DONE, progress=1, finished_at=timezone.now(), **counts)
    if batch.kind == "people":
        ImportWork.objects.create(batch=batch, step="follow")
        for kind in ("people_search", "import", "identity_marks"):
            wake(kind)


def run_rows(batch: ImportBatch, outcome: Outcome, progress: Progress) -> None:
    target = TARGETS[batch.kind]
    plan = read_map(batch.mapping, batch.kind, batch.columns)
    run = Run(batch, target, plan.ways, plan.fields, outcome, progress)
    job = Job(
        path=batch.file_path,
        filename=batch.file_name,
        limit=settings.IMPORT_MAX_BYTES,
        options=batch.options,
        kind=batch.kind,
        mapping=batch.mapping,
        names=target.staged,
        source=batch.source,
        zone=settings.TIME_ZONE,
        currency=settings.BASE_CURRENCY,
        colleagues=colleagues(),
    )
    create_stage(target)
    with closing(chunks_of(job)) as chunks:
        for chunk in chunks:
            write_chunk(run, chunk)
            progress.read(chunk.share, outcome.counts.rows)
    settle(run)


def write_chunk(run: Run, chunk: Chunk) -> None:
    """Write what is new in a chunk, and keep back the rows about objects that exist already."""
    run.outcome.counts.rows += chunk.rows
    run.reject(chunk.rejects)
    if not chunk.staged:
        return
    fill_stage(chunk)
    if run.names_twice and (chunk.has_doubles or knows_addresses()):
        part_shared_addresses(run.batch.source)
    find_references(run)
    left, turn = chunk.staged, 0
    while left:
        before, turn = left, turn + 1
        write_turn(run, turn)
        left = writing.rank_rest(run.target, run.ways, turn)
        if turn > 1 and left == before:
            raise ConflictError(
                "Somebody else is writing the same objects; import the file again in a moment.", kind="busy"
            )
    if "parent.external_id" in run.fields:
        afterwards.remember_parents()
    if run.target.object == "deal":
        afterwards.follow_deals(run.batch.pk, run.batch.source, is_held=False)
    run.progress.hold(matching.hold_known(run.target))


def find_references(run: Run) -> None:
    """Campaigns, accounts and people that rows name; a person nobody knows refuses the row."""
    if "campaign" in run.fields:
        matching.find_campaigns()
    if run.target.object == "deal":
        matching.find_accounts(run.batch.pk)
        run.refuse_staged(fetch(matching.UNKNOWN_PERSON, run.batch.source), "person", UNKNOWN)
    if run.target.object == "touch":
        matching.find_people(run.batch.source)
        run.refuse_staged(fetch(f"select row_number, raw from {STAGE} where person_id is null"), "person", UNKNOWN)


def write_turn(run: Run, turn: int) -> None:
    """Match what is known by now, and write the first row of each key nobody knows."""
    source, batch = run.batch.source, run.batch.pk
    known = matching.match_rows(run.target, source, run.ways, turn)
    refuse_contradictions(run, turn)
    if known:
        writing.add_keys(run.target, source, batch, turn)
        run.refuse_staged(matching.others_ids(run.target, source, turn), "external_id", TAKEN)
        refuse_contradictions(run, turn)  # two rows may have brought the same new address
    writing.claim_keys(run.target, source)
    run.outcome.counts.created += writing.insert_new(run.target, batch)
    if run.target.object == "person":
        afterwards.enter_stages()


def refuse_contradictions(run: Run, turn: int) -> None:
    is_open = run.target.object == "person" and "email" in run.fields and "email" not in run.ways
    if run.names_twice or is_open:
        run.refuse_staged(matching.contradictions(turn, is_open=is_open), "email", CONTRADICTION)


def settle(run: Run) -> None:
    """Change the known objects, once each, now that every row about them was read."""
    writing.fold_held(run.target)
    counts, held = run.outcome.counts, 0
    for rows, changed in writing.change_known(run.target, run.batch.pk):
        held += rows
        counts.updated += changed
        run.progress.settle(held)
    counts.unchanged = counts.rows - counts.created - counts.updated - counts.rejected
    if "parent.external_id" in run.fields:
        afterwards.adopt_accounts(run.batch.pk, run.batch.source)
    if run.target.object == "deal":
        afterwards.follow_deals(run.batch.pk, run.batch.source, is_held=True)
