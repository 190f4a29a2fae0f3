"""A lifecycle: the stages somebody can be in, the moves between them, and what makes a move happen by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mops.core.conditions import Node

FORWARD = ("subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer")
RECYCLED, DISQUALIFIED = "recycled", "disqualified"
EXITS = (RECYCLED, DISQUALIFIED)
STAGES = (*FORWARD, *EXITS)
DEAL_EVENTS = ("opened", "won")


def rank(stage: str) -> int:
    """The place of a stage on the way forward; 0 for those beside the way."""
    return FORWARD.index(stage) + 1 if stage in FORWARD else 0


@dataclass(frozen=True)
class StageRule:
    """What the lifecycle says of one stage.

    `condition` lets people in by themselves, over the moves that lead here. `on_deal` does so by a fact: a deal of
    theirs that was opened or won moves them here from wherever they are. `stuck_after` is in days.
    """

    key: str
    when: Any = None
    condition: Node | None = None
    on_deal: str = ""
    stuck_after: int | None = None

    @property
    def is_automatic(self) -> bool:
        return self.condition is not None or bool(self.on_deal)


@dataclass(frozen=True)
class Lifecycle:
    """A document that could be read."""

    stages: tuple[StageRule, ...]
    moves: frozenset[tuple[str, str]]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(stage.key for stage in self.stages)

    def sources(self, target: str) -> list[str]:
        """The stages from which a move leads to the target."""
        return [key for key in self.keys if (key, target) in self.moves]

    def automatic_sources(self, target: str) -> list[str]:
        """Those of them from which people move by themselves: earlier ones, and recycled. Never backward."""
        return [key for key in self.sources(target) if key == RECYCLED or 0 < rank(key) < rank(target)]

    def automatic_stages(self) -> list[StageRule]:
        """Stages that people enter by themselves, the furthest first."""
        found = [stage for stage in self.stages if stage.is_automatic]
        return sorted(found, key=lambda stage: rank(stage.key), reverse=True)


def reachable(starts: Iterable[str], moves: Iterable[tuple[str, str]]) -> set[str]:
    """The stages one can get to, the starts included."""
    seen, edges = set(starts), list(moves)
    while new := {target for source, target in edges if source in seen and target not in seen}:
        seen |= new
    return seen


def default_document() -> dict[str, Any]:
    """The usual lifecycle of the field, to start from: explicit moves, and deals that drive the end of it."""
    way = list(FORWARD)
    forward = [[source, target] for index, source in enumerate(way[:-1]) for target in way[index + 1 :]]
    exits = [[source, target] for source in way[:-1] for target in EXITS]
    back = [["customer", DISQUALIFIED], ["mql", "lead"], ["sal", "mql"], ["sql", "sal"], ["opportunity", "sql"]]
    again = [[RECYCLED, "lead"], [RECYCLED, "mql"], [RECYCLED, DISQUALIFIED], [DISQUALIFIED, "lead"]]
    stages: list[dict[str, Any]] = [{"key": key} for key in STAGES]
    stages[way.index("mql")]["stuck_after_days"] = 7
    stages[way.index("sal")]["stuck_after_days"] = 14
    stages[way.index("sql")]["stuck_after_days"] = 30
    stages[way.index("opportunity")] |= {"on_deal": "opened", "stuck_after_days": 90}
    stages[way.index("customer")]["on_deal"] = "won"
    return {"stages": stages, "moves": [*forward, *exits, *back, *again]}
