"""From JSON to a monitor: every finding names the place, the reason and the remedy."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from martech.quality.document import FORMATS, KINDS, LONGEST, MOST_WEIGHT, STATISTICS, Drift, MonitorRule
from mops.core.conditions import Catalogue, Node, Type, is_unsatisfiable
from mops.core.documents import Finding, Reader, shown

KNOWN = (
    *("name", "kind", "field", "scope", "must", "format", "same_as", "together", "days", "drift"),
    *("target", "weight", "due_days"),
)
DRIFT_KEYS = ("statistic", "window_days", "baseline", "threshold", "minimum")
EVERYBODY: dict[str, Any] = {"all": []}
TEXTS = (Type.TEXT, Type.CHOICE)
SPREAD = (*TEXTS, Type.NUMBER, Type.BOOLEAN)
OF_ONE = ("person.email", "person.phone", "person.first_name", "person.last_name", "person.website")
"""Hardly two people share these, so that their distribution says nothing."""


@dataclass(frozen=True)
class Reading:
    """`rule` is None while something keeps the monitor from being asked."""

    rule: MonitorRule | None
    findings: tuple[Finding, ...]


def read_monitor(document: Any, people: Catalogue) -> Reading:
    reader = MonitorReader(people)
    rule = reader.rule(document)
    findings = tuple(dict.fromkeys(reader.findings))
    return Reading(None if any(one.level == "error" for one in findings) else rule, findings)


class MonitorReader(Reader):
    def __init__(self, people: Catalogue) -> None:
        super().__init__()
        self.people = people

    def rule(self, document: Any) -> MonitorRule:
        tree = self.mapping(document, "", KNOWN)
        kind = self.one_of(tree.get("kind"), "kind", tuple(KINDS), "")
        if not kind and tree.get("kind") is None:
            self.refuse("kind", "is missing", f"use one of {', '.join(KINDS)}")
        asked: dict[str, Any] = getattr(self, kind, lambda _tree: {})(tree)
        scope = self.condition_of(tree.get("scope", EVERYBODY), "scope", self.people)
        if scope is not None and is_unsatisfiable(scope):
            self.refuse("scope", "can never be true", "correct the condition, or leave it out")
        return MonitorRule(
            name=self.text(tree.get("name"), "name", "Leads have a phone number", 120),
            kind=kind,
            field=self.field(tree.get("field"), "field", _types(kind)),
            scope=scope,
            target=(self.whole(tree.get("target", 95), "target", 1, 100) or 95) / 100,
            weight=self.whole(tree.get("weight", 1), "weight", 1, MOST_WEIGHT) or 1,
            due_days=self.whole(tree.get("due_days", 14), "due_days", 1, 365) or 14,
            **asked,
        )

    def field(self, key: Any, path: str, types: tuple[Type, ...]) -> str:
        spec = self.people.find(key) if isinstance(key, str) else None
        if spec is None or spec.custom is not None:
            near = " or ".join(self.people.nearest(key)) if isinstance(key, str) else ""
            self.refuse(path, f"{shown(key)} is unknown", f"did you mean {near}?" if near else "use person.phone, say")
            return ""
        if types and spec.type not in types:
            words = " or ".join(one.value for one in types)
            self.refuse(path, f"{spec.label} is {spec.type}", f"this kind of monitor reads {words}")
            return ""
        return str(key)

    def completeness(self, _tree: dict[str, Any]) -> dict[str, Any]:
        return {}

    def validity(self, tree: dict[str, Any]) -> dict[str, Any]:
        if tree.get("must") is not None:
            return {"must": self.must(tree)}
        if tree.get("format") is None:
            self.refuse("format", "is missing", f"name a form ({', '.join(FORMATS)}), or write a condition into must")
        return {"format": self.one_of(tree.get("format"), "format", tuple(FORMATS), "")}

    def consistency(self, tree: dict[str, Any]) -> dict[str, Any]:
        if tree.get("must") is not None:
            return {"must": self.must(tree)}
        other = self.field(tree.get("same_as"), "same_as", TEXTS)
        if other and other == tree.get("field"):
            self.refuse("same_as", "is the field itself", "name the field it has to agree with")
        return {"same_as": other}

    def must(self, tree: dict[str, Any]) -> Node | None:
        node = self.condition_of(tree["must"], "must", self.people)
        if node is not None and is_unsatisfiable(node):
            self.refuse("must", "can never be true", "correct the condition")
        return node

    def uniqueness(self, tree: dict[str, Any]) -> dict[str, Any]:
        listed = self.items(tree.get("together", []), "together", 3)
        return {"together": tuple(self.field(key, f"together[{n}]", TEXTS) for n, key in enumerate(listed))}

    def freshness(self, tree: dict[str, Any]) -> dict[str, Any]:
        return {"days": self.whole(tree.get("days"), "days", 1, LONGEST) or 0}

    def drift(self, tree: dict[str, Any]) -> dict[str, Any]:
        if tree.get("field") in OF_ONE:
            self.refuse("field", "is different for almost everybody", "watch a field of which many share a value")
        inner = self.mapping(tree.get("drift"), "drift", DRIFT_KEYS)
        days = self.days_of(inner.get("baseline"))
        return {
            "drift": Drift(
                statistic=self.one_of(inner.get("statistic"), "drift.statistic", tuple(STATISTICS), "psi"),
                window_days=self.whole(inner.get("window_days", 30), "drift.window_days", 1, 365) or 30,
                first_day=days[0],
                last_day=days[1],
                threshold=self.threshold(inner.get("threshold", 0.25)),
                minimum=self.whole(inner.get("minimum", 200), "drift.minimum", 50, 1_000_000) or 200,
            )
        }

    def days_of(self, value: Any) -> tuple[date, date]:
        try:
            first, last = (date.fromisoformat(day) for day in value)
        except (TypeError, ValueError):
            self.refuse("drift.baseline", "is not two days", 'write ["2026-01-01", "2026-03-31"]')
            return date.min, date.min
        if last < first:
            self.refuse("drift.baseline", "ends before it begins", "swap the two days")
        return first, last

    def threshold(self, value: Any) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0.01 <= value <= 5:
            return float(value)
        self.refuse("drift.threshold", f"{shown(value)} is not allowed", "use a number from 0.01 to 5, such as 0.25")
        return 0.25


def _types(kind: str) -> tuple[Type, ...]:
    """The types of field a kind can ask about; none: any."""
    return {
        "validity": (),
        "uniqueness": (*TEXTS, Type.JSON),
        "consistency": (*TEXTS, Type.NUMBER, Type.BOOLEAN, Type.JSON),
        "freshness": (Type.DATETIME,),
        "drift": (*SPREAD, Type.JSON),
    }.get(kind, ())
