"""The practice Marketo, asked by the usual client of others and by plain requests."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from marketorestpython.client import MarketoClient

from martech.twins.behaviours import Label
from martech.twins.clock import TwinClock
from martech.twins.invention import invented
from martech.twins.marketo import make
from martech.twins.marketo.behaviours import BEHAVIOURS
from martech.twins.marketo.programs import join
from martech.twins.marketo.server import CLIENT_ID, CLIENT_SECRET
from martech.twins.marketo.state import Program, StaticList
from martech.twins.shelf import Shelf
from tests.martech.marketo_practice import NOON, Practice, days_before, practice


@pytest.fixture
def twin() -> Iterator[Practice]:
    with practice() as found:
        yield found


@pytest.fixture
def client(twin: Practice, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The library as others use it, but for the pause that it makes between any two calls."""
    monkeypatch.setattr("marketorestpython.helper.http_lib.time.sleep", lambda _seconds: None)
    found = MarketoClient("sim", CLIENT_ID, CLIENT_SECRET, requests_timeout=5, max_retry_time=3)
    found.host = twin.url
    return found


def test_the_library_upserts_searches_and_deletes(client: Any) -> None:
    leads = [{"email": "ana@acme.example", "firstName": "Ana"}, {"email": "bo@acme.example", "company": "Acme"}]
    told = client.execute("create_update_leads", leads=leads, lookupField="email")
    assert [row["status"] for row in told] == ["created", "created"]
    again = client.execute("create_update_leads", leads=[{"email": "ANA@acme.example", "title": "CFO"}])
    assert [(row["status"], row["id"]) for row in again] == [("updated", told[0]["id"])]
    found = client.execute(
        "get_multiple_leads_by_filter_type",
        filterType="email",
        filterValues=["ana@acme.example"],
        fields="title,company",
    )
    assert found == [{"id": told[0]["id"], "title": "CFO", "company": None}]
    assert client.execute("delete_lead", id=[told[1]["id"]])[0]["status"] == "deleted"
    assert client.execute("get_lead_by_id", id=told[1]["id"]) == []


def test_the_library_reads_activities_changes_and_deletions(twin: Practice, client: Any) -> None:
    ana, bo = twin.lead(email="ana@acme.example"), twin.lead(email="bo@acme.example")
    twin.twin.state.change_lead(ana, {"title": "CFO"})
    twin.twin.state.delete_lead(bo)
    since = "2026-09-01T00:00:00Z"
    assert [
        row["leadId"] for row in client.execute("get_lead_activities", activityTypeIds=["12"], sinceDatetime=since)
    ] == [
        ana,
        bo,
    ]
    changes = client.execute("get_lead_changes", fields=["title"], sinceDatetime=since)
    assert [row["fields"] for row in changes if row["activityTypeId"] == 13] == [
        [{"id": changes[-1]["fields"][0]["id"], "name": "title", "newValue": "CFO", "oldValue": None}]
    ]
    gone = client.execute("get_deleted_leads", sinceDatetime=since)
    assert [(row["leadId"], row["activityTypeId"]) for row in gone] == [(bo, 37)]


def test_the_library_reads_programs_lists_and_usage(twin: Practice, client: Any) -> None:
    lead = twin.lead(email="ana@acme.example")
    costs = [{"startDate": "2026-09-01", "cost": 2000, "note": "Booth"}]
    program = Program(7, "Fair", "", "Event", NOON, NOON, costs, [])
    twin.twin.state.programs[7] = program
    join(twin.twin.state, program, lead, "Attended", NOON)
    twin.twin.state.lists[9] = StaticList(9, "News", NOON, {lead})
    browsed = client.execute("browse_programs", maxReturn=20)
    assert [(row["id"], "costs" in row) for row in browsed] == [(7, False)]
    assert client.execute("get_program_by_id", id=7)[0]["costs"] == costs
    members = client.execute("get_multiple_leads_by_program_id", programId="7")
    assert [(row["id"], row["membership"]["progressionStatus"]) for row in members] == [(lead, "Attended")]
    assert [row["id"] for row in client.execute("get_multiple_leads_by_list_id", listId="9")] == [lead]
    assert client.execute("get_daily_usage")[0]["total"] >= 4


def test_the_library_imports_a_file_and_reads_what_failed(twin: Practice, client: Any, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("email,firstName\nana@acme.example,Ana\nnonsense,Bo\n")
    told = client.execute("import_lead", file=str(file), format="csv")
    status = client.execute("get_import_lead_status", id=told[0]["batchId"])[0]
    assert (status["status"], status["numOfLeadsProcessed"], status["numOfRowsFailed"]) == ("Complete", 1, 1)
    failures = client.execute("get_import_failure_file", id=told[0]["batchId"])
    text = failures if isinstance(failures, str) else failures.text
    assert [row[0] for row in csv.reader(io.StringIO(text))] == ["email", "nonsense"]
    assert len(twin.twin.state.leads) == 1


def test_the_library_is_told_of_the_quota_and_does_not_retry(twin: Practice, client: Any) -> None:
    twin.control("limits", daily=0)
    with pytest.raises(Exception, match="Daily API Request Limit"):
        client.execute("get_lead_by_id", id=1)


def test_one_token_for_everybody_whose_seconds_only_fall(twin: Practice) -> None:
    said = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    ask = f"{twin.url}/identity/oauth/token"
    first = requests.get(ask, params=said, timeout=5).json()
    twin.control("clock", advance=600)
    later = requests.get(ask, params=said, timeout=5).json()
    assert (later["access_token"], later["expires_in"]) == (first["access_token"], 2_999)
    twin.control("clock", advance=3_000)
    assert requests.get(ask, params=said, timeout=5).json()["access_token"] != first["access_token"]
    assert requests.get(ask, params={**said, "client_secret": "x"}, timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, "600"), ({"Authorization": "Bearer nonsense"}, "601"), ({"Authorization": ""}, "600")],
)
def test_a_bad_token_is_refused_inside_http_200(twin: Practice, headers: dict[str, str], code: str) -> None:
    answer = requests.get(f"{twin.url}/rest/v1/lists.json?access_token={twin.token()}", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["success"], answer.json()["errors"][0]["code"]) == (200, False, code)


def test_an_expired_token_is_602(twin: Practice) -> None:
    token = twin.token()
    twin.control("clock", advance=3_599)
    answer = requests.get(f"{twin.url}/rest/v1/lists.json", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    assert answer.json()["errors"][0]["code"] == "602"


def test_a_hundred_calls_in_twenty_seconds_and_the_refused_do_not_count(twin: Practice) -> None:
    twin.control("limits", rate=3)
    codes = [twin.said("GET", "/rest/v1/lists.json").get("errors", [{}])[0].get("code") for _ in range(5)]
    assert codes == [None, None, None, "606", "606"]
    twin.control("clock", advance=20)
    assert twin.said("GET", "/rest/v1/lists.json")["success"]
    usage = twin.said("GET", "/rest/v1/stats/usage.json")["result"][0]
    assert (usage["date"], usage["total"]) == ("2026-09-01", 5)


def test_the_quota_begins_anew_at_midnight_us_central(twin: Practice) -> None:
    twin.control("limits", daily=1)
    assert [twin.said("GET", "/rest/v1/lists.json")["success"] for _ in range(2)] == [True, False]
    twin.control("clock", advance=16 * 3_600 + 3_599)  # 23:59:59 in Chicago
    assert twin.said("GET", "/rest/v1/lists.json")["errors"][0]["code"] == "607"
    twin.control("clock", advance=1)
    assert twin.said("GET", "/rest/v1/lists.json")["success"]


def test_the_eleventh_call_at_once_is_615(twin: Practice) -> None:
    twin.twin.state.race_seconds = 0.5
    twin.control("limits", concurrent=2)
    token = twin.token()

    def upsert(number: int) -> Any:
        body = {"input": [{"email": f"p{number}@acme.example"}]}
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(f"{twin.url}/rest/v1/leads.json", json=body, headers=headers, timeout=5).json()

    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(upsert, range(5)))
    assert sorted(one.get("errors", [{}])[0].get("code", "") for one in told) == ["", "", "615", "615", "615"]


def test_upserts_of_one_new_address_at_once_make_several_leads(twin: Practice) -> None:
    twin.control("race", seconds=0.3)
    with ThreadPoolExecutor(3) as pool:
        list(
            pool.map(
                lambda _n: twin.said("POST", "/rest/v1/leads.json", json={"input": [{"email": "a@acme.example"}]}),
                range(3),
            )
        )
    twin.control("race", seconds=0)
    again = twin.said("POST", "/rest/v1/leads.json", json={"input": [{"email": "a@acme.example"}]})
    assert (len(twin.twin.state.leads), again["result"][0]["reasons"][0]["code"]) == (3, "1007")


def test_each_record_has_its_own_fate(twin: Practice) -> None:
    known = twin.lead(email="ana@acme.example")
    rows: list[dict[str, Any]] = [
        {"email": "bo@acme.example", "firstName": "Bo"},
        {"email": "cy@acme.example", "nonsense": "x"},
        {"email": "di@acme.example", "updatedAt": "2026-01-01"},
        {"firstName": "Nobody"},
        {"email": "ed@acme.example", "mopsId": "x" * 65},
        {"email": "fay@acme.example", "leadScore": "many"},
    ]
    told = twin.said("POST", "/rest/v1/leads.json", json={"input": rows})["result"]
    assert [(row["status"], row.get("reasons", [{}])[0].get("code")) for row in told] == [
        ("created", None),
        ("skipped", "1006"),
        ("skipped", "1006"),
        ("skipped", "1003"),
        ("skipped", "1003"),
        ("skipped", "1003"),
    ]
    only = twin.said(
        "POST", "/rest/v1/leads.json", json={"action": "createOnly", "input": [{"email": "ana@acme.example"}]}
    )
    assert (only["result"][0]["id"], only["result"][0]["reasons"][0]["code"]) == (known, "1005")
    missing = {"action": "updateOnly", "lookupField": "id", "input": [{"id": 999, "title": "x"}]}
    assert twin.said("POST", "/rest/v1/leads.json", json=missing)["result"][0]["reasons"][0]["code"] == "1004"


def test_too_many_of_anything_is_refused(twin: Practice) -> None:
    for number in range(1_001):
        twin.lead(email="shared@acme.example", firstName=str(number))
    search = {"filterType": "email", "filterValues": "shared@acme.example"}
    assert twin.said("GET", "/rest/v1/leads.json", params=search)["errors"][0]["code"] == "1003"
    rows = [{"email": f"p{n}@acme.example"} for n in range(301)]
    assert twin.said("POST", "/rest/v1/leads.json", json={"input": rows})["errors"][0]["code"] == "1003"
    ids = ",".join(map(str, range(2, 28)))
    assert twin.said("POST", f"/rest/v1/leads/1/merge.json?leadIds={ids}")["errors"][0]["code"] == "1080"
    assert twin.raw("POST", "/rest/v1/leads.json", data=b"x" * (2**20 + 1)).status_code == 413
    assert twin.raw("GET", "/rest/v1/leads.json", params={"filterValues": "x" * 9_000}).status_code == 414


def test_a_long_search_comes_as_a_form(twin: Practice) -> None:
    lead = twin.lead(email="ana@acme.example")
    form = {"_method": "GET", "filterType": "email", "filterValues": "ana@acme.example", "fields": "email"}
    found = twin.said("POST", "/rest/v1/leads.json", data=form)
    assert found["result"] == [{"id": lead, "email": "ana@acme.example"}]


def test_a_search_is_paged_by_300(twin: Practice) -> None:
    for number in range(301):
        twin.lead(email="shared@acme.example", firstName=str(number))
    search = {"filterType": "email", "filterValues": "shared@acme.example"}
    first = twin.said("GET", "/rest/v1/leads.json", params=search)
    second = twin.said("GET", "/rest/v1/leads.json", params={**search, "nextPageToken": first["nextPageToken"]})
    assert (len(first["result"]), len(second["result"]), "nextPageToken" in second) == (300, 1, False)


def test_pages_of_the_feed_may_be_empty_while_there_is_more(twin: Practice) -> None:
    for number in range(700):
        twin.lead(email=f"p{number}@acme.example")
    twin.twin.state.merge_leads(1, [2])
    token = twin.said("GET", "/rest/v1/activities/pagingtoken.json", params={"sinceDatetime": "2026-09-01T00:00:00Z"})
    pages = []
    said: dict[str, Any] = token
    while said.get("moreResult", True):
        said = twin.said(
            "GET", "/rest/v1/activities.json", params={"activityTypeIds": "32", "nextPageToken": said["nextPageToken"]}
        )
        pages.append(len(said["result"]))
    assert pages == [0, 0, 1]
    [row] = said["result"]
    assert {one["name"]: one["value"] for one in row["attributes"]}["Merge IDs"] == "2"


def test_the_feed_shows_things_some_seconds_late() -> None:
    with practice(lag_seconds=30) as twin:
        twin.lead(email="ana@acme.example")
        ask = {"sinceDatetime": "2026-09-01T00:00:00Z"}
        token = twin.said("GET", "/rest/v1/activities/pagingtoken.json", params=ask)["nextPageToken"]
        said = {"activityTypeIds": "12", "nextPageToken": token}
        early = twin.said("GET", "/rest/v1/activities.json", params=said)
        twin.control("clock", advance=30)
        late = twin.said("GET", "/rest/v1/activities.json", params={**said, "nextPageToken": early["nextPageToken"]})
        assert (len(early["result"]), early["moreResult"], len(late["result"])) == (0, False, 1)


def test_reads_by_a_large_list_end_on_their_day(twin: Practice) -> None:
    twin.twin.state.lists[9] = StaticList(9, "All", NOON, set(range(10_000)))
    ask = {"sinceDatetime": "2026-09-01T00:00:00Z"}
    token = twin.said("GET", "/rest/v1/activities/pagingtoken.json", params=ask)["nextPageToken"]
    said = {"activityTypeIds": "12", "nextPageToken": token, "listId": "9"}
    assert twin.said("GET", "/rest/v1/activities.json", params=said)["success"]
    twin.control("clock", advance=121 * 86_400)
    assert twin.said("GET", "/rest/v1/activities.json", params=said)["errors"][0]["code"] == "1003"


def test_merged_leads_are_found_no_more_and_the_winner_keeps_its_values(twin: Practice) -> None:
    winner = twin.lead(email="ana@acme.example", title="CFO")
    loser = twin.lead(email="ana@home.example", title="Chief", city="Porto")
    assert twin.said("POST", f"/rest/v1/leads/{winner}/merge.json", params={"leadIds": str(loser)})["success"]
    assert twin.said("GET", f"/rest/v1/lead/{loser}.json")["result"] == []
    kept = twin.said("GET", f"/rest/v1/lead/{winner}.json", params={"fields": "title,city"})["result"]
    assert kept == [{"id": winner, "title": "CFO", "city": "Porto"}]


def extract(twin: Practice, **filter: Any) -> Any:
    body = {"fields": ["id", "email", "city"], "filter": filter}
    return twin.said("POST", "/bulk/v1/leads/export/create.json", json=body)


MONTH = {"startAt": "2026-08-15T00:00:00Z", "endAt": "2026-09-10T00:00:00Z"}


def test_an_extract_goes_through_its_states_and_its_file_comes_in_ranges(twin: Practice) -> None:
    twin.lead(email="ana@acme.example")
    twin.lead(days_before(60), email="old@acme.example")
    job = extract(twin, createdAt=MONTH)["result"][0]["exportId"]
    base = f"/bulk/v1/leads/export/{job}"
    told = [twin.said("POST", f"{base}/enqueue.json")["result"][0]["status"]]
    for _ in range(4):
        told.append(twin.said("GET", f"{base}/status.json")["result"][0]["status"])
        twin.control("clock", advance=40)
    assert told == ["Queued", "Queued", "Queued", "Processing", "Processing"]
    done = twin.said("GET", f"{base}/status.json")["result"][0]
    assert (done["status"], done["numberOfRecords"]) == ("Completed", 1)
    whole = twin.raw("GET", f"{base}/file.json")
    assert whole.text == "id,email,city\n1,ana@acme.example,null\n"
    part = twin.raw("GET", f"{base}/file.json", headers={"Range": "bytes=3-7"})
    assert (part.status_code, part.text, part.headers["Content-Range"]) == (
        206,
        "email",
        f"bytes 3-7/{len(whole.content)}",
    )
    assert done["fileChecksum"] == "sha256:" + hashlib.sha256(whole.content).hexdigest()


def test_an_extract_has_one_filter_of_31_days(twin: Practice) -> None:
    assert (
        extract(twin, createdAt={"startAt": "2026-08-01T00:00:00Z", "endAt": "2026-09-02T00:00:00Z"})["errors"][0][
            "code"
        ]
        == "1003"
    )
    assert extract(twin, createdAt=MONTH, updatedAt=MONTH)["errors"][0]["code"] == "1003"
    twin.control("subscription", updatedAt=False)
    assert extract(twin, updatedAt=MONTH)["errors"][0]["code"] == "1035"


def test_the_thirteenth_extract_finds_the_queue_full(twin: Practice) -> None:
    told = []
    for _ in range(13):
        job = extract(twin, createdAt=MONTH)["result"][0]["exportId"]
        told.append(twin.said("POST", f"/bulk/v1/leads/export/{job}/enqueue.json"))
    assert [one["success"] for one in told] == [True] * 12 + [False]
    assert told[-1]["errors"][0] == {"code": "1029", "message": "Too many jobs in queue"}


def test_faults_of_its_own_come_inside_http_200_and_may_apply_first(twin: Practice) -> None:
    twin.control("faults", name="transient_after_apply", on="POST /rest/v1/leads")
    told = twin.said("POST", "/rest/v1/leads.json", json={"input": [{"email": "ana@acme.example"}]})
    assert (told["success"], told["errors"][0]["code"], len(twin.twin.state.leads)) == (False, "713", 1)


def test_everything_imitated_is_listed_with_its_source(twin: Practice) -> None:
    listed = requests.get(f"{twin.url}/__twin__/behaviours", timeout=5).json()
    assert len(listed) == len({one["key"] for one in listed}) == len(BEHAVIOURS)
    assert all(one["source"] for one in listed)
    assert {one["label"] for one in listed} == {label.value for label in Label}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/rest/v1/leads.json", b"{"),
        ("POST", "/rest/v1/leads.json", json.dumps({"input": "x"}).encode()),
        ("GET", "/rest/v1/nothing.json", None),
        ("GET", "/rest/v1/activities.json?nextPageToken=nonsense&activityTypeIds=1", None),
    ],
)
def test_nonsense_is_refused_inside_the_envelope(twin: Practice, method: str, path: str, body: bytes | None) -> None:
    answer = twin.raw(method, path, data=body)
    assert (answer.status_code, answer.json()["success"]) == (200, False)


def test_an_invented_market_lives_in_it() -> None:
    population = invented(60, seed=3)
    twin = make(population, clock=TwinClock(population.people[0].created_at + timedelta(days=4_000)), limits=False)
    state = twin.state
    assert len(state.leads) == 60
    assert sorted(lead["email"] for lead in state.leads.values()) == sorted(one.email for one in population.people)
    assert len(state.programs) == len(population.campaigns)
    assert sum(len(program.costs) for program in state.programs.values()) == sum(
        len(campaign.costs) for campaign in population.campaigns
    )
    dates = [one.at for one in state.happenings]
    assert dates == sorted(dates)


def test_what_happened_is_known_again_after_a_restart(tmp_path: Path) -> None:
    population = invented(30, seed=3)
    clock = TwinClock(population.people[0].created_at + timedelta(days=4_000))
    first, shelf = make(population, clock=clock, limits=False), Shelf(tmp_path / "marketo.sqlite3")
    first.keep(shelf)
    state = first.state
    new = state.add_lead({"email": "new@acme.example"})
    state.change_lead(new, {"title": "CFO"})
    state.delete_lead(3)
    state.merge_leads(new, [4])
    join(state, next(iter(state.programs.values())), new, "Attended", clock.now())
    shelf.close()
    again, shelf = make(population, clock=clock, limits=False), Shelf(tmp_path / "marketo.sqlite3")
    again.keep(shelf)
    shelf.close()
    for name in ("leads", "happenings", "programs", "lists", "merged", "next_lead"):
        assert getattr(again.state, name) == getattr(state, name), name
    assert again.state.find("email", "new@acme.example") == [new]
    assert again.state.find("id", "3") == []
