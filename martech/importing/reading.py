"""A file as chunks that are ready to be staged. Pure, so that another process can do it while the database writes."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from martech.importing.mapping import read_map
from martech.importing.rows import RowReader
from martech.importing.staging import NULL, Row, Stager, copy_line, keys_of, needs_raw
from mops.core.tabular import Table, TableError, open_table

ROWS = 25_000
CHARACTERS = 16 * 2**20
"""A chunk ends at so many rows, or earlier at so much text, so that its memory is bounded whatever the cells hold."""


@dataclass(frozen=True)
class Job:
    """All that reading a file needs; it is pickled to another process. `names` are the columns of the stage."""

    path: str
    filename: str
    limit: int
    options: Mapping[str, Any]
    kind: str
    mapping: Mapping[str, Any]
    names: tuple[str, ...]
    source: str
    zone: str
    currency: str
    colleagues: Mapping[str, int]


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken, as it stood in the file, with the reasons by column."""

    number: int
    values: dict[str, str]
    errors: dict[str, list[str]]


@dataclass(frozen=True)
class Chunk:
    """`rows` were read, `staged` of them stand in `copy`, which has these columns: those that some row fills.

    `share` says how far through the file this is, 0 to 1; `has_doubles` that a row has a key of one above it.
    """

    rows: int
    staged: int
    columns: tuple[str, ...]
    has_doubles: bool
    copy: bytes
    rejects: Sequence[Rejected]
    share: float


def open_job(path: str, filename: str, limit: int, options: Mapping[str, Any]) -> Table:
    """The file as the batch says it is to be read."""
    chosen = {name: options[name] for name in ("encoding", "delimiter", "sheet") if options.get(name)}
    return open_table(path, filename=filename, limit=limit, **chosen)


def read_chunks(job: Job) -> Generator[Chunk, None, None]:
    """Every row of the file in chunks. Raises DomainError where the file cannot be read further."""
    with open_job(job.path, job.filename, job.limit, job.options) as table:
        yield from FileReader(job, table).chunks()


class FileReader:
    """Reads the rows of a table into chunks."""

    def __init__(self, job: Job, table: Table) -> None:
        self.table, self.columns, self.names = table, list(table.columns), job.names
        plan = read_map(job.mapping, job.kind, self.columns)
        self.reader = RowReader(plan, self.columns, job.zone)
        self.keys = keys_of(job.kind, plan.ways)
        self.stager = Stager(job.kind, source=job.source, currency=job.currency, colleagues=job.colleagues)
        self.lines: list[str] = []
        self.rejects: list[Rejected] = []
        self.seen: set[tuple[str, str]] = set()
        self.characters = 0
        self.has_doubles = False
        self.used: list[str] = []
        self.known: set[str] = set()

    def chunks(self) -> Iterator[Chunk]:
        number = 0
        for number, cells in self.table.rows(on_error=self.refuse):
            self.add(number, cells)
            if len(self.lines) + len(self.rejects) >= ROWS or self.characters >= CHARACTERS:
                yield self.sealed(self.table.share_read(number))
        yield self.sealed(1.0)

    def add(self, number: int, cells: Sequence[str]) -> None:
        values, reasons = self.reader.read(cells)
        if reasons:
            self.reject(number, cells, reasons)
            return
        row: Row = self.stager.stage(number, values)
        row["is_first"] = self.is_first(row)
        if needs_raw(row):
            row["raw"] = {name: text for name, text in zip(self.columns, cells, strict=False) if text}
        if not row.keys() <= self.known:
            self.widen(row)
        line = copy_line(row, self.used)
        self.lines.append(line)
        self.characters += len(line)

    def widen(self, row: Row) -> None:
        """Give the columns that no row had before a place behind the others, empty in the lines above."""
        fresh = [name for name in row if name in self.names and name not in self.known]
        self.known |= row.keys()
        self.used += fresh
        if fresh and self.lines:
            blanks = f"\t{NULL}" * len(fresh)
            self.lines = [line + blanks for line in self.lines]

    def is_first(self, row: Row) -> bool:
        """Whether no row of this chunk before it has one of its keys."""
        keys = {(name, row[name]) for name in self.keys if row.get(name) is not None}
        is_first = self.seen.isdisjoint(keys)
        self.seen |= keys
        self.has_doubles |= not is_first
        return is_first

    def refuse(self, number: int, cells: Sequence[str], error: TableError) -> None:
        """A row that is no row of this table: too long, or its quotes do not pair up."""
        self.reject(number, cells, {error.column or "row": [str(error)]})

    def reject(self, number: int, cells: Sequence[str], reasons: Mapping[str, Sequence[str]]) -> None:
        readable = [text.replace("\x00", "\ufffd") for text in cells]
        values = dict(zip(self.columns, readable, strict=False))
        self.rejects.append(Rejected(number, values, {column: list(found) for column, found in reasons.items()}))
        self.characters += sum(map(len, cells))

    def sealed(self, share: float) -> Chunk:
        """What was gathered so far; the next row begins a new chunk."""
        copy = "".join(f"{line}\n" for line in self.lines).encode()
        rows = len(self.lines) + len(self.rejects)
        chunk = Chunk(rows, len(self.lines), tuple(self.used), self.has_doubles, copy, self.rejects, share)
        self.lines, self.rejects, self.seen, self.characters, self.has_doubles = [], [], set(), 0, False
        return chunk


def sample_rows(table: Table, number: int) -> list[list[str]]:
    """The first rows of a table that can be read."""
    return list(islice((cells for _row, cells in table.rows(on_error=lambda *_: None)), number))
