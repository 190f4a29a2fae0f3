"""Match rules and vetoes as data: a document that people edit, and the bit masks it compiles to.

```json
{"rules": [{"key": "email", "name": "Same personal address", "all": ["email_same"], "any": […], "none": […],
            "score": 0.99, "band": "auto|review|ignore", "needs_unique": false, "is_trusted": false}],
 "vetoes": [{"key": "generation", "name": "Junior and senior", "all": […], "any": […], "none": […], "is_on": true}],
 "hub_surnames": 3, "common_name": 8, "largest_cluster": 20}
```
A rule holds when every signal of `all`, one of each list in `any` and none of `none` is there. The first rule that
holds decides; `needs_unique` holds it back where it points to two people, `is_trusted` lets it merge before anybody
has judged its pairs. A veto that holds keeps the two apart whatever the rules say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from martech.identity.signals import BY_KEY

BANDS = ("auto", "review", "ignore")


class RulebookRefused(ValueError):
    """The document is wrong; `errors` are reasons by place."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{place}: {' '.join(reasons)}" for place, reasons in errors.items()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule or veto, compiled."""

    key: str
    name: str
    all: int
    any: tuple[int, ...]
    none: int
    score: float = 0.0
    band: str = "review"
    needs_unique: bool = False
    is_trusted: bool = False

    def holds(self, bits: int) -> bool:
        return bits & self.all == self.all and not bits & self.none and all(bits & one for one in self.any)

    def may_hold(self, bits: int, decided: int) -> bool:
        """Whether it can still hold when of the signals only those of the mask `decided` are known."""
        return self.holds(bits | ~decided & ~self.none)


@dataclass(frozen=True, slots=True)
class Rulebook:
    rules: tuple[Clause, ...]
    vetoes: tuple[Clause, ...]
    hub_surnames: int = 3
    common_name: int = 8
    largest_cluster: int = 20

    def rule(self, key: str) -> Clause | None:
        return next((rule for rule in self.rules if rule.key == key), None)


def read_rulebook(document: Any) -> Rulebook:
    """A checked document as masks. Raises RulebookRefused, naming every wrong place with what would be right."""
    errors: dict[str, list[str]] = {}
    if not isinstance(document, Mapping):
        raise RulebookRefused({"document": ["Send an object with rules and vetoes."]})
    known = {"rules", "vetoes", "hub_surnames", "common_name", "largest_cluster"}
    for name in set(document) - known:
        errors[str(name)] = [f"It is unknown; use {', '.join(sorted(known))}."]
    rules = _clauses(document.get("rules"), "rules", errors)
    vetoes = _clauses(document.get("vetoes"), "vetoes", errors)
    numbers = {}
    for name, low, high in (("hub_surnames", 2, 1000), ("common_name", 2, 100_000), ("largest_cluster", 2, 1000)):
        value = document.get(name, getattr(STANDARD_LIMITS, name))
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            errors[name] = [f"Send a whole number from {low} to {high}."]
        else:
            numbers[name] = value
    if errors:
        raise RulebookRefused(errors)
    return Rulebook(tuple(rules), tuple(vetoes), **numbers)


@dataclass(frozen=True)
class Limits:
    hub_surnames: int = 3
    common_name: int = 8
    largest_cluster: int = 20


STANDARD_LIMITS = Limits()


def _clauses(given: Any, place: str, errors: dict[str, list[str]]) -> list[Clause]:
    if not isinstance(given, Sequence) or isinstance(given, str) or (place == "rules" and not given):
        errors[place] = ["Send a list with at least one rule." if place == "rules" else "Send a list."]
        return []
    found: list[Clause] = []
    for number, row in enumerate(given):
        spot = f"{place}[{number}]"
        if not isinstance(row, Mapping):
            errors[spot] = ["Send an object."]
            continue
        if clause := _clause(row, spot, place == "rules", errors):
            if any(other.key == clause.key for other in found):
                errors[f"{spot}.key"] = ["Two have this key; give each its own."]
            if row.get("is_on", True):
                found.append(clause)
    return found


def _clause(row: Mapping[str, Any], spot: str, is_rule: bool, errors: dict[str, list[str]]) -> Clause | None:
    before = len(errors)
    key = row.get("key")
    if not isinstance(key, str) or not key.replace("_", "").isalnum():
        errors[f"{spot}.key"] = ["Give a key of letters, digits and underscores."]
    everything, nothing = (
        _mask(row.get("all", []), f"{spot}.all", errors),
        _mask(row.get("none", []), f"{spot}.none", errors),
    )
    groups = row.get("any", [])
    some = (
        [_mask(group, f"{spot}.any[{n}]", errors) for n, group in enumerate(groups)] if isinstance(groups, list) else []
    )
    if not everything and not some:
        errors[f"{spot}.all"] = ["Name at least one signal."]
    score, band = row.get("score", 0.0), row.get("band", "review")
    if is_rule and (not isinstance(score, int | float) or not 0 < score <= 1):
        errors[f"{spot}.score"] = ["Give a score above 0 and up to 1."]
    if band not in BANDS:
        errors[f"{spot}.band"] = [f"Use one of {', '.join(BANDS)}."]
    if len(errors) > before:
        return None
    name = str(row.get("name") or key)
    flags = bool(row.get("needs_unique")), bool(row.get("is_trusted"))
    return Clause(str(key), name, everything, tuple(some), nothing, float(score), band, *flags)


def _mask(keys: Any, spot: str, errors: dict[str, list[str]]) -> int:
    if not isinstance(keys, list):
        errors[spot] = ["Send a list of signals."]
        return 0
    if unknown := [str(key) for key in keys if key not in BY_KEY]:
        errors[spot] = [f"Unknown signal {', '.join(unknown)}."]
        return 0
    mask = 0
    for key in keys:
        mask |= int(BY_KEY[key])
    return mask
