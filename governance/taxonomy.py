"""The grammar of names: ordered parts, each with its allowed values, joined by one delimiter. Pure.

A name is built and read by the same grammar: `parse(grammar, build(grammar, parts)) == parts`, and two different
sets of parts never build the same name, because no part may hold the delimiter.
"""

from collections.abc import Mapping
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


def grammar_of(delimiter: str, parts: list[Mapping[str, object]]) -> Grammar:
    """A grammar from the stored rule: parts are `{"key", "label", "values": [...]}`."""

    def values_of(part: Mapping[str, object]) -> tuple[str, ...]:
        given = part.get("values")
        return tuple(str(value) for value in given) if isinstance(given, list) else ()

    return Grammar(delimiter, tuple(Part(str(p["key"]), str(p.get("label") or p["key"]), values_of(p)) for p in parts))


def check_part(grammar: Grammar, part: Part, value: str) -> str | None:
    """Why `value` may not stand for `part`, with what could; None when it may."""
    if not value or value != value.strip():
        return f"{part.label} is missing; the form is {grammar.pattern}."
    if grammar.delimiter.strip() and grammar.delimiter.strip() in value:
        return f"{part.label} may not hold “{grammar.delimiter.strip()}”, which divides the parts."
    if part.values and value not in part.values:
        near = get_close_matches(value, part.values, n=1, cutoff=0.4)
        hint = f"; did you mean “{near[0]}”?" if near else f"; use one of {', '.join(part.values[:12])}."
        return f"“{value}” is no {part.label.lower()}{hint}"
    return None


def build(grammar: Grammar, parts: Mapping[str, str]) -> str:
    """The name of these parts. Raises NameRefused."""
    findings = [f for part in grammar.parts if (f := check_part(grammar, part, parts.get(part.key, "")))]
    if findings:
        raise NameRefused(findings)
    return grammar.delimiter.join(parts[part.key] for part in grammar.parts)


def parse(grammar: Grammar, name: str) -> dict[str, str]:
    """The parts of a name. Raises NameRefused with a finding per part that is wrong."""
    pieces = name.split(grammar.delimiter)
    if len(pieces) != len(grammar.parts):
        raise NameRefused([f"A name has {len(grammar.parts)} parts, this one {len(pieces)}: {grammar.pattern}."])
    found = {part.key: piece for part, piece in zip(grammar.parts, pieces, strict=True)}
    build(grammar, found)
    return found
