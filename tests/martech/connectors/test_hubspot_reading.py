"""The HubSpot connector reads a practice server: nothing missed, nothing twice, whatever the stamps and the lag."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from martech.connectors.errors import Misconfigured, PositionLost
from martech.connectors.hubspot.describing import stages_of
from martech.connectors.port import Fate, FieldType, Window
from tests.martech.connectors.hubspot import NOON, Bench, bench, ids, records, until_now
from tests.martech.twins.hubspot import crowd

FIRST = "10001"


@pytest.fixture
def made() -> Iterator[Bench]:
    with bench() as found:
        yield found


def changed_ids(made: Bench, since: datetime) -> list[str]:
    return ids(records(made.connector.changes("contacts", ["email"], window=until_now(made.hub, since))))


def test_everything_is_read_with_the_fields_asked_for_and_no_others(made: Bench) -> None:
    found = records(made.connector.everything("contacts", ["email", "phone"]))
    truth = made.truth()["records"]
    assert {record.id: dict(record.values) for record in found} == {
        id: {"email": row["email"], "phone": row.get("phone")} for id, row in truth.items()
    }
    assert found[0].created_at is not None


@pytest.mark.parametrize("version", ["v3", "2025-09", "2026-03", "2026-09"])
def test_every_api_version_reads_the_same(version: str) -> None:
    with bench(api_version=version) as made:
        assert len(records(made.connector.everything("companies", ["name"]))) == 5
        assert len(records(made.connector.changes("deals", ["dealname"], window=until_now(made.hub)))) == len(
            made.truth("deals")["records"]
        )
        links = made.connector.links("contacts", "companies", [FIRST])
        assert [link.is_primary for link in links] == [True]
        assert len(records(made.connector.everything("campaigns", ["hs_name"]))) == 90
        assert len(records(made.connector.everything("owners", ["email"]))) == 7


def test_changes_are_those_of_the_window_and_of_contacts_too(made: Bench) -> None:
    made.hub.advance(60)
    made.change(FIRST, city="Graz")
    made.change("200000001", "companies", city="Graz")
    since = NOON + timedelta(seconds=60)
    window = until_now(made.hub, since)
    contacts = records(made.connector.changes("contacts", ["city"], window=window))
    assert [(record.id, record.values["city"], record.modified_at) for record in contacts] == [(FIRST, "Graz", since)]
    assert ids(records(made.connector.changes("companies", ["city"], window=window))) == ["200000001"]
    earlier = Window(since - timedelta(seconds=30), since)
    assert records(made.connector.changes("contacts", ["city"], window=earlier)) == []


@settings(max_examples=12)
@given(stamps=st.lists(st.integers(0, 4), min_size=1, max_size=650), before=st.integers(0, 3))
def test_no_spread_of_stamps_loses_or_repeats_a_record(stamps: list[int], before: int) -> None:
    with bench(people=len(stamps)) as made:
        groups: dict[int, list[str]] = {}
        for number, stamp in enumerate(stamps):
            groups.setdefault(stamp, []).append(str(10_001 + number))
        start = int(NOON.timestamp() * 1000)
        for stamp, group in groups.items():
            made.hub.control("bulk-edit", object="contacts", ids=group, at=start + stamp)
        window = Window(NOON + timedelta(milliseconds=before), NOON + timedelta(milliseconds=4))
        found = ids(records(made.connector.changes("contacts", [], window=window)))
        expected = [id for stamp, group in groups.items() if before <= stamp < 4 for id in group]
        assert sorted(found) == sorted(expected)


def test_twenty_five_thousand_records_of_one_millisecond_are_read_once_each(made: Bench) -> None:
    crowd(made.hub, 25_000)
    window = Window(NOON, NOON + timedelta(seconds=1))
    pages = list(made.connector.changes("contacts", [], window=window))
    found = [record.id for page in pages for record in page.records]
    assert len(found) == len(set(found)) == 25_000
    assert pages[0].total == 25_000


def test_more_than_ten_thousand_records_in_a_window_are_all_read(made: Bench) -> None:
    crowd(made.hub, 12_000)
    made.hub.advance(1)
    start = int(NOON.timestamp() * 1000)
    table = made.hub.twin.store.tables["contacts"]
    for third in range(3):
        group = [str(id) for id in table.ids[30 + third :: 3]]
        made.hub.control("bulk-edit", object="contacts", ids=group[:150], at=start + third)
    found = changed_ids(made, NOON - timedelta(days=2000))
    assert len(found) == len(set(found)) == 12_030
    assert made.hub.control("counts")["calls"]["SECONDLY"] == len(made.ledger.spent) // 2 <= 66


def test_a_record_that_changes_meanwhile_pushes_no_other_off_its_page() -> None:
    with bench(people=450) as made:
        window = until_now(made.hub)
        pages = made.connector.changes("contacts", [], window=window)
        found = ids(next(pages).records)
        made.hub.advance(60)
        for id in found[:120]:
            made.change(id, city="Graz")
        found += ids(records(pages))
        assert sorted(found) == sorted(made.truth()["records"])


def test_a_late_record_is_found_when_the_window_looks_back_far_enough() -> None:
    with bench(lag=120) as made:
        made.change(FIRST, city="Graz")
        watermark = made.hub.twin.store.clock.now()
        made.hub.advance(60)
        assert changed_ids(made, NOON) == []
        made.hub.advance(60)
        assert changed_ids(made, watermark - timedelta(seconds=300)).count(FIRST) == 1


def test_reading_goes_on_from_a_position_in_another_connector(made: Bench) -> None:
    with bench(people=700) as made:
        made.hub.control("bulk-edit", object="contacts", count=500, at="2026-09-10T11:00:00Z")
        window = until_now(made.hub)
        whole = sorted(made.truth()["records"])
        for kind in ("changes", "everything"):
            found, position = [], None
            while True:
                connector = made.again()
                arguments = {"window": window} if kind == "changes" else {}
                page = next(getattr(connector, kind)("contacts", ["email"], position=position, **arguments))
                connector.close()
                found += ids(page.records)
                position = page.position
                if position is None:
                    break
            assert sorted(found) == whole, kind
    with pytest.raises(PositionLost):
        next(made.connector.changes("contacts", [], window=window, position={"after": "1"}))


def test_a_thousand_long_field_names_do_not_break_the_address(made: Bench) -> None:
    names = [f"a_rather_long_property_name_{number}" for number in range(400)]
    found = records(made.connector.everything("contacts", ["email", *names]))
    assert len(found) == 30
    assert found[0].values["email"] == made.truth()["records"][FIRST]["email"]


def test_records_are_read_by_id_unique_value_and_the_id_they_had(made: Bench) -> None:
    email = made.truth()["records"][FIRST]["email"]
    assert ids(made.connector.read("contacts", ["email"], [FIRST, "999"])) == [FIRST]
    assert ids(made.connector.read("contacts", ["email"], [email.upper(), "x@y.zz"], by="email")) == [FIRST]
    merged = made.hub.call(
        "POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": FIRST, "objectIdToMerge": "10002"}
    ).json()
    found = made.connector.read("contacts", ["email"], [FIRST])
    assert (ids(found), found[0].alias_ids) == ([merged["id"]], (FIRST, "10002"))


def test_merged_and_deleted_records_leave_tombstones_within_the_window(made: Bench) -> None:
    made.hub.call("DELETE", "/crm/v3/objects/contacts/10005")
    made.hub.advance(60)
    since = made.hub.twin.store.clock.now()
    merged = made.hub.call(
        "POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": FIRST, "objectIdToMerge": "10002"}
    ).json()["id"]
    made.hub.call("DELETE", "/crm/v3/objects/contacts/10006")
    made.hub.call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": "10003", "objectIdToMerge": merged})
    final = next(iter(set(made.truth()["aliases"].values())))
    pages = list(made.connector.tombstones("contacts", window=until_now(made.hub, since)))
    found = [stone for page in pages for stone in page.tombstones]
    assert {(stone.id, stone.fate, stone.into) for stone in found} == {
        *((id, Fate.MERGED, (("contacts", final),)) for id in (FIRST, "10002", "10003", merged)),
        ("10006", Fate.DELETED, ()),
    }
    assert pages[-1].position is None


def test_tombstones_go_on_from_a_position(made: Bench) -> None:
    for number in range(1, 4):
        made.hub.call("DELETE", f"/crm/v3/objects/contacts/1000{number}")
    window = until_now(made.hub)
    first = next(made.connector.tombstones("contacts", window=window))
    assert first.position == {"archived": ""}
    rest = list(made.again().tombstones("contacts", window=window, position=first.position))
    assert [stone.id for page in rest for stone in page.tombstones] == [FIRST, "10002", "10003"]
    assert first.is_gap is True


def test_links_are_complete_for_each_record_and_name_the_primary(made: Bench) -> None:
    made.hub.call("PUT", f"/crm/v4/objects/contacts/{FIRST}/associations/default/companies/200000005")
    truth = made.truth()["links"]["companies"]
    found = made.connector.links("contacts", "companies", sorted(truth))
    assert {(link.from_id, link.to_id) for link in found} == {(id, to) for id, known in truth.items() for to in known}
    assert sum(link.is_primary for link in found) == 30
    assert made.connector.links("contacts", "companies", ["99999"]) == []


def test_more_links_of_one_record_than_a_page_holds_are_all_read() -> None:
    with bench(people=640) as made:
        body = {"inputs": [{"from": {"id": str(10_000 + n)}, "to": {"id": "200000001"}} for n in range(1, 641)]}
        assert made.hub.call("POST", "/crm/v4/associations/contacts/companies/batch/create", body).status_code == 201
        assert len(made.connector.links("companies", "contacts", ["200000001"])) == 640


def test_campaigns_and_their_spend_items_are_read(made: Bench) -> None:
    spend = records(made.connector.everything("campaign_spend", ["campaign_id", "amount", "currency"]))
    assert len(spend) == 360
    assert spend[0].links[0].to_id == spend[0].values["campaign_id"]
    campaigns = records(made.connector.everything("campaigns", ["hs_name", "hs_spend_items_sum_amount"]))
    totals: dict[str, float] = {}
    for item in spend:
        totals[str(item.values["campaign_id"])] = totals.get(str(item.values["campaign_id"]), 0) + float(
            item.values["amount"]
        )  # type: ignore[arg-type]
    for campaign in campaigns:
        assert float(str(campaign.values["hs_spend_items_sum_amount"])) == pytest.approx(totals[campaign.id])
    made.hub.advance(60)
    path = f"/marketing/v3/campaigns/{campaigns[3].id}/spend"
    made.hub.call("POST", path, {"name": "Ads", "amount": 5, "order": 9})
    window = until_now(made.hub, NOON + timedelta(seconds=30))
    assert ids(records(made.connector.changes("campaigns", [], window=window))) == [campaigns[3].id]
    assert len(records(made.connector.changes("campaign_spend", [], window=window))) == 5
    assert ids(made.connector.read("campaign_spend", [], [spend[0].id])) == [spend[0].id]
    assert ids(made.connector.read("campaigns", [], [campaigns[0].id, "0" * 36])) == [campaigns[0].id]


def test_owners_who_left_are_tombstones_and_activities_are_records(made: Bench) -> None:
    owners = records(made.connector.everything("owners", ["email"]))
    assert owners[0].values == {"email": "ana.ferreira@brightline.example"}
    pages = list(made.connector.everything("owners", ["is_active"]))
    assert [[one.values["is_active"] for one in page.records] for page in pages] == [[True] * 6, [False]]
    assert ids(records(made.connector.everything("owners", [], position=pages[0].position))) == ["70000007"]
    gone = [
        stone.id
        for page in made.connector.tombstones("owners", window=until_now(made.hub))
        for stone in page.tombstones
    ]
    assert gone == ["70000007"]
    assert ids(made.connector.read("owners", [], ["ANA.ferreira@brightline.example"], by="email")) == ["70000001"]
    total = sum(
        len(records(made.connector.everything(name, ["hs_timestamp"])))
        for name in ("calls", "meetings", "emails", "tasks")
    )
    assert total == sum(len(made.truth(name)["records"]) for name in ("calls", "meetings", "emails", "tasks")) > 0


def test_the_schema_names_types_options_and_what_may_be_written(made: Bench) -> None:
    fields = {field.name: field for field in made.connector.describe("contacts").fields}
    kinds = {
        "email": FieldType.EMAIL,
        "phone": FieldType.PHONE,
        "lifecyclestage": FieldType.CHOICE,
        "interests": FieldType.CHOICES,
        "birthday": FieldType.DATE,
        "createdate": FieldType.DATETIME,
        "hs_email_optout": FieldType.BOOLEAN,
        "score": FieldType.NUMBER,
        "hubspot_owner_id": FieldType.REFERENCE,
    }
    assert {name: fields[name].type for name in kinds} == kinds
    assert fields["interests"].options == ("routing", "attribution", "sync")
    assert (fields["email"].is_unique, fields["createdate"].is_writable) == (True, False)
    deals = {field.name: field for field in made.connector.describe("deals").fields}
    assert deals["dealstage"].options[-2:] == ("closedwon", "closedlost")
    assert deals["dealstage"].labels["qualifiedtobuy"] == "Qualified To Buy"
    assert deals["dealstage"].endings == {"closedwon": "won", "closedlost": "lost"}
    assert deals["dealname"].is_required
    made.hub.control("property/remove", object="contacts", name="score")
    assert "score" not in {field.name for field in made.connector.describe("contacts").fields}
    assert made.connector.describe("campaign_spend").fields[0].refers_to == ("campaigns",)
    with pytest.raises(Misconfigured, match="unicorns are not connected"):
        made.connector.describe("unicorns")


def test_stages_of_two_pipelines_are_told_apart_and_end_as_their_probability_says() -> None:
    def stage(id: str, label: str, odds: str) -> dict[str, Any]:
        return {"id": id, "label": label, "metadata": {"probability": odds, "isClosed": str(odds in "0.01.0").lower()}}

    found = stages_of(
        [
            {"id": "1", "label": "New business", "stages": [stage("11", "Talks", "0.2"), stage("12", "Signed", "1.0")]},
            {"id": "2", "label": "Renewals", "stages": [stage("21", "Signed", "1.0"), stage("22", "Left us", "0.0")]},
        ]
    )
    assert found.labels == {
        "11": "Talks",
        "12": "Signed (New business)",
        "21": "Signed (Renewals)",
        "22": "Left us",
    }
    assert found.endings == {"12": "won", "21": "won", "22": "lost"}


def test_a_silently_dropped_record_shows_in_the_total(made: Bench) -> None:
    made.hub.control("drop", object="contacts", ids=[FIRST])
    page = next(made.connector.changes("contacts", [], window=until_now(made.hub)))
    assert (page.total, len(page.records)) == (30, 29)
