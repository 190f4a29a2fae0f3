"""A rule or veto in words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from martech.identity.signals import BY_KEY, WORDS


def clause_in_words(clause: Mapping[str, Any]) -> str:
    """ "the same company; the same first name or …; unless different last names" of a clause of the document."""
    parts = [_words(key) for key in clause.get("all", [])]
    parts += [_or(group) for group in clause.get("any", [])]
    if unless := clause.get("none", []):
        parts.append(f"unless {_or(unless)}")
    if clause.get("needs_unique"):
        parts.append("only where it points to one person")
    return "; ".join(parts)


def _or(keys: Sequence[str]) -> str:
    return " or ".join(_words(key) for key in keys)


def _words(key: str) -> str:
    return WORDS.get(BY_KEY[key], key.replace("_", " "))
