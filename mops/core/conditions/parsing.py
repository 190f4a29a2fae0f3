"""From JSON to a tree: every finding names the place, the reason and the remedy."""

from dataclasses import dataclass, field
from typing import Any

from mops.core.conditions.catalogue import Catalogue, Field
from mops.core.conditions.operators import OPERATORS
from mops.core.conditions.tree import AllOf, AnyOf, Leaf, Node, Not
from mops.core.conditions.values import BadValue, read_value

MAX_DEPTH = 12
MAX_LEAVES = 500
MAX_PARTS = 1_000
_SHAPE = 'write {"all": […]}, {"any": […]}, {"not": {…}} or {"field": …, "op": …, "value": …}'


@dataclass(frozen=True)
class Finding:
    """Something wrong at `path` ("all[1].any[0].value"; "" is the whole condition)."""

    path: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path or 'condition'}: {self.reason}; {self.remedy}"


class ConditionError(ValueError):
    """A condition that cannot be used; `findings` says everything that is wrong with it, in reading order."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


@dataclass
class _Reading:
    catalogue: Catalogue
    findings: list[Finding] = field(default_factory=list)
    leaf_count: int = 0
    part_count: int = 0

    def refuse(self, path: str, reason: str, remedy: str) -> Any:
        """Notes a finding and gives None, for there is no node then."""
        self.findings.append(Finding(path, reason, remedy))
        return None

    def node(self, tree: Any, path: str, depth: int) -> Node | None:
        self.part_count += 1
        if depth > MAX_DEPTH:
            return self.refuse(path, f"is nested deeper than {MAX_DEPTH} levels", "flatten the groups")
        if not isinstance(tree, dict):
            return self.refuse(path, "is not an object", _SHAPE)
        if "field" in tree or "op" in tree:
            return self.leaf(tree, path)
        if len(tree) != 1 or next(iter(tree)) not in ("all", "any", "not"):
            return self.refuse(path, "is neither a group nor a test", _SHAPE)
        ((word, inner),) = tree.items()
        inner_path = f"{path}.{word}" if path else word
        if word == "not":
            part = self.node(inner, inner_path, depth + 1)
            return Not(part) if part else None
        return self.group(word, inner, inner_path, depth)

    def group(self, word: str, inner: Any, path: str, depth: int) -> Node | None:
        if not isinstance(inner, list):
            return self.refuse(path, "is not a list", f'write {{"{word}": [ … ]}}')
        parts = []
        for index, item in enumerate(inner):
            if self.part_count > MAX_PARTS:
                self.refuse("", f"has more than {MAX_PARTS} tests and groups", "split the condition")
                break
            parts.append(self.node(item, f"{path}[{index}]", depth + 1))
        kept = tuple(part for part in parts if part is not None)
        return AllOf(kept) if word == "all" else AnyOf(kept)

    def leaf(self, tree: dict[str, Any], path: str) -> Leaf | None:
        self.leaf_count += 1
        if self.leaf_count > MAX_LEAVES:
            return self.refuse("", f"has more than {MAX_LEAVES} tests", "use in with a list, or split the condition")
        dot = f"{path}." if path else ""
        if extra := sorted(set(map(str, tree)) - {"field", "op", "value"}):
            return self.refuse(dot + extra[0], "is unknown here", "a test has only field, op and value")
        spec = self.known_field(tree.get("field"), dot + "field")
        if spec is None or not self.known_operator(spec, tree.get("op"), dot + "op"):
            return None
        try:
            value = self.value(spec, tree["op"], tree.get("value"))
        except BadValue as error:
            return self.refuse(f"{dot}value{error.where}", error.reason, error.remedy)
        return Leaf(tree["field"], tree["op"], value, spec)

    def known_field(self, key: Any, path: str) -> Field | None:
        if not isinstance(key, str) or not key or "\x00" in key or any("\ud800" <= c <= "\udfff" for c in key):
            return self.refuse(path, "is not the name of a field", 'write it as text, such as "person.country"')
        if spec := self.catalogue.find(key):
            return spec
        near = self.catalogue.nearest(key)
        remedy = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(self.catalogue.fields)}"
        return self.refuse(path, f'"{key[:100]}" is unknown', remedy)

    def known_operator(self, spec: Field, operator: Any, path: str) -> bool:
        if isinstance(operator, str) and operator in spec.operators:
            return True
        is_known = isinstance(operator, str) and operator in OPERATORS
        reason = f"{operator} does not work on {spec.label} ({spec.type})" if is_known else "is not an operator"
        self.refuse(path, reason, f"use one of {', '.join(spec.operators)}")
        return False

    def value(self, spec: Field, operator: str, value: Any) -> Any:
        if spec.custom is None:
            return read_value(spec.type, operator, value)
        if refusal := spec.custom.refusal(operator, value):
            raise BadValue(*refusal)
        return spec.custom.read(value)


def parse(tree: Any, catalogue: Catalogue) -> Node:
    """The tree of decoded JSON. Raises ConditionError with every finding."""
    reading = _Reading(catalogue)
    node = reading.node(tree, "", 1)
    if reading.findings or node is None:
        raise ConditionError(list(dict.fromkeys(reading.findings)))
    return node
