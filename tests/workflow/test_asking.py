"""A question is asked only when answers above say so: decided here, for the page, the API and the request alike."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from governance.policies import Role
from mops.core.errors import DomainError
from tests.api import Api
from tests.factories import make_user
from workflow.asking import asked_among
from workflow.form_design import changes_between, renamed, with_keys, with_names
from workflow.models import FormVersion, IntakeForm, Request
from workflow.questions import check_answers, read_questions
from workflow.services import build_form, change_form, file_request
from workflow.views.requests import answers_of

VIDEO = {"field": "format", "op": "eq", "value": "Video"}
FIELDS: list[dict[str, Any]] = [
    {"key": "title", "label": "What?", "type": "text", "required": True, "maps_to": "name"},
    {"key": "format", "label": "Format", "type": "choice", "required": True, "choices": ["Page", "Video"]},
    {"key": "length", "label": "How many minutes?", "type": "number", "required": True, "when": VIDEO},
    {
        "key": "why",
        "label": "Why so long?",
        "type": "long_text",
        "when": {"all": [{"field": "length", "op": "gt", "value": 10}]},
    },
]
PAGE = "/workflow/ask/content/"


def content(fields: list[dict[str, Any]] = FIELDS) -> IntakeForm:
    return build_form(name="Content", description="", is_active=True, fields=fields, actor=make_user())


def client(role: str = Role.REQUESTER) -> Client:
    made = Client()
    made.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return made


def asked(**answers: Any) -> list[str]:
    return [question.key for question in asked_among(read_questions(FIELDS)[0], answers)]


def hidden(answer: Any) -> list[str]:
    return [row.field.name for row in answer.context["form"].rows if not row.is_asked]


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_a_question_follows_from_the_answers_above_and_what_is_not_asked_decides_nothing() -> None:
    assert asked() == ["title", "format"]
    assert asked(format="Video", length="5") == ["title", "format", "length"]
    assert asked(format="Video", length="12.5") == ["title", "format", "length", "why"]
    assert asked(format="Page", length="12.5") == ["title", "format"]
    assert asked(format="Video", length="long") == ["title", "format", "length"]


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ({"field": "why", "op": "is_empty"}, "It depends on a question that is not above this one."),
        ({"field": "nothing", "op": "is_empty"}, "It depends on a question that is not above this one."),
        ({"field": "format", "op": "eq", "value": "Film"}, "“Film” is no answer to “Format”; choose another."),
        ({"field": "format", "op": "eq", "value": ""}, "Condition: has no value; give one"),
        ({"field": "format", "op": "gt", "value": 3}, "gt does not work on Format"),
        ("no condition", "is not an object"),
    ],
)
def test_a_condition_that_can_never_be_met_or_reads_what_is_below_is_refused(when: Any, reason: str) -> None:
    _questions, errors = read_questions([*FIELDS[:2], {**FIELDS[2], "when": when}, FIELDS[3]])
    assert reason in errors["fields[2].when"][0]


def test_an_answer_to_what_is_not_asked_is_refused_by_name_and_one_that_is_missing_too() -> None:
    questions = read_questions(FIELDS)[0]
    day = date(2026, 3, 2)
    given = {"title": "A", "format": "Page", "length": "5", "why": ""}
    reason = "It is asked only when Format is Video. Leave it out, or change the answer above."
    assert check_answers(questions, given, day, {})[1] == {"length": [reason]}
    assert check_answers(questions, {"title": "A", "format": "Video"}, day, {})[1] == {
        "length": ["“How many minutes?” needs an answer."]
    }
    kept, errors = check_answers(questions, {"title": "A", "format": "Page"}, day, {})
    assert (kept, errors) == ({"title": "A", "format": "Page"}, {})


TYPED = st.sampled_from(["", " ", "Video", "Page", "5", "11", "NaN", "x"])


@given(st.fixed_dictionaries(dict.fromkeys(("title", "format", "length", "why"), TYPED)))
def test_what_is_kept_is_what_was_asked_and_asks_the_same_again(answers: dict[str, str]) -> None:
    questions = read_questions(FIELDS)[0]
    keys = {question.key for question in asked_among(questions, answers)}
    only_asked = {key: text for key, text in answers.items() if key in keys}
    kept, errors = check_answers(questions, only_asked, date(2026, 3, 2), {})
    assert set(kept) <= keys
    if not errors:
        assert [question.key for question in asked_among(questions, kept)] == [
            one.key for one in questions if one.key in keys
        ]


# --- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_form_shows_what_is_asked_and_files_nothing_else() -> None:
    content()
    browser = client()
    assert hidden(browser.get(PAGE)) == ["length", "why"]
    assert hidden(browser.get(f"{PAGE}?format=Video")) == ["why"]
    typed = {"title": "Tour", "format": "Page", "length": "7", "questions-shown": "title format"}
    assert browser.post(PAGE, typed).status_code == 302
    assert Request.objects.get().answers == {"title": "Tour", "format": "Page"}


@pytest.mark.django_db
def test_without_scripts_a_question_that_turns_out_to_be_asked_is_shown_before_anything_is_sent() -> None:
    optional = [*FIELDS[:2], {**FIELDS[2], "required": False}, FIELDS[3]]
    content(optional)
    browser = client()
    first = browser.post(PAGE, {"title": "Tour", "format": "Video", "questions-shown": "title format"})
    assert (first.status_code, hidden(first)) == (422, ["why"])
    assert first.context["form"].errors == {
        "length": ["This is asked, too, since Format is Video. Answer it, or leave it empty."]
    }
    assert not Request.objects.exists()
    shown = " ".join(first.context["form"].asked_keys)
    assert browser.post(PAGE, {"title": "Tour", "format": "Video", "questions-shown": shown}).status_code == 302


@pytest.mark.django_db
def test_the_request_tells_only_what_was_asked() -> None:
    content()
    asker = make_user(Role.REQUESTER)
    short = file_request(form_key="content", answers={"title": "Tour", "format": "Page"}, actor=asker)
    long = file_request(form_key="content", answers={"title": "Tour", "format": "Video", "length": 12}, actor=asker)
    assert answers_of(short) == [("What?", "Tour"), ("Format", "Page")]
    assert answers_of(long)[2:] == [("How many minutes?", "12"), ("Why so long?", "—")]
    with pytest.raises(DomainError) as refused:
        file_request(form_key="content", answers={"title": "Tour", "format": "Page", "length": 3}, actor=asker)
    assert list(refused.value.errors) == ["length"]


@pytest.mark.django_db
def test_the_api_tells_when_a_question_is_asked_and_holds_to_it() -> None:
    content()
    api = Api("requester")
    fields = api("GET", "workflow/forms/").json()["results"][0]["fields"]
    assert fields[2]["when"] == VIDEO
    refused = api(
        "POST", "workflow/requests/", {"form": "content", "answers": {"title": "A", "format": "Page", "length": 3}}
    )
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["length"])
    made = api(
        "POST", "workflow/requests/", {"form": "content", "answers": {"title": "A", "format": "Video", "length": 3}}
    )
    assert (made.status_code, made.json()["answers"]["length"]) == (201, "3")


# --- building --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_new_question_depends_on_a_new_question_before_either_has_its_key() -> None:
    ops = client(Role.OPS_MANAGER)
    rows = [{"label": "Format", "type": "choice", "choices": "Page\nVideo"}, {"label": "How long?"}]
    sent = {"name": "Content", "is_active": "on", "questions-TOTAL_FORMS": 2, "questions-INITIAL_FORMS": 0}
    sent |= {f"questions-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    page = ops.post("/workflow/forms/new/", {**sent, "do": "keep"})
    keys = [form["key"].value() for form in page.context["builder"].questions]
    assert keys == ["_1", "_2"]
    sent |= {"questions-0-key": "_1", "questions-1-key": "_2", "questions-0-type": "choice", "questions-1-type": "text"}
    sent["questions-1-when"] = '{"all": [{"field": "_1", "op": "eq", "value": "Video"}]}'
    page = ops.post("/workflow/forms/new/", {**sent, "do": "keep"})
    assert [form.words for form in page.context["builder"].questions] == ["", "only when Format is Video"]
    assert "Asked only when Format is Video" in page.content.decode()
    assert ops.post("/workflow/forms/new/", {**sent, "do": "publish"}).status_code == 302
    fields = FormVersion.objects.get().fields
    assert fields[1]["when"] == {"all": [{"field": "format", "op": "eq", "value": "Video"}]}
    moved = ops.post("/workflow/forms/content/", {**sent, "do": "down 1"})
    assert [form["label"].value() for form in moved.context["builder"].questions] == ["How long?", "Format"]


@pytest.mark.django_db
def test_a_question_moved_above_what_it_depends_on_is_told_at_its_field() -> None:
    content()
    ops = client(Role.OPS_MANAGER)
    page = ops.get("/workflow/forms/content/")
    rows = page.context["builder"].rows
    order = [rows[0], rows[2], rows[1], rows[3]]
    sent = {"name": "Content", "is_active": "on", "questions-TOTAL_FORMS": 4, "questions-INITIAL_FORMS": 4}
    sent["seen"] = IntakeForm.objects.get().updated_at.isoformat()
    for place, row in enumerate(order):
        form = page.context["builder"].questions[rows.index(row)]
        sent |= {f"questions-{place}-{name}": form[name].value() or "" for name in form.fields}
        sent[f"questions-{place}-when"] = form.fields["when"].prepare_value(form["when"].value()) or ""
    answer = ops.post("/workflow/forms/content/", {**sent, "do": "publish"})
    assert answer.status_code == 422
    assert "format" in str(answer.context["builder"].questions[1].errors["when"])
    assert FormVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_condition_that_changes_is_a_new_version_and_told_in_words() -> None:
    form, actor = content(), make_user()
    later = [*FIELDS[:2], {key: value for key, value in FIELDS[2].items() if key != "when"}, FIELDS[3]]
    made = change_form(
        form=form, name="Content", description="", is_active=True, fields=later, seen=form.updated_at, actor=actor
    )
    assert made is not None
    old, new = read_questions(FIELDS)[0], read_questions(later)[0]
    assert changes_between(old, new) == ["“How many minutes?” is asked always now."]
    assert changes_between(new, old) == ["“How many minutes?” is asked only when Format is Video now."]


def test_conditions_follow_the_names_of_their_questions() -> None:
    rows = with_names([{"label": "Format"}, {"label": "Length", "key": "length"}, {"label": "Why", "key": ""}])
    assert [row["key"] for row in rows] == ["_1", "length", "_2"]
    rows[2]["when"] = {"any": [{"not": {"field": "_1", "op": "is_empty"}}, {"field": "length", "op": "gt", "value": 1}]}
    found = with_keys(rows, {"length": "Length"})
    assert [row["key"] for row in found] == ["format", "length", "why"]
    assert found[2]["when"] == renamed(rows[2]["when"], {"_1": "format"})
    assert found[2]["when"]["any"][0]["not"]["field"] == "format"
