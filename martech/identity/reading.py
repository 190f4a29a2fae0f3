"""Many records read from rows, by several processes where there are many."""

import multiprocessing
from collections.abc import Mapping, Sequence
from typing import Any

from martech.identity.record import Record, read_record

Row = tuple[int, Mapping[str, Any]]
"""A record's id and its values, as `read_record` takes them."""

SMALL = 20_000
"""Below this many records a second process costs more than it saves."""
AT_ONCE = 10_000

_rows: Sequence[Row] = ()
"""What the reading processes see of their parent, set before they are forked."""


def read_records(rows: Sequence[Row], *, processes: int = 1) -> list[Record]:
    """The records of `rows`, in their order."""
    global _rows
    if processes == 1 or len(rows) <= SMALL:
        return [read_record(number, values) for number, values in rows]
    _rows = rows
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            parts = pool.imap(_read_span, range(0, len(rows), AT_ONCE))
            return [record for part in parts for record in part]
    finally:
        _rows = ()


def _read_span(start: int) -> list[Record]:
    return read_records(_rows[start : start + AT_ONCE])
