"""What a text would change of a policy, before anybody saves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from martech.models import PolicyVersion, RoutingPolicy
from martech.routing.reading import Finding
from martech.routing.text import located, policy_text
from martech.selectors.routing import check_document
from mops.core.document_text import Written, changes
from mops.core.versions import newest_among, published_among

KINDS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True)
class Line:
    """A line of the difference: added, removed, same, or place (where the next lines stand)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """Against which version, what differs in lines of YAML, and what is wrong with the text by line."""

    against: PolicyVersion | None
    lines: Sequence[Line]
    findings: Sequence[tuple[int | None, Finding]]

    @property
    def diff(self) -> str:
        return "\n".join(line.text for line in self.lines)


def compare_text(policy: RoutingPolicy | None, written: Written) -> Comparison:
    """The text against the published version; against the newest where none is published, or against nothing."""
    against = published_among(policy.versions.all()) or newest_among(policy.versions.all()) if policy else None
    lines = _lines(against.document if against else None, written.document)
    return Comparison(against, lines, located(check_document(written.document), written))


def compare_with_earlier(version: PolicyVersion) -> Comparison:
    """What a version changed against the one before it; the findings are those of then, and not told."""
    earlier = version.policy.versions.filter(number__lt=version.number).order_by("-number").first()
    return Comparison(earlier, _lines(earlier.document if earlier else None, version.document), ())


def _lines(before: Any, after: Any) -> list[Line]:
    found = changes(_text(before), _text(after))
    return [Line(KINDS.get(line[:1], "same"), line) for line in found]


def _text(document: Any) -> str:
    return policy_text(document) if isinstance(document, dict) else ""
