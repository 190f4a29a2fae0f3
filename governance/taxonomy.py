"""The grammar of names: ordered parts, each with its allowed values, joined by one delimiter. Pure.

A name is built and read by the same grammar: `parse(grammar, build(grammar, parts)) == parts`, and two different
sets of parts never build the same name, because no part may hold the delimiter or run into it. Text is compared in
Unicode's composed form (NFC), so that an “é” typed as two characters is the “é” of the rule.
"""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Part:
    """One part of a name; without `values` it is free text."""

    key: str
    label: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grammar:
    delimiter: str
    parts: tuple[Part, ...]

    @property
    def pattern(self) -> str:
        return self.delimiter.join(f"{{{part.label}}}" for part in self.parts)


class NameRefused(ValueError):
    """The parts do not make a name; `findings` say which and why."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = findings


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC, UAX #15)."""
    return unicodedata.normalize("NFC", text)


def grammar_of(delimiter: str, parts: list[Mapping[str, object]]) -> Grammar:
    """A grammar from the stored rule: parts are `{"key", "label", "values": [...]}`."""

    def values_of(part: Mapping[str, object]) -> tuple[str, ...]:
        given = part.get("values")
        return tuple(composed(str(value)) for value in given) if isinstance(given, list) else ()

    return Grammar(delimiter, tuple(Part(str(p["key"]), str(p.get("label") or p["key"]), values_of(p)) for p in parts))


def check_part(grammar: Grammar, part: Part, value: str) -> str | None:
    """Why `value` may not stand for `part`, with what could; None when it may."""
    if not value or value != value.strip():
        return f"{part.label} is missing; the form is {grammar.pattern}."
    if is_divided(grammar.delimiter, value):
        return f"{part.label} may not hold “{grammar.delimiter.strip()}”, which divides the parts."
    if unicodedata.category(value[0]).startswith("M"):
        return f"{part.label} may not begin with a combining mark; write the letter it belongs to before it."
    if part.values and value not in part.values:
        near = get_close_matches(value, part.values, n=1, cutoff=0.4)
        hint = f"; did you mean “{near[0]}”?" if near else f"; use one of {', '.join(part.values[:12])}."
        return f"“{value}” is no {part.label.lower()}{hint}"
    return None


def is_divided(delimiter: str, value: str) -> bool:
    """Would a name with this value be split elsewhere than behind it?

    Not only where it holds the delimiter: with “--”, the value “a-” runs into it, and “a---b” reads as “a”, “-b”.
    """
    bare = delimiter.strip()
    return bool(bare and bare in value) or (value + delimiter).find(delimiter) != len(value)


def build(grammar: Grammar, parts: Mapping[str, str]) -> str:
    """The name of these parts, composed. Raises NameRefused."""
    parts = {key: composed(value) for key, value in parts.items()}
    findings = [f for part in grammar.parts if (f := check_part(grammar, part, parts.get(part.key, "")))]
    if findings:
        raise NameRefused(findings)
    return grammar.delimiter.join(parts[part.key] for part in grammar.parts)


def proposal(grammar: Grammar, title: str, known: Collection[str]) -> str:
    """A name to begin with: of each part the allowed value that is `known`, else the first; free parts say the title."""
    free = " ".join(composed(title).replace(grammar.delimiter.strip() or grammar.delimiter, " ").split())
    chosen = [
        next((value for value in part.values if value in known), [*part.values, free][0]) for part in grammar.parts
    ]
    return grammar.delimiter.join(chosen)


def parse(grammar: Grammar, name: str) -> dict[str, str]:
    """The parts of a name. Raises NameRefused with a finding per part that is wrong."""
    pieces = composed(name).split(grammar.delimiter)
    if len(pieces) != len(grammar.parts):
        raise NameRefused([f"A name has {len(grammar.parts)} parts, this one {len(pieces)}: {grammar.pattern}."])
    found = {part.key: piece for part, piece in zip(grammar.parts, pieces, strict=True)}
    build(grammar, found)
    return found
