"""Changes of a scoring document in place, one a button of its page."""

import re
from typing import Any

Document = dict[str, Any]


def key_of(name: str, taken: set[str]) -> str:
    """A key made from a rule's name that no other rule has: “Head of …” → head-of."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:36] or "rule"
    keys = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(key for key in keys if key not in taken)


def put_rule(document: Document, part: str, index: int | None, rule: dict[str, Any]) -> None:
    """Replace the rule at `index`, which keeps its key, or add one at the end."""
    half = document.setdefault(part, {})
    rules = half.setdefault("rules", [])
    if index is not None and index < len(rules):
        rules[index] = {"key": rules[index].get("key"), **rule}
    else:
        rules.append({"key": key_of(rule["name"], {str(known.get("key")) for known in rules}), **rule})
    _drop_idle_caps(half)


def drop_rule(document: Document, part: str, index: int) -> None:
    half = document.get(part, {})
    if 0 <= index < len(half.get("rules", [])):
        del half["rules"][index]
    _drop_idle_caps(half)


def put_settings(document: Document, name: str, grades: dict[str, list[int]], caps: dict[str, dict[str, int]]) -> None:
    """Set the name, the thresholds of both halves and the caps of their groups."""
    document["name"], document["grades"] = name, grades
    for part, found in caps.items():
        document.setdefault(part, {})["caps"] = found


def _drop_idle_caps(half: dict[str, Any]) -> None:
    groups = {rule.get("group", "") for rule in half.get("rules", [])}
    half["caps"] = {group: cap for group, cap in half.get("caps", {}).items() if group in groups}
