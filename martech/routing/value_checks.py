"""Values of conditions that can never occur: a country, stage or channel that is none of the field's choices."""

from collections.abc import Iterator
from difflib import get_close_matches

from martech.routing.document import Policy
from martech.routing.reader import Finding
from mops.core.conditions import Leaf, Node, Type, leaves

_NAMING = ("eq", "ne", "in", "not_in")


def value_findings(policy: Policy) -> Iterator[Finding]:
    """An error for every value that is no choice of its field, with the one that may be meant."""
    for path, condition in _conditions(policy):
        for leaf in leaves(condition):
            for value in unknown_values(leaf):
                yield Finding(path, f"{leaf.label} has no value “{value}”", _remedy(leaf, value))


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
    if leaf.spec.type is not Type.CHOICE or leaf.spec.choices is None or leaf.op not in _NAMING:
        return []
    known = {str(value).casefold() for value, _label in leaf.spec.choices()}
    named = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    return [str(value) for value in named if str(value).casefold() not in known]


def _remedy(leaf: Leaf, value: str) -> str:
    """The choice whose label or value comes near, as the document writes it."""
    by_word: dict[str, tuple[str, str]] = {}
    for choice, label in leaf.spec.choices() if leaf.spec.choices else ():
        by_word |= {str(label).casefold(): (choice, label), str(choice).casefold(): (choice, label)}
    near = get_close_matches(value.casefold(), by_word, n=1, cutoff=0.75)
    if not near:
        return "choose one that the rule builder offers"
    choice, label = by_word[near[0]]
    return f"write {choice} for {label}"
