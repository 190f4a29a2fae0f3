"""The connector to Marketo against the practice server, with every fault."""

import csv
import io
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from martech.connectors import errors
from martech.connectors.errors import Reason
from martech.connectors.marketo import VENDOR
from martech.connectors.marketo.classify import next_midnight
from martech.connectors.marketo.extracting import split_records
from martech.connectors.marketo.writing import encoded
from martech.connectors.port import Action, Fate, FieldType, Outcome, RemoteField, Window, Write
from martech.twins.marketo.programs import join
from martech.twins.marketo.state import FORM, Program, StaticList
from tests.martech.marketo_practice import NOON, Practice, Spending, days_before, practice

HOUR = Window(NOON - timedelta(hours=1), NOON + timedelta(hours=1))


@pytest.fixture
def twin() -> Iterator[Practice]:
    with practice(limits=False) as found, time_machine.travel(NOON, tick=True):
        yield found


def ids(pages: Any) -> list[str]:
    return [record.id for page in pages for record in page.records]


def test_every_step_of_the_check_goes_well_and_the_account_is_known(twin: Practice) -> None:
    budget = Spending()
    connector = twin.connector(budget)
    steps = list(connector.check())
    assert [(step.title, step.is_ok) for step in steps] == [
        ("Sign in", True),
        ("Leads", True),
        ("Activities", True),
        ("Programs", True),
        ("Calls of the day", True),
    ]
    assert (connector.account_id(), budget.observed["day"]) == ("123-abc-456", (4, 50_000))
    assert budget.spent.count("calls") == 4


def test_a_wrong_secret_stops_the_check_with_what_to_do(twin: Practice) -> None:
    [step] = twin.connector(client_secret="wrong").check()
    assert (step.is_ok, step.detail) == (False, "Marketo does not know this client id and secret.")
    assert "LaunchPoint" in step.remedy


def test_a_missing_permission_names_the_role(twin: Practice) -> None:
    twin.control("faults", name="error_603", on="GET /rest/asset")
    [wrong] = [step for step in twin.connector().check() if not step.is_ok]
    assert (wrong.title, wrong.is_part, "Users & Roles" in wrong.remedy) == ("Programs", True, True)


def test_fields_of_leads_come_from_the_account(twin: Practice) -> None:
    fields = {field.name: field for field in twin.connector().describe("lead").fields}
    assert (fields["email"].type, fields["email"].is_unique, fields["email"].longest) == (FieldType.EMAIL, True, 255)
    assert (fields["updatedAt"].is_writable, fields["unsubscribed"].type) == (False, FieldType.BOOLEAN)


def test_changed_leads_come_as_they_are_now_each_once_a_page(twin: Practice) -> None:
    ana, bo = twin.lead(email="ana@acme.example"), twin.lead(email="bo@acme.example")
    twin.lead(days_before(3), email="old@acme.example")
    for title in ("CFO", "CEO"):
        twin.twin.state.change_lead(ana, {"title": title})
    [page] = twin.connector().changes("lead", ["email", "title"], window=HOUR)
    assert [(one.id, one.values["title"]) for one in page.records] == [(str(ana), "CEO"), (str(bo), None)]
    assert (page.position, page.seen_until, page.records[0].modified_at) == (None, NOON, NOON)


def test_no_change_is_missed_over_short_and_empty_pages_and_a_run_goes_on_elsewhere(twin: Practice) -> None:
    leads = [twin.lead(email=f"p{number}@acme.example") for number in range(650)]
    for lead in leads[:400]:
        twin.twin.state.note(lead, FORM, NOON, 1, "form")
    twin.twin.state.change_lead(leads[7], {"title": "CFO"})
    pages = list(twin.connector().changes("lead", ["email", "title"], window=HOUR))
    assert sorted(map(int, ids(pages))) == sorted([*leads, leads[7]])
    first = next(iter(twin.connector().changes("lead", ["email", "title"], window=HOUR)))
    rest = twin.connector().changes("lead", ["email", "title"], window=HOUR, position=first.position)
    assert sorted(map(int, [*(one.id for one in first.records), *ids(rest)])) == sorted([*leads, leads[7]])


def test_a_lead_deleted_meanwhile_is_left_out(twin: Practice) -> None:
    ana, bo = twin.lead(email="ana@acme.example"), twin.lead(email="bo@acme.example")
    twin.twin.state.delete_lead(ana)
    assert ids(twin.connector().changes("lead", ["email"], window=HOUR)) == [str(bo)]


def test_deleted_and_merged_leads_are_tombstones(twin: Practice) -> None:
    winner, loser, gone = (twin.lead(email=f"p{number}@acme.example") for number in range(3))
    twin.twin.state.merge_leads(winner, [loser])
    twin.twin.state.delete_lead(gone)
    pages = list(twin.connector().tombstones("lead", window=HOUR))
    found = [(one.id, one.fate, one.into) for page in pages for one in page.tombstones]
    assert found == [(str(gone), Fate.DELETED, ()), (str(loser), Fate.MERGED, (("lead", str(winner)),))]
    assert (pages[-1].position, pages[0].is_gap) == (None, False)
    rest = list(twin.connector().tombstones("lead", window=HOUR, position=pages[0].position))
    assert [one.id for page in rest for one in page.tombstones] == [str(loser)]
    long = Window(days_before(20), NOON)
    assert next(iter(twin.connector().tombstones("lead", window=long))).is_gap


def test_a_backfill_reads_everybody_with_types_and_nothing_for_null(twin: Practice) -> None:
    twin.lead(days_before(70), email="old@acme.example", unsubscribed=True, leadScore=12)
    twin.lead(days_before(2), email="néw@acme.example", company='Acme, "Robotics"\nKK 株式会社')
    pages = list(twin.connector().everything("lead", ["email", "company", "unsubscribed", "leadScore"]))
    records = [record for page in pages for record in page.records]
    assert [
        (one.id, one.values["unsubscribed"], one.values["leadScore"], one.values["company"]) for one in records
    ] == [
        ("1", True, 12, None),
        ("2", None, None, 'Acme, "Robotics"\nKK 株式会社'),
    ]
    assert (records[0].created_at, pages[-1].position) == (days_before(70), None)


def test_a_backfill_goes_on_behind_any_page_and_reads_nobody_twice(twin: Practice, monkeypatch: Any) -> None:
    monkeypatch.setattr("martech.connectors.marketo.extracting.CHUNK", 2_000)
    for number in range(300):
        twin.lead(days_before(number % 50 + 1), email=f"p{number}@acme.example", company='A "B"\nC')
    whole = list(twin.connector().everything("lead", ["email", "company"]))
    assert sorted(map(int, ids(whole))) == list(range(1, 301))
    for cut in range(0, len(whole) - 1, 3):
        rest = twin.connector().everything("lead", ["email", "company"], position=whole[cut].position)
        seen = [*ids(whole[: cut + 1]), *ids(rest)]
        assert sorted(map(int, seen)) == list(range(1, 301))


def test_a_backfill_waits_for_marketo_without_making_a_second_extract() -> None:
    with practice() as twin, time_machine.travel(NOON, tick=True):
        twin.lead(days_before(2), email="ana@acme.example")
        pages = twin.connector().everything("lead", ["email"])
        position = next(pages).position
        with pytest.raises(errors.Throttled) as waiting:
            next(pages)
        assert waiting.value.seconds == 60
        for _ in range(4):
            twin.control("clock", advance=61)
            resumed = twin.connector().everything("lead", ["email"], position=position)
            try:
                found = ids(resumed)
                break
            except errors.Throttled:
                continue
        assert (found, len(twin.twin.extracts.jobs)) == (["1"], 1)


def test_an_extract_that_is_gone_is_asked_for_again_and_not_the_months_before_it(twin: Practice) -> None:
    twin.lead(days_before(70), email="old@acme.example")
    twin.lead(days_before(2), email="ana@acme.example")
    lost = {"from": "2026-08-01T00:00:00Z", "until": "2026-09-01T12:00:00Z", "job": "nothing", "at": 0}
    assert ids(twin.connector().everything("lead", ["email"], position=lost)) == ["2"]
    with pytest.raises(errors.PositionLost):
        list(twin.connector().everything("lead", ["email"], position={**lost, "lost": 2}))


def test_a_token_that_ends_in_the_middle_of_a_file_is_renewed_and_its_leads_come_once(
    twin: Practice, monkeypatch: Any
) -> None:
    monkeypatch.setattr("martech.connectors.marketo.extracting.CHUNK", 2_000)
    for number in range(200):
        twin.lead(days_before(2), email=f"p{number}@acme.example")
    pages = twin.connector().everything("lead", ["email"])
    begun = list(itertools.islice(pages, 4))
    twin.control("token/expire")
    assert sorted(map(int, [*ids(begun), *ids(pages)])) == list(range(1, 201))
    assert len(twin.twin.extracts.jobs) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("error_606", errors.Throttled),
        ("error_607", errors.BudgetExhausted),
        ("error_603", errors.ScopeMissing),
        ("error_608", errors.VendorDown),
        ("error_713", errors.RetryNow),
    ],
)
def test_a_refusal_in_place_of_a_file_is_its_class_and_the_place_stays(
    twin: Practice, fault: str, kind: type[errors.VendorError]
) -> None:
    twin.lead(days_before(2), email="ana@acme.example")
    pages = twin.connector().everything("lead", ["email"])
    begun = next(pages)
    twin.control("faults", name=fault, on="file.json")
    with pytest.raises(kind):
        list(pages)
    assert ids(twin.connector().everything("lead", ["email"], position=begun.position)) == ["1"]
    assert len(twin.twin.extracts.jobs) == 1


def test_a_row_with_too_few_cells_is_not_left_out_in_silence(twin: Practice) -> None:
    twin.lead(days_before(2), email="ana@acme.example")
    pages = twin.connector().everything("lead", ["email"])
    position = next(pages).position
    assert position is not None
    job = twin.twin.extracts.jobs[position["job"]]
    job.content += b"2\n"
    with pytest.raises(errors.PositionLost, match="more or fewer cells"):
        list(twin.connector().everything("lead", ["email"], position={**position, "lost": 2}))


def test_where_ids_begin_high_a_backfill_begins_before_any_lead(twin: Practice) -> None:
    twin.twin.state.next_lead = 1_000_000
    twin.lead(days_before(9 * 365), email="ana@acme.example")
    assert len(ids(twin.connector().everything("lead", ["email"]))) == 1


def test_a_full_queue_leaves_no_job_behind(twin: Practice) -> None:
    twin.lead(days_before(2), email="ana@acme.example")
    twin.control("faults", name="export_queue", on="enqueue")
    with pytest.raises(errors.Throttled):
        list(twin.connector().everything("lead", ["email"]))
    assert [job.status for job in twin.twin.extracts.jobs.values()] == ["Cancelled"]
    twin.control("faults", name="export_quota", on="enqueue")
    with pytest.raises(errors.BudgetExhausted) as spent:
        list(twin.connector().everything("lead", ["email"]))
    assert spent.value.until == datetime(2026, 9, 2, 5, tzinfo=UTC)


def test_activities_are_touches_under_their_guid(twin: Practice) -> None:
    lead = twin.lead(email="ana@acme.example")
    twin.twin.state.note(lead, FORM, NOON, 5, "Demo", (("Webpage URL", "https://acme.example/demo"),))
    for pages in (
        twin.connector().changes("activity", [], window=HOUR),
        twin.connector().everything("activity", []),
    ):
        [record] = [one for page in pages for one in page.records]
        assert (record.id, record.values["kind"], record.values["url"]) == ("2", "form", "https://acme.example/demo")
        assert (record.links[0].to_object, record.links[0].to_id) == ("lead", str(lead))


def program(twin: Practice) -> Program:
    costs = [{"startDate": "2026-08-01", "cost": 2000, "note": "Booth"}, {"startDate": "2026-08-01", "cost": 50}]
    tags = [{"tagType": "Region", "tagValue": "EMEA"}]
    found = Program(7, "26Q3-EMEA-EVT-0042 Fair", "The fair", "Event", days_before(40), NOON, costs, tags)
    twin.twin.state.programs[7] = found
    return found


def test_programs_come_with_costs_tags_and_the_campaign_code_in_their_name(twin: Practice) -> None:
    program(twin)
    [page] = twin.connector().everything("program", [])
    [record] = page.records
    assert (record.values["code"], record.values["cost"], record.values["tags"]) == (
        "26Q3-EMEA-EVT-0042",
        2050.0,
        ["Region: EMEA"],
    )
    [page] = twin.connector().changes("program_cost", [], window=HOUR)
    assert [(one.id, one.values["cost"], one.values["note"]) for one in page.records] == [
        ("7:2026-08-01:1", 2000.0, "Booth"),
        ("7:2026-08-01:2", 50.0, ""),
    ]
    assert ids(twin.connector().changes("program", [], window=Window(days_before(9), days_before(1)))) == []


def test_members_of_programs_and_lists_come_with_their_leads(twin: Practice) -> None:
    leads = [twin.lead(email=f"p{number}@acme.example") for number in range(3)]
    fair = program(twin)
    for lead in leads[:2]:
        join(twin.twin.state, fair, lead, "Attended", NOON)
    twin.twin.state.lists[9] = StaticList(9, "News", NOON, {leads[2]})
    [page] = twin.connector().everything("program_member", [])
    assert [(one.id, one.values["status"], one.values["reachedSuccess"]) for one in page.records] == [
        ("7:1", "Attended", True),
        ("7:2", "Attended", True),
    ]
    assert ids(twin.connector().changes("program_member", [], window=HOUR)) == ["7:1", "7:2"]
    assert ids(twin.connector().everything("list_member", [])) == ["9:3"]


def test_leads_are_read_by_id_or_a_unique_field_however_many(twin: Practice) -> None:
    numbers = [twin.lead(email=f"p{number}@acme.example") for number in range(700)]
    connector = twin.connector()
    assert len(connector.read("lead", ["email"], [*map(str, numbers), "99999"])) == 700
    [found] = connector.read("lead", ["email"], ["p3@acme.example"], by="email")
    assert (found.id, found.values["email"]) == ("4", "p3@acme.example")


def write(key: str, action: Action, values: dict[str, Any], **more: Any) -> Write:
    return Write(key, action, values, **more)


def test_a_batch_gives_a_result_for_every_row(twin: Practice) -> None:
    known = twin.lead(email="ana@acme.example")
    connector = twin.connector()
    rows = [
        write("a", Action.UPSERT, {"title": "CFO"}, match=("email", "ana@acme.example")),
        write("b", Action.UPSERT, {"firstName": "Bo"}, match=("email", "bo@acme.example")),
        write("c", Action.UPSERT, {"nonsense": "x"}, match=("email", "cy@acme.example")),
        write("d", Action.UPSERT, {"mopsId": "x" * 70}, match=("email", "di@acme.example")),
    ]
    told = {one.key: one for one in connector.write("lead", rows)}
    assert (told["a"].outcome, told["a"].id) == (Outcome.UPDATED, str(known))
    assert (told["b"].outcome, told["b"].id) == (Outcome.CREATED, "2")
    assert (told["c"].outcome, told["c"].reason, told["c"].field) == (Outcome.FAILED, Reason.UNKNOWN_FIELD, "nonsense")
    assert (told["d"].reason, told["d"].field) == (Reason.TOO_LONG, "mopsId")


def test_creating_what_is_there_names_it_and_changing_what_is_gone_fails(twin: Practice) -> None:
    known = twin.lead(email="ana@acme.example")
    connector = twin.connector()
    [told] = connector.write("lead", [write("a", Action.CREATE, {"email": "ana@acme.example"})])
    assert (told.outcome, told.reason, told.existing_id) == (Outcome.FAILED, Reason.DUPLICATE, str(known))
    [told] = connector.write("lead", [write("a", Action.CREATE, {"firstName": "Nobody"})])
    assert (told.reason, told.field) == (Reason.REQUIRED_FIELD, "email")
    [told] = connector.write("lead", [write("a", Action.UPDATE, {"title": "CFO"}, id="999")])
    assert told.reason == Reason.NOT_FOUND
    [told] = connector.write("lead", [write("a", Action.DELETE, {}, id=str(known))])
    assert (told.outcome, twin.twin.state.leads) == (Outcome.DELETED, {})


@pytest.mark.parametrize(
    "fault",
    [
        "bad_gateway_after_apply",
        "hang_up_after_apply",
        "truncated_json",
        "timeout_604_after_apply",
        "bad_gateway",
        "html_error",
        "error_611",
    ],
)
def test_a_write_without_a_clear_answer_is_unknown_and_raises_nothing(twin: Practice, fault: str) -> None:
    twin.control("faults", name=fault, on="POST /rest/v1/leads.json")
    rows = [write("a", Action.UPSERT, {}, match=("email", "ana@acme.example"))]
    [told] = twin.connector().write("lead", rows)
    assert (told.outcome, told.key) == (Outcome.UNKNOWN, "a")
    assert bool(twin.twin.state.leads) == (fault.endswith("after_apply") or fault == "truncated_json")


def test_a_write_that_times_out_is_unknown(twin: Practice) -> None:
    twin.control("faults", name="timeout_after_apply", on="POST /rest/v1/leads.json")
    rows = [write("a", Action.UPSERT, {}, match=("email", "ana@acme.example"))]
    [told] = twin.connector(timeout=(1.0, 0.3)).write("lead", rows)
    assert (told.outcome, len(twin.twin.state.leads)) == (Outcome.UNKNOWN, 1)


READS: list[tuple[str, type[errors.VendorError]]] = [
    ("error_603", errors.ScopeMissing),
    ("error_606", errors.Throttled),
    ("error_607", errors.BudgetExhausted),
    ("error_608", errors.VendorDown),
    ("error_610", errors.Misconfigured),
    ("error_611", errors.RetryNow),
    ("error_615", errors.Throttled),
    ("error_713", errors.RetryNow),
    ("error_609", errors.Misconfigured),
    ("bad_gateway", errors.VendorDown),
    ("unavailable", errors.VendorDown),
    ("html_error", errors.RetryNow),
    ("truncated_json", errors.VendorDown),
    ("hang_up", errors.VendorDown),
]


@pytest.mark.parametrize(("fault", "kind"), READS)
def test_a_fault_of_a_read_is_its_class(twin: Practice, fault: str, kind: type[errors.VendorError]) -> None:
    twin.lead(email="ana@acme.example")
    budget = Spending()
    twin.control("faults", name=fault, on="/rest/v1/leads.json")
    with pytest.raises(kind) as raised:
        twin.connector(budget).read("lead", ["email"], ["1"])
    assert raised.value.detail
    if isinstance(raised.value, errors.Throttled):
        assert budget.barred == {raised.value.policy: raised.value.seconds}
    if isinstance(raised.value, errors.BudgetExhausted):
        assert raised.value.until == datetime(2026, 9, 2, 5, tzinfo=UTC)


def test_a_slow_and_a_silent_answer_are_given_up(twin: Practice) -> None:
    twin.control("faults", name="read_timeout", on="/rest/v1/leads.json")
    with pytest.raises(errors.VendorDown):
        twin.connector(timeout=(1.0, 0.2)).read("lead", ["email"], ["1"])


def test_an_expired_token_is_renewed_once_and_kept_for_the_others(twin: Practice) -> None:
    twin.lead(email="ana@acme.example")
    connector = twin.connector()
    assert len(connector.read("lead", ["email"], ["1"])) == 1
    before = connector.client.token
    twin.control("token/expire")
    assert len(connector.read("lead", ["email"], ["1"])) == 1
    assert connector.client.token != before


def test_a_token_that_stays_refused_is_no_endless_loop(twin: Practice) -> None:
    twin.control("faults", name="error_601", on="/rest/", times=5)
    with pytest.raises(errors.SignInRefused):
        twin.connector().read("lead", ["email"], ["1"])


def test_an_unknown_field_of_a_search_is_named(twin: Practice) -> None:
    with pytest.raises(errors.Misconfigured) as raised:
        twin.connector().read("lead", ["nonsense"], ["1"])
    assert raised.value.fields == ("nonsense",)


def test_a_server_that_is_not_there_is_down() -> None:
    with practice() as twin:
        connector = twin.connector()
    with pytest.raises(errors.VendorDown):
        connector.describe("lead")


def test_webhooks_are_not_believed(twin: Practice) -> None:
    with pytest.raises(errors.Forged):
        twin.connector().hints(method="POST", urls=["/"], headers={}, body=b"", now=NOON)


FIELDS = {type: RemoteField("f", "F", type, longest=5) for type in FieldType}


@pytest.mark.parametrize(
    ("type", "value", "told"),
    [
        (FieldType.NUMBER, "12", 12),
        (FieldType.NUMBER, 1.5, 1.5),
        (FieldType.BOOLEAN, "yes", True),
        (FieldType.DATE, "2026-09-01T10:00:00Z", "2026-09-01"),
        (FieldType.DATETIME, "2026-09-01T12:00:00+02:00", "2026-09-01T10:00:00Z"),
        (FieldType.CHOICES, ["a", "b"], "a;b"),
        (FieldType.TEXT, "", None),
    ],
)
def test_values_are_given_as_marketo_takes_them(type: FieldType, value: Any, told: Any) -> None:
    assert encoded(FIELDS[type], value) == told


@pytest.mark.parametrize(
    ("type", "value", "reason"),
    [
        (FieldType.TEXT, "too long", Reason.TOO_LONG),
        (FieldType.NUMBER, "many", Reason.INVALID_VALUE),
        (FieldType.DATE, "soon", Reason.INVALID_VALUE),
    ],
)
def test_a_value_that_does_not_fit_is_refused_before_it_is_sent(type: FieldType, value: str, reason: Reason) -> None:
    with pytest.raises(errors.RowRefused) as refused:
        encoded(FIELDS[type], value)
    assert (refused.value.reason, refused.value.field) == (reason, "f")


@given(
    rows=st.lists(st.lists(st.text(alphabet='ab",\n株'), min_size=2, max_size=2), min_size=1, max_size=8),
    cuts=st.lists(st.integers(1, 9), min_size=1),
)
def test_a_file_is_cut_between_records_wherever_its_chunks_end(rows: list[list[str]], cuts: list[int]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    content, found, rest = text.getvalue().encode(), [], b""
    sizes = itertools.cycle(cuts)
    while content:
        size = next(sizes)
        part, content = content[:size], content[size:]
        whole, rest = split_records(rest + part, is_last=not content)
        found += list(csv.reader(io.StringIO(whole.decode())))
    assert found == rows


def test_the_day_begins_at_midnight_in_chicago_also_when_clocks_change() -> None:
    assert next_midnight(datetime(2026, 3, 8, 12, tzinfo=UTC)) == datetime(2026, 3, 9, 5, tzinfo=UTC)
    assert next_midnight(datetime(2026, 3, 8, 5, 59, tzinfo=UTC)) == datetime(2026, 3, 8, 6, tzinfo=UTC)


def test_the_registry_entry_says_what_the_engine_must_know() -> None:
    by_name = {policy.name: policy for policy in VENDOR.policies({"daily_calls": "10000"})}
    assert (by_name["calls"].limit, by_name["calls"].seconds, by_name["day"].limit) == (100, 20, 10_000)
    assert by_name["day"].resets == "America/Chicago"
    assert VENDOR.objects["lead"].batch == 300
    due = {one.key for one in VENDOR.retirements if one.applies({"list_id": "9"})}
    assert due == {"marketo.list_reads"}
