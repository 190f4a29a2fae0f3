"""Asking for a proof of a part on its page and by API, and reading what it found."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.models import MappingVersion, Person, SyncDifference, SyncObject, SyncRun, SyncWork
from martech.selectors.sync import freshness
from martech.selectors.sync_health import health_by_itself
from martech.services.sync.course import open_line
from martech.services.sync.rounds import Round, do_requested
from tests.api import Api
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account
from tests.martech.sync.test_plan_pages import client_of

PAGE = "/martech/sync/to/main/contacts/proof/"
PROOFS = "sync/proofs/"
STAGE = {"ours": "lifecycle_stage", "theirs": "stage", "values": [["lead", "lead"], ["mql", "mql"]]}
CHIEFS = {"field": "person.job_title", "op": "contains", "value": "chief"}


@pytest.fixture
def operator() -> Client:
    return client_of(Role.OPS_MANAGER)


@pytest.fixture
def staged(rig: Rig, account: Account) -> Rig:
    """Three MQLs here of whom one is over there, and one there whom we never read."""
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, STAGE, {"ours": "job_title", "theirs": "jobtitle"}))
    account.put("contacts", {"email": "ana@example.org", "stage": "mql", "jobtitle": "Chief"})
    rig.sync()
    Person.objects.create(email="bo@example.org", lifecycle_stage="mql")
    Person.objects.create(email="cy@example.org", lifecycle_stage="mql", job_title="Chief")
    account.put("contacts", {"email": "new@example.org", "stage": "mql"})
    rig.hours_later()
    return rig


def made() -> SyncRun:
    """The run that was asked for, as the worker makes it."""
    work = SyncWork.objects.select_related("run__object", "connection").get(run__kind="compare")
    assert work.run is not None
    with open_line(work.connection) as line:
        do_requested(Round(line), work.run)
    work.run.refresh_from_db()
    return work.run


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_stage_is_asked_for_and_the_page_says_how_many_and_which(staged: Rig, operator: Client) -> None:
    assert f'href="{PAGE}"' in text(operator.get("/martech/sync/to/main/"))
    answer = operator.post(PAGE, {"way": "stage", "stage": "mql", "condition": ""})
    run = made()
    assert (answer.status_code, answer["Location"]) == (302, run.get_absolute_url())
    page = text(operator.get(run.get_absolute_url()))
    assert "Asked of both sides: Lifecycle stage is MQL." in page
    assert "<b>3 here, 2 there.</b> 1 is on both sides." in page
    assert "Only here: 2" in page
    assert "2 × The mapping makes none over there" in page
    assert "Only there: 1" in page
    assert "1 × Over there, and not known here" in page
    assert 'href="/martech/sync/to/main/contacts/mapping/records/">Go there' in page
    assert page.count('value="backfill"') == 1
    listed = operator.get(f"{run.get_absolute_url()}differences/?side=here&reason=not_made")
    assert listed.context["total"].number == 2
    assert "bo@example.org" in text(listed)
    again = operator.get(f"{PAGE}?again={run.pk}")
    assert again.context["form"].initial == {"way": "stage", "stage": "mql"}
    assert "3 here, 2 there, 3 differ" in text(again)


def test_what_cannot_be_asked_is_refused_with_why_and_nothing_begins(staged: Rig, operator: Client) -> None:
    city = '{"field": "person.city", "op": "eq", "value": "Bonn"}'
    answer = operator.post(PAGE, {"way": "condition", "condition": city})
    assert answer.status_code == 422
    assert "“City” is not in the mapping of contacts. Map it there, or leave it out." in text(answer)
    assert operator.post(PAGE, {"way": "segment", "segment": ""}).status_code == 422
    assert operator.post(PAGE, {"way": "condition", "condition": ""}).status_code == 422
    assert not SyncRun.objects.filter(kind="compare").exists()


def test_a_second_proof_of_an_object_waits_for_the_first(staged: Rig, operator: Client) -> None:
    operator.post(PAGE, {"way": "everything"})
    answer = operator.post(PAGE, {"way": "stage", "stage": "mql"})
    assert answer.status_code == 422
    assert "Such a run is under way or paused" in text(answer)
    assert SyncRun.objects.filter(kind="compare").count() == 1


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.SALES_REP])
def test_who_may_not_change_connections_asks_for_no_proof(staged: Rig, role: Role) -> None:
    assert client_of(role).get(PAGE).status_code == 403
    assert client_of(role).post(PAGE, {"way": "everything"}).status_code == 403
    body = {"connection": "main", "object": "contacts"}
    assert Api(role)("POST", PROOFS, body).status_code == 403
    assert not SyncRun.objects.filter(kind="compare").exists()


def test_a_script_asks_and_reads_the_differing_ids(staged: Rig) -> None:
    api = Api()
    asked = api("POST", PROOFS, {"connection": "main", "object": "contacts", "condition": CHIEFS})
    assert asked.status_code == 202
    told = asked.json()
    assert (told["state"], told["here"], told["asked"]) == ("waiting", None, "Job title contains chief")
    run = made()
    told = api("GET", f"{PROOFS}{run.pk}/").json()
    names = ("state", "here", "there", "matched", "only_here", "only_there", "other_values", "condition")
    assert [told[name] for name in names] == ["done", 2, 1, 1, 1, 0, 0, CHIEFS]
    assert [(one["side"], one["reason"], one["number"]) for one in told["reasons"]] == [("here", "not_made", 1)]
    rows = api("GET", f"{PROOFS}{run.pk}/differences/?side=here").json()["results"]
    cy = Person.objects.get(email="cy@example.org")
    assert [(row["local_id"], row["external_id"], row["name"], row["reason"]) for row in rows] == [
        (cy.pk, "", "cy@example.org", "not_made")
    ]
    assert api("GET", f"{PROOFS}{run.pk}/differences/?side=there").json()["results"] == []
    assert api("GET", f"{PROOFS}?connection=main&object=contacts").json()["results"][0]["id"] == run.pk
    assert api("GET", f"{PROOFS}?connection=other").json()["results"] == []


def test_a_script_is_told_what_it_may_ask(staged: Rig) -> None:
    api = Api()

    def errors(**body: Any) -> dict[str, list[str]]:
        answer = api("POST", PROOFS, {"connection": "main", "object": "contacts", **body})
        assert answer.status_code == 422
        found: dict[str, list[str]] = answer.json()["errors"]
        return found

    assert errors(object="Lead")["object"] == ["Use one of companies, contacts, deals."]
    assert list(errors(connection="nowhere")) == ["connection"]
    assert errors(stage="prospect")["stage"][0].startswith("Use one of subscriber, ")
    assert errors(segment="nobody")["segment"]
    SyncObject.objects.filter(name="deals").update(is_enabled=False)
    assert errors(object="deals")["object"] == ["It is left out of the connection."]
    MappingVersion.objects.filter(object__name="companies").delete()
    assert errors(object="companies")["object"] == ["It has no mapping in force."]
    assert list(errors(stages="mql")) == ["stages"]
    assert not SyncRun.objects.filter(kind="compare").exists()


def test_an_analyst_sees_the_figures_and_no_addresses(staged: Rig, account: Account) -> None:
    account.objects["contacts"]["1"].values["email"] = "anna@example.org"
    Api()("POST", PROOFS, {"connection": "main", "object": "contacts", "stage": "mql"})
    run = made()
    analyst = Api(Role.ANALYST)
    told = analyst("GET", f"{PROOFS}{run.pk}/").json()
    assert (told["here"], told["there"], told["other_values"]) == (3, 2, 1)
    answer = analyst("GET", f"{PROOFS}{run.pk}/differences/")
    assert "@" not in answer.content.decode()
    both = analyst("GET", f"{PROOFS}{run.pk}/differences/?side=both").json()["results"]
    assert [row["fields"] for row in both] == [{"email": ["••••", "••••"]}]


def test_the_differences_are_taken_out_as_a_file_and_hide_what_its_reader_may_not_see(
    staged: Rig, account: Account
) -> None:
    account.objects["contacts"]["1"].values["email"] = "anna@example.org"
    Api()("POST", PROOFS, {"connection": "main", "object": "contacts", "stage": "mql"})
    address = f"{made().get_absolute_url()}differences/"

    def lines(role: Role, **asked: str) -> list[str]:
        answer = client_of(role).get(address, {"export": "csv", **asked})
        assert answer.status_code == 200
        return answer.getvalue().decode("utf-8-sig").splitlines()

    whole = lines(Role.OPS_MANAGER)
    assert sorted(whole[0].split(",")) == ["Here · over there", "Id over there", "Reason", "Record", "Side"]
    assert len(whole) == 1 + 4
    assert any("ana@example.org → anna@example.org" in line for line in whole)
    assert len(lines(Role.OPS_MANAGER, side="here")) == 1 + 2
    hidden = lines(Role.ANALYST)
    assert (len(hidden), any("@" in line for line in hidden)) == (1 + 4, False)
    assert client_of(Role.REQUESTER).get(address, {"export": "csv"}).status_code == 403


def test_a_connection_is_not_green_before_what_a_proof_found_missed_was_read_again(rig: Rig, account: Account) -> None:
    def word() -> tuple[str, str]:
        health = health_by_itself(rig.connection, freshness("connection")[rig.connection.pk])
        return health.word, health.url

    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    account.put("contacts", {"email": "new@example.org"})
    assert rig.compare("contacts").plan["reasons"] == {"not_yet": 1}
    assert word() == ("In step", "")
    rig.hours_later()
    run = rig.compare("contacts")
    assert run.plan["reasons"] == {"missed": 1}
    assert word() == ("Records missed", run.get_absolute_url())
    page = text(client_of(Role.ANALYST).get("/martech/sync/to/main/"))
    assert "A proof found 1 of Contacts" in page
    assert "<b>1 differ</b>" in page
    rig.sync(backfills=True)
    assert word() == ("In step", "")


def standing(rig: Rig) -> tuple[str, str]:
    """What the connection says of itself: the word, and how many it names."""
    health = health_by_itself(rig.connection, freshness("connection")[rig.connection.pk])
    return health.word, health.detail


def long_ago() -> datetime:
    """In no window any more."""
    return timezone.now() - timedelta(days=2)


def test_what_was_missed_is_missed_no_more_once_a_round_has_read_it(rig: Rig, account: Account) -> None:
    for name in ("ana", "bo"):
        account.put("contacts", {"email": f"{name}@example.org", "jobtitle": "Chief"})
    rig.sync()
    for record in account.objects["contacts"].values():
        record.values["jobtitle"], record.modified_at = "CMO", long_ago()
    run = rig.compare("contacts")
    assert run.plan["reasons"] == {"change_missed": 2}
    said = "A proof found {} of Contacts that changed over there unnoticed and were not read since."
    assert standing(rig) == ("Records missed", said.format(2))
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO of all"}, id="1")
    rig.sync()
    assert standing(rig) == ("Records missed", said.format(1))
    page = text(client_of(Role.OPS_MANAGER).get(run.get_absolute_url()))
    assert "1 of them was read since. Read everything again, with a backfill." in page
    assert page.count('value="backfill"') == 1
    account.put("contacts", {"email": "bo@example.org", "jobtitle": "Chief"}, id="2")
    runs = rig.sync()
    assert runs["pull contacts"].unchanged >= 1
    assert standing(rig) == ("In step", "")
    page = text(client_of(Role.OPS_MANAGER).get(run.get_absolute_url()))
    assert "All of them were read since." in page
    assert 'value="backfill"' not in page


def test_a_record_that_was_missed_and_cannot_be_taken_in_is_a_dead_letter_and_not_missed(
    rig: Rig, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    account.objects["contacts"][account.put("contacts", {"email": "new@example.org"})].modified_at = long_ago()
    assert rig.compare("contacts").plan["reasons"] == {"missed": 1}

    def breaks(*_: Any) -> None:
        raise ValueError("no")

    monkeypatch.setattr("martech.services.sync.people.People.create", breaks)
    account.put("contacts", {"email": "new@example.org", "jobtitle": "CMO"}, id="2")
    assert rig.sync()["pull contacts"].failed == 1
    assert standing(rig)[0] == "Not all went through"
    assert not SyncDifference.objects.missed().exists()


def test_a_later_proof_of_everything_alone_says_what_is_missed(rig: Rig, account: Account) -> None:
    for name in ("ana", "bo"):
        account.put("contacts", {"email": f"{name}@example.org", "jobtitle": "Chief"})
    rig.sync()
    account.objects["contacts"]["1"].values["jobtitle"] = "CMO"
    account.objects["contacts"]["2"].values["jobtitle"] = "CMO"
    rig.hours_later()
    rig.compare("contacts")
    account.objects["contacts"]["2"].values["jobtitle"] = "Chief"
    later = rig.compare("contacts")
    assert later.plan["reasons"] == {"change_missed": 1}
    assert list(SyncDifference.objects.missed().values_list("run", "external_id")) == [(later.pk, "1")]
    assert rig.compare("contacts", {"condition": CHIEFS}).state == "done"
    assert standing(rig)[0] == "Records missed"
