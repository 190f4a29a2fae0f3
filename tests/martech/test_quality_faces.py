"""Data quality as people and programs use it: pages, lists, the API, what is due."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from martech.models import FindingState, Monitor, QualityFinding, QualitySnapshot
from mops.core import work
from mops.core.registry import dues_for
from tests.factories import make_person, make_token, make_user

pytestmark = pytest.mark.django_db
QUALITY = "/martech/quality/"


def signed_in(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(**changes: Any) -> dict[str, Any]:
    first = {"name": "Leads have a phone", "field": "person.phone", "target": 90, "weight": 1, "due_days": 7}
    return {**first, "scope": json.dumps({"all": []}), **changes}


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_first_visit_proposes_monitors_and_one_click_adds_and_asks_them() -> None:
    make_person(country="", phone="030 123")
    client = signed_in()
    assert "Add these monitors" in text(client, QUALITY)
    assert client.post(f"{QUALITY}standard/").status_code == 302
    assert Monitor.objects.filter(versions__state="published").count() == 12
    work.run_due("quality")
    page = text(client, QUALITY)
    assert "Country is filled" in page
    assert QualitySnapshot.objects.get(monitor__key="country-filled").failing == 1
    assert client.post(f"{QUALITY}standard/").status_code == 302
    assert Monitor.objects.count() == 12


def test_a_monitor_is_written_counted_live_published_and_opens_its_people() -> None:
    make_person(phone="", last_name="Silent")
    make_person(phone="+4930123456", last_name="Loud")
    client = signed_in()
    assert "Completeness" in text(client, f"{QUALITY}monitors/new/")
    live = client.post(f"{QUALITY}monitors/count/completeness/", form()).content.decode()
    assert '<b class="count">1</b> of 2 people would fail; 50.0% pass, below the target of 90%' in live
    assert client.post(f"{QUALITY}monitors/new/?kind=completeness", form()).status_code == 302
    monitor = Monitor.objects.get()
    assert monitor.versions.get().state == "draft"
    page = f"{QUALITY}monitors/{monitor.key}/"
    assert client.post(f"{page}publish/", {"revision": 1}).status_code == 302
    work.run_due("quality")
    assert "Phone is filled" in text(client, page)
    people = text(client, f"{page}people/")
    assert "Silent" in people
    assert "Loud" not in people
    exported = b"".join(client.get(f"{page}people/?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Silent" in exported
    assert "Loud" not in exported


def test_an_edit_names_the_revision_it_saw_and_the_published_version_stays() -> None:
    client = signed_in()
    client.post(f"{QUALITY}monitors/new/?kind=completeness", form())
    page = f"{QUALITY}monitors/leads-have-a-phone/"
    client.post(f"{page}publish/", {"revision": 1})
    assert client.post(f"{page}edit/", form(target=50, revision=1)).status_code == 302
    assert client.post(f"{page}edit/", form(target=40, revision=1)).status_code == 422
    states = dict(Monitor.objects.get().versions.values_list("state", "document__target"))
    assert states == {"published": 90, "draft": 50}
    draft = Monitor.objects.get().versions.get(state="draft")
    client.post(f"{page}discard/", {"revision": draft.revision - 1})
    assert Monitor.objects.get().versions.count() == 2
    assert client.post(f"{page}discard/", {"revision": draft.revision}).status_code == 302
    assert Monitor.objects.get().versions.count() == 1


@pytest.mark.parametrize("kind", ["validity", "uniqueness", "consistency", "freshness", "drift"])
def test_every_kind_has_its_form(kind: str) -> None:
    client = signed_in()
    more: dict[str, Any] = {
        "validity": {"format": "phone"},
        "uniqueness": {"together": ["person.last_name"]},
        "consistency": {"same_as": "account.name", "field": "person.company"},
        "freshness": {"field": "person.updated_at", "days": 30},
        "drift": {
            "field": "person.source",
            "statistic": "psi",
            "window_days": 30,
            "threshold": 0.25,
            "minimum": 100,
            "baseline_from": "2026-01-01",
            "baseline_to": "2026-02-01",
        },
    }[kind]
    assert client.get(f"{QUALITY}monitors/new/?kind={kind}").status_code == 200
    assert client.post(f"{QUALITY}monitors/new/?kind={kind}", form(**more)).status_code == 302
    page = Monitor.objects.get().get_absolute_url()
    assert client.get(f"{page}edit/").status_code == 200
    assert client.post(f"{page}publish/", {"revision": 1}).status_code == 302
    work.run_due("quality")
    assert QualitySnapshot.objects.get().kind == kind
    assert client.get(page).status_code == 200
    assert client.get(f"{page}people/").status_code == 200


def finding() -> QualityFinding:
    """An open finding of an owner without it being due yet."""
    make_person(phone="")
    client = signed_in()
    client.post(f"{QUALITY}monitors/new/?kind=completeness", form())
    client.post(f"{QUALITY}monitors/leads-have-a-phone/publish/", {"revision": 1})
    work.run_due("quality")
    return QualityFinding.objects.get()


def test_a_finding_is_assigned_and_accepted_on_its_page() -> None:
    found, client, colleague = finding(), signed_in(), make_user("marketer")
    page = found.get_absolute_url()
    assert "Leads have a phone" in text(client, f"{QUALITY}findings/?state=open")
    assert client.post(f"{page}assign/", {"owner": colleague.pk, "due_on": "2027-01-31"}).status_code == 302
    found.refresh_from_db()
    assert (found.owner, found.due_on) == (colleague, date(2027, 1, 31))
    assert colleague.notifications.count() == 1
    assert client.post(f"{page}accept/", {"until": "2020-01-01", "note": "Old"}).status_code == 422
    assert client.post(f"{page}accept/", {"until": "2099-01-01", "note": "Old list"}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.note) == (FindingState.ACCEPTED, "Old list")


def test_what_is_due_names_findings_that_are_late_or_nobodys() -> None:
    found, ops = finding(), make_user()
    assert [due for due in dues_for(ops) if "quality" in due.url] == []
    QualityFinding.objects.update(due_on=date.today() - timedelta(days=1))
    (due,) = [due for due in dues_for(ops) if "findings" in due.url]
    assert (due.title, due.count) == ("Data quality to put right", 1)
    QualityFinding.objects.update(due_on=date.today() + timedelta(days=9), owner=None)
    assert [due.count for due in dues_for(ops) if "findings" in due.url] == [1]
    assert found.monitor.name == "Leads have a phone"


def test_a_paused_monitor_is_not_asked_and_its_finding_is_closed() -> None:
    found, client = finding(), signed_in()
    page = found.monitor.get_absolute_url()
    assert client.post(f"{page}change/", {"is_active": "0"}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.note) == (FindingState.RESOLVED, "The monitor was paused.")
    client.post(f"{QUALITY}run/")
    work.run_due("quality")
    assert QualityFinding.objects.count() == 1


@pytest.mark.parametrize("role", ["leader", "analyst"])
def test_readers_see_the_pages_and_change_nothing(role: str) -> None:
    found, client = finding(), signed_in(role)
    for path in (QUALITY, found.monitor.get_absolute_url(), found.get_absolute_url(), f"{QUALITY}findings/"):
        assert client.get(path).status_code == 200
    for path in (f"{QUALITY}run/", f"{QUALITY}standard/", f"{found.get_absolute_url()}accept/"):
        assert client.post(path, {"until": "2099-01-01", "note": "x"}).status_code == 403
    assert QualityFinding.objects.get().state == FindingState.OPEN


def api(method: str, path: str, token: str, body: Any = None) -> Any:
    headers, text = {"Authorization": f"Bearer {token}"}, "" if body is None else json.dumps(body)
    return Client().generic(method.upper(), f"/api/v1/quality/{path}", text, "application/json", headers=headers)


def test_the_api_makes_publishes_asks_and_assigns() -> None:
    make_person(phone="")
    token, colleague = make_token(), make_user("marketer")
    document = {"name": "Phone", "kind": "completeness", "field": "person.phone"}
    made = api("post", "monitors/", token, {"document": document})
    assert made.status_code == 201
    assert made.json() | {"created_at": "", "owner": None} == {
        "key": "phone",
        "name": "Phone",
        "is_active": True,
        "owner": None,
        "version": None,
        "document": None,
        "draft": document,
        "latest": None,
        "created_at": "",
    }
    assert api("post", "monitors/", token, {"document": document}).status_code == 409
    assert api("post", "monitors/phone/publish/", token).json()["version"] == 1
    assert api("post", "run/", token).status_code == 202
    assert api("post", "run/", token).status_code == 409
    work.run_due("quality")
    (found,) = api("get", "findings/?state=open", token).json()["results"]
    assert (found["monitor"], found["failing"], found["checked"]) == ("phone", 1, 1)
    changed = api("patch", f"findings/{found['id']}/", token, {"owner": colleague.email, "due_on": "2027-02-01"})
    assert (changed.json()["owner"]["email"], changed.json()["due_on"]) == (colleague.email, "2027-02-01")
    assert api("get", "monitors/", token).json()["results"][0]["latest"]["failing"] == 1


def test_the_api_names_what_is_wrong_with_a_monitor() -> None:
    token = make_token()
    assert api("post", "monitors/", token, {"document": ["no"]}).status_code == 422
    api(
        "post", "monitors/", token, {"key": "odd", "document": {"name": "Odd", "kind": "validity", "field": "person.x"}}
    )
    refused = api("post", "monitors/odd/publish/", token)
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"field", "format"}
    assert api("get", "findings/?state=odd", token).status_code in (400, 422)
    assert api("post", "run/", make_token(role="analyst")).status_code == 403
