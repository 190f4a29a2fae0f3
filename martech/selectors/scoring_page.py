"""The scoring page: rules as sentences with what is found wrong with them, the matrix, the versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from martech.models import ScoringVersion
from martech.scoring.document import EngagementRule, FitRule
from martech.selectors.scoring import (
    Freshness,
    GradeCell,
    check_scoring,
    freshness,
    grade_matrix,
    read_scoring,
    rules_using,
    scoring_in_force,
    scoring_to_edit,
)
from mops.core.conditions import Fragment, fragments
from mops.core.documents import Finding
from mops.core.versions import draft_among


@dataclass(frozen=True)
class RuleRow:
    """A rule of either half: its number, its name, the sentence in pieces, and its findings."""

    number: int
    name: str
    points: Any
    group: str
    fragments: Sequence[Fragment]
    findings: Sequence[Finding]
    half_life: int | None = None
    window: int | None = None


@dataclass(frozen=True)
class ScoringPage:
    draft: ScoringVersion | None
    published: ScoringVersion | None
    name: str
    fit: Sequence[RuleRow]
    engagement: Sequence[RuleRow]
    caps: dict[str, dict[str, int]]
    elsewhere: Sequence[Finding]
    errors: int
    matrix: Sequence[Sequence[GradeCell]]
    freshness: Freshness
    versions: Sequence[ScoringVersion]

    @property
    def revision(self) -> int:
        return self.versions[0].revision if self.versions else 0


def scoring_page(user: Any) -> ScoringPage:
    """The draft, or what is in force, as the page shows it."""
    versions = ScoringVersion.objects.all()
    document = scoring_to_edit()
    findings = check_scoring(document) if versions.exists() else []
    parts = {part: _rows(document, part, findings) for part in ("fit", "engagement")}
    at_rules = {finding for rows in parts.values() for row in rows for finding in row.findings}
    return ScoringPage(
        draft=draft_among(versions),
        published=scoring_in_force(),
        name=str(document.get("name", "")),
        fit=parts["fit"],
        engagement=parts["engagement"],
        caps={part: document.get(part, {}).get("caps", {}) for part in parts},
        elsewhere=[finding for finding in findings if finding not in at_rules],
        errors=sum(finding.level == "error" for finding in findings),
        matrix=grade_matrix(user),
        freshness=freshness(),
        versions=list(versions.select_related("published_by").defer("document")[:10]),
    )


def _rows(document: dict[str, Any], part: str, findings: Sequence[Finding]) -> list[RuleRow]:
    """The rules as written, so that a broken one is seen too."""
    half = getattr(read_scoring(document).model, part)
    read: dict[str, FitRule | EngagementRule] = {rule.key: rule for rule in half.rules}
    written = [rule for rule in document.get(part, {}).get("rules", []) if isinstance(rule, dict)]
    paths = [f"{part}.rules[{index}]" for index in range(len(written))]
    found = rules_using(paths, findings)
    return [
        RuleRow(
            number,
            str(rule.get("name", "")),
            rule.get("points"),
            str(rule.get("group", "")),
            fragments(known.condition) if (known := read.get(str(rule.get("key")))) and known.condition else (),
            found[path],
            rule.get("half_life_days"),
            rule.get("window_days"),
        )
        for number, (rule, path) in enumerate(zip(written, paths, strict=True), 1)
    ]
