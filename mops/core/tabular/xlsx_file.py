"""Reading workbooks through calamine, after checks that the archive cannot explode."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO

import python_calamine as calamine

from mops.core.tabular.errors import TableError

MAX_ENTRIES = 2_000
MAX_UNPACKED = 600_000_000
MAX_RATIO = 300
MAX_CELLS = 20_000_000
_HARMLESS = 20_000_000
# Row numbers, and columns beyond Z: a narrow sheet is then checked at the speed of its rows.
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*? ?r="(\d{1,7})"')
_WIDE = re.compile(rb'r="([A-Z]{2,3})(\d{1,7})"')
_REMEDY = "Export it again with only the rows and columns in use, or as CSV"
Cell = int | float | str | bool | time | date | datetime | timedelta


def check_workbook(file: BinaryIO) -> None:
    """Inflate every entry as a stream and count, trusting no declared size; calamine would hold it all in memory."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise TableError("file", "it is a damaged XLSX file", "Export it again") from error
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise TableError("file", "it unpacks to too much", _REMEDY)
    unpacked = 0
    for entry in entries:
        unpacked += _check_entry(file, entry, unpacked)


def open_sheet(file: BinaryIO, sheet: str | None) -> tuple[list[str], calamine.CalamineSheet]:
    """(all sheet names, the one to read): the first visible sheet unless named."""
    file.seek(0)
    try:
        book = calamine.load_workbook(file)
        visible = [meta.name for meta in book.sheets_metadata if meta.visible == calamine.SheetVisibleEnum.Visible]
        name = sheet or (visible or book.sheet_names)[0]
        if name not in book.sheet_names:
            raise TableError("sheet", f"there is no sheet {name!r}", f"Use one of {', '.join(book.sheet_names)}")
        opened = book.get_sheet_by_name(name)
    except calamine.PasswordError as error:
        raise TableError("file", "it is protected with a password", "Remove it and save again") from error
    except (calamine.CalamineError, IndexError) as error:
        raise TableError("file", "the workbook cannot be read", "Export it again") from error
    return list(book.sheet_names), opened


def cell_text(value: Cell) -> str:
    """Whole numbers without .0, dates as ISO (midnight as a bare date), booleans true/false, 15 digits as in Excel."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def sheet_rows(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """(row number as the spreadsheet shows it, cells as text)."""
    for row, cells in enumerate(sheet.iter_rows(), 1):
        yield row, [cell_text(cell) for cell in cells]


def _check_entry(file: BinaryIO, entry: zipfile.ZipInfo, before: int) -> int:
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise TableError("file", "it is encrypted or packed in an unusual way", "Save it again from Excel")
    size, last_row, last_column, tail = 0, 1, 1, b""
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    for block in _inflated(file, entry):
        size += len(block)
        if before + size > MAX_UNPACKED or (size > _HARMLESS and size > MAX_RATIO * max(1, entry.compress_size)):
            raise TableError("file", "it unpacks to too much for its size", _REMEDY)
        if is_sheet:
            wide = set(_WIDE.findall(tail + block))
            rows = [*_ROW.findall(tail + block), *(row for _, row in wide)]
            last_row = max(last_row, max(map(int, rows), default=1))
            last_column = max(last_column, max((_column(name) for name, _ in wide), default=26))
            tail = block[-200:]
    if last_row * last_column > MAX_CELLS:
        raise TableError("file", f"a sheet reaches to row {last_row:,} and column {last_column:,}", _REMEDY)
    return size


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry in blocks of at most 1 MB, whatever size it declares."""
    file.seek(entry.header_offset)
    header = file.read(30)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left, inflate = entry.compress_size, zlib.decompressobj(-15)
    is_stored = entry.compress_type == zipfile.ZIP_STORED
    while left > 0 and (packed := file.read(min(left, 1 << 16))):
        left -= len(packed)
        if is_stored:
            yield packed
            continue
        while packed and not inflate.eof:
            try:
                yield inflate.decompress(packed, 1 << 20)
            except zlib.error as error:
                raise TableError("file", "it is a damaged XLSX file", "Export it again") from error
            packed = inflate.unconsumed_tail


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
