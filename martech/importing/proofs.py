"""What a file proves about itself: the order of its dates, its decimal sign, and what moved since last time. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any

from martech.importing.fields import DATES, NOTES, NUMBERS, WHOLE_NUMBERS
from mops.core.tabular import ORDERS, guess_date_order, guess_decimal

YEAR_FIRST = "YMD"
"""Read as such in every order, so it never contradicts another one."""


@dataclass(frozen=True)
class Proof:
    """`value` is the order or sign that `text` in `row` of `column` cannot be read without; "" where nothing tells.

    `against` is a sentence where another value of the file proves the contrary.
    """

    value: str = ""
    row: int = 0
    column: str = ""
    text: str = ""
    against: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def prove(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, Proof]:
    """The proofs for `dates` and `decimal`, of those that the mapped columns need."""
    asked = {
        "dates": [i for i, name in enumerate(columns) if mapping.get(name) in DATES],
        "decimal": [i for i, name in enumerate(columns) if mapping.get(name) in NUMBERS | WHOLE_NUMBERS],
    }
    found = {what: Proof() for what, places in asked.items() if places}
    for number, cells in rows:
        for what in found:
            for place in asked[what]:
                found[what] = weighed(what, found[what], number, columns[place], cells[place])
    return found


def weighed(what: str, known: Proof, row: int, column: str, text: str) -> Proof:
    """What is proven after one more cell."""
    if not text or known.against:
        return known
    value = (guess_date_order if what == "dates" else guess_decimal)([text])[0]
    if not value or value == known.value or (value == YEAR_FIRST and known.value):
        return known
    if known.value in ("", YEAR_FIRST):
        return Proof(value, row, column, text[:40])
    contrary = f"row {row}, column “{column}”: “{text[:40]}” can only be {ORDERS.get(value, f'with {value}')}"
    return Proof(known.value, known.row, known.column, known.text, contrary)


def differences(before: Sequence[str], now: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """How the columns differ from those of the last file of this source, and what that means for the map."""
    told = [
        f"“{name}” is gone; {mapping[name]} is not filled." for name in before if name not in now and name in mapping
    ]
    told += [f"“{name}” is gone." for name in before if name not in now and name not in mapping]
    news = [name for name in now if name not in before and not name.startswith(NOTES)]
    told += [f"“{name}” is new and becomes a property unless you say what it is." for name in news]
    both, again = [name for name in before if name in now], [name for name in now if name in before]
    blocks = SequenceMatcher(a=both, b=again, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in both[block.a : block.a + block.size]}
    for name in again:
        if name not in stayed:
            place = now.index(name) + 1
            told.append(f"“{name}” moved from column {list(before).index(name) + 1} to {place}; it keeps its field.")
    return told
