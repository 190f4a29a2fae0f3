"""Values that can never occur, in conditions and in leads written down: a country that is none, a number as text."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from martech.routing.document import Policy
from martech.routing.reader import Finding
from mops.core.conditions import BadValue, Catalogue, Field, Leaf, Node, Type, leaves, read_plain

_NAMING = ("eq", "ne", "in", "not_in")


def value_findings(policy: Policy) -> Iterator[Finding]:
    """An error for every value that is no choice of its field, with the one that may be meant."""
    for path, condition in _conditions(policy):
        for leaf in leaves(condition):
            for value in unknown_values(leaf):
                yield Finding(path, f"{leaf.label} has no value “{value}”", _remedy(leaf.spec, value))


def _conditions(policy: Policy) -> Iterator[tuple[str, Node]]:
    """Every condition of the policy with its place."""
    slas = [(f"rules[{index}].sla", rule.sla) for index, rule in enumerate(policy.rules)]
    slas += [(f"pools.{key}.sla", pool.sla) for key, pool in policy.pools.items()]
    found = [(f"rules[{index}].when", rule.condition) for index, rule in enumerate(policy.rules)]
    found += [(f"{path}.pause_when", sla.pause_condition) for path, sla in [*slas, ("sla", policy.sla)] if sla]
    for key, pool in policy.pools.items():
        for index, member in enumerate(pool.members):
            if member.caps.owned:
                found.append((f"pools.{key}.members[{index}].caps.owned.when", member.caps.owned.condition))
    yield from ((path, condition) for path, condition in found if condition is not None)


def unknown_values(leaf: Leaf) -> list[str]:
    """The values that the leaf names and that are no choice of its field."""
    if leaf.op not in _NAMING:
        return []
    named = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    return [str(value) for value in named if not _is_choice(leaf.spec, value)]


def misfits(record: Mapping[str, Any], catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """(Field, reason, remedy) for every value of a lead written down that its field can never have.

    Rules would read it as no value at all, or as one that nobody has, and answer for a lead that was not meant.
    """
    for key, value in record.items():
        spec = catalogue.find(key)
        if spec is None or spec.type is Type.JSON or value in (None, ""):
            continue
        try:
            read_plain(spec.type, value)
        except BadValue as bad:
            yield key, bad.reason, bad.remedy
            continue
        if not _is_choice(spec, value):
            yield key, f"{spec.label} has no value “{value}”", _remedy(spec, str(value))


def _is_choice(spec: Field, value: Any) -> bool:
    if spec.type is not Type.CHOICE or spec.choices is None:
        return True
    return str(value).casefold() in {str(choice).casefold() for choice, _label in spec.choices()}


def _remedy(spec: Field, value: str) -> str:
    """The choice whose label or value comes near, as the document writes it."""
    by_word: dict[str, tuple[str, str]] = {}
    for choice, label in spec.choices() if spec.choices else ():
        by_word |= {str(label).casefold(): (choice, label), str(choice).casefold(): (choice, label)}
    near = get_close_matches(value.casefold(), by_word, n=1, cutoff=0.75)
    if not near:
        return "choose one that the rule builder offers"
    choice, label = by_word[near[0]]
    return f"write {choice} for {label}"
