"""Forms of workflow: one made of a version's questions, and the verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from governance.services.taxonomy import propose_name
from mops.core.inputs import DayInput, FoundInput
from planning.models import Campaign, Channel, Region
from workflow.asking import asked_among
from workflow.form_design import days
from workflow.models import Request, Verdict
from workflow.questions import Question, check_asked
from workflow.selectors import merge_targets
from workflow.services.requests import options


def field_of(question: Question) -> forms.Field:
    """The form field of a question; the service checks the answer again, exactly."""
    notice = f"At least {days(question.min_days)} from today" if question.type == "date" and question.min_days else ""
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help or notice,
        "required": question.required,
    }
    blank = [("", "Choose…" if question.required else "—")]
    if question.type == "long_text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **common)
    if question.type == "choice":
        return forms.ChoiceField(choices=[*blank, *((text, text) for text in question.choices)], **common)
    if question.type in ("channel", "region"):
        choices = Channel.choices if question.type == "channel" else Region.choices
        return forms.ChoiceField(choices=[*blank, *choices], **common)
    if question.type == "date":
        return forms.CharField(widget=forms.TextInput(attrs={"type": "date"}), **common)
    if question.type in ("number", "money"):
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if question.type == "url":
        return forms.CharField(widget=forms.TextInput(attrs={"type": "url"}), **common)
    return forms.CharField(**common)


SHOWN = "questions-shown"
"""With the answers comes which questions the page showed; no question has such a key."""


@dataclass(frozen=True)
class Row:
    """One question on the page; `when` says in words when it is asked, where it is not always."""

    field: forms.BoundField
    is_asked: bool
    when: str


class AnswersForm(forms.Form):
    """A field a question, in their order; everything that is wrong is said at once.

    Which questions are asked follows from the answers; what is not asked is neither checked nor kept.
    """

    def __init__(self, questions: Sequence[Question], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = questions
        for question in questions:
            self.fields[question.key] = field_of(question)
        self.asked = asked_among(questions, {question.key: self[question.key].value() for question in questions})

    @property
    def asked_keys(self) -> list[str]:
        return [question.key for question in self.asked]

    @property
    def rows(self) -> list[Row]:
        asked = set(self.asked_keys)
        return [Row(self[one.key], one.key in asked, one.when_in_words) for one in self.questions]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        asked = set(self.asked_keys)
        for question in self.questions:
            if question.key not in asked:
                self._errors.pop(question.key, None)  # type: ignore[union-attr]
        answers = {key: value for key, value in given.items() if key in asked}
        checked = [question for question in self.asked if question.key in answers]
        _kept, errors = check_asked(checked, answers, timezone.localdate(), options())
        for key, reasons in errors.items():
            self.add_error(key, reasons)
        self._tell_unseen()
        return answers

    def _tell_unseen(self) -> None:
        """A browser without scripts shows a question only now: let it be read before the request is sent."""
        shown = set(str(self.data.get(self.add_prefix(SHOWN), "")).split())
        if not shown:
            return
        for question in self.asked:
            if question.condition is not None and question.key not in shown:
                self._errors.pop(question.key, None)  # type: ignore[union-attr]
                rest = "" if question.required else ", or leave it empty"
                self.add_error(question.key, f"This is asked, too, since {question.when_in_words}. Answer it{rest}.")


class TriageForm(forms.Form):
    """A verdict and what it needs."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    name = forms.CharField(
        max_length=200,
        required=False,
        label="Name of the campaign",
        help_text="Empty: as the request is called, where the naming rule agrees",
        widget=forms.TextInput({"data-when": "verdict=accept"}),
    )
    campaign = forms.ModelChoiceField(
        queryset=Campaign.objects.all(),
        required=False,
        to_field_name="code",
        label="Or link an existing campaign",
        empty_label="A new one",
        widget=FoundInput("planning:campaign-options", typed="Its code", attrs={"data-when": "verdict=accept"}),
    )
    question = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "data-when": "verdict=ask"}), required=False, label="Question"
    )
    merge_into = forms.ModelChoiceField(
        queryset=Request.objects.none(),
        required=False,
        to_field_name="number",
        label="Merge into",
        empty_label="Title or number",
        widget=FoundInput("workflow:merge-options", typed="Its number", attrs={"data-when": "verdict=merge"}),
    )
    defer_until = forms.DateField(
        widget=DayInput(attrs={"data-when": "verdict=defer"}), required=False, label="Look again on"
    )
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False, label="Reason")

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merge_into"].queryset = merge_targets(request)  # type: ignore[attr-defined]
        self.fields["merge_into"].widget.args = (request.number,)  # type: ignore[attr-defined]
        if proposed := propose_name("campaign", request.title, words_of(request)):
            self.initial["name"] = proposed
            self.fields["name"].help_text = "Proposed by the naming rule; change what does not fit"


def words_of(request: Request) -> set[str]:
    """The answers of a request as they may stand in a name: regions and channels by key and by name."""
    answers = {str(value) for value in request.answers.values()}
    named = dict([*Region.choices, *Channel.choices])
    return answers | {str(named[answer]) for answer in answers if answer in named}


class CommentForm(forms.Form):
    """A remark, or the answer to a question."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="Write")
