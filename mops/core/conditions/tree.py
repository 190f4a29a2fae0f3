"""The tree of a condition: frozen, comparable, hashable; JSON in and out."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mops.core.conditions.catalogue import Field
from mops.core.conditions.operators import COMPLEMENTS, WITH_DAYS, Type

Scalar = str | bool | int | Decimal | date
Value = Scalar | tuple[Scalar, ...] | None


@dataclass(frozen=True)
class Leaf:
    """One test. `value` is parsed: numbers int or Decimal, dates date or aware datetime, lists tuples; None without."""

    field: str
    op: str
    value: Any
    spec: Field = dataclasses.field(compare=False, repr=False)

    @property
    def kind(self) -> Type:
        """What is compared: the field's type; for a property what the operator and its value speak about."""
        if self.spec.type is not Type.JSON:
            return self.spec.type
        sample = self.value[0] if isinstance(self.value, tuple) and self.value else self.value
        if self.op in WITH_DAYS or isinstance(sample, date):
            return Type.DATE
        if isinstance(sample, bool):
            return Type.BOOLEAN
        return Type.NUMBER if isinstance(sample, int | Decimal) else Type.TEXT

    @property
    def property_name(self) -> str:
        """The key inside the JSON object; empty for a field that is no property."""
        return self.field.removeprefix(self.spec.record_key + ".") if self.spec.type is Type.JSON else ""

    @property
    def label(self) -> str:
        return self.spec.label_for(self.field)

    @property
    def positive(self) -> "Leaf":
        """The leaf, or its complement when the operator is a negative one (`ne`, `not_in`, …)."""
        return Leaf(self.field, COMPLEMENTS.get(self.op, self.op), self.value, self.spec)

    @property
    def is_negative(self) -> bool:
        return self.op in COMPLEMENTS and self.spec.custom is None


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    part: "Node"


Node = AllOf | AnyOf | Not | Leaf


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "as_json"):
        return value.as_json()
    return value.isoformat() if isinstance(value, date) else value


def dump(node: Node) -> dict[str, Any]:
    """The JSON tree of a node; `parse(dump(node))` gives an equal node."""
    if isinstance(node, AllOf):
        return {"all": [dump(part) for part in node.parts]}
    if isinstance(node, AnyOf):
        return {"any": [dump(part) for part in node.parts]}
    if isinstance(node, Not):
        return {"not": dump(node.part)}
    head = {"field": node.field, "op": node.op}
    return head if node.value is None else {**head, "value": _plain(node.value)}


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf, in reading order."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        for part in node.parts:
            yield from leaves(part)


def fields_used(node: Node) -> set[str]:
    """The keys of all fields the tree reads."""
    return {leaf.field for leaf in leaves(node)}
