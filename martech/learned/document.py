"""What a learned model is to be trained on, and how: one document."""

from dataclasses import dataclass
from typing import Any

from mops.core.conditions import Catalogue, Type
from mops.core.documents import Finding, Reader

METHODS = {"logistic": "Logistic regression", "boosting": "Gradient boosted trees"}
BEFORE = {
    "leave_out": "Leave those deals out",
    "first_value": "Take the first value ever recorded, as if it had been so then",
}
KNOWN = ("name", "method", "fields", "window_days", "holdout", "minimum", "seed", "before_history")
TYPES = (Type.TEXT, Type.CHOICE, Type.NUMBER, Type.BOOLEAN)
NEVER = (
    *("person.score_fit", "person.score_engagement", "person.grade", "person.lifecycle_stage"),
    *("person.furthest_stage", "person.owner", "person.owner_name", "person.owner_team", "account.owner"),
)
"""Scores, stages and owners are themselves made of what a deal does."""
USUAL = ["person.country", "person.job_title", "person.channel", "account.employees", "account.industry"]
MOST_FIELDS = 40


@dataclass(frozen=True)
class LearnedRule:
    """`holdout` is the share of the deals, the latest to be opened, that judges what the others taught."""

    name: str
    method: str
    fields: tuple[str, ...]
    window_days: int
    holdout: float
    minimum: int
    seed: int
    before_history: str


def usual_document() -> dict[str, Any]:
    return {
        "name": "Won or lost",
        "method": "logistic",
        "fields": USUAL,
        "window_days": 90,
        "holdout": 25,
        "minimum": 100,
        "seed": 7,
        "before_history": "leave_out",
    }


@dataclass(frozen=True)
class Reading:
    rule: LearnedRule | None
    findings: tuple[Finding, ...]


def read_learned(document: Any, people: Catalogue) -> Reading:
    """The rule of decoded JSON; None while something keeps it from being trained."""
    reader = LearnedReader(people)
    rule = reader.rule(document)
    return Reading(None if reader.findings else rule, tuple(dict.fromkeys(reader.findings)))


class LearnedReader(Reader):
    def __init__(self, people: Catalogue) -> None:
        super().__init__()
        self.people = people

    def rule(self, document: Any) -> LearnedRule:
        tree = self.mapping(document, "", KNOWN)
        return LearnedRule(
            name=self.text(tree.get("name"), "name", "Won or lost", 120),
            method=self.one_of(tree.get("method"), "method", tuple(METHODS), "logistic"),
            fields=tuple(self.fields(tree.get("fields"))),
            window_days=self.whole(tree.get("window_days", 90), "window_days", 1, 730) or 90,
            holdout=(self.whole(tree.get("holdout", 25), "holdout", 10, 50) or 25) / 100,
            minimum=self.whole(tree.get("minimum", 100), "minimum", 50, 100_000) or 100,
            seed=self.whole(tree.get("seed", 7), "seed", 0, 2**31 - 1) or 0,
            before_history=self.one_of(tree.get("before_history"), "before_history", tuple(BEFORE), "leave_out"),
        )

    def fields(self, value: Any) -> list[str]:
        found = []
        for index, key in enumerate(self.items(value, "fields", MOST_FIELDS)):
            path = f"fields[{index}]"
            spec = self.people.find(key) if isinstance(key, str) else None
            if spec is None or spec.custom is not None or spec.lookup.count("__") > 1:
                self.refuse(path, f"{key} is unknown here", "use fields such as person.country")
            elif key in NEVER or spec.lookup.split("__")[0] in ("owner", "campaign"):
                self.refuse(path, f"{spec.label} follows what a deal does", "leave it out")
            elif spec.type not in TYPES:
                self.refuse(path, f"{spec.label} is {spec.type}", "use text, choices, numbers or yes/no")
            elif key not in found:
                found.append(key)
        return found
