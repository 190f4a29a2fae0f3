"""What a practice server imitates, each behaviour with a label of how sure we are and where it is written."""

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    DOCUMENTED = "documented"
    OBSERVED = "observed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Behaviour:
    """`key` is used in tests and in the conformance list; `source` names the vendor's page or a public thread."""

    key: str
    text: str
    label: Label
    source: str


def as_json(behaviours: tuple[Behaviour, ...]) -> list[dict[str, str]]:
    return [{"key": b.key, "text": b.text, "label": b.label.value, "source": b.source} for b in behaviours]
