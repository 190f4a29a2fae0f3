"""The lifecycle page: the drawing with numbers on it, a row a stage, the versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from martech.lifecycle.document import Lifecycle
from martech.lifecycle.drawing import Box, Line, draw
from martech.models import LifecycleVersion
from martech.selectors.lifecycle import (
    StageRow,
    check_lifecycle,
    lifecycle_in_force,
    lifecycle_to_edit,
    read_lifecycle_document,
    stage_rows,
)
from mops.core.conditions import Fragment, fragments
from mops.core.documents import Finding
from mops.core.versions import draft_among

DAYS = 365


@dataclass(frozen=True)
class DrawnBox:
    box: Box
    row: StageRow


@dataclass(frozen=True)
class DrawnLine:
    """A line, and for the way onward the share of people who went it."""

    line: Line
    rate: float | None


@dataclass(frozen=True)
class StageEntry:
    """A stage in the table: its numbers, and how people enter it by themselves."""

    row: StageRow
    fragments: Sequence[Fragment]
    on_deal: str
    findings: Sequence[Finding]


@dataclass(frozen=True)
class LifecyclePage:
    draft: LifecycleVersion | None
    published: LifecycleVersion | None
    boxes: Sequence[DrawnBox]
    lines: Sequence[DrawnLine]
    stages: Sequence[StageEntry]
    elsewhere: Sequence[Finding]
    errors: int
    versions: Sequence[LifecycleVersion]

    @property
    def most_stuck(self) -> StageRow | None:
        """The stage in which most people have stayed too long; None where nobody has."""
        rows = [drawn.row for drawn in self.boxes if drawn.row.stuck]
        return max(rows, key=lambda row: row.stuck or 0, default=None)


def lifecycle_page(user: Any) -> LifecyclePage:
    """The draft, what is in force, or the usual lifecycle, as the page shows it."""
    versions = LifecycleVersion.objects.all()
    document = lifecycle_to_edit()
    found, findings = read_lifecycle_document(document).lifecycle, check_lifecycle(document)
    rows = {row.stage.value: row for row in stage_rows(found, user, DAYS)}
    entries = _entries(found, rows, findings)
    at_stages = {finding for entry in entries for finding in entry.findings}
    drawing = draw(found)
    return LifecyclePage(
        draft=draft_among(versions),
        published=lifecycle_in_force(),
        boxes=[DrawnBox(box, rows[box.key]) for box in drawing.boxes],
        lines=[DrawnLine(line, _rate(line, rows)) for line in drawing.lines],
        stages=entries,
        elsewhere=[finding for finding in findings if finding not in at_stages],
        errors=sum(finding.level == "error" for finding in findings),
        versions=list(versions.select_related("published_by").defer("document")[:10]),
    )


def _rate(line: Line, rows: dict[str, StageRow]) -> float | None:
    onward = rows[line.start].onward if line.kind == "onward" else None
    return onward.rate if onward and onward.end == line.end else None


def _entries(found: Lifecycle, rows: dict[str, StageRow], findings: Sequence[Finding]) -> list[StageEntry]:
    return [
        StageEntry(
            rows[rule.key],
            fragments(rule.condition) if rule.condition else (),
            rule.on_deal,
            [one for one in findings if one.path.split(".")[0] == f"stages[{index}]"],
        )
        for index, rule in enumerate(found.stages)
    ]
