"""Forms are built in the app: rows of questions, keys that stay, versions, and two editors who never overwrite one another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from governance.models import User
from governance.policies import Role
from mops.core.errors import ConflictError
from tests.factories import make_user
from workflow.models import FormVersion, IntakeForm, Request
from workflow.selectors import keys_ever_asked, version_in_force
from workflow.services import change_form, create_default_forms, file_request

pytestmark = pytest.mark.django_db
NEW, CONTENT = "/workflow/forms/new/", "/workflow/forms/content/"


def client_of(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or make_user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(*rows: dict[str, Any], **head: Any) -> dict[str, Any]:
    """What a browser sends: rows as they stand there."""
    given = {"name": "Events", "description": "", "is_active": "on", "questions-TOTAL_FORMS": len(rows)}
    given |= {"questions-INITIAL_FORMS": len(rows), **head}
    for place, row in enumerate(rows):
        given |= {f"questions-{place}-{name}": value for name, value in {"type": "text", **row}.items()}
    return given


def shown(answer: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Head and rows as the page shows them, to be sent again."""
    builder = answer.context["builder"]
    rows = []
    for form in builder.questions:
        values = {name: form[name].value() for name in form.fields}
        rows.append({name: value for name, value in values.items() if value not in (None, False)})
    head = {name: builder.head[name].value() or "" for name in builder.head.fields}
    return head, rows


def opened(client: Client, path: str = CONTENT) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    answer = client.get(path)
    assert answer.status_code == 200
    return shown(answer)


def asked(form: IntakeForm) -> list[tuple[str, str]]:
    version = version_in_force(form)
    assert version is not None
    return [(field["key"], field["label"]) for field in version.fields]


def content() -> IntakeForm:
    return create_default_forms(actor=None)[1]


# --- building -------------------------------------------------------------------------------------------------------


def test_a_form_is_built_without_a_key_being_typed_and_asked_at_once() -> None:
    ops = make_user()
    rows = [
        {"label": "What is it called?", "required": "on", "maps_to": "name"},
        {"label": "Format", "type": "choice", "choices": "Webinar\n Trade show \n\n"},
        {"label": "When?", "type": "date", "min_days": "14", "maps_to": "starts_on", "help": "The first day"},
    ]
    answer = client_of(ops).post(NEW, {**typed(*rows, description="Meet people"), "do": "publish"})
    form = IntakeForm.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/workflow/forms/events/")
    assert (form.key, form.name, form.description, form.is_active) == ("events", "Events", "Meet people", True)
    version = FormVersion.objects.get(form=form)
    assert (version.number, version.state, version.published_by) == (1, "published", ops)
    assert version.fields == [
        {
            "key": "what_is_it_called",
            "label": "What is it called?",
            "type": "text",
            "required": True,
            "maps_to": "name",
        },
        {"key": "format", "label": "Format", "type": "choice", "required": False, "choices": ["Webinar", "Trade show"]},
        {
            "key": "when",
            "label": "When?",
            "type": "date",
            "required": False,
            "help": "The first day",
            "maps_to": "starts_on",
            "min_days": 14,
        },
    ]
    assert "What is it called?" in client_of(make_user(Role.REQUESTER)).get("/workflow/ask/events/").content.decode()


def test_forms_of_the_same_name_and_names_of_other_pages_get_keys_of_their_own() -> None:
    client = client_of()
    for name in ("Events", "Events", "New", "地域"):
        assert client.post(NEW, {**typed({"label": "What?"}, name=name), "do": "publish"}).status_code == 302
    assert set(IntakeForm.objects.values_list("key", flat=True)) == {"events", "events-2", "new-2", "form"}


def test_a_copy_begins_with_the_questions_of_another_form_and_keys_of_its_own() -> None:
    content()
    client = client_of()
    head, rows = opened(client, f"{NEW}?from=content")
    assert (head["name"], [row["label"] for row in rows][:2]) == ("", ["What should we write or make?", "Format"])
    assert client.post(NEW, {**typed(*rows, name="Film"), "do": "publish"}).status_code == 302
    assert asked(IntakeForm.objects.get(key="film"))[:2] == [
        ("what_should_we_write_or_make", "What should we write or make?"),
        ("format", "Format"),
    ]


def test_rows_are_added_moved_and_removed_and_what_is_half_filled_in_stays() -> None:
    form = content()
    client = client_of()
    head, rows = opened(client)
    labels = [row["label"] for row in rows]
    rows[0]["label"], rows[4]["min_days"] = "", "soon"

    def press(do: str) -> list[Any]:
        nonlocal head, rows
        answer = client.post(CONTENT, {**typed(*rows, **head), "do": do})
        assert answer.status_code == 200
        head, rows = shown(answer)
        return [row.get("label", "") for row in rows]

    assert press("down 1") == [labels[1], "", *labels[2:]]
    assert press("up 2") == ["", *labels[1:]]
    assert press("up 1") == ["", *labels[1:]]
    assert press("place 6 2") == ["", labels[5], *labels[1:5]]
    assert press("place 2 6") == ["", *labels[1:]]
    assert press("remove 3") == ["", labels[1], *labels[3:]]
    assert press("add") == ["", labels[1], *labels[3:], ""]
    assert press("up 99") == press("keep") == press("fly") == ["", labels[1], *labels[3:], ""]
    assert rows[3]["min_days"] == "soon"
    assert FormVersion.objects.filter(form=form).count() == 1


def test_the_keyboard_goes_on_where_the_row_went() -> None:
    content()
    client = client_of()
    head, rows = opened(client)
    page = client.post(CONTENT, {**typed(*rows, **head), "do": "up 3"}).content.decode()
    assert page.count("data-focus>") == 1
    assert 'aria-label="Move question 2 up"' in page.partition("data-focus>")[0].rpartition("<button")[2]


# --- refusals -------------------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_stands_at_its_field_and_nothing_is_lost() -> None:
    rows = [
        {"label": "", "help": "Somebody began"},
        {"label": "Format", "type": "choice", "choices": "Video\nVideo"},
        {"label": "Size", "type": "choice"},
        {"label": "When?", "type": "date", "min_days": "1000"},
        {"label": "Where?", "maps_to": "region"},
        {"label": "Title", "maps_to": "name"},
        {"label": "Other title", "maps_to": "name"},
        {"label": "where?"},
    ]
    answer = client_of().post(NEW, {**typed(*rows, name="  "), "do": "publish"})
    builder = answer.context["builder"]
    assert answer.status_code == 422
    assert builder.head.errors == {"name": ["Give the form a name."]}
    assert [dict(row.errors) for row in builder.questions] == [
        {"label": ["Write the question, or remove it."]},
        {"choices": ["“Video” stands here twice; keep one."]},
        {"choices": ["List what can be chosen, one a line."]},
        {"min_days": ["Enter 365 or less."]},
        {
            "maps_to": [
                "The campaign’s region is filled by a region; change the kind of answer, or let it fill nothing."
            ]
        },
        {},
        {"maps_to": ["“Title” fills the campaign’s name already; let one of the two fill nothing."]},
        {"label": ["This is asked above already; word it differently, or remove it."]},
    ]
    _head, again = shown(answer)
    assert [row["label"] for row in again if "label" in row] == [row["label"] for row in rows]
    assert again[1]["choices"] == "Video\nVideo"
    assert 'href="#id_questions-3-min_days"' in answer.content.decode()
    assert IntakeForm.objects.count() == 0


def test_a_form_without_a_question_is_refused() -> None:
    answer = client_of().post(NEW, {**typed({"label": " "}), "do": "publish"})
    assert answer.status_code == 422
    assert answer.context["builder"].head.non_field_errors() == ["A form has at least one question; add one."]
    assert IntakeForm.objects.count() == 0


# --- versions -------------------------------------------------------------------------------------------------------


def test_a_question_keeps_its_key_under_other_words_and_requests_stay_on_their_version() -> None:
    form = content()
    old = version_in_force(form)
    given = {"title": "Case study", "format": "Slides", "audience": "CFOs", "needed_by": "2999-01-01"}
    request = file_request(form_key="content", answers=given, actor=make_user())
    client = client_of()
    head, rows = opened(client)
    rows[2]["label"] = "Who reads it?"
    answer = client.post(
        CONTENT, {**typed(*rows[:3], {"label": "Who is it for?"}, **head), "do": "publish"}, follow=True
    )
    assert "Version 2 is in force; earlier requests stay on theirs." in answer.content.decode()
    assert asked(form)[2:] == [("audience", "Who reads it?"), ("who_is_it_for", "Who is it for?")]
    request.refresh_from_db()
    assert (request.form_version, request.answers["audience"]) == (old, "CFOs")


def test_a_key_that_somebody_makes_up_is_not_taken_and_a_question_asked_again_goes_on_with_its_key() -> None:
    form = content()
    client = client_of()
    head, rows = opened(client)
    client.post(CONTENT, {**typed(rows[0], {"label": "Size", "key": "audience; drop"}, **head), "do": "publish"})
    assert asked(form) == [("title", "What should we write or make?"), ("size", "Size")]
    head, rows = opened(client)
    again = [*rows, {"label": "Who is it for?"}, {"label": "Format"}, {"label": "Size!"}]
    client.post(CONTENT, {**typed(*again, **head), "do": "publish"})
    assert asked(form)[1:] == [
        ("size", "Size"),
        ("audience", "Who is it for?"),
        ("format", "Format"),
        ("size_2", "Size!"),
    ]
    assert set(keys_ever_asked(form)) >= {"goal", "needed_by", "link", "size_2"}


def test_a_form_is_renamed_and_closed_without_a_new_version() -> None:
    form = content()
    client = client_of()
    head, rows = opened(client)
    given = typed(*rows, **{**head, "name": "Content  requests", "description": ""})
    del given["is_active"]
    assert client.post(CONTENT, given).context["builder"].changes == [
        "The form “Content” is called “Content requests”.",
        "It has no description.",
        "It is closed: nobody can ask by it.",
    ]
    assert client.post(CONTENT, {**given, "do": "publish"}).status_code == 302
    form.refresh_from_db()
    assert (form.name, form.is_active, form.versions.count()) == ("Content requests", False, 1)
    assert client.get("/workflow/ask/content/").status_code == 404


def test_the_builder_says_in_words_what_publishing_changes() -> None:
    content()
    client = client_of()
    head, rows = opened(client)
    assert client.get(CONTENT).context["builder"].changes == []
    rows[0]["label"] = "What shall we make?"
    rows[1]["choices"] = "Video\nPodcast"
    rows[4]["min_days"] = "10"
    answer = client.post(
        CONTENT,
        typed(*rows[:3], rows[4], {"label": "Language"}, **head),
        headers={"HX-Request": "true", "HX-Target": "form-preview"},
    )
    assert answer.context["builder"].changes == [
        "“Language” is asked, too.",
        "“What should they do afterwards?” is no longer asked.",
        "“Source material” is no longer asked.",
        "“What should we write or make?” is worded “What shall we make?”.",
        "“Format” offers Podcast now and no longer offers Blog post, Case study, One-pager, Slides, Landing page.",
        "“When do you need it?” needs 10 days of notice instead of 5.",
    ]
    page = answer.content.decode()
    assert page.lstrip().startswith('<div class="stack" id="form-preview"')
    assert '<option value="Podcast">' in page


def test_former_versions_are_read_with_what_they_changed() -> None:
    content()
    client = client_of()
    head, rows = opened(client)
    client.post(CONTENT, {**typed(*reversed(rows[:2]), **head), "do": "publish"})
    first = client.get(f"{CONTENT}versions/1/").content.decode()
    assert "no longer asked. Requests that were answered on it stay on it." in first
    assert "Who is it for?" in first
    second = client_of(make_user(Role.REQUESTER)).get(f"{CONTENT}versions/2/")
    assert "“Who is it for?” is no longer asked." in second.context["changes"]
    assert second.context["changes"][-1] == "“Format” comes first now."
    assert client.get(f"{CONTENT}versions/3/").status_code == 404


# --- two editors, and who may ---------------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_told_who_was_first_and_then_goes_on_top() -> None:
    form = content()
    ana, ben = client_of(make_user(name="Ana Ruiz")), client_of(make_user(name="Ben Cole"))
    head, rows = opened(ana)
    mine, my_rows = opened(ben)
    ana.post(CONTENT, {**typed(*rows, {"label": "Language"}, **head), "do": "publish"})
    my_rows[0]["label"] = "What do you need?"
    late = ben.post(CONTENT, {**typed(*my_rows, **mine), "do": "publish"})
    assert late.status_code == 422
    assert (
        "Somebody changed this form meanwhile. Ana Ruiz saved it at"
        in late.context["builder"].head.non_field_errors()[0]
    )
    assert late.context["builder"].changes[0] == "“Language” is no longer asked."
    assert (form.versions.count(), asked(form)[-1]) == (2, ("language", "Language"))
    mine, my_rows = shown(late)
    assert ben.post(CONTENT, {**typed(*my_rows, **mine), "do": "publish"}).status_code == 302
    assert (form.versions.count(), asked(form)[0]) == (3, ("title", "What do you need?"))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_the_same_moment_one_wins() -> None:
    form, actor = content(), make_user()
    form.refresh_from_db()
    seen, fields = form.updated_at, [{"key": "title", "label": "What?", "type": "text"}]

    def publish(name: str) -> str:
        try:
            change_form(
                form=IntakeForm.objects.get(pk=form.pk),
                name=name,
                description="",
                is_active=True,
                fields=fields,
                seen=seen,
                actor=actor,
            )
            return name
        except ConflictError:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        won = [name for name in pool.map(publish, ["A", "B", "C", "D"]) if name]
    form.refresh_from_db()
    assert won == [form.name]
    assert form.versions.count() == 2


def test_who_may_only_look_sees_the_version_in_force_and_changes_nothing() -> None:
    form = content()
    _head, rows = opened(client_of())
    client = client_of(make_user(Role.REQUESTER))
    page = client.get(CONTENT).content.decode()
    assert "Who is it for?" in page
    assert "Edit the form" not in page
    assert client.post(CONTENT, {**typed(*rows[:1]), "do": "publish"}).status_code == 403
    assert client.get(NEW).status_code == 403
    assert form.versions.count() == 1


def test_the_list_counts_questions_and_the_requests_of_ninety_days_and_leads_to_them() -> None:
    content()
    ops = make_user()
    given = {"title": "Case study", "format": "Slides", "audience": "CFOs", "needed_by": "2999-01-01"}
    recent, old = (file_request(form_key="content", answers=given, actor=ops) for _ in range(2))
    Request.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    client = client_of(ops)
    row = client.get("/workflow/forms/?q=Content").context["table"].rows[0].record
    assert (row.name, row.version, row.questions, row.recent, row.is_active) == ("Content", 1, 6, 1, True)
    cell = client.get("/workflow/forms/").context["table"].rows[1].get_cell("recent")
    opened_rows = client.get(cell.partition('href="')[2].partition('"')[0].replace("&amp;", "&")).context["table"].rows
    assert [one.record for one in opened_rows] == [recent]
