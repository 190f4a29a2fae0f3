"""Whole rounds against a practice HubSpot: what happens over there, over HTTP, ends up here and the other way round."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from governance.models import User
from martech.connectors.hubspot.policies import SEARCH
from martech.connectors.hubspot.vendor import VENDOR
from martech.models import (
    Account,
    DeadLetter,
    Deal,
    Person,
    PersonEmail,
    RemoteOwner,
    RemoteRow,
    RunState,
    SyncDifference,
    SyncObject,
)
from martech.services.people import update_person
from martech.services.sync.corrections import corrections
from martech.services.sync.hints import follow_object
from martech.sync.drift import GONE, from_json
from tests.factories import make_person, make_user
from tests.martech.sync.practising import Practice, connected

pytestmark = pytest.mark.django_db


class HubSpot(Practice):
    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.twin.credentials['token']}"}
        answer = self.session.request(method, self.url + path, json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def truth(self, object: str = "contacts") -> dict[str, Any]:
        return self.control("truth", object=object)["records"]

    def edit(self, id: str, **properties: str) -> None:
        self.call("PATCH", f"/crm/v3/objects/contacts/{id}", {"properties": properties})

    def create(self, **properties: str) -> str:
        return str(self.call("POST", "/crm/v3/objects/contacts", {"properties": properties})["id"])

    def with_address(self, address: str) -> dict[str, Any]:
        [found] = [row for row in self.truth().values() if row.get("email") == address]
        return dict(found)


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch) as practice:
        yield practice


def somebody(hub: HubSpot) -> tuple[Person, str]:
    """A contact of theirs that is here already."""
    id = hub.create(email="ana@nordwind.example", firstname="Ana", jobtitle="CMO")
    hub.sync()
    return Person.objects.get(email="ana@nordwind.example"), id


def test_connecting_puts_a_suggested_mapping_of_each_object_in_force(hub: HubSpot) -> None:
    fields = {row["ours"]: row["theirs"] for row in hub.document("contacts")["fields"]}
    assert fields["email"] == "email"
    assert fields["lifecycle_stage"] == "lifecyclestage"
    assert hub.document("contacts")["create_there"] is False
    assert {row["ours"] for row in hub.document("companies")["fields"]} >= {"name", "domain", "owner"}
    assert {row["ours"] for row in hub.document("deals")["fields"]} >= {"name", "amount", "stage"}
    assert hub.connection.state == "active"
    assert hub.connection.account_id


def test_the_first_round_takes_everybody_in_and_the_second_nobody(hub: HubSpot) -> None:
    contacts, companies, deals = (hub.truth(name) for name in ("contacts", "companies", "deals"))
    hub.sync()
    addresses = {row["email"].lower() for row in contacts.values() if row.get("email")}
    assert set(PersonEmail.objects.values_list("key", flat=True)) == addresses
    linked = dict(RemoteRow.objects.filter(object=hub.object()).values_list("external_id", "local_id"))
    assert linked.keys() == contacts.keys()
    assert None not in linked.values()
    assert Deal.objects.count() == len(deals)
    domains = {row["domain"] for row in companies.values() if row.get("domain")}
    assert set(Account.objects.exclude(domain="").values_list("domain", flat=True)) >= domains
    people = Person.objects.count()
    again = hub.sync()
    assert {name: (run.created, run.updated, run.conflicted) for name, run in again.items()} == {
        "pull companies": (0, 0, 0),
        "pull contacts": (0, 0, 0),
        "pull deals": (0, 0, 0),
    }
    assert Person.objects.count() == people
    assert (hub.truth(), hub.truth("companies")) == (contacts, companies)


def test_owners_are_known_by_address_name_and_whether_they_are_there(hub: HubSpot) -> None:
    owner = next(one for one in hub.twin.portal.owners if not one.get("archived"))
    user: User = make_user(email=owner["email"])
    hub.sync()
    known = RemoteOwner.objects.get(external_id=owner["id"])
    name = f"{owner['firstName']} {owner['lastName']}"
    assert (known.email, known.name, known.is_active, known.user) == (owner["email"], name, True, user)


def test_an_edit_over_there_comes_in(hub: HubSpot) -> None:
    person, id = somebody(hub)
    hub.edit(id, jobtitle="CEO")
    run = hub.sync()["pull contacts"]
    person.refresh_from_db()
    assert (person.job_title, run.updated) == ("CEO", 1)


def test_an_edit_here_is_stored_over_there_once(hub: HubSpot) -> None:
    person, id = somebody(hub)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    run = hub.sync()["push contacts"]
    assert (run.updated, run.failed) == (1, 0)
    stored = hub.truth()[id]
    assert (stored["jobtitle"], stored["firstname"]) == ("CEO", "Ana")
    again = hub.sync()
    assert "push contacts" not in again
    assert again["pull contacts"].updated == 0
    assert hub.truth()[id] == stored


def creating(hub: HubSpot) -> None:
    hub.map(
        {**hub.document("contacts"), "create_there": {"field": "person.email", "op": "eq", "value": "cy@new.example"}}
    )


def test_somebody_of_ours_is_made_over_there_and_stays_one(hub: HubSpot) -> None:
    hub.sync()
    make_person(email="cy@new.example", first_name="Cy")
    creating(hub)
    run = hub.sync()["push contacts"]
    assert (run.created, run.failed) == (1, 0)
    assert hub.with_address("cy@new.example")["firstname"] == "Cy"
    people = Person.objects.count()
    hub.sync()
    assert Person.objects.count() == people


@pytest.mark.parametrize("fault", ["bad_gateway_after_apply", "hang_up_after_apply"])
def test_a_write_that_broke_after_it_took_effect_is_not_done_twice(hub: HubSpot, fault: str) -> None:
    hub.sync()
    make_person(email="cy@new.example", first_name="Cy")
    creating(hub)
    hub.control("faults", name=fault, on="POST .*/contacts/batch/(create|upsert)")
    before = len(hub.truth())
    run = hub.sync()["push contacts"]
    assert (run.created + run.updated, run.unknown, run.failed) == (1, 0, 0)
    assert len(hub.truth()) == before + 1
    assert hub.with_address("cy@new.example")["firstname"] == "Cy"


def test_two_merged_over_there_are_one_here_with_both_addresses(hub: HubSpot) -> None:
    _person, id = somebody(hub)
    other = hub.create(email="ana.b@nordwind.example", firstname="Ana")
    hub.sync()
    hub.call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": id, "objectIdToMerge": other})
    hub.sync()
    living = Person.objects.living().filter(emails__address__contains="@nordwind.example").distinct()
    survivor = living.get()
    assert set(survivor.emails.values_list("key", flat=True)) == {"ana@nordwind.example", "ana.b@nordwind.example"}


def test_a_change_that_the_index_shows_late_is_not_lost(hub: HubSpot) -> None:
    person, id = somebody(hub)
    hub.control("lag", seconds=120)
    hub.edit(id, jobtitle="CEO")
    assert hub.sync()["pull contacts"].updated == 0
    hub.control("clock", advance=121)
    assert hub.sync()["pull contacts"].updated == 1
    person.refresh_from_db()
    assert person.job_title == "CEO"


def test_hundreds_edited_in_one_millisecond_all_arrive(hub: HubSpot) -> None:
    for number in range(450):
        hub.twin.store.create("contacts", {"email": f"crowd{number}@many.example", "jobtitle": "before"})
    hub.sync()
    ids = [id for id, row in hub.truth().items() if str(row.get("email")).endswith("@many.example")]
    assert hub.control("bulk-edit", object="contacts", ids=ids, properties={"jobtitle": "after"})["edited"] == 450
    assert hub.sync()["pull contacts"].updated == 450
    assert Person.objects.filter(job_title="after").count() == 450
    assert not Person.objects.filter(job_title="before").exists()


def test_a_record_that_the_feed_silently_left_out_is_found_by_comparing(hub: HubSpot) -> None:
    _person, id = somebody(hub)
    lost = hub.create(email="lost@nordwind.example")
    hub.edit(id, jobtitle="CEO")
    hub.control("drop", object="contacts", ids=[id, lost], where="search", times=20)
    hub.sync()
    assert not Person.objects.filter(email="lost@nordwind.example").exists()
    object = SyncObject.objects.get(name="contacts")
    DeadLetter.objects.create(object=object, direction="push", external_id=id, reason="unknown_option", field="city")
    lately = SyncDifference.objects.filter(run=hub.compare("contacts"))
    assert dict(lately.values_list("external_id", "reason")) == {id: "not_yet", lost: "not_yet"}
    hub.hours_later()
    run = hub.compare("contacts")
    found = dict(SyncDifference.objects.filter(run=run).values_list("external_id", "reason"))
    assert found == {id: "change_missed", lost: "missed"}
    assert run.plan["roots"]["here"] != run.plan["roots"]["there"]
    assert SyncDifference.objects.get(run=run, external_id=id).fields["job_title"] == ["CMO", "CEO"]


def test_two_systems_in_step_have_one_root(hub: HubSpot) -> None:
    hub.sync()
    run = hub.compare("contacts")
    assert run.plan["reasons"] == {}
    assert run.plan["roots"]["here"] == run.plan["roots"]["there"]


def test_a_revoked_token_marks_the_connection_broken_and_says_what_to_do(hub: HubSpot) -> None:
    hub.sync()
    people = Person.objects.count()
    hub.control("revoke")
    runs = hub.sync()
    hub.connection.refresh_from_db()
    assert hub.connection.state == "broken"
    assert hub.connection.problem["remedy"]
    assert all(run.state == RunState.FAILED for run in runs.values())
    assert Person.objects.count() == people


def test_the_stages_of_a_deal_are_dated_as_the_vendor_says(hub: HubSpot) -> None:
    made = hub.call(
        "POST", "/crm/v3/objects/deals", {"properties": {"dealname": "Fleet", "dealstage": "qualifiedtobuy"}}
    )
    for stage in ("contractsent", "closedwon"):
        hub.control("clock", advance=3600)
        hub.call("PATCH", f"/crm/v3/objects/deals/{made['id']}", {"properties": {"dealstage": stage}})
    hub.sync()
    deal = Deal.objects.get(name="Fleet")
    entries = list(deal.stage_entries.order_by("at"))
    assert [(entry.stage, entry.state) for entry in entries] == [
        ("Qualified To Buy", "open"),
        ("Contract Sent", "open"),
        ("Closed Won", "won"),
    ]
    hours = [round((later.at - entry.at).total_seconds() / 3600, 1) for entry, later in pairwise(entries)]
    assert hours == [1.0, 1.0]
    hub.sync()
    assert deal.stage_entries.count() == 3


def test_a_hint_brings_a_deals_people_and_stages_too(hub: HubSpot) -> None:
    contact = hub.create(email="ana@nordwind.example")
    hub.sync()
    type = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}
    made = hub.call(
        "POST",
        "/crm/v3/objects/deals",
        {
            "properties": {"dealname": "Fleet", "dealstage": "qualifiedtobuy"},
            "associations": [{"to": {"id": contact}, "types": [type]}],
        },
    )
    follow_object(hub.object("deals"), [made["id"]])
    deal = Deal.objects.get(name="Fleet")
    assert [person.email for person in deal.people.all()] == ["ana@nordwind.example"]
    assert deal.stage_entries.count() == 1


def moved_to_another_company(hub: HubSpot) -> Person:
    """A contact whose company changed over there, and nothing else of it."""
    contact = hub.create(email="ana@nordwind.example")
    first, second = (
        hub.call("POST", "/crm/v3/objects/companies", {"properties": {"name": name, "domain": f"{name}.example"}})["id"]
        for name in ("nordwind", "suedwind")
    )
    primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    path = f"/crm/v4/objects/contacts/{contact}/associations/companies"
    hub.call("PUT", f"{path}/{first}", primary)
    hub.sync()
    person = Person.objects.get(email="ana@nordwind.example")
    assert person.account
    assert person.account.domain == "nordwind.example"
    before = hub.truth()[contact]["lastmodifieddate"]
    hub.call("PUT", f"{path}/{second}", primary)
    assert hub.truth()[contact]["lastmodifieddate"] == before
    return person


def test_a_contact_that_moved_to_another_company_is_found_by_looking_at_associations(hub: HubSpot) -> None:
    person = moved_to_another_company(hub)
    SyncObject.objects.update(links_seen_at=None)  # an hour later
    run = hub.sync()["pull contacts"]
    person.refresh_from_db()
    assert (person.account and person.account.domain, run.updated) == ("suedwind.example", 0)
    assert SyncObject.objects.get(name="contacts").links_after == 0


def test_a_hint_of_an_association_is_followed_at_once(hub: HubSpot) -> None:
    person = moved_to_another_company(hub)
    [id] = person.identities.values_list("external_id", flat=True)
    follow_object(hub.object("contacts"), [id])
    person.refresh_from_db()
    assert person.account
    assert person.account.domain == "suedwind.example"


def test_an_option_that_went_over_there_is_a_letter_whose_correction_knows_the_new_ones(hub: HubSpot) -> None:
    """Their schema is read every few hours; a refusal says that it changed."""
    person, id = somebody(hub)
    kinds = [{"value": "ceo", "label": "Chief executive"}, {"value": "cmo", "label": "Chief marketer"}]
    hub.control("property", object="contacts", name="jobtitle", type="enumeration", fieldType="select", options=kinds)
    update_person(person=person, data={"job_title": "Ceo"}, actor=None)
    assert hub.sync()["push contacts"].failed == 1
    letter = DeadLetter.objects.get()
    assert (letter.reason, letter.field, letter.external_id) == ("unknown_option", "jobtitle", id)
    hub.sync()
    [found] = corrections()
    assert (dict(found.choices), found.suggested) == ({"ceo": "Chief executive", "cmo": "Chief marketer"}, "ceo")


def test_options_are_called_what_people_over_there_read(hub: HubSpot) -> None:
    stage = from_json(hub.object().schema)["lifecyclestage"]
    assert stage.labels["marketingqualifiedlead"] == "Marketing Qualified Lead"
    assert [policy.label for policy in VENDOR.policies({}) if policy.name == SEARCH] == ["search"]


def test_a_property_that_vanishes_empties_nothing_here_and_is_put_aside_with_the_next_round(hub: HubSpot) -> None:
    hub.sync()
    person = Person.objects.exclude(job_title="").order_by("pk")[0]
    id = person.identities.get(system=hub.connection.name).external_id
    hub.control("property/remove", object="contacts", name="jobtitle")
    hub.edit(id, city="Lisbon")
    hub.sync()
    before = person.job_title
    person.refresh_from_db()
    assert (person.city, person.job_title) == ("Lisbon", before)
    hub.sync()
    object = SyncObject.objects.get(connection=hub.connection, name="contacts")
    assert object.set_aside == {"jobtitle": GONE}
    hub.edit(id, city="Porto")
    hub.sync()
    person.refresh_from_db()
    assert (person.city, person.job_title) == ("Porto", before)
