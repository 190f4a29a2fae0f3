"""Many records read from rows, by several processes where there are many."""

from collections.abc import Mapping, Sequence
from typing import Any

from martech.identity.forking import SMALL, each_part, shared
from martech.identity.record import Record, read_record

Row = tuple[int, Mapping[str, Any]]
"""A record's id and its values, as `read_record` takes them."""

AT_ONCE = 10_000


def read_records(rows: Sequence[Row], *, processes: int = 1) -> list[Record]:
    """The records of `rows`, in their order."""
    parts = each_part(_read_span, range(0, len(rows), AT_ONCE), rows, processes=processes if len(rows) > SMALL else 1)
    return [record for part in parts for record in part]


def _read_span(start: int) -> list[Record]:
    return [read_record(number, values) for number, values in shared()[start : start + AT_ONCE]]
