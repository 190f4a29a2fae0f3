"""Whole rounds against a practice Marketo: errors inside 200, short pages, merges and deletions of leads."""

from collections.abc import Iterator
from typing import Any

import pytest

from martech.models import Person, PersonEmail, RemoteRow, Touch
from martech.services.people import update_person
from martech.services.sync.tombstones import Fate
from martech.twins.marketo.state import VISIT
from tests.factories import make_person
from tests.martech.sync.practising import Practice, connected

pytestmark = pytest.mark.django_db


class Marketo(Practice):
    def call(self, method: str, path: str, body: Any = None) -> Any:
        given = {"grant_type": "client_credentials", **self.twin.credentials}
        answer = self.session.get(f"{self.url}/identity/oauth/token", params=given, timeout=30)
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        said = self.session.request(method, self.url + path, json=body, headers=headers, timeout=30).json()
        assert said["success"], said
        return said.get("result")

    def lead(self, **values: str) -> int:
        [made] = self.call("POST", "/rest/v1/leads.json", {"action": "createOrUpdate", "input": [values]})
        return int(made["id"])

    @property
    def leads(self) -> dict[int, dict[str, Any]]:
        return dict(self.twin.state.leads)


@pytest.fixture
def marketo(monkeypatch: Any, db: None) -> Iterator[Marketo]:
    with connected(Marketo, "marketo", monkeypatch, people=25) as practice:
        yield practice


def somebody(marketo: Marketo) -> tuple[Person, int]:
    """A lead of theirs that is here already."""
    id = marketo.lead(email="ana@nordwind.example", firstName="Ana", title="CMO")
    marketo.sync()
    return Person.objects.get(email="ana@nordwind.example"), id


def test_the_first_round_takes_everybody_in_and_the_second_nobody(marketo: Marketo) -> None:
    marketo.sync()
    addresses = {lead["email"].lower() for lead in marketo.leads.values()}
    assert set(PersonEmail.objects.values_list("key", flat=True)) == addresses
    again = marketo.sync()["pull lead"]
    assert (again.created, again.updated, again.conflicted, again.failed) == (0, 0, 0, 0)


def test_an_edit_over_there_comes_in_and_one_here_goes_there_once(marketo: Marketo) -> None:
    person, id = somebody(marketo)
    marketo.lead(email="ana@nordwind.example", title="CEO")
    assert marketo.sync()["pull lead"].updated == 1
    person.refresh_from_db()
    assert person.job_title == "CEO"
    update_person(person=person, data={"job_title": "Chair"}, actor=None)
    run = marketo.sync()["push lead"]
    assert (run.updated, run.failed) == (1, 0)
    assert marketo.leads[id]["title"] == "Chair"
    again = marketo.sync()
    assert "push lead" not in again
    assert again["pull lead"].updated == 0


def test_somebody_of_ours_is_made_over_there_and_stays_one(marketo: Marketo) -> None:
    marketo.sync()
    make_person(email="cy@new.example", first_name="Cy")
    wanted = {"field": "person.email", "op": "eq", "value": "cy@new.example"}
    marketo.map({**marketo.document("lead"), "create_there": wanted}, "lead")
    run = marketo.sync()["push lead"]
    assert (run.created, run.failed) == (1, 0)
    marketo.sync()
    assert [lead["firstName"] for lead in marketo.leads.values() if lead["email"] == "cy@new.example"] == ["Cy"]
    assert Person.objects.living().filter(email="cy@new.example").count() == 1


def test_two_merged_over_there_are_one_here(marketo: Marketo) -> None:
    _person, winner = somebody(marketo)
    loser = marketo.lead(email="ana.b@nordwind.example", firstName="Ana")
    marketo.sync()
    marketo.call("POST", f"/rest/v1/leads/{winner}/merge.json?leadIds={loser}")
    marketo.sync()
    survivor = Person.objects.living().filter(emails__address__contains="@nordwind.example").distinct().get()
    assert set(survivor.emails.values_list("key", flat=True)) == {"ana@nordwind.example", "ana.b@nordwind.example"}


def test_a_lead_that_was_deleted_there_stays_here_and_is_no_longer_written(marketo: Marketo) -> None:
    person, id = somebody(marketo)
    marketo.call("POST", "/rest/v1/leads/delete.json", {"input": [{"id": id}]})
    marketo.sync()
    assert RemoteRow.objects.get(external_id=str(id), object__name="lead").fate == Fate.DELETED
    update_person(person=person, data={"job_title": "Chair"}, actor=None)
    assert "push lead" not in marketo.sync()
    assert Person.objects.living().filter(pk=person.pk).exists()


def test_short_and_empty_pages_are_no_end(marketo: Marketo) -> None:
    """Pages are cut by what was looked at: hundreds of visits stand between two changes of leads."""
    somebody(marketo)
    state = marketo.twin.state
    for number in range(700):
        state.note(1, VISIT, state.clock.now(), number, f"/page/{number}", (("Webpage URL", f"/page/{number}"),))
    marketo.lead(email="ana@nordwind.example", title="CEO")
    assert marketo.sync()["pull lead"].updated == 1
    assert Touch.objects.filter(kind="page", url__startswith="/page/").count() == 700


@pytest.mark.parametrize("fault", ["error_606", "error_611", "error_713", "bad_gateway", "truncated_json"])
def test_an_error_inside_a_200_costs_a_second_try_and_nothing_else(marketo: Marketo, fault: str) -> None:
    person, _id = somebody(marketo)
    marketo.lead(email="ana@nordwind.example", title="CEO")
    marketo.control("faults", name=fault, on="leadchanges", times=2)
    run = marketo.sync()["pull lead"]
    assert (run.state, run.updated) == ("done", 1)
    person.refresh_from_db()
    assert person.job_title == "CEO"


def test_a_token_that_ended_is_renewed_by_itself(marketo: Marketo) -> None:
    somebody(marketo)
    marketo.lead(email="ana@nordwind.example", title="CEO")
    marketo.control("token/expire")
    assert marketo.sync()["pull lead"].updated == 1


def test_an_extract_that_is_still_written_is_waited_for_over_rounds_and_asked_for_once(
    marketo: Marketo, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketo.twin.extracts.seconds = 90
    first = marketo.sync()["backfill lead"]
    assert (first.state, first.read) == ("deferred", 0)
    (job,) = marketo.twin.extracts.jobs
    assert marketo.object("lead").backfill_position["job"] == job
    for _round in range(10):
        marketo.control("clock", advance=120)
        if marketo.sync()["backfill lead"].state == "done":
            break
    addresses = {lead["email"].lower() for lead in marketo.leads.values()}
    assert set(PersonEmail.objects.values_list("key", flat=True)) == addresses
    spans = [str(one.filter) for one in marketo.twin.extracts.jobs.values()]
    assert len(spans) == len(set(spans))
