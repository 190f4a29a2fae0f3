"""Writing tables that no spreadsheet will run: formula-looking text is protected, numbers and dates stay such."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from mops.core.tabular.errors import TableError
from mops.core.tabular.protection import protect

Value = str | int | float | Decimal | bool | date | datetime | None
_XLSX_ROWS, _XLSX_TEXT = 1_048_576, 32_767
_EXACT_DIGITS = 15


def write_csv(file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Value]], *, bom: bool = False) -> int:
    """UTF-8 (with a byte-order mark for Excel when `bom`), comma, CRLF; returns the number of rows written."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=False)
    try:
        if bom:
            text.write("\ufeff")
        writer = csv.writer(text)
        count = 0
        for number, row in _checked(columns, rows):
            count = number
            writer.writerow([_plain(value) for value in row])
    finally:
        text.detach()
    return count


def write_xlsx(file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Value]], *, sheet: str = "Table") -> int:
    """One sheet, written row by row in constant memory; text is always text, never a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(sheet)
        formats: dict[type, object] = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        count = 0
        for number, row in _checked(columns, rows):
            count = number
            if count >= _XLSX_ROWS:
                raise TableError("file", f"a sheet holds {_XLSX_ROWS:,} rows", "Write it as CSV", row=count + 1)
            for place, value in enumerate(row):
                _write_cell(page, (count, place), value, formats, columns[place])
    return count


def _checked(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[tuple[int, Sequence[Value]]]:
    width = len(header)
    yield 0, header
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            reason = f"it has {len(row)} values but there are {width} columns"
            raise TableError("row", reason, "Give one value per column", row=number + 1)
        yield number, row


def _plain(value: Value) -> str | int | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, str):
        return protect(value.replace("\0", "\ufffd"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else f"{value:f}" if isinstance(value, Decimal) else value


def _write_cell(page: Worksheet, at: tuple[int, int], value: Value, formats: dict[type, object], column: str) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(*at, value)
    elif isinstance(value, datetime):
        page.write_datetime(
            *at, value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value, formats[datetime]
        )
    elif isinstance(value, date):
        page.write_datetime(*at, value, formats[date])
    elif isinstance(value, int | float | Decimal) and _is_exact(value):
        page.write_number(*at, value)
    else:
        text = str(value).replace("\0", "\ufffd")
        if len(text) > _XLSX_TEXT:
            reason = f"it has {len(text):,} characters, a sheet holds {_XLSX_TEXT:,}"
            raise TableError("cell", reason, "Write it as CSV", row=at[0] + 1, column=column)
        page.write_string(*at, text)


def _is_exact(value: int | float | Decimal) -> bool:
    """Excel keeps 15 digits: longer numbers and non-finite ones are written as text instead of being damaged."""
    number = Decimal(value) if not isinstance(value, float) else Decimal(repr(value))
    return number.is_finite() and (isinstance(value, float) or len(number.as_tuple().digits) <= _EXACT_DIGITS)
