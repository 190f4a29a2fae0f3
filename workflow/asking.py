"""Which questions a form asks: one may depend on the answers to those above it, by a condition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeVar

from mops.core.conditions import (
    Catalogue,
    ConditionError,
    Field,
    Finding,
    Leaf,
    Node,
    Type,
    compile_predicate,
    leaves,
    parse,
)
from mops.core.conditions.catalogue import Choices
from mops.core.conditions.widget import said
from planning.models import Channel, Region

KINDS = {
    "choice": Type.CHOICE,
    "channel": Type.CHOICE,
    "region": Type.CHOICE,
    "date": Type.DATE,
    "number": Type.NUMBER,
    "money": Type.NUMBER,
}
"""What the condition language takes an answer for; the others are texts."""
LISTS: dict[str, Choices] = {"channel": Channel.choices, "region": Region.choices}
ALWAYS: tuple[Any, ...] = (None, "", {}, {"all": []})


class Asked(Protocol):
    """What of a question matters here."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def choices(self) -> tuple[str, ...]: ...
    @property
    def condition(self) -> Node | None: ...


AnyAsked = TypeVar("AnyAsked", bound=Asked)


def catalogue_of(questions: Iterable[Asked]) -> Catalogue:
    """The answers to these questions as fields of a condition, each under the key of its question."""
    fields = {one.key: _field(one) for one in questions if one.key}
    return Catalogue("answers", fields=fields.values())


def _field(question: Asked) -> Field:
    kind = KINDS.get(question.type, Type.TEXT)
    return Field(question.key, question.label or "a question", kind, choices=_choices(question))


def _choices(question: Asked) -> Callable[[], Choices] | None:
    if question.type == "choice":
        return lambda: [(choice, choice) for choice in question.choices]
    listed = LISTS.get(question.type)
    return (lambda: listed) if listed is not None else None


def read_when(tree: Any, earlier: Sequence[Asked]) -> tuple[Node | None, list[str]]:
    """When a question is asked (None: always, or a condition that cannot be used), and what is wrong with that."""
    if tree in ALWAYS:
        return None, []
    try:
        node = parse(tree, catalogue_of(earlier))
    except ConditionError as error:
        return None, list(dict.fromkeys(_reason(finding) for finding in error.findings))
    wrong = [reason for leaf in leaves(node) for reason in _wrong_values(leaf)]
    return (None if wrong else node), wrong


def _reason(finding: Finding) -> str:
    if finding.path.endswith("field"):
        return "It depends on a question that is not above this one. Choose one above, or ask it always."
    return said(finding)


def _wrong_values(leaf: Leaf) -> list[str]:
    """Values that nobody can answer, so that a typing error does not hide the question for ever."""
    if leaf.spec.choices is None or leaf.value is None:
        return []
    known = [value for value, _label in leaf.spec.choices()]
    given = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    return [f"“{value}” is no answer to “{leaf.label}”; choose another." for value in given if value not in known]


def asked_among(
    questions: Iterable[AnyAsked], answers: Mapping[str, Any], now: datetime | None = None
) -> list[AnyAsked]:
    """The questions that are asked with these answers, stored or typed. What is not asked counts as not answered."""
    record: dict[str, Any] = {}
    found = []
    for question in questions:
        if question.condition is None or compile_predicate(question.condition)(record, now):
            found.append(question)
            record[question.key] = _value(question, answers.get(question.key))
    return found


def _value(question: Asked, answer: Any) -> Any:
    """An answer as a condition compares it; None for none, and for one that is no such value."""
    if answer is None or isinstance(answer, date):
        return answer
    text, kind = str(answer).strip(), KINDS.get(question.type)
    try:
        if kind is Type.DATE:
            return date.fromisoformat(text)
        if kind is Type.NUMBER:
            number = Decimal(text)
            return number if number.is_finite() else None
    except (ValueError, InvalidOperation):
        return None
    return text or None
