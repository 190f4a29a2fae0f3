"""Reading rule documents out of decoded JSON: every finding names the place, the reason and the remedy."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from mops.core.conditions import Catalogue, ConditionError, Node, parse
from mops.core.errors import DomainError


@dataclass(frozen=True)
class Finding:
    """Something about the place `path` ("rules[2].when.all[0].field"). `level` is error, warning or info.

    An error of shape is one that keeps even a draft from being stored. `steps` tell a story that shows it, and
    `parties` are other documents that take part in it.
    """

    path: str
    reason: str
    remedy: str
    level: str = "error"
    is_shape: bool = False
    steps: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path or 'document'}: {self.reason}; {self.remedy}"

    def as_json(self) -> dict[str, str]:
        return {"level": self.level, "path": self.path, "reason": self.reason, "remedy": self.remedy}


@dataclass
class Reader:
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, path: str, reason: str, remedy: str, *, is_shape: bool = False) -> None:
        self.findings.append(Finding(path, reason, remedy, "error", is_shape))

    def mapping(self, value: Any, path: str, known: tuple[str, ...] | None = None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(path, "is not an object", "write { … }", is_shape=True)
            return {}
        for key in value:
            if known is not None and key not in known:
                self.refuse(f"{path}.{key}".lstrip("."), "is unknown here", f"known are {', '.join(known)}")
        return value

    def items(self, value: Any, path: str, limit: int) -> list[Any]:
        if not isinstance(value, list):
            self.refuse(path, "is not a list", "write [ … ]", is_shape=True)
            return []
        if len(value) > limit:
            self.refuse(path, f"has {len(value)} entries", f"use at most {limit}", is_shape=True)
        return value[:limit]

    def text(self, value: Any, path: str, example: str, limit: int = 200) -> str:
        if isinstance(value, str) and 0 < len(value.strip()) <= limit and "\x00" not in value:
            return value.strip()
        missing = value is None or (isinstance(value, str) and not value.strip())
        reason = "is missing" if missing else f"is not text of up to {limit} characters"
        self.refuse(path, reason, f"write text, such as “{example}”")
        return ""

    def one_of(self, value: Any, path: str, allowed: tuple[str, ...], default: str) -> str:
        if value is None:
            return default
        if isinstance(value, str) and value in allowed:
            return value
        self.refuse(path, f"{shown(value)} is unknown", f"use one of {', '.join(allowed)}")
        return default

    def switch(self, value: Any, path: str, default: bool) -> bool:
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.refuse(path, f"{shown(value)} is neither true nor false", "write true or false")
        return default

    def whole(self, value: Any, path: str, low: int, high: int) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.refuse(path, f"{shown(value)} is not allowed", f"use a whole number from {low} to {high:,}")
        return None

    def condition_of(self, tree: Any, path: str, catalogue: Catalogue) -> Node | None:
        if tree is None:
            self.refuse(path, "is missing", 'write a condition; {"all": []} takes everybody')
            return None
        try:
            return parse(tree, catalogue)
        except ConditionError as error:
            for finding in error.findings:
                dot = "" if not finding.path or finding.path.startswith("[") else "."
                self.refuse(f"{path}{dot}{finding.path}", finding.reason, finding.remedy)
            return None


SINGULAR: Final = {
    "all": "test",
    "any": "test",
    "rules": "rule",
    "examples": "example",
    "members": "member",
    "pools": "pool",
    "sla": "response time",
}
UNSAID: Final = {"when", "not", "value", "field", "op", "given", "expect", "where"}


def place_in_words(path: str) -> str:
    """Where in a document something is, for people: "rules[2].when.all[0].value" -> "Rule 3, test 1"."""
    words: list[str] = []
    for token in filter(None, path.split(".")):
        name, *numbers = re.findall(r"[^\[\]]+", token)
        said = SINGULAR.get(name, name.replace("_", " "))
        if words and words[-1] == SINGULAR["pools"]:
            words[-1] += f" {name}"
        elif numbers:
            said = said.removesuffix("s") if name not in SINGULAR else said
            words.append(" ".join([said, *(str(int(number) + 1) for number in numbers if number.isdigit())]))
        elif name not in UNSAID:
            words.append(said)
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def refuse(findings: Iterable[Finding], detail: str, noun: str) -> None:
    """Raise DomainError when there are any, each at its place in the document."""
    errors: dict[str, list[str]] = {}
    for finding in findings:
        errors.setdefault(finding.path or noun, []).append(f"{finding.reason}; {finding.remedy}")
    if errors:
        raise DomainError(detail, errors=errors)


def shown(value: Any) -> str:
    return f"“{value[:80]}”" if isinstance(value, str) else "nothing" if value is None else str(value)[:80]
