"""From JSON to a lifecycle: every finding names the place, the reason and the remedy."""

from dataclasses import dataclass
from typing import Any

from martech.lifecycle.document import (
    DEAL_EVENTS,
    EXITS,
    FORWARD,
    STAGES,
    Lifecycle,
    StageRule,
    reachable,
)
from mops.core.conditions import Catalogue, is_unsatisfiable
from mops.core.documents import Finding, Reader, shown

LONGEST_WAIT = 3_650
CAME_IN = "lead"


@dataclass(frozen=True)
class Reading:
    lifecycle: Lifecycle
    findings: tuple[Finding, ...]

    @property
    def is_usable(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)


def read_lifecycle(document: Any, people: Catalogue) -> Reading:
    """The lifecycle of decoded JSON; a broken stage is left out of it and stands among the findings."""
    reader = LifecycleReader(people)
    lifecycle = reader.lifecycle(document)
    return Reading(lifecycle, tuple(dict.fromkeys(reader.findings)))


class LifecycleReader(Reader):
    def __init__(self, people: Catalogue) -> None:
        super().__init__()
        self.people = people

    def lifecycle(self, document: Any) -> Lifecycle:
        tree = self.mapping(document, "", ("stages", "moves"))
        stages: list[StageRule] = []
        for index, item in enumerate(self.items(tree.get("stages"), "stages", len(STAGES))):
            stage = self.stage(item, f"stages[{index}]")
            if stage.key in {known.key for known in stages}:
                self.refuse(f"stages[{index}].key", f"“{stage.key}” is there twice", "describe every stage once")
            elif stage.key:
                stages.append(stage)
        keys = {stage.key for stage in stages}
        found = Lifecycle(tuple(stages), frozenset(self.moves(tree.get("moves"), keys)))
        if keys:
            self.whole_graph(found)
        return found

    def stage(self, item: Any, path: str) -> StageRule:
        tree = self.mapping(item, path, ("key", "when", "on_deal", "stuck_after_days"))
        key = self.one_of(tree.get("key"), f"{path}.key", STAGES, "")
        when = tree.get("when")
        condition = self.condition_of(when, f"{path}.when", self.people) if when is not None else None
        if condition is not None and is_unsatisfiable(condition):
            self.refuse(f"{path}.when", "can never be true", "correct the condition, or remove it")
        on_deal = self.one_of(tree.get("on_deal"), f"{path}.on_deal", DEAL_EVENTS, "")
        if key in EXITS and (when is not None or on_deal):
            self.refuse(
                path, f"{key} is never entered by itself", "remove the condition; people are moved here by hand"
            )
        waits = tree.get("stuck_after_days")
        days = self.whole(waits, f"{path}.stuck_after_days", 1, LONGEST_WAIT) if waits is not None else None
        return StageRule(key, when, condition, on_deal, days)

    def moves(self, value: Any, keys: set[str]) -> list[tuple[str, str]]:
        found = []
        for index, item in enumerate(self.items(value, "moves", len(STAGES) ** 2)):
            path = f"moves[{index}]"
            if not isinstance(item, list) or len(item) != 2 or not all(isinstance(end, str) for end in item):
                self.refuse(path, "is not a pair of stages", 'write ["lead", "mql"]')
            elif item[0] == item[1]:
                self.refuse(path, "leads from a stage to itself", "remove it")
            elif unknown := [end for end in item if end not in keys]:
                self.refuse(
                    path, f"{shown(unknown[0])} is no stage of this lifecycle", "add the stage, or remove the move"
                )
            else:
                found.append((item[0], item[1]))
        return found

    def whole_graph(self, found: Lifecycle) -> None:
        """What can only be seen of all stages together."""
        if CAME_IN not in found.keys:
            self.refuse("stages", "has no lead, which is where everybody starts", "add the stage lead")
            return
        by_deal = {stage.key for stage in found.stages if stage.on_deal}
        reached = reachable({CAME_IN, "subscriber", *by_deal}, found.moves)
        for index, stage in enumerate(found.stages):
            path = f"stages[{index}]"
            if stage.key not in reached:
                self.refuse(path, f"{stage.key} cannot be reached", "add a move that leads to it")
            elif stage.condition is not None and not found.automatic_sources(stage.key):
                self.refuse(
                    f"{path}.when", f"no earlier stage leads to {stage.key}", "add a move, or remove the condition"
                )
        if not any((key, exit_) in found.moves for key in FORWARD for exit_ in EXITS):
            remedy = "add moves to recycled and disqualified"
            self.findings.append(Finding("moves", "nobody can ever leave the way", remedy, "warning"))
