"""The builder of a form: its name, a row a question, what a POST of them says, and the form as requesters will see it."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms

from mops.core.conditions import sentence
from mops.core.conditions.widget import ConditionField, ConditionWidget, described
from mops.core.seen import SeenForm
from workflow.asking import ALWAYS, catalogue_of, read_when
from workflow.form_design import changes_between, changes_of_head, days, with_keys, with_names
from workflow.forms import AnswersForm
from workflow.models import IntakeForm
from workflow.questions import MAPS_TO, MOST_DAYS, MOST_QUESTIONS, TYPES, Question, read_question, read_questions
from workflow.selectors import keys_ever_asked, version_in_force

FIRST = {"label": "What do you need?", "type": "text", "required": True, "maps_to": "name"}
"""With what a new form begins: what a request is called."""
BARE = ("label", "help", "choices", "maps_to", "min_days", "when")
"""What makes a row a question."""
BELOW = ("when", "help", "maps_to", "min_days")
"""What stands under More."""


SHARED = "builder-questions"
"""Where the page has the questions as conditions know them."""


class HeadForm(SeenForm):
    """What a form is called, what it is for, and whether people can ask by it."""

    name = forms.CharField(
        max_length=120,
        help_text="As it is offered under Ask for something",
        error_messages={"required": "Give the form a name."},
    )
    description = forms.CharField(required=False, max_length=300, help_text="What it is for, in one line")
    is_active = forms.BooleanField(required=False, label="Open: people can ask by it")


class QuestionForm(forms.Form):
    """One question. What is wrong with it is said by `read_questions`, whoever writes the form."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(required=False, label="Question")
    type = forms.ChoiceField(choices=list(TYPES.items()), required=False, label="Answer")
    required = forms.BooleanField(required=False, label="Needs an answer")
    choices = forms.CharField(required=False, label="Choices", help_text="One a line", widget=forms.Textarea)
    help = forms.CharField(required=False, label="Help", help_text="Stands below the question")
    maps_to = forms.ChoiceField(
        required=False,
        label="Fills the campaign’s",
        choices=[("", "Nothing"), *((key, name) for key, (name, _kinds) in MAPS_TO.items())],
        help_text="When the request is accepted",
    )
    min_days = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_DAYS, label="Days of notice", help_text="Earlier days are refused"
    )

    when = forms.CharField(required=False)

    def __init__(self, *args: Any, earlier: Sequence[Question] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.earlier = earlier
        label, hint = "Ask only when", "By answers above; without a test it is always asked"
        widget = ConditionWidget(catalogue_of(earlier))
        widget.shared = SHARED, len(earlier)
        self.fields["when"] = ConditionField(
            catalogue_of(earlier), required=False, label=label, help_text=hint, widget=widget
        )
        kind = self.add_prefix("type")
        self.fields["choices"].widget.attrs["data-when"] = f"{kind}=choice"
        self.fields["min_days"].widget.attrs["data-when"] = f"{kind}=date"
        lines = str(self["choices"].value() or "").count("\n") + 2
        self.fields["choices"].widget.attrs["rows"] = max(3, min(lines, 12))

    @property
    def words(self) -> str:
        """What stands under More, in short."""
        values = {name: self[name].value() for name in BELOW}
        condition = read_when(as_tree(values["when"]), self.earlier)[0]
        parts = [f"only when {sentence(condition)}"] if condition is not None else []
        parts += ["help text"] if values["help"] else []
        if values["maps_to"] in MAPS_TO:
            parts.append(f"fills the campaign’s {MAPS_TO[values['maps_to']][0].lower()}")
        notice = str(values["min_days"] or "")
        if notice.isdecimal() and self["type"].value() == "date":
            parts.append(f"{days(int(notice))} of notice")
        return ", ".join(parts)

    @property
    def is_wrong_below(self) -> bool:
        """Something under More is refused."""
        return self.is_bound and any(name in self.errors for name in BELOW)

    @property
    def may_depend(self) -> bool:
        """There is a question above, or a condition that has lost its question."""
        return bool(self.earlier or self["when"].value())


class QuestionForms(forms.BaseFormSet):  # type: ignore[type-arg]
    """Every row knows the questions above it."""

    def __init__(self, *args: Any, rows: Sequence[Mapping[str, Any]], **options: Any) -> None:
        self.above = [read_question(document_of(row)) for row in rows]
        super().__init__(*args, **options)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "earlier": self.above[:index] if index else []}


QuestionFormSet: Callable[..., QuestionForms] = forms.formset_factory(
    QuestionForm, QuestionForms, extra=0, max_num=MOST_QUESTIONS, absolute_max=2 * MOST_QUESTIONS
)  # type: ignore[assignment]


class Builder:
    """`head` and the rows of `questions`; `do` is the button that was pressed: publish, add, `up 3`, `place 3 1`, …

    Only publish checks. Whatever else was pressed, what is filled in stays as it is.
    """

    def __init__(self, found: IntakeForm | None, data: Any = None, copied: IntakeForm | None = None) -> None:
        self.found, self.data = found, data
        self.in_force = version_in_force(found) if found else None
        self.former = keys_ever_asked(found) if found else {}
        self.focus: tuple[int, str] | None = None
        self.do = data.get("do", "") if data else ""
        self.rows = with_names(posted_rows(data) if data else self._stored_rows(copied))
        if self.is_publishing:
            self.head, self.questions = HeadForm(data), QuestionFormSet(data, prefix="questions", rows=self.rows)
            self.head.is_valid()
        else:
            self._press()
            self.head = HeadForm(initial=self._head_initial())
            self.rows = with_names(self.rows)
            self.questions = QuestionFormSet(initial=self.rows, prefix="questions", rows=self.rows)

    @property
    def is_publishing(self) -> bool:
        return self.do == "publish"

    def _stored_rows(self, copied: IntakeForm | None) -> list[dict[str, Any]]:
        version = version_in_force(copied) if copied else self.in_force
        if version is None:
            return [dict(FIRST)]
        return [{**row, "choices": "\n".join(row.get("choices") or [])} for row in version.fields]

    def _head_initial(self) -> dict[str, Any]:
        if self.data:
            return {name: self.data.get(name, "") for name in ("name", "description", "is_active", "seen")}
        if self.found is None:
            return {"is_active": True}
        kept = {name: getattr(self.found, name) for name in ("name", "description", "is_active")}
        return {**kept, "seen": self.found.updated_at.isoformat()}

    def _press(self) -> None:
        """Add, move or remove a row, and say where the keyboard goes on."""
        verb, *numbers = self.do.split() or [""]
        if verb == "add":
            self.rows.append({"type": "text"})
            self.focus = len(self.rows) - 1, "label"
        places = [int(number) - 1 for number in numbers if number.isdecimal()]
        if not places or not all(0 <= place < len(self.rows) for place in places):
            return
        at, row = places[0], self.rows.pop(places[0])
        if verb == "remove":
            self.focus = min(at, len(self.rows) - 1), "label"
            return
        to = {"up": at - 1, "down": at + 1}.get(verb, places[-1])
        to = max(0, min(to, len(self.rows)))
        self.rows.insert(to, row)
        is_at_end = to == 0 if verb == "up" else to == len(self.rows) - 1
        self.focus = to, {"up": "down", "down": "up"}.get(verb, "label") if is_at_end else verb

    # --- what the rows say -------------------------------------------------------------------------------------------

    @cached_property
    def written(self) -> list[int]:
        """The places of rows in which something stands; the others are left out."""
        return [
            place
            for place, row in enumerate(self.rows)
            if row.get("key") in self.former or any(str(row.get(name) or "").strip() for name in BARE)
        ]

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """The questions as they are stored."""
        return with_keys([document_of(self.rows[place]) for place in self.written], self.former)

    def is_valid(self) -> bool:
        """Whether it can be published; what is wrong stands at the fields."""
        is_read = self.questions.is_valid()
        _questions, errors = read_questions(self.fields)
        for path, reasons in errors.items():
            self.refuse(path, reasons)
        return self.head.is_valid() and is_read and not errors

    @property
    def is_refused(self) -> bool:
        return self.is_publishing and any(row.errors for row in self.questions)

    def refuse(self, path: str, reasons: list[str]) -> None:
        """Show reasons where they belong: `fields[2].label` at that question, the rest at the head."""
        place, _, name = path.partition(".")
        if not name:
            self.head.add_error(path if path in self.head.fields else None, reasons)
            return
        row = self.questions[self.written[int(place.removeprefix("fields[").removesuffix("]"))]]
        if name not in row.errors:
            row.add_error(name if name in row.fields else None, reasons)

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        kept = {name: self.head.cleaned_data[name] for name in ("name", "description", "is_active")}
        return {**kept, "fields": self.fields}

    @property
    def numbered(self) -> list[dict[str, Any]]:
        """The rows as the page shows them; one of their controls may take the focus."""
        at, control = self.focus or (-1, "")
        if control == "label" and self.questions.forms:
            self.questions[at].fields["label"].widget.attrs["data-focus"] = True
        return [
            {"form": row, "number": place + 1, "focus": control if place == at else ""}
            for place, row in enumerate(self.questions)
        ]

    # --- beside the rows ---------------------------------------------------------------------------------------------

    @cached_property
    def now(self) -> list[Question]:
        return read_questions(self.in_force.fields)[0] if self.in_force else []

    @cached_property
    def then(self) -> list[Question]:
        return read_questions(self.fields)[0]

    def compare_again(self) -> None:
        """After somebody published meanwhile: with what is in force now."""
        if self.found:
            self.in_force, self.former = version_in_force(self.found), keys_ever_asked(self.found)
        for name in ("now", "then", "fields", "written"):
            self.__dict__.pop(name, None)

    @property
    def changes(self) -> list[str]:
        """What publishing changes, in words."""
        if self.found is None:
            return []
        kept = {name: getattr(self.found, name) for name in ("name", "description", "is_active")}
        given = {name: self.head[name].value() for name in kept}
        words = {name: " ".join(str(given[name] or "").split()) for name in ("name", "description")}
        head = changes_of_head(kept, {**words, "is_active": bool(given["is_active"])})
        return [*head, *changes_between(self.now, self.then)]

    @property
    def is_named(self) -> bool:
        """A question fills the name of the campaign, which is what a request is called."""
        return any(question.maps_to == "name" for question in self.then)

    @property
    def known(self) -> str:
        """JSON of every row as the conditions of the rows below it know it."""
        return described(catalogue_of(self.questions.above))

    @property
    def preview(self) -> AnswersForm:
        """The form as it will be asked."""
        return previewed(self.then)

    @property
    def title(self) -> str:
        return str(self.head["name"].value() or "").strip()


def previewed(questions: list[Question]) -> AnswersForm:
    """Questions as people will see them; one that is still being written has a stand-in for its words."""
    shown = [
        Question(
            **{
                **vars(question),
                "label": question.label or f"Question {number}",
                "type": question.type if question.type in TYPES else "text",
            }
        )
        for number, question in enumerate(questions, 1)
    ]
    return AnswersForm(shown, prefix="preview")


def posted_rows(data: Any) -> list[dict[str, Any]]:
    """The rows of a POST as they were typed."""
    total = str(data.get("questions-TOTAL_FORMS", ""))
    number = min(int(total), 2 * MOST_QUESTIONS) if total.isdecimal() else 0
    names = list(QuestionForm.base_fields)
    return [{name: data.get(f"questions-{place}-{name}", "") for name in names} for place in range(number)]


def document_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is stored; what the kind of answer does not know is left out."""
    kind = row.get("type") or "text"
    question: dict[str, Any] = {
        "key": str(row.get("key") or ""),
        "label": " ".join(str(row.get("label") or "").split()),
        "type": kind,
        "required": bool(row.get("required")),
    }
    if help_text := str(row.get("help") or "").strip():
        question["help"] = help_text
    if kind == "choice":
        lines = str(row.get("choices") or "").splitlines()
        question["choices"] = [line.strip() for line in lines if line.strip()]
    if row.get("maps_to"):
        question["maps_to"] = row["maps_to"]
    if (when := as_tree(row.get("when"))) not in ALWAYS:
        question["when"] = when
    if kind == "date" and str(row.get("min_days") or "").strip() not in ("", "0"):
        question["min_days"] = as_number(row["min_days"])
    return question


def as_number(given: Any) -> Any:
    text = str(given).strip()
    return int(text) if text.isascii() and text.isdecimal() else text


def as_tree(given: Any) -> Any:
    """A condition as it is stored, of one that was typed; what is no JSON stays text, which is refused."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given) if given.strip() else None
    except (ValueError, RecursionError):
        return given
