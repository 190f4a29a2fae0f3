"""Changes of a policy document in place, one a button of the builder."""

from typing import Any

Document = dict[str, Any]


def put_rule(document: Document, index: int | None, rule: dict[str, Any]) -> None:
    """Replace the rule at `index`, or add one at the end."""
    rules = document.setdefault("rules", [])
    if index is None or index >= len(rules):
        rules.append(rule)
        return
    renamed, rules[index] = rules[index].get("name"), rule
    for example in document.get("examples", []):
        if example.get("expect", {}).get("rule") == renamed:
            example["expect"]["rule"] = rule["name"]


def move_rule(document: Document, index: int, by: int) -> None:
    """Swap a rule with its neighbour: -1 is up; at the end of the list nothing moves."""
    rules = document.get("rules", [])
    other = index + by
    if 0 <= index < len(rules) and 0 <= other < len(rules):
        rules[index], rules[other] = rules[other], rules[index]


def drop_rule(document: Document, index: int) -> None:
    rules = document.get("rules", [])
    if 0 <= index < len(rules):
        del rules[index]


def put_pool(document: Document, key: str, pool: dict[str, Any]) -> None:
    """Add or replace a pool; the first one becomes the fallback."""
    document.setdefault("pools", {})[key] = pool
    document["otherwise"] = document.get("otherwise") or key


def drop_pool(document: Document, key: str) -> None:
    document.get("pools", {}).pop(key, None)


def put_settings(document: Document, settings: dict[str, Any]) -> None:
    """Set what stands beside rules and pools; a value of None removes its key."""
    for key, value in settings.items():
        if value is None:
            document.pop(key, None)
        else:
            document[key] = value
