"""Segments over the API and on their pages; exports that obey consent and suppression."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from governance.models import ContactCheck, Suppression
from governance.policies import Role
from governance.services.consents import record_consents
from governance.services.suppression import suppress
from martech.models import Person, Segment
from martech.services.refreshing import refresh_people
from martech.services.segments import create_segment
from tests.factories import make_person, make_token, make_user

pytestmark = pytest.mark.django_db
GERMAN = {"field": "person.country", "op": "eq", "value": "DE"}


def client_of(role: str = Role.OPS_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def api(method: str, path: str, data: Any = None, role: str = Role.OPS_MANAGER) -> Any:
    headers = {"Authorization": f"Bearer {make_token(role=role)}"}
    return Client().generic(
        method, f"/api/v1/{path}", json.dumps(data or {}), content_type="application/json", headers=headers
    )


def fetch(path: str, role: str = Role.OPS_MANAGER) -> Any:
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {make_token(role=role)}"})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_whoever_may_export_no_segment_exports_no_list_of_people_and_is_told(kind: str) -> None:
    make_person(email="ana@example.org")
    rep = client_of(Role.SALES_REP)
    page = rep.get("/martech/people/").content.decode()
    assert "ana@example.org" in page
    assert 'name="export"' not in page
    for path in ("/martech/people/", "/martech/lifecycle/lead/stuck/"):
        refused = rep.get(f"{path}?export={kind}")
        assert refused.status_code == 403
        assert "ana@example.org" not in refused.content.decode()
    assert (
        "Your role does not include exporting this list." in rep.get(f"/martech/people/?export={kind}").content.decode()
    )


def test_a_segment_is_made_read_and_its_people_listed_over_the_api() -> None:
    german, _french = make_person(country="DE"), make_person(country="FR")
    made = api("POST", "segments/", {"name": "Germans", "condition": GERMAN})
    body = made.json()
    assert (made.status_code, body["count"], body["kind"], body["condition"]) == (201, 1, "live", GERMAN)
    assert (body["sentence"], body["freshness"]["is_counting"]) == ("Country is Germany", False)
    assert [row["id"] for row in fetch(f"segments/{body['id']}/people/").json()["results"]] == [german.pk]
    for name in (body["id"], body["key"]):
        assert [row["id"] for row in fetch(f"people/?segment={name}").json()["results"]] == [german.pk]
    assert fetch("people/?segment=nothing").status_code == 422
    assert fetch(f"segments/{body['id']}/people/?at=2020-01-01T00:00:00Z").json()["results"] == []
    assert fetch(f"segments/{body['id']}/people/?at=yesterday").status_code == 422
    assert [row["name"] for row in fetch("segments/").json()["results"]] == ["Germans"]


def test_a_changed_condition_is_in_force_at_once_and_a_segment_can_be_put_away() -> None:
    make_person(country="FR")
    pk = api("POST", "segments/", {"name": "Ours", "condition": GERMAN}).json()["id"]
    changed = api("PATCH", f"segments/{pk}/", {"condition": {**GERMAN, "value": "FR"}, "description": "French"})
    assert (changed.json()["count"], changed.json()["version"], changed.json()["description"]) == (1, 2, "French")
    assert api("DELETE", f"segments/{pk}/").status_code == 204
    assert fetch(f"segments/{pk}/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"condition": None}, "condition"),
        ({"condition": {"field": "person.contry", "op": "eq", "value": 1}}, "condition.field"),
        ({"kind": "odd"}, "kind"),
        ({"size": 3}, "size"),
    ],
)
def test_a_wrong_segment_is_refused_and_nothing_is_kept(wrong: dict[str, Any], field: str) -> None:
    answer = api("POST", "segments/", {"name": "Ours", "condition": GERMAN, **wrong})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert Segment.objects.count() == 0


def test_a_name_is_taken_once_and_analysts_make_none() -> None:
    api("POST", "segments/", {"name": "Ours", "condition": GERMAN})
    assert api("POST", "segments/", {"name": "Ours", "condition": GERMAN}).status_code == 409
    assert api("POST", "segments/", {"name": "Theirs", "condition": GERMAN}, Role.ANALYST).status_code == 403
    assert Segment.objects.count() == 1


def test_the_builder_counts_while_somebody_writes_and_says_what_is_missing() -> None:
    make_person(country="DE", first_name="Anna")
    client = client_of()
    counted = client.post("/martech/segments/count/", {"condition": json.dumps(GERMAN)}).content.decode()
    assert "Anna" in counted
    unfinished = client.post("/martech/segments/count/", {"condition": json.dumps({**GERMAN, "value": ""})})
    assert "Not complete yet" in unfinished.content.decode()


def test_a_segment_is_made_edited_and_published_on_its_pages() -> None:
    make_person(country="DE")
    client = client_of()
    form = {"name": "Germans", "kind": "live", "condition": json.dumps(GERMAN)}
    assert client.get("/martech/segments/new/").status_code == 200
    assert client.post("/martech/segments/new/", form).status_code == 302
    segment = Segment.objects.get()
    address = f"/martech/segments/{segment.pk}/"
    page = client.get(address).content.decode()
    assert "Germany" in page
    draft = {**form, "condition": json.dumps({**GERMAN, "value": "FR"}), "revision": 1, "intent": "draft"}
    assert client.post(f"{address}edit/", draft).status_code == 302
    assert "not in force" in client.get(address).content.decode()
    draft_now = segment.versions.get(state="draft")
    for verb in ("publish", "discard"):
        client.post(f"{address}{verb}/", {"revision": draft_now.revision - 1})
        assert segment.versions.get(state="draft").document == draft_now.document
    assert client.post(f"{address}publish/", {"revision": draft_now.revision}).status_code == 302
    segment.refresh_from_db()
    assert segment.members == 0
    assert client.get(f"{address}?on=2026-03-03").status_code == 200
    assert client.get("/martech/segments/").status_code == 200
    assert client.post(f"{address}archive/").status_code == 302
    assert client.get(address).status_code == 404


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_an_export_holds_back_who_may_not_be_contacted_and_says_how_many() -> None:
    said = [make_person(country="DE") for _ in range(3)]
    for person, state in zip(said, ("granted", "granted", "withdrawn"), strict=True):
        entry = [{"purpose": "newsletter", "channel": "email", "state": state}]
        record_consents(email_key=person.email, consents=entry, source="form", actor=None)
    make_person(country="DE")
    suppress(address=said[1].email, reason="asked", actor=None)
    segment = create_segment(name="Germans", condition=GERMAN, actor=None).segment
    client = client_of()
    page = client.get(f"/martech/segments/{segment.pk}/export/?purpose=newsletter&channel=email").content.decode()
    for sentence in ("On the suppression list", "Consent withdrawn", "No consent on record"):
        assert sentence in page
    answer = client.get("/martech/people/?segment=germans&export=csv&for=newsletter&over=email&columns=email")
    assert [row["E-mail"] for row in rows_of(answer)] == [said[0].email]
    check = ContactCheck.objects.get()
    assert (check.asked, check.denied) == (4, 3)
    assert check.reasons == {"suppressed": 1, "withdrawn": 1, "no_consent": 1}
    assert "3 people were held back" in client.get("/martech/people/").content.decode()


def test_a_plain_export_of_people_holds_back_who_is_suppressed() -> None:
    kept, gone = make_person(), make_person()
    suppress(address=gone.email, reason="erased", actor=None)
    answer = client_of().get("/martech/people/?export=csv&columns=email")
    assert [row["E-mail"] for row in rows_of(answer)] == [kept.email]
    assert list(ContactCheck.objects.values_list("denied", "purpose")) == [(1, "data_transfer")]


def test_who_may_not_export_segments_gets_none() -> None:
    segment = create_segment(name="Germans", condition=GERMAN, actor=None).segment
    assert client_of(Role.SALES_REP).get(f"/martech/segments/{segment.pk}/export/").status_code == 403


def test_consent_is_looked_up_without_the_address_in_a_log_and_the_list_is_kept_on_pages() -> None:
    client = client_of(Role.PRIVACY_OFFICER)
    added = client.post("/governance/suppression/add/", {"addresses": "ana@example.com", "reason": "asked"})
    assert added.status_code == 302
    found = client.post("/governance/consent/", {"address": "Ana@example.com"}).content.decode()
    assert "Suppressed · Everything" in found
    entry = Suppression.objects.get()
    assert client.get(f"/governance/suppression/{entry.pk}/").status_code == 200
    assert client.get("/governance/suppression/").status_code == 200
    assert client.post(f"/governance/suppression/{entry.pk}/lift/", {"lift_reason": ""}).status_code == 422
    assert client.post(f"/governance/suppression/{entry.pk}/lift/", {"lift_reason": "They asked"}).status_code == 302
    assert "Was suppressed" in client.post("/governance/consent/", {"address": "ana@example.com"}).content.decode()
    assert client.post("/governance/consent/", {"address": "nonsense"}).status_code == 422
    partly = client.post("/governance/suppression/add/", {"addresses": "bo@example.com\nnonsense", "reason": "asked"})
    assert partly.context["form"]["addresses"].value() == "nonsense"
    assert "1 not understood" in partly.content.decode()


def test_purposes_are_changed_by_who_may() -> None:
    client = client_of(Role.PRIVACY_OFFICER)
    added = {"label": "Product news", "key": "product_news", "basis": "opt_in", "description": ""}
    assert client.post("/governance/consent/purposes/new/", added).status_code == 302
    changed = {"label": "Product news", "basis": "opt_out", "description": ""}
    assert client.post("/governance/consent/purposes/product_news/", changed).status_code == 302
    assert "Until somebody says no" in client.get("/governance/consent/").content.decode()
    assert client_of(Role.CAMPAIGN_OWNER).post("/governance/consent/purposes/new/", added).status_code == 403


def test_a_persons_page_says_why_each_value_is_what_it_is_and_what_the_gate_says() -> None:
    token = {"Authorization": f"Bearer {make_token()}"}
    data = {"email": "ana@example.com", "first_name": "Ana", "country": "DE"}
    consent = [{"purpose": "newsletter", "channel": "email", "state": "granted"}]
    posted = Client().post(
        "/api/v1/people/", {**data, "consent": consent}, content_type="application/json", headers=token
    )
    person = Person.objects.get(pk=posted.json()["id"])
    create_segment(name="Germans", condition=GERMAN, actor=None)
    Client().generic(
        "PATCH", f"/api/v1/people/{person.pk}/", json.dumps({"first_name": "Anna"}), "application/json", headers=token
    )
    refresh_people()
    page = client_of().get(person.get_absolute_url()).content.decode()
    assert "Why each value is what it is" in page
    assert "changed by hand" in page
    assert "Entered Germans" in page
    assert "Consent granted: Newsletter" in page
    assert "No connected system" in page


def test_a_persons_page_asks_as_much_of_the_database_with_a_long_story_as_with_a_short_one(
    django_assert_max_num_queries: Any,
) -> None:
    short, long = make_person(country="DE"), make_person(country="DE")
    create_segment(name="Germans", condition=GERMAN, actor=None)
    for number in range(6):
        entry = [{"purpose": f"purpose-{number}", "channel": "email", "state": "granted"}]
        record_consents(email_key=long.email, consents=entry, source="form", actor=None)
        Person.objects.filter(pk=long.pk).update(city=f"City {number}")
        create_segment(name=f"Segment {number}", condition=GERMAN, actor=None)
    client = client_of()
    with django_assert_max_num_queries(72) as first:
        client.get(short.get_absolute_url())
    with django_assert_max_num_queries(72) as second:
        client.get(long.get_absolute_url())
    assert abs(len(second.captured_queries) - len(first.captured_queries)) <= 1
