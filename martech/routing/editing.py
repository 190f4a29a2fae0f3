"""Changes of a policy document in place, one a button of the builder."""

from typing import Any

Document = dict[str, Any]
WORDED_CAPS = ("rolling", "owned")
"""Caps with a page of their own, which the table of members does not show."""


def put_rule(document: Document, index: int | None, rule: dict[str, Any], was: str = "") -> None:
    """Replace the rule that `was` called so, or the one at `index`; without either add one at the end."""
    rules = document.setdefault("rules", [])
    index = next((place for place, one in enumerate(rules) if was and one.get("name") == was), index)
    if index is None or index >= len(rules):
        rules.append(rule)
        return
    before = rules[index]
    renamed, rules[index] = before.get("name"), {**rule, **_kept(before, rule, ("sla",))}
    for example in document.get("examples", []):
        if example.get("expect", {}).get("rule") == renamed:
            example["expect"]["rule"] = rule["name"]


def move_rule(document: Document, index: int, by: int) -> None:
    """Swap a rule with its neighbour: -1 is up; at the end of the list nothing moves."""
    rules = document.get("rules", [])
    other = index + by
    if 0 <= index < len(rules) and 0 <= other < len(rules):
        rules[index], rules[other] = rules[other], rules[index]


def place_rule(document: Document, index: int, place: int) -> None:
    """Take the rule out and put it in at `place`, as a drag does."""
    rules = document.get("rules", [])
    if 0 <= index < len(rules) and 0 <= place < len(rules):
        rules.insert(place, rules.pop(index))


def drop_rule(document: Document, index: int) -> None:
    rules = document.get("rules", [])
    if 0 <= index < len(rules):
        del rules[index]


def put_example(document: Document, given: dict[str, Any], expect: dict[str, str]) -> None:
    """Add a lead and what should become of it."""
    document.setdefault("examples", []).append({"given": given, "expect": expect})


def drop_example(document: Document, index: int) -> None:
    examples = document.get("examples", [])
    if 0 <= index < len(examples):
        del examples[index]


def put_pool(document: Document, key: str, pool: dict[str, Any]) -> None:
    """Add or replace a pool; the first one becomes the fallback."""
    pools = document.setdefault("pools", {})
    before = pools.get(key, {})
    members = [_with_kept_caps(member, before) for member in pool.get("members", [])]
    pools[key] = {**pool, "members": members, **_kept(before, pool, ("sla",))}
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


def put_sla(document: Document, sla: dict[str, Any] | None, *, rule: int | None = None, pool: str = "") -> None:
    """Set the response time of a rule (by index), of a pool or of the policy; None takes it out."""
    place = document
    if rule is not None:
        place = document["rules"][rule]
    elif pool:
        place = document["pools"][pool]
    if sla is None:
        place.pop("sla", None)
    else:
        place["sla"] = sla


def put_member(document: Document, pool: str, user: str, caps: dict[str, Any], calendar: str) -> None:
    for member in document["pools"][pool].get("members", []):
        if member.get("user") == user:
            member.pop("caps", None)
            member.pop("calendar", None)
            member.update({"calendar": calendar} if calendar else {})
            member.update({"caps": caps} if caps else {})


def _kept(before: Document, after: Document, keys: tuple[str, ...]) -> Document:
    """What the text of the policy says and no form shows; a form that does not know a key must not drop it."""
    return {key: before[key] for key in keys if key in before and key not in after}


def _with_kept_caps(member: Document, pool: Document) -> Document:
    before: Document = next((one for one in pool.get("members", []) if one.get("user") == member.get("user")), {})
    caps = {**member.get("caps", {}), **_kept(before.get("caps", {}), member.get("caps", {}), WORDED_CAPS)}
    kept = {**_kept(before, member, ("calendar",)), **member}
    return {**kept, "caps": caps} if caps else kept
