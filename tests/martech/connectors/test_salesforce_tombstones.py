"""Evidence of records that are no longer themselves."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from martech.connectors.port import Fate, Tombstone
from tests.martech.salesforce_line import connect, records_of, stones_of, window
from tests.martech.salesforce_practice import NOW, Org, practice


@pytest.fixture
def org() -> Iterator[Org]:
    with practice() as made:
        yield made


def test_deletes_merges_and_conversions_say_what_became_of_whom(org: Org) -> None:
    kept, lost, deleted, converted, plain = org.fill("Lead", 5)
    org.control("clock", advance=60)
    org.control("merge", object="Lead", master=kept, losers=[lost])
    org.control("delete", object="Lead", id=deleted)
    full = org.control("convert", id=converted, opportunity="Deal")
    half = org.control("convert", id=plain)
    at = NOW + timedelta(seconds=60)
    stones, is_gap = stones_of(connect(org), "Lead", window(30, 90))
    assert stones == {
        lost: Tombstone(lost, Fate.MERGED, at, (("Lead", kept),)),
        deleted: Tombstone(deleted, Fate.DELETED, at),
        converted: Tombstone(
            converted,
            Fate.CONVERTED,
            at,
            (
                ("Contact", full["ConvertedContactId"]),
                ("Account", full["ConvertedAccountId"]),
                ("Opportunity", full["ConvertedOpportunityId"]),
            ),
        ),
        plain: Tombstone(
            plain,
            Fate.CONVERTED,
            at,
            (("Contact", half["ConvertedContactId"]), ("Account", half["ConvertedAccountId"])),
        ),
    }
    assert is_gap is False


def test_what_happened_outside_the_window_is_left_out(org: Org) -> None:
    before, after = org.fill("Account", 2, Name="Acme")
    org.control("delete", object="Account", id=before)
    org.control("clock", advance=3_600)
    org.control("delete", object="Account", id=after)
    assert stones_of(connect(org), "Account", window(600, 1_200)) == ({}, False)
    assert set(stones_of(connect(org), "Account", window(600, 4_000))[0]) == {after}


def test_records_destroyed_for_good_are_known_from_the_log_only(org: Org) -> None:
    (lead,) = org.fill("Lead", 1)
    (contact,) = org.fill("Contact", 1, LastName="Ng")
    org.control("delete", object="Lead", id=lead, hard=True)
    org.control("delete", object="Contact", id=contact)
    connector = connect(org)
    assert stones_of(connector, "Lead", window(-60, 60))[0] == {lead: Tombstone(lead, Fate.DELETED, NOW)}
    assert stones_of(connector, "Contact", window(-60, 60))[0] == {contact: Tombstone(contact, Fate.DELETED, NOW)}


def test_a_record_taken_out_of_the_bin_is_said_to_be_back(org: Org) -> None:
    (lead,) = org.fill("Lead", 1)
    org.control("delete", object="Lead", id=lead)
    org.control("clock", advance=60)
    org.control("restore", object="Lead", id=lead)
    connector = connect(org)
    back = Tombstone(lead, Fate.RESTORED, NOW + timedelta(seconds=60))
    assert stones_of(connector, "Lead", window(-60, 120))[0] == {lead: back}
    assert [record.id for record in records_of(connector.changes("Lead", ["Email"], window=window(-60, 120)))] == [lead]


def test_a_log_that_was_purged_or_does_not_reach_back_is_a_gap(org: Org) -> None:
    (lead,) = org.fill("Lead", 1)
    org.control("delete", object="Lead", id=lead, hard=True)
    org.control("clock", advance=60)
    org.control("delete_log/purge", object="Lead")
    connector = connect(org)
    assert stones_of(connector, "Lead", window(0, 120)) == ({}, True)
    assert stones_of(connector, "Lead", window(61, 200)) == ({}, False)
    assert stones_of(connector, "Lead", window(-20 * 86_400, 120))[1] is True


def test_campaign_members_leave_without_a_trace_and_a_full_compare_finds_them(org: Org) -> None:
    leads = org.fill("Lead", 4)
    campaign = org.twin.store.insert("Campaign", {"Name": "Fair"}).id
    members = [org.twin.store.insert("CampaignMember", {"CampaignId": campaign, "LeadId": id}).id for id in leads]
    org.control("delete", object="CampaignMember", id=members[0])
    connector = connect(org)
    assert stones_of(connector, "CampaignMember", window(-60, 60))[0] == {
        members[0]: Tombstone(members[0], Fate.DELETED, NOW)
    }
    org.control("delete", object="CampaignMember", id=members[1])
    org.control("clock", advance=60)
    org.control("delete_log/purge", object="CampaignMember")
    assert stones_of(connector, "CampaignMember", window(-60, 120)) == ({}, True)
    left = {record.id for record in records_of(connector.everything("CampaignMember", ["LeadId"]))}
    assert set(members) - left == {members[0], members[1]}


def test_thousands_of_tombstones_of_one_second_come_all_and_can_be_resumed_behind_any_page(org: Org) -> None:
    ids = org.fill("Lead", 5_300)
    for id in ids[:4_500]:
        org.control("delete", object="Lead", id=id) if id == ids[0] else org.twin.store.delete(
            "Lead", org.twin.store.tables["Lead"].rows[id]
        )
    for id in ids[4_500:5_000]:
        org.twin.store.tables["Lead"].log(id, org.twin.store.now())
        org.twin.store.tables["Lead"].remove(id)
    connector = connect(org)
    found: dict[str, Fate] = {}
    position, pages = None, 0
    while True:
        page = next(connector.tombstones("Lead", window=window(-60, 60), position=position))
        found |= {stone.id: stone.fate for stone in page.tombstones}
        pages += 1
        if page.position is None:
            break
        position = page.position
    assert set(found) == set(ids[:5_000])
    assert set(found.values()) == {Fate.DELETED}
    assert pages == 3 + 5
