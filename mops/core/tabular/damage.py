"""Traces of what spreadsheets do to data: long numbers shortened, formula errors, names turned into dates."""

import re
from collections.abc import Iterable

_PATTERNS = (
    ("a long number shortened to scientific notation", re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d{1,2}", re.I)),
    ("a formula error", re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|#+)")),
    ("a name turned into a date", re.compile(
        r"\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:MARCH|SEPT?|MARC|DEC|OCT)-?\d{1,2}", re.I)),
    ("an identifier turned into a decimal", re.compile(r"\d{9,}\.0")),
)  # fmt: skip


def find_damage(columns: list[str], rows: Iterable[tuple[int, list[str]]]) -> list[str]:
    """One sentence per column and kind of damage, naming the first row and how many there are."""
    found: dict[tuple[int, str], tuple[int, str, int]] = {}
    for row, cells in rows:
        for place, cell in enumerate(cells):
            if not cell or len(cell) > 30:
                continue
            for kind, pattern in _PATTERNS:
                if pattern.fullmatch(cell):
                    first, shown, count = found.get((place, kind), (row, cell, 0))
                    found[place, kind] = (first, shown, count + 1)
    return [
        f"row {row}, column {columns[place]!r}: {shown} looks like {kind} ({count} such cells)"
        for (place, kind), (row, shown, count) in found.items()
    ]
