"""A policy as text, for version control and review: YAML or JSON with its keys in the order people read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from mops.core.document_text import Written, write_text
from mops.core.documents import Finding

ORDER = (
    *(
        "name",
        "hit",
        "keep_owner",
        "match_account_owner",
        "otherwise",
        "strategy",
        "calendar",
        "when_absent",
        "returner",
    ),
    *("user", "weight", "paused", "caps", "per_hour", "per_day", "rolling", "hours", "leads", "open", "owned", "most"),
    *("given", "expect", "field", "op", "value", "all", "any", "not", "when", "to", "respond_within_minutes"),
    *(
        "warn_at_percent",
        "on_breach",
        "max_hops",
        "escalate_to",
        "pause_when",
        "sla",
        "rules",
        "members",
        "pools",
        "examples",
    ),
)
_RANK = {key: rank for rank, key in enumerate(ORDER)}


def policy_text(document: Mapping[str, Any], text_format: str = "yaml") -> str:
    """Equal documents are equal texts, whatever order their keys came in."""
    return write_text(document, text_format, lambda key: (_RANK.get(key, len(ORDER)), key))


def located(findings: Iterable[Finding], written: Written) -> list[tuple[int | None, Finding]]:
    """Findings with their line in the text, from the top; what has no line comes first."""
    rows = [(written.line_of(finding.path), finding) for finding in findings]
    return sorted(rows, key=lambda row: row[0] or 0)


def errors_with_lines(errors: Mapping[str, list[str]], written: Written) -> dict[str, list[str]]:
    """`{"rules[2].to": ["line 14: there is no pool …"]}`"""
    return {path: [_told(written.line_of(path), reason) for reason in reasons] for path, reasons in errors.items()}


def _told(line: int | None, reason: str) -> str:
    return f"line {line}: {reason}" if line else reason
