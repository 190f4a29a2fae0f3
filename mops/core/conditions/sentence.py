"""A condition in words: one sentence, or pieces that a page shows as chips."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from mops.core.conditions.evaluate import Result
from mops.core.conditions.matching import is_absent
from mops.core.conditions.operators import WITH_DAYS, WITHOUT_VALUE, words_for
from mops.core.conditions.tree import AllOf, Leaf, Node, Not

MAX_NAMED = 6


@dataclass(frozen=True)
class Fragment:
    """A piece of the sentence. `kind` is field, operator, value, join (and, or, not), open, close or constant."""

    kind: str
    text: str


def _value_text(value: Any, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%-d %b %Y %H:%M}" if value.tzinfo else f"{value:%-d %b %Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %b %Y}"
    text = str(value)
    return labels.get(text) or next((label for key, label in labels.items() if key.lower() == text.lower()), text)


def _listed(values: Any, labels: dict[str, str]) -> str:
    named = [_value_text(value, labels) for value in values[:MAX_NAMED]]
    return ", ".join(named) + (f" and {len(values) - MAX_NAMED} more" if len(values) > MAX_NAMED else "")


def _operator_and_value(leaf: Leaf) -> tuple[str, str]:
    if leaf.spec.custom:
        return leaf.spec.custom.words(leaf.op, leaf.value)
    labels, words = leaf.spec.choice_labels(), words_for(leaf.op, leaf.kind)
    if leaf.op in WITHOUT_VALUE:
        return words, ""
    if leaf.op in WITH_DAYS:
        return words, f"{leaf.value} day" + ("" if leaf.value == 1 else "s")
    if leaf.op == "between":
        return words, " and ".join(_value_text(value, labels) for value in leaf.value)
    return words, _listed(leaf.value, labels) if isinstance(leaf.value, tuple) else _value_text(leaf.value, labels)


def _leaf_fragments(leaf: Leaf) -> list[Fragment]:
    words, value = _operator_and_value(leaf)
    found = [Fragment("field", leaf.label), Fragment("operator", words)]
    return [*found, Fragment("value", value)] if value else found


def _wrapped(node: Node) -> list[Fragment]:
    inner = fragments(node)
    if isinstance(node, Leaf | Not) or len(node.parts) < 2:
        return inner
    return [Fragment("open", "("), *inner, Fragment("close", ")")]


def fragments(node: Node) -> list[Fragment]:
    """The sentence in pieces, in reading order."""
    if isinstance(node, Leaf):
        return _leaf_fragments(node)
    if isinstance(node, Not):
        inner = _wrapped(node.part)
        if inner[0].kind != "open":
            inner = [Fragment("open", "("), *inner, Fragment("close", ")")]
        return [Fragment("join", "not"), *inner]
    if not node.parts:
        return [Fragment("constant", "always" if isinstance(node, AllOf) else "never")]
    word = Fragment("join", "and" if isinstance(node, AllOf) else "or")
    found: list[Fragment] = []
    for index, part in enumerate(node.parts):
        found += [*([word] if index else []), *(_wrapped(part) if len(node.parts) > 1 else fragments(part))]
    return found


def sentence(node: Node) -> str:
    """The condition in English: "Country is one of Germany, France and (Employees at least 500 or …)"."""
    found = fragments(node)
    text = ""
    for index, piece in enumerate(found):
        tight = index == 0 or piece.kind == "close" or found[index - 1].kind == "open"
        text += piece.text if tight else f" {piece.text}"
    return text


def because(result: Result) -> str:
    """Why a leaf passed or failed, with the actual value: "Employees is 120, asked for: at least 500"."""
    if not isinstance(result.node, Leaf):
        raise TypeError("only the result of a leaf has a reason")
    leaf, actual = result.node, result.actual
    labels = leaf.spec.choice_labels()
    if is_absent(actual):
        shown = "empty"
    else:
        shown = _listed(actual, labels) if isinstance(actual, list | tuple) else _value_text(actual, labels)
    words, value = _operator_and_value(leaf)
    asked = f"{words} {value}".strip().removeprefix("is ")
    if result.passed:
        return f"{leaf.label} is {shown}"
    return f"{leaf.label} is {shown}, " + (f"not {value}" if leaf.op == "eq" else f"asked for: {asked}")
