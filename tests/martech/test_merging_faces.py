"""Merging over the API and on its pages."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import Person, PersonMerge, RuleVersion, Touch
from martech.services.merging import merge_people
from tests.factories import NOON, make_person, make_token, make_user

pytestmark = pytest.mark.django_db


def call(method: str, path: str, body: Any = None, role: str = Role.OPS_MANAGER, scope: str = "write") -> Any:
    headers = {"Authorization": f"Bearer {make_token(role=role, scope=scope)}"}
    return Client().generic(
        method, f"/api/v1/people/{path}", json.dumps(body or {}), "application/json", headers=headers
    )


def signed_in(role: str = Role.OPS_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_call_merges_and_another_takes_it_back() -> None:
    kept, other = make_person(phone=""), make_person(phone="+4930901820")
    answer = call("POST", f"{kept.pk}/merge/", {"others": [other.pk], "reason": "same card"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["survivor"], body["others"], body["reason"]) == (kept.pk, [other.pk], "same card")
    assert body["sources"]["phone"] == other.pk
    person = call("GET", f"{kept.pk}/").json()
    assert (person["phone"], person["emails"]) == ("+4930901820", [kept.email, other.email])
    undone = call("POST", f"{other.pk}/unmerge/")
    assert undone.status_code == 200
    assert undone.json()["undone_at"] is not None
    assert call("GET", f"{kept.pk}/").json()["phone"] == ""
    assert call("GET", f"{other.pk}/").json()["emails"] == [other.email]
    assert [merge["id"] for merge in call("GET", f"{kept.pk}/merges/").json()] == [body["id"]]


def test_a_choice_in_the_call_beats_the_rules() -> None:
    kept, other = make_person(job_title="CTO"), make_person(job_title="Chief Technology Officer")
    call("POST", f"{kept.pk}/merge/", {"others": [other.pk], "choices": {"job_title": other.pk}})
    assert call("GET", f"{kept.pk}/").json()["job_title"] == "Chief Technology Officer"


@pytest.mark.parametrize(
    ("method", "place"),
    [("GET", ""), ("PATCH", ""), ("GET", "trail/"), ("GET", "decisions/"), ("GET", "merges/"), ("POST", "merge/")],
)
def test_a_merged_away_id_answers_308_to_the_same_place_of_the_survivor(method: str, place: str) -> None:
    kept, middle, other = make_person(), make_person(), make_person()
    merge_people(survivor=middle, others=[other], actor=None)
    merge_people(survivor=kept, others=[middle], actor=None)
    answer = call(method, f"{other.pk}/{place}?limit=5", {"others": [kept.pk]})
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/people/{kept.pk}/{place}?limit=5")


def test_a_merged_away_id_tells_nothing_to_somebody_who_may_not_see_the_survivor() -> None:
    owned, other = make_person(owner=make_user(Role.SALES_REP)), make_person()
    merge_people(survivor=owned, others=[other], actor=None)
    assert call("GET", f"{other.pk}/", role=Role.SALES_REP).status_code == 404
    assert Client().get(f"/api/v1/people/{other.pk}/").status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "others"),
        ({"others": []}, "others[0]"),
        ({"others": ["x"]}, "others[0]"),
        ({"others": [10**12]}, "others"),
        ({"others": "self"}, "others"),
        ({"others": [1], "winner": 1}, "winner"),
    ],
)
def test_a_wrong_call_names_the_field_and_changes_nothing(body: dict[str, Any], field: str) -> None:
    kept = make_person()
    if body.get("others") == "self":
        body = {"others": [kept.pk]}
    answer = call("POST", f"{kept.pk}/merge/", body)
    assert answer.status_code == 422, answer.content
    assert {name.partition("[")[0].partition(".")[0] for name in answer.json()["errors"]} == {field.partition("[")[0]}
    assert not PersonMerge.objects.exists()


def test_unmerging_somebody_who_is_in_no_merge_is_a_conflict() -> None:
    assert call("POST", f"{make_person().pk}/unmerge/").status_code == 409


@pytest.mark.parametrize("role", [Role.SALES_REP, Role.ANALYST, Role.LEADER])
def test_who_may_not_merge_neither_merges_nor_undoes(role: str) -> None:
    kept, other = make_person(), make_person()
    assert call("POST", f"{kept.pk}/merge/", {"others": [other.pk]}, role=role).status_code == 403
    done = merge_people(survivor=kept, others=[other], actor=None)
    assert call("POST", f"{other.pk}/unmerge/", role=role).status_code == 403
    assert signed_in(role).post(f"/martech/people/merges/{done.pk}/undo/").status_code == 403
    done.refresh_from_db()
    assert done.is_standing


def test_the_page_finds_compares_merges_and_undoes() -> None:
    client = signed_in()
    kept = make_person(first_name="Ana", last_name="Ferreira", phone="", city="Porto")
    other = make_person(first_name="ana", last_name="FERREIRA", phone="+4930901820", city="Lisboa")
    Touch.objects.create(person=other, at=NOON, kind="form")
    address = f"/martech/people/{kept.pk}/merge/"
    assert other.email in client.get(address).content.decode()
    assert client.get(address, {"q": "nobody at all"}).status_code == 200
    page = client.get(address, {"other": other.pk}).content.decode()
    assert f'name="choice:city" value="{kept.pk}" checked' in page
    assert f'name="choice:phone" value="{other.pk}" checked' in page
    chosen = {"other": other.pk, "choice:city": other.pk, "choice:phone": other.pk, "reason": "one person"}
    assert client.post(address, chosen).status_code == 302
    done = PersonMerge.objects.get()
    kept.refresh_from_db()
    assert (kept.city, kept.phone, done.choices) == ("Lisboa", "+4930901820", {"city": other.pk})
    page = client.get(f"/martech/people/{kept.pk}/").content.decode()
    assert f"/martech/people/merges/{done.pk}/undo/" in page
    assert client.get(f"/martech/people/{other.pk}/")["Location"] == f"/martech/people/{kept.pk}/"
    assert client.post(f"/martech/people/merges/{done.pk}/undo/").status_code == 302
    assert Person.objects.living().count() == 2
    assert "undo/" not in client.get(f"/martech/people/{kept.pk}/").content.decode()


def test_the_page_says_when_a_grant_would_end() -> None:
    from governance.services.consents import record_consents

    kept, other = make_person(), make_person()
    for person, state in ((kept, "granted"), (other, "withdrawn")):
        entry = [{"purpose": "newsletter", "state": state, "channel": "email"}]
        record_consents(email_key=person.email, consents=entry, source="form", actor=None)
    page = signed_in().get(f"/martech/people/{kept.pk}/merge/", {"other": other.pk}).content.decode()
    assert "Consent gets stricter" in page
    assert kept.email in page


def test_rules_are_changed_on_their_page_in_versions() -> None:
    client = signed_in()
    page = client.get("/martech/people/merge-rules/")
    assert page.status_code == 200
    data = {name: field.initial for name, field in page.context["form"].fields.items()}
    data = {name: page.context["form"].initial[name] for name in data}
    changed = {**data, "fields.company": "longest", "trusted": "salesforce\nhubspot"}
    assert client.post("/martech/people/merge-rules/", changed).status_code == 302
    version = RuleVersion.objects.get()
    assert (version.number, version.document["fields"]["company"]) == (1, "longest")
    assert version.document["trusted"] == ["salesforce", "hubspot"]
    assert client.post("/martech/people/merge-rules/", changed).status_code == 422
    assert client.post("/martech/people/merge-rules/", {**changed, "seen": 1, "master": "shoe size"}).status_code == 422
    assert RuleVersion.objects.count() == 1
