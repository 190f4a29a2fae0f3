"""Which names a rule governs, told by the apps that hold them, and what a draft would say about those in use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from governance.taxonomy import Grammar, NameRefused, parse


@dataclass(frozen=True)
class InUse:
    """A name in use and the page of what bears it."""

    name: str
    url: str


@dataclass(frozen=True)
class NamedKind:
    """`names()` answers every name in use of the kind; the check of a draft reads them all."""

    key: str
    label: str
    names: Callable[[], Iterable[InUse]]


@dataclass(frozen=True)
class Broken:
    used: InUse
    findings: list[str]


@dataclass(frozen=True)
class Impact:
    """How many names a grammar was asked about, how many break it, and the first of those."""

    checked: int
    broken: int
    examples: list[Broken]


_kinds: dict[str, NamedKind] = {}


def register_named_kind(key: str, label: str, names: Callable[[], Iterable[InUse]]) -> None:
    """Let naming rules govern a kind of object. Registering a kind twice is a programming error."""
    if key in _kinds:
        raise ImproperlyConfigured(f"names of {key} are registered twice")
    _kinds[key] = NamedKind(key, label, names)


def named_kinds() -> list[NamedKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.label)


def impact_on(grammar: Grammar, names: Iterable[InUse], limit: int = 20) -> Impact:
    """What a grammar says about names in use; the first `limit` broken ones are kept with their reasons."""
    checked, broken = 0, 0
    examples: list[Broken] = []
    for used in names:
        checked += 1
        try:
            parse(grammar, used.name)
        except NameRefused as refused:
            broken += 1
            if len(examples) < limit:
                examples.append(Broken(used, refused.findings))
    return Impact(checked, broken, examples)
