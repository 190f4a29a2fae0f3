"""One case folding that Python and PostgreSQL share exactly, whatever the server's version, locale or ICU.

The server's own `lower()` cannot be that: it depends on the collation, on the C library and on the Unicode version, and
differs from Python for İ, ẞ or a final sigma. So the definition is ours and maps one character to one character:

- A-Z become a-z;
- any other character becomes its `casefold()`, or else its `lower()`, if that is a single character outside ASCII;
- everything else stays (ß, İ, the Kelvin sign).

Because no character outside ASCII folds into ASCII, a column compared with an ASCII constant needs only
`lower(column COLLATE "C")`, which is ASCII-only by definition on every PostgreSQL and can be indexed. A constant with
other characters first needs `translate()` for just the variants of *its own* characters: a character of the column
that is no variant of a character of the constant cannot be part of a match, folded or not. The variants are sent by
Python with the query, hence both sides always use the same Unicode tables. Text is compared by code points after
folding; it is not normalised, so `é` as one character differs from `e` with a combining accent.
"""

from collections.abc import Iterable

from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate, Lower

# No character from here on has case in any Unicode version so far; the tests walk the whole range.
_END_OF_CASED = 0x1F000


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1 and not folded.isascii():
            return folded
    return character


_TABLE: dict[int, str] = {
    code: folded for code in range(_END_OF_CASED) if (folded := _fold_character(chr(code))) != chr(code)
}
_VARIANTS: dict[str, list[str]] = {}
for _code, _folded in _TABLE.items():
    if _code > 127:
        _VARIANTS.setdefault(_folded, []).append(chr(_code))


def fold(text: str) -> str:
    """The text with case removed; as long as the text, idempotent."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


def folded_column(column: Combinable | str, constants: Iterable[str]) -> Lower:
    """SQL for `column`, folded as far as a comparison with the (already folded) `constants` can see.

    `lower(column COLLATE "C")` when the constants are ASCII, which is what an index should be built on:
    `models.Index(Lower(Collate("email", "C")), name=…)`.
    """
    expression: Combinable = F(column) if isinstance(column, str) else column
    characters = sorted({character for constant in constants for character in constant if character in _VARIANTS})
    if characters:
        variants = "".join("".join(_VARIANTS[character]) for character in characters)
        targets = "".join(character * len(_VARIANTS[character]) for character in characters)
        expression = Func(expression, Value(variants), Value(targets), function="TRANSLATE", output_field=TextField())
    return Lower(Collate(expression, "C"))
