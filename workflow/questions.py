"""A form's questions and the answers to them, checked exactly. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

TYPES = ("text", "long_text", "choice", "date", "number", "money", "url", "channel", "region")
MAPS_TO = ("name", "objective", "channel", "region", "starts_on", "ends_on")
LIMITS = {"text": 200, "long_text": 10_000, "url": 1_000}


@dataclass(frozen=True)
class Question:
    """One question: `min_days` is the lead time a date needs, `maps_to` the campaign field the answer fills."""

    key: str
    label: str
    type: str = "text"
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    maps_to: str = ""
    min_days: int = 0


def read_questions(fields: Sequence[Any]) -> tuple[list[Question], dict[str, list[str]]]:
    """The questions of a stored form, and what is wrong with it by path."""
    questions: list[Question] = []
    errors: dict[str, list[str]] = {}
    for index, field in enumerate(fields):
        given = field if isinstance(field, Mapping) else {}
        question = Question(
            key=str(given.get("key", "")).strip(),
            label=str(given.get("label", "")).strip(),
            type=str(given.get("type", "text")),
            required=bool(given.get("required", False)),
            help=str(given.get("help", "")),
            choices=tuple(str(choice) for choice in given.get("choices") or ()),
            maps_to=str(given.get("maps_to", "")),
            min_days=int(given.get("min_days") or 0),
        )
        for name, reason in wrong_with(question, [q.key for q in questions]):
            errors.setdefault(f"fields[{index}].{name}", []).append(reason)
        questions.append(question)
    if not questions:
        errors["fields"] = ["A form has at least one question."]
    return questions, errors


def wrong_with(question: Question, earlier: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    if not question.key.isidentifier() or question.key in earlier:
        found.append(("key", "Give a key of its own, of letters, digits and _."))
    if not question.label:
        found.append(("label", "Write the question."))
    if question.type not in TYPES:
        found.append(("type", f"Use one of {', '.join(TYPES)}."))
    if question.type == "choice" and not question.choices:
        found.append(("choices", "List what can be chosen."))
    if question.maps_to and question.maps_to not in MAPS_TO:
        found.append(("maps_to", f"Use one of {', '.join(MAPS_TO)}."))
    return found


def check_answers(
    questions: Sequence[Question], answers: Mapping[str, Any], today: date, options: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Answers as they are stored (dates as ISO text, money as decimal text), and the reasons by question.

    `options` lists what a channel or region question may be answered with.
    """
    kept: dict[str, Any] = {}
    errors = {str(key): ["This form does not ask that."] for key in set(answers) - {q.key for q in questions}}
    for question in questions:
        given = answers.get(question.key)
        if given is None or (isinstance(given, str) and not given.strip()):
            if question.required:
                errors[question.key] = [f"“{question.label}” needs an answer."]
            continue
        try:
            kept[question.key] = read_answer(question, given, today, options)
        except ValueError as refused:
            errors[question.key] = [str(refused)]
    return kept, errors


def read_answer(question: Question, given: Any, today: date, options: Mapping[str, Sequence[str]]) -> Any:
    """One answer in its stored form. Raises ValueError with the reason and what would be right."""
    if question.type in ("number", "money"):
        return read_number(given, 2 if question.type == "money" else 6)
    if question.type == "date":
        return read_day(question, given, today)
    if not isinstance(given, str) or "\x00" in given:
        raise ValueError("Send text.")
    text = given.strip()
    limit = LIMITS.get(question.type, 200)
    if len(text) > limit:
        raise ValueError(f"It has {len(text):,} characters; {limit:,} are the most.")
    allowed = question.choices if question.type == "choice" else options.get(question.type, ())
    if question.type in ("choice", "channel", "region") and text not in allowed:
        raise ValueError(f"Use one of {', '.join(allowed)}.")
    if question.type == "url" and not (urlsplit(text).scheme in ("http", "https") and urlsplit(text).netloc):
        raise ValueError("Give a web address that begins with https://.")
    return text


def read_number(given: Any, places: int) -> str:
    try:
        number = Decimal(str(given).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(given, bool) or not number.is_finite() or abs(number) >= 10**12 or number != round(number, places):
        raise ValueError(f"Give a number like 1200.50, with at most {places} decimals.")
    return str(number)


def read_day(question: Question, given: Any, today: date) -> str:
    try:
        day = given if isinstance(given, date) else date.fromisoformat(str(given).strip())
    except ValueError:
        raise ValueError("Give a day like 2026-03-01.") from None
    earliest = today + timedelta(days=question.min_days)
    if question.min_days and day < earliest:
        raise ValueError(f"We need {question.min_days} days; the earliest is {earliest}.")
    return day.isoformat()
