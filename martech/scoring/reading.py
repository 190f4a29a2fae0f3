"""From JSON to a scoring model: every finding names the place, the reason and the remedy."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from martech.scoring.document import (
    DEFAULT_THRESHOLDS,
    HIGHEST,
    LONGEST_WINDOW,
    MOST_POINTS,
    MOST_RULES,
    EngagementRule,
    FitRule,
    Part,
    ScoringModel,
)
from mops.core.conditions import Catalogue, Node, fields_used, is_unsatisfiable
from mops.core.documents import Finding, Reader, shown

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
OWN_FIELDS = frozenset({"person.score_fit", "person.score_engagement", "person.grade"})


@dataclass(frozen=True)
class Reading:
    model: ScoringModel
    findings: tuple[Finding, ...]

    @property
    def is_usable(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)


def read_model(document: Any, people: Catalogue, touches: Catalogue) -> Reading:
    """The model of decoded JSON; a broken rule is left out of it and stands among the findings."""
    reader = ModelReader(people, touches)
    model = reader.model(document)
    return Reading(model, tuple(dict.fromkeys(reader.findings)))


class ModelReader(Reader):
    def __init__(self, people: Catalogue, touches: Catalogue) -> None:
        super().__init__()
        self.people, self.touches = people, touches

    def model(self, document: Any) -> ScoringModel:
        tree = self.mapping(document, "", ("name", "fit", "engagement", "grades"))
        grades = self.mapping(tree.get("grades", {}), "grades", ("fit", "engagement"))
        found = ScoringModel(
            name=self.text(tree.get("name"), "name", "Fit and engagement", 120),
            fit=self.part(tree.get("fit"), "fit", self.fit_rule),
            engagement=self.part(tree.get("engagement"), "engagement", self.engagement_rule),
            fit_thresholds=self.thresholds(grades.get("fit"), "grades.fit"),
            engagement_thresholds=self.thresholds(grades.get("engagement"), "grades.engagement"),
        )
        if not self.findings and not (found.fit.rules or found.engagement.rules):
            self.refuse("", "has no rule, so everybody would get the same grade", "add a rule to fit or to engagement")
        return found

    def part(self, value: Any, path: str, read: Callable[[dict[str, Any], str, str], Any]) -> Part:
        tree = self.mapping(value, path, ("rules", "caps"))
        rules: list[Any] = []
        for index, item in enumerate(self.items(tree.get("rules", []), f"{path}.rules", MOST_RULES)):
            at = f"{path}.rules[{index}]"
            before = len(self.findings)
            entry = self.mapping(item, at)
            rule = read(entry, at, self.key(entry.get("key"), at, {known.key for known in rules}))
            if len(self.findings) == before:
                rules.append(rule)
        return Part(tuple(rules), self.caps(tree.get("caps", {}), path, {rule.group for rule in rules}))

    def key(self, value: Any, path: str, taken: set[str]) -> str:
        if not isinstance(value, str) or not KEY.fullmatch(value):
            self.refuse(f"{path}.key", f"{shown(value)} is not a key", "use small letters, digits and hyphens")
            return ""
        if value in taken:
            self.refuse(f"{path}.key", f"“{value}” is used twice", "give every rule a key of its own")
        return value

    def fit_rule(self, tree: dict[str, Any], path: str, key: str) -> FitRule:
        self.mapping(tree, path, ("key", "name", "points", "group", "when"))
        points = self.whole(tree.get("points"), f"{path}.points", -MOST_POINTS, MOST_POINTS)
        condition = self.useful(tree.get("when"), f"{path}.when", self.people)
        for field in sorted(fields_used(condition) & OWN_FIELDS if condition else ()):
            self.refuse(f"{path}.when", f"reads {field}, so the score would depend on itself", "use another field")
        name, group = self.name(tree, path), self.group(tree, path)
        return FitRule(key, name, points or 0, group, tree.get("when"), condition)

    def engagement_rule(self, tree: dict[str, Any], path: str, key: str) -> EngagementRule:
        self.mapping(tree, path, ("key", "name", "points", "group", "when", "half_life_days", "window_days"))
        points = self.whole(tree.get("points"), f"{path}.points", 1, MOST_POINTS)
        half_life = self.whole(tree.get("half_life_days"), f"{path}.half_life_days", 1, LONGEST_WINDOW)
        window = self.whole(tree.get("window_days"), f"{path}.window_days", 1, LONGEST_WINDOW)
        condition = self.useful(tree.get("when"), f"{path}.when", self.touches)
        name, group = self.name(tree, path), self.group(tree, path)
        return EngagementRule(key, name, points or 0, group, half_life or 1, window or 1, tree.get("when"), condition)

    def name(self, tree: dict[str, Any], path: str) -> str:
        return self.text(tree.get("name"), f"{path}.name", "Large company", 120)

    def group(self, tree: dict[str, Any], path: str) -> str:
        return self.text(tree["group"], f"{path}.group", "company", 40) if tree.get("group") else ""

    def useful(self, tree: Any, path: str, catalogue: Catalogue) -> Node | None:
        """A condition that somebody can satisfy."""
        condition = self.condition_of(tree, path, catalogue)
        if condition is not None and is_unsatisfiable(condition):
            self.refuse(path, "can never be true", "correct the condition, or remove the rule")
        return condition

    def caps(self, value: Any, path: str, groups: set[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for group, cap in self.mapping(value, f"{path}.caps").items():
            number = self.whole(cap, f"{path}.caps.{group}", 1, HIGHEST)
            if group not in groups:
                self.refuse(
                    f"{path}.caps.{group}", "caps a group that no rule is in", "remove it, or name a rule's group"
                )
            elif number is not None:
                found[group] = number
        return found

    def thresholds(self, value: Any, path: str) -> tuple[int, ...]:
        if value is None:
            return DEFAULT_THRESHOLDS
        given = self.items(value, path, 10)
        numbers = [self.whole(item, f"{path}[{index}]", 1, HIGHEST) for index, item in enumerate(given)]
        kept = [number for number in numbers if number is not None]
        if len(kept) != 3 or kept != sorted(set(kept), reverse=True):
            self.refuse(path, "are not three falling thresholds", "write three numbers such as [75, 50, 25]")
            return DEFAULT_THRESHOLDS
        return tuple(kept)
