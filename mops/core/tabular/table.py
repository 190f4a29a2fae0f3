"""A table from a file: columns, and rows as a stream in bounded memory."""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from mops.core.tabular.csv_file import Record, read_records, sniff_dialect
from mops.core.tabular.damage import find_damage
from mops.core.tabular.encoding import EncodingChoice, check_decodes, find_encoding
from mops.core.tabular.errors import TableError
from mops.core.tabular.kind import find_kind
from mops.core.tabular.protection import unprotect
from mops.core.tabular.xlsx_file import check_workbook, open_sheet, sheet_rows

MAX_COLUMNS = 512
MAX_CELL = 100_000
MAX_BYTES = 200_000_000
_KEPT_ERRORS = 1_000
_UNIT = "\x1f"

Row = tuple[int, list[str]]
OnError = Callable[[int, list[str], TableError], None]


@dataclass
class Table:
    """An open table. `rows()` may be called again and starts from the top; close it, or use it in `with`.

    `row_errors` keeps the first 1,000 refused rows of the last reading when no `on_error` is given.
    """

    columns: list[str]
    header_row: int
    file: BinaryIO
    records: Callable[[], Iterator[Record]]
    kind: str
    owns_file: bool
    encoding: str = ""
    encoding_choices: tuple[EncodingChoice, ...] = ()
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    row_errors: list[TableError] = field(default_factory=list)
    last_row: int = 0

    def share_read(self, row: int) -> float:
        """How far through the file the reading is at this row, 0 to 1: by bytes in text, by rows in a workbook."""
        if self.kind == "csv":
            return min(1.0, self.file.tell() / max(1, os.fstat(self.file.fileno()).st_size))
        return min(1.0, row / max(1, self.last_row))

    def rows(self, on_error: OnError | None = None) -> Iterator[Row]:
        """(row number in the file, one text per column). Short rows are padded, blank ones left out; a row that is
        too long or broken goes to `on_error(row, cells, error)` and the reading goes on."""
        self.row_errors = []
        report = on_error or self._keep_error
        width, is_text = len(self.columns), self.kind == "csv"
        for row, cells in self.records():
            if row <= self.header_row:
                continue
            if isinstance(cells, TableError):
                report(row, [], cells)
                continue
            joined = _UNIT.join(cells)
            if len(joined) > MAX_CELL:
                check_cells(self.columns, row, cells)
            if is_text and "'" in joined:
                cells = [unprotect(cell) for cell in cells]
            if len(cells) != width and not self._fit(row, cells, report):
                continue
            if any(cells):
                yield row, cells

    def _fit(self, row: int, cells: list[str], report: OnError) -> bool:
        """Pad a short row in place, drop empty cells beyond the last column; False when the row was refused."""
        width = len(self.columns)
        if any(cells[width:]):
            reason = f"it has {len(cells)} cells but there are {width} columns"
            remedy = "Put cells that contain the delimiter in quotes"
            report(row, cells, TableError("row", reason, remedy, row=row, column=self.columns[-1]))
            return False
        del cells[width:]
        cells.extend([""] * (width - len(cells)))
        return True

    def _keep_error(self, row: int, cells: list[str], error: TableError) -> None:
        if len(self.row_errors) < _KEPT_ERRORS:
            self.row_errors.append(error)

    def close(self) -> None:
        if self.owns_file:
            self.file.close()

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open_table(
    source: str | Path | BinaryIO,
    *,
    filename: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    limit: int = MAX_BYTES,
) -> Table:
    """Open a CSV, XLSX or XLS file (a path or a seekable binary file) and read its header.

    TableError when it is not a table of at least one row: see docs/tabular.md for the list. Damage by spreadsheets
    in the first 1,000 rows is told in `warnings`.
    """
    is_path = isinstance(source, str | Path)
    file: BinaryIO = Path(source).open("rb") if isinstance(source, str | Path) else source  # noqa: SIM115
    try:
        kind = find_kind(file, filename or (str(source) if is_path else ""), limit)
        table = _open_text(file, encoding, delimiter) if kind == "csv" else _open_book(file, kind, sheet)
        table.owns_file = is_path
        _read_header(table)
        _look_at_first_rows(table)
    except BaseException:
        if is_path:
            file.close()
        raise
    return table


def check_cells(columns: list[str], row: int, cells: list[str]) -> None:
    """TableError for a cell longer than 100,000 characters, naming its column."""
    for place, cell in enumerate(cells):
        if len(cell) > MAX_CELL:
            name = columns[place] if place < len(columns) else str(place + 1)
            raise TableError(
                "cell", f"it has {len(cell):,} characters", "Look for a missing quote", row=row, column=name
            )


def _open_text(file: BinaryIO, encoding: str | None, delimiter: str | None) -> Table:
    choices: tuple[EncodingChoice, ...] = ()
    if encoding:
        found = "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
        check_decodes(file, found)
    else:
        found, choices = find_encoding(file)
    sniffed, quote, skip = sniff_dialect(file, found)
    mark = delimiter or sniffed
    table = Table([], 0, file, lambda: read_records(file, found, mark, quote, skip), "csv", False)
    table.encoding, table.encoding_choices, table.delimiter = found, choices, mark
    if choices:
        table.warnings.append(f"the encoding is not certain: read as {found}")
    return table


def _open_book(file: BinaryIO, kind: str, sheet: str | None) -> Table:
    if kind == "xlsx":
        check_workbook(file)
    names, opened = open_sheet(file, sheet)
    table = Table([], 0, file, lambda: sheet_rows(opened), kind, False)
    table.sheet, table.sheets, table.last_row = opened.name, names, opened.total_height
    return table


def _read_header(table: Table) -> None:
    for row, cells in table.records():
        if isinstance(cells, TableError):
            raise cells
        if any(cell.strip() for cell in cells):
            table.header_row = row
            table.columns = _unique_names(cells, row, table.warnings)
            return
    raise TableError("header", "there is no row with text", "Choose a file with a header and at least one row")


def _unique_names(cells: list[str], row: int, warnings: list[str]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise TableError("header", f"there are {len(cells):,} columns, more than {MAX_COLUMNS}", "Remove some", row=row)
    check_cells([], row, cells)
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        name = unique = unprotect(" ".join(cell.split())) or f"column {place}"
        if not cell.strip():
            warnings.append(f"row {row}: column {place} has no name and is called {name!r}")
        for number in itertools.count(2):
            if unique not in taken:
                break
            unique = f"{name} ({number})"
        if unique != name:
            warnings.append(f"row {row}: the name {name!r} occurs again and is called {unique!r}")
        taken.add(unique)
        cells[place - 1] = unique
    return cells


def _look_at_first_rows(table: Table) -> None:
    first = list(itertools.islice(table.rows(), 1_000))
    if not first and not table.row_errors:
        reason = "there is a header but no row below it"
        raise TableError("file", reason, "Choose a file with at least one row", row=table.header_row)
    table.warnings += find_damage(table.columns, first)
    table.row_errors = []
