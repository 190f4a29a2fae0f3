"""A form's questions and the answers to them, checked exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit

from mops.core.conditions import Node, sentence
from workflow.asking import asked_among, read_when

TYPES: Final[dict[str, str]] = {
    "text": "Short text",
    "long_text": "Long text",
    "choice": "One of a list",
    "date": "Date",
    "number": "Number",
    "money": "Amount of money",
    "url": "Web address",
    "channel": "Channel",
    "region": "Region",
}
MAPS_TO: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "name": ("Name", ("text",)),
    "objective": ("Objective", ("text", "long_text", "choice")),
    "channel": ("Channel", ("channel",)),
    "region": ("Region", ("region",)),
    "starts_on": ("Start", ("date",)),
    "ends_on": ("End", ("date",)),
}
"""The fields of a campaign that an answer may fill, in words, with the kinds of answer that fit."""
LIMITS = {"text": 200, "long_text": 10_000, "url": 1_000}
MOST_QUESTIONS, MOST_CHOICES, MOST_DAYS = 60, 100, 365
LONGEST_LABEL, LONGEST_HELP, LONGEST_CHOICE = 200, 500, 200


@dataclass(frozen=True)
class Question:
    """One question: `min_days` is the lead time a date needs, `maps_to` the campaign field the answer fills.

    `when` is the condition on answers above under which it is asked, as written, `condition` the parsed one; None asks always.
    """

    key: str
    label: str
    type: str = "text"
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    maps_to: str = ""
    min_days: int = 0
    when: Any = field(default=None, compare=False)
    condition: Node | None = None

    @property
    def when_in_words(self) -> str:
        """ "Format is Video"; empty when it is always asked."""
        return sentence(self.condition) if self.condition is not None else ""


def read_questions(fields: Sequence[Any]) -> tuple[list[Question], dict[str, list[str]]]:
    """The questions of a stored form, and what is wrong with it by path."""
    questions: list[Question] = []
    errors: dict[str, list[str]] = {}
    for index, given in enumerate(fields):
        question = read_question(given if isinstance(given, Mapping) else {}, questions)
        for name, reason in wrong_with(question, questions):
            errors.setdefault(f"fields[{index}].{name}", []).append(reason)
        questions.append(question)
    if not questions:
        errors["fields"] = ["A form has at least one question; add one."]
    if len(questions) > MOST_QUESTIONS:
        errors["fields"] = [f"A form has at most {MOST_QUESTIONS} questions; this has {len(questions)}."]
    return questions, errors


def read_question(given: Mapping[str, Any], earlier: Sequence[Question] = ()) -> Question:
    choices, when = given.get("choices"), given.get("when")
    return Question(
        key=str(given.get("key", "")).strip(),
        label=str(given.get("label", "")).strip(),
        type=str(given.get("type", "text")),
        required=bool(given.get("required", False)),
        help=str(given.get("help", "")).strip(),
        choices=tuple(str(choice).strip() for choice in choices) if isinstance(choices, list | tuple) else (),
        maps_to=str(given.get("maps_to", "")),
        min_days=read_days(given.get("min_days")),
        when=when,
        condition=read_when(when, earlier)[0],
    )


def read_days(given: Any) -> int:
    """Days of notice; -1, which is refused, for what is no number."""
    try:
        return int(given or 0)
    except (TypeError, ValueError):
        return -1


def wrong_with(question: Question, earlier: Sequence[Question]) -> list[tuple[str, str]]:
    """What is wrong with a question, by the part of it: reason and remedy."""
    found = []
    if not question.key.isidentifier() or question.key in [other.key for other in earlier]:
        found.append(("key", "Give a key of its own, of letters, digits and _."))
    if not question.label:
        found.append(("label", "Write the question, or remove it."))
    elif question.label.lower() in [other.label.lower() for other in earlier]:
        found.append(("label", "This is asked above already; word it differently, or remove it."))
    for name, text, most in (("label", question.label, LONGEST_LABEL), ("help", question.help, LONGEST_HELP)):
        if len(text) > most:
            found.append((name, f"Use at most {most} characters; this has {len(text)}."))
    if question.type not in TYPES:
        found.append(("type", f"Use one of {', '.join(TYPES)}."))
    if question.type == "choice":
        found += [("choices", reason) for reason in wrong_choices(question.choices)]
    if question.maps_to:
        found += [("maps_to", reason) for reason in wrong_filling(question, earlier)]
    found += [("when", reason) for reason in read_when(question.when, earlier)[1]]
    if not 0 <= question.min_days <= MOST_DAYS:
        found.append(("min_days", f"Give whole days from 0 to {MOST_DAYS}."))
    return found


def wrong_choices(choices: Sequence[str]) -> list[str]:
    if not choices:
        return ["List what can be chosen, one a line."]
    if len(choices) > MOST_CHOICES:
        return [f"List at most {MOST_CHOICES} choices; these are {len(choices)}."]
    long = [
        f"“{choice[:40]}…” is too long; use at most {LONGEST_CHOICE} characters."
        for choice in choices
        if len(choice) > LONGEST_CHOICE
    ]
    twice = sorted({choice for choice in choices if choices.count(choice) > 1})
    return [*long, *(f"“{choice}” stands here twice; keep one." for choice in twice)]


def wrong_filling(question: Question, earlier: Sequence[Question]) -> list[str]:
    """Why the answer cannot fill its field of the campaign."""
    if question.maps_to not in MAPS_TO:
        return [f"Use one of {', '.join(MAPS_TO)}."]
    name, kinds = MAPS_TO[question.maps_to]
    rival = next((other for other in earlier if other.maps_to == question.maps_to), None)
    if question.type not in kinds:
        words = " or ".join(TYPES[kind].lower() for kind in kinds)
        return [
            f"The campaign’s {name.lower()} is filled by a {words}; change the kind of answer, or let it fill nothing."
        ]
    if rival:
        return [f"“{rival.label}” fills the campaign’s {name.lower()} already; let one of the two fill nothing."]
    return []


Checked = tuple[dict[str, Any], dict[str, list[str]]]


def check_answers(
    questions: Sequence[Question], answers: Mapping[str, Any], today: date, options: Mapping[str, Sequence[str]]
) -> Checked:
    """Answers as they are stored (dates as ISO text, money as decimal text), and the reasons by question.

    `options` lists what a channel or region question may be answered with.
    """
    asked = asked_among(questions, answers)
    kept, errors = check_asked(asked, answers, today, options)
    known = {question.key: question for question in questions}
    for key in set(answers) - {question.key for question in asked}:
        if key not in known:
            errors[str(key)] = ["This form does not ask that."]
        elif not is_blank(answers[key]):
            reason = f"It is asked only when {known[key].when_in_words}. Leave it out, or change the answer above."
            errors[key] = [reason]
    return kept, errors


def check_asked(
    asked: Sequence[Question], answers: Mapping[str, Any], today: date, options: Mapping[str, Sequence[str]]
) -> Checked:
    """The same of questions that are asked, whatever else was answered."""
    kept: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for question in asked:
        given = answers.get(question.key)
        if is_blank(given):
            if question.required:
                errors[question.key] = [f"“{question.label}” needs an answer."]
            continue
        try:
            kept[question.key] = read_answer(question, given, today, options)
        except ValueError as refused:
            errors[question.key] = [str(refused)]
    return kept, errors | wrong_span(asked, kept)


def wrong_span(asked: Sequence[Question], kept: Mapping[str, Any]) -> dict[str, list[str]]:
    """What becomes a campaign's last day cannot lie before what becomes its first; both are ISO text."""
    days = {question.maps_to: question.key for question in asked if question.key in kept}
    start, end = days.get("starts_on"), days.get("ends_on")
    if start and end and kept[end] < kept[start]:
        return {end: [f"It ends before it starts; choose {kept[start]} or later."]}
    return {}


def is_blank(given: Any) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


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
