"""Reading delimited text as a stream of records."""

import csv
import io
import re
from collections.abc import Iterator
from statistics import median
from typing import BinaryIO

from mops.core.tabular.errors import TableError

DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?$", re.IGNORECASE)
Record = tuple[int, list[str] | TableError]


def sniff_dialect(file: BinaryIO, encoding: str) -> tuple[str, str, int]:
    """(delimiter, quote character, lines to skip) from the first 64 KB; `sep=;` as Excel writes it wins."""
    file.seek(0)
    lines = file.read(1 << 16).decode(encoding, errors="replace").splitlines(keepends=True)
    if lines and (told := _SEPARATOR_LINE.match(lines[0])):
        return told[1], '"', 1
    sample = "".join(lines[:200])
    quote = _quote(sample)
    ranked = [(_fit(sample, mark, quote), -order, mark) for order, mark in enumerate(DELIMITERS)]
    return max(ranked)[2], quote, 0


def read_records(file: BinaryIO, encoding: str, delimiter: str, quote: str, skip: int) -> Iterator[Record]:
    """(line the record starts on, its cells), or the row's TableError; a quote never closed ends the reading."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        for _ in range(skip):
            text.readline()
        reader = csv.reader(text, delimiter=delimiter, quotechar=quote, strict=True)
        yield from _records(reader, skip)
    finally:
        text.detach()


def _records(reader: Iterator[list[str]], skip: int) -> Iterator[Record]:
    line = skip + 1
    while True:
        try:
            for cells in reader:
                yield line, cells
                line = skip + 1 + reader.line_num  # type: ignore[attr-defined]
            return
        except csv.Error as error:
            yield line, _refusal(str(error), line)
            line = skip + 1 + reader.line_num  # type: ignore[attr-defined]


def _refusal(message: str, row: int) -> TableError:
    if "unexpected end of data" in message:
        raise TableError("row", "a quote opened here is never closed", "Close or remove the quote", row=row)
    if "field larger" in message:
        raise TableError("cell", "a cell is longer than 100,000 characters", "Look for a missing quote", row=row)
    return TableError("row", "its quotes do not pair up", 'Write a quote inside quotes as ""', row=row)


def _quote(sample: str) -> str:
    is_single = '"' not in sample and len(re.findall(r"'[,;\t|]'", sample)) >= 2
    return "'" if is_single else '"'


def _fit(sample: str, delimiter: str, quote: str) -> float:
    """How evenly a delimiter cuts the sample: share of rows with the usual number of columns, if more than one."""
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, quotechar=quote)]
    except csv.Error:
        return 0.0
    widths = [width for width in widths if width][:100]
    if not widths or widths[0] < 2:
        return 0.0
    usual = median(widths)
    return sum(width == usual for width in widths) / len(widths) + min(usual, 100) / 1000
