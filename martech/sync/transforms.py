"""How a value is said over there, both ways. A transform that loses something says so; the convergence check sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from martech.connectors.port import Value
from martech.normalisation import country_code, country_name


@dataclass(frozen=True)
class Transform:
    """`blank` is what the other side says where it insists on a value and we have none."""

    label: str
    pull: Callable[[str], Value]
    push: Callable[[str], Value]
    blank: str = ""


def _country(text: str) -> Value:
    code = country_code(text)
    if code is None:
        raise ValueError(f"“{text[:60]}” is no country we know")
    return code


TRANSFORMS: Mapping[str, Transform] = {
    "lower": Transform("Small letters here, as they are there", str.lower, str),
    "country_name": Transform("ISO code here, English name there", _country, country_name),
    "country_code": Transform("ISO code on both sides", _country, str),
    "not_provided": Transform("Blank here, “[not provided]” there", str, str, blank="[not provided]"),
    "label": Transform("Label here, key there", str, str),
    "domain": Transform("Domain here, address there", lambda text: text.split("://")[-1].split("/")[0].lower(), str),
}


LABEL = "label"
"""Translated by what the other side's schema says at the moment: options come and go without a word in the mapping."""


def from_theirs(transform: str, words: Mapping[str, str], theirs: Value) -> Value:
    """Their canonical value in our terms; `words` leads from theirs to ours. Raises ValueError for one it does not know."""
    if theirs is None:
        return None
    if words:
        return _translated(words, theirs)
    if transform and isinstance(theirs, str):
        known = TRANSFORMS[transform]
        return None if known.blank and theirs.lower() == known.blank else known.pull(theirs)
    return theirs


def to_theirs(transform: str, values: Mapping[str, str], ours: Value) -> Value:
    if ours is None:
        return (TRANSFORMS[transform].blank or None) if transform else None
    if values:
        return _translated(values, ours)
    if transform and isinstance(ours, str):
        return TRANSFORMS[transform].push(ours)
    return ours


def _translated(pairs: Mapping[str, str], value: Value) -> Value:
    if isinstance(value, list):
        return sorted(str(_translated(pairs, part)) for part in value)
    key = str(value) if not isinstance(value, bool) else str(value).lower()
    if key not in pairs:
        raise ValueError(f"the value map has no entry for “{key[:60]}”")
    return pairs[key]
