"""A form that is half filled in is not lost: kept as it is typed, shown to whoever wrote it, gone once it is sent."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from governance.models import User
from governance.policies import Role
from tests.api import Api
from tests.factories import make_user
from workflow.models import IntakeForm, Request, RequestDraft
from workflow.services import create_default_forms, drop_draft, keep_draft
from workflow.tasks import purge

pytestmark = pytest.mark.django_db
FORM, KEEP, DROP, HOME = (f"/workflow/ask/{part}" for part in ("content/", "content/draft/", "content/draft/drop/", ""))
TYPED = {"title": "A page about prices", "format": "Landing page", "needed_by": "soon"}


@pytest.fixture
def asker() -> User:
    create_default_forms(actor=None)
    return make_user(Role.REQUESTER)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(client: Client, **more: str) -> Any:
    """What the page sends while it is filled in."""
    opened = client.get(FORM).context["now"].isoformat()
    sent = {**TYPED, "questions-opened": opened, **more}
    return client.post(KEEP, sent, headers={"HX-Request": "true"})


def test_what_is_typed_is_kept_as_it_is_and_there_again_for_its_writer_alone(asker: User) -> None:
    client = client_of(asker)
    answer = typed(client)
    told = json.loads(answer["HX-Trigger"])["asked"]
    assert (answer.status_code, told["words"][:13]) == (204, "Draft kept at")
    assert told["keys"] == ["title", "format", "audience", "goal", "needed_by", "link"]
    assert RequestDraft.objects.get().answers == TYPED
    typed(client, title="Prices")
    form = client.get(FORM).context["form"]
    assert [form[key].value() for key in TYPED] == ["Prices", "Landing page", "soon"]
    page = client.get(HOME).content.decode()
    assert "Prices" in page
    assert "Draft" in page
    other = client_of(make_user(Role.OPS_MANAGER))
    assert other.get(FORM).context["draft"] is None
    assert "Prices" not in other.get(HOME).content.decode()


def test_a_draft_is_deleted_by_its_writer_and_an_empty_form_keeps_none(asker: User) -> None:
    client, other = client_of(asker), client_of(make_user(Role.REQUESTER))
    typed(client)
    other.post(DROP)
    assert RequestDraft.objects.count() == 1
    assert client.post(DROP)["Location"] == HOME
    assert not RequestDraft.objects.exists()
    typed(client)
    typed(client, title=" ", format="", needed_by="")
    assert not RequestDraft.objects.exists()


def test_sending_takes_the_draft_with_it_and_what_is_on_its_way_brings_none_back(asker: User) -> None:
    client = client_of(asker)
    opened = client.get(FORM).context["now"].isoformat()
    typed(client)
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    sent = {**TYPED, "audience": "Buyers", "needed_by": day}
    assert client.post(FORM, {**sent, "format": "Tapestry"}).status_code == 422
    assert RequestDraft.objects.count() == 1
    assert client.post(FORM, sent).status_code == 302
    assert (Request.objects.count(), RequestDraft.objects.count()) == (1, 0)
    late = client.post(KEEP, {**TYPED, "questions-opened": opened}, headers={"HX-Request": "true"})
    assert (json.loads(late["HX-Trigger"])["asked"]["words"], RequestDraft.objects.count()) == ("", 0)


def test_without_scripts_a_button_keeps_it_and_leads_to_what_was_asked(asker: User) -> None:
    client = client_of(asker)
    answer = client.post(KEEP, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert RequestDraft.objects.get().answers == TYPED


def test_a_draft_of_a_form_that_was_closed_stays_to_be_deleted(asker: User) -> None:
    client = client_of(asker)
    typed(client)
    IntakeForm.objects.update(is_active=False)
    assert "nobody can ask for at the moment" in client.get(HOME).content.decode()
    client.post(DROP)
    assert not RequestDraft.objects.exists()


def test_too_long_a_draft_is_told_and_what_was_kept_stays(asker: User) -> None:
    client = client_of(asker)
    typed(client)
    told = json.loads(typed(client, goal="x" * 200_001)["HX-Trigger"])["asked"]
    assert told["words"].startswith("The draft is not kept: it has more than 200,000 characters.")
    assert RequestDraft.objects.get().answers == TYPED


def test_who_may_not_ask_keeps_no_draft(asker: User) -> None:
    auditor = client_of(make_user(Role.AUDITOR))
    assert [auditor.post(path, TYPED).status_code for path in (KEEP, DROP)] == [403, 403]
    form = IntakeForm.objects.get(key="content")
    keep_draft(form=form, answers=TYPED, opened=timezone.now(), user=asker)
    assert (drop_draft(form=form, user=asker), drop_draft(form=form, user=asker)) == (True, False)


# --- kept for a time ---


def aged(days: float) -> None:
    RequestDraft.objects.update(updated_at=timezone.now() - timedelta(days=days))


def test_a_draft_that_nobody_changed_for_ninety_days_is_deleted_and_the_pages_say_when(asker: User) -> None:
    client = client_of(asker)
    typed(client)
    aged(89.9)
    purge()
    until = date_format(timezone.localtime(RequestDraft.objects.get().kept_until), "j M Y")
    for page in (HOME, FORM):
        assert f"kept until {until}" in client.get(page).content.decode()
    aged(90.1)
    purge()
    assert not RequestDraft.objects.exists()


def test_a_draft_that_is_changed_is_kept_anew(asker: User) -> None:
    client = client_of(asker)
    typed(client)
    aged(89)
    typed(client, title="Prices")
    assert RequestDraft.objects.get().kept_until > timezone.now() + timedelta(days=89)


# --- by API ---

DRAFTS, DRAFT = "workflow/drafts/", "workflow/drafts/content/"


def test_drafts_are_read_kept_and_deleted_by_api_by_their_writer_alone(asker: User) -> None:
    call, other = Api(user=asker), Api()
    kept = call("PUT", DRAFT, {"answers": TYPED})
    assert kept.status_code == 200
    (row,) = call("GET", DRAFTS).json()["results"]
    assert row == kept.json() == call("GET", DRAFT).json()
    assert {name: row[name] for name in ("form", "title", "answers", "is_open")} == {
        "form": "content",
        "title": "A page about prices",
        "answers": TYPED,
        "is_open": True,
    }
    assert other("GET", DRAFTS).json()["results"] == []
    assert [other(method, DRAFT).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert other("POST", f"{DRAFT}send/").status_code == 404
    assert client_of(asker).get(FORM).context["form"]["title"].value() == "A page about prices"
    assert (call("DELETE", DRAFT).status_code, call("DELETE", DRAFT).status_code) == (204, 404)
    assert not RequestDraft.objects.exists()


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"answers": {"colour": "red"}}, "answers.colour"),
        ({"answers": {"title": " "}}, "answers"),
        ({"answers": {}}, "answers"),
        ({"answers": {"title": {"a": 1}}}, "answers.title"),
        ({"answers": TYPED, "form": "campaign"}, "form"),
        ({}, "answers"),
    ],
)
def test_what_is_no_draft_is_refused_and_what_was_kept_stays(asker: User, sent: Any, place: str) -> None:
    call = Api(user=asker)
    call("PUT", DRAFT, {"answers": TYPED})
    answer = call("PUT", DRAFT, sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [place])
    assert RequestDraft.objects.get().answers == TYPED


def test_a_draft_is_sent_by_api_once_it_is_whole(asker: User) -> None:
    call = Api(user=asker)
    call("PUT", DRAFT, {"answers": TYPED})
    refused = call("POST", f"{DRAFT}send/")
    assert refused.status_code == 422
    assert sorted(refused.json()["errors"]) == ["audience", "needed_by"]
    assert RequestDraft.objects.count() == 1
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    call("PUT", DRAFT, {"answers": {**TYPED, "audience": "Buyers", "needed_by": day}})
    sent = call("POST", f"{DRAFT}send/", None, **{"Idempotency-Key": "send-1"})
    again = call("POST", f"{DRAFT}send/", None, **{"Idempotency-Key": "send-1"})
    assert (sent.status_code, again.content) == (201, sent.content)
    assert sent.json()["title"] == "A page about prices"
    assert (Request.objects.count(), RequestDraft.objects.count()) == (1, 0)


def test_a_closed_form_keeps_and_sends_no_draft_by_api(asker: User) -> None:
    call = Api(user=asker)
    call("PUT", DRAFT, {"answers": TYPED})
    IntakeForm.objects.update(is_active=False)
    assert call("PUT", DRAFT, {"answers": TYPED}).status_code == 404
    assert call("POST", f"{DRAFT}send/").json()["errors"] == {"form": ["Choose one of the open forms."]}
    assert call("GET", DRAFT).json()["is_open"] is False
    assert Api("auditor")("GET", DRAFTS).status_code == 403
