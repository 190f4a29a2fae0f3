"""Writing to Salesforce: every row of a batch has a result, and nothing is sent twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from martech.connectors.errors import Misconfigured, Reason, RowRefused
from martech.connectors.port import Action, Outcome, Write, WriteResult
from martech.connectors.salesforce.connector import SalesforceConnector
from tests.martech.salesforce_line import connect
from tests.martech.salesforce_practice import Org, practice


@pytest.fixture
def org() -> Iterator[Org]:
    with practice() as made:
        yield made


@pytest.fixture
def connector(org: Org) -> SalesforceConnector:
    return connect(org)


def lead(**values: Any) -> dict[str, Any]:
    return {"LastName": "Ng", "Company": "Acme", **values}


def create(key: str, **values: Any) -> Write:
    return Write(key, Action.CREATE, lead(**values))


def by_key(results: list[WriteResult]) -> dict[str, WriteResult]:
    assert len({one.key for one in results}) == len(results)
    return {one.key: one for one in results}


def living(org: Org, *fields: str, object: str = "Lead") -> dict[str, dict[str, Any]]:
    return org.control("truth", object=object, fields=list(fields))["living"]


def test_rows_are_created_updated_and_deleted_with_a_result_each(org: Org, connector: SalesforceConnector) -> None:
    made = by_key(connector.write("Lead", [create("a", Company="A"), create("b", Company="B")]))
    assert [made[key].outcome for key in "ab"] == [Outcome.CREATED, Outcome.CREATED]
    ids = {key: str(made[key].id) for key in "ab"}
    changed = by_key(
        connector.write("Lead", [Write(key, Action.UPDATE, {"Company": f"{key}2"}, id=ids[key]) for key in "ab"])
    )
    assert {key: (one.outcome, one.id) for key, one in changed.items()} == {
        key: (Outcome.UPDATED, ids[key]) for key in "ab"
    }
    assert {row["Company"] for row in living(org, "Company").values()} == {"a2", "b2"}
    gone = by_key(connector.write("Lead", [Write("a", Action.DELETE, {}, id=ids["a"])]))
    assert gone["a"].outcome is Outcome.DELETED
    assert list(living(org)) == [ids["b"]]
    assert connector.budget.spent["daily"] == 3


def test_an_upsert_by_external_id_creates_then_updates_whatever_the_key_contains(
    org: Org, connector: SalesforceConnector
) -> None:
    rows = [Write(key, Action.UPSERT, lead(Company=key), match=("Mops_Id__c", key)) for key in ("a/b", "c d", "e'f?&")]
    first = by_key(connector.write("Lead", rows))
    second = by_key(connector.write("Lead", rows))
    assert {one.outcome for one in first.values()} == {Outcome.CREATED}
    assert {one.outcome for one in second.values()} == {Outcome.UPDATED}
    assert {key: one.id for key, one in first.items()} == {key: one.id for key, one in second.items()}
    assert {row["Mops_Id__c"] for row in living(org, "Mops_Id__c").values()} == {"a/b", "c d", "e'f?&"}


def test_rows_that_match_by_different_fields_go_in_calls_of_their_own(org: Org, connector: SalesforceConnector) -> None:
    rows = [
        Write("a", Action.UPSERT, lead(), match=("Mops_Id__c", "1")),
        Write("b", Action.UPSERT, lead(), match=("Legacy_Key__c", "2")),
    ]
    assert {one.outcome for one in connector.write("Lead", rows)} == {Outcome.CREATED}
    with pytest.raises(ValueError, match="of one action"):
        connector.write("Lead", [create("a"), Write("b", Action.DELETE, {}, id="x")])


@pytest.mark.parametrize(
    ("values", "reason", "field"),
    [
        ({"LastName": None}, Reason.REQUIRED_FIELD, "LastName"),
        ({"FirstName": "x" * 41}, Reason.TOO_LONG, "FirstName"),
        ({"Email": "nobody at home"}, Reason.INVALID_VALUE, "Email"),
        ({"Status": "Lukewarm"}, Reason.UNKNOWN_OPTION, "Status"),
        ({"OwnerId": "005000000000000AAA"}, Reason.UNKNOWN_OWNER, "OwnerId"),
        ({"OwnerId": "nonsense"}, Reason.UNKNOWN_OWNER, "OwnerId"),
        ({"CreatedDate": "2026-01-01T00:00:00Z"}, Reason.READ_ONLY_FIELD, "CreatedDate"),
        ({"Mops_Id__c": "taken"}, Reason.DUPLICATE, "Mops_Id__c"),
    ],
)
def test_a_refused_row_says_why_and_where_and_leaves_the_others_alone(
    org: Org, connector: SalesforceConnector, values: dict[str, Any], reason: Reason, field: str
) -> None:
    (taken,) = org.fill("Lead", 1, Mops_Id__c="taken")
    results = by_key(connector.write("Lead", [create("good"), create("bad", **values), create("also good")]))
    assert results["good"].outcome is results["also good"].outcome is Outcome.CREATED
    bad = results["bad"]
    assert (bad.outcome, bad.reason, bad.field, bad.is_retryable) == (Outcome.FAILED, reason, field, False)
    assert bad.existing_id == (taken if reason is Reason.DUPLICATE else None)
    assert len(living(org)) == 3


def test_refusals_do_not_repeat_what_people_wrote(connector: SalesforceConnector) -> None:
    (result,) = connector.write("Lead", [create("a", Email="ann ng at mail")])
    assert "ann" not in result.message
    assert result.message == "INVALID_EMAIL_ADDRESS: Email: invalid email address: …"


def test_rules_owners_and_locks_have_their_own_reasons(org: Org, connector: SalesforceConnector) -> None:
    gone = org.twin.store.insert("User", {"LastName": "Gone", "IsActive": False}).id
    account = org.twin.store.insert("Account", {"Name": "Acme"}).id
    org.control("lock", parent=account)
    owner = connector.write("Lead", [create("a", OwnerId=gone)])[0]
    rule = connector.write(
        "Opportunity",
        [Write("a", Action.CREATE, {"Name": "D", "StageName": "Closed Won", "CloseDate": "2026-12-01"})],
    )[0]
    lock = connector.write("Contact", [Write("a", Action.CREATE, {"LastName": "N", "AccountId": account})])[0]
    assert (owner.reason, owner.is_retryable) == (Reason.UNKNOWN_OWNER, False)
    assert (rule.reason, rule.field) == (Reason.VALIDATION_RULE, "Amount")
    assert (lock.reason, lock.is_retryable) == (Reason.LOCKED, True)


def test_deleted_unknown_and_converted_records_are_told_apart(org: Org, connector: SalesforceConnector) -> None:
    deleted, converted = org.fill("Lead", 2)
    org.control("delete", object="Lead", id=deleted)
    org.control("convert", id=converted)
    ids = {"deleted": deleted, "unknown": "00Q5e0000009999AAA", "converted": converted}
    results = by_key(
        connector.write("Lead", [Write(key, Action.UPDATE, {"City": "Bonn"}, id=id) for key, id in ids.items()])
    )
    assert {key: one.reason for key, one in results.items()} == {
        "deleted": Reason.DELETED,
        "unknown": Reason.NOT_FOUND,
        "converted": Reason.CONFLICT,
    }


def test_several_records_with_the_external_id_are_ambiguous(org: Org, connector: SalesforceConnector) -> None:
    org.fill("Lead", 2, Legacy_Key__c="twice")
    (result,) = connector.write("Lead", [Write("a", Action.UPSERT, lead(), match=("Legacy_Key__c", "twice"))])
    assert (result.outcome, result.reason, result.existing_id) == (Outcome.FAILED, Reason.AMBIGUOUS, None)


def test_a_duplicate_rule_names_the_record_that_is_already_there(org: Org, connector: SalesforceConnector) -> None:
    (known,) = org.fill("Lead", 1)
    contact = org.twin.store.insert("Contact", {"LastName": "Other", "Email": "other@mail.test"}).id
    rows = [create("same", Email="lead0@mail.test"), create("new"), create("other", Email="other@mail.test")]
    results = by_key(connector.write("Lead", rows))
    assert (results["same"].reason, results["same"].existing_id) == (Reason.DUPLICATE, known)
    assert (results["other"].reason, results["other"].existing_id) == (Reason.DUPLICATE, None)
    assert f"like Contact {contact}" in results["other"].message
    assert results["new"].outcome is Outcome.CREATED
    assert len(living(org)) == 2
    passing = connect(org, duplicate_rules="pass")
    assert passing.write("Lead", [create("same", Email="lead0@mail.test")])[0].outcome is Outcome.CREATED


def test_an_upsert_that_a_duplicate_rule_refuses_names_the_record_too(org: Org, connector: SalesforceConnector) -> None:
    (known,) = org.fill("Lead", 1)
    rows = [
        Write(key, Action.UPSERT, lead(**more), match=("Mops_Id__c", f"k/{key}"))
        for key, more in (("same", {"Email": "lead0@mail.test"}), ("new", {}))
    ]
    results = by_key(connector.write("Lead", rows))
    assert (results["same"].reason, results["same"].existing_id) == (Reason.DUPLICATE, known)
    assert results["new"].outcome is Outcome.CREATED
    assert len(living(org)) == 2


def test_owners_stay_as_written_though_assignment_rules_are_on(org: Org, connector: SalesforceConnector) -> None:
    rule = org.twin.store.insert("User", {"LastName": "Rule", "IsActive": True}).id
    ours = org.twin.store.user_id
    org.control("assignment", owner=rule)
    results = by_key(connector.write("Lead", [create("owned", OwnerId=ours)]))
    ownerless = connector.write("Lead", [create("ownerless")])[0]
    connector.write("Lead", [Write("a", Action.UPDATE, {"City": "Bonn"}, id=results["owned"].id)])
    owners = living(org, "OwnerId", "City")
    assert owners[str(results["owned"].id)] == {"OwnerId": ours, "City": "Bonn"}
    assert owners[str(ownerless.id)]["OwnerId"] == rule


def test_one_unreadable_value_fails_its_row_alone(org: Org, connector: SalesforceConnector) -> None:
    rows = [create(f"r{number}", Score__c="high" if number == 17 else number) for number in range(40)]
    results = by_key(connector.write("Lead", rows))
    assert results["r17"].reason == Reason.INVALID_VALUE
    assert {one.outcome for key, one in results.items() if key != "r17"} == {Outcome.CREATED}
    assert len(living(org)) == 39


def test_a_field_that_is_gone_stops_the_batch_and_writes_nothing(org: Org, connector: SalesforceConnector) -> None:
    with pytest.raises(Misconfigured) as missing:
        connector.write("Lead", [create("a"), create("b", Vanished__c=1)])
    assert missing.value.fields == ("Vanished__c",)
    assert living(org) == {}


def test_rows_of_one_parent_are_sent_together(org: Org, connector: SalesforceConnector) -> None:
    accounts = [org.twin.store.insert("Account", {"Name": f"A{number}"}).id for number in range(3)]
    rows = [Write(str(n), Action.CREATE, {"LastName": f"C{n}", "AccountId": accounts[n % 3]}) for n in range(9)]
    assert {one.outcome for one in connector.write("Contact", rows)} == {Outcome.CREATED}
    order = [row["AccountId"] for row in living(org, "AccountId", object="Contact").values()]
    assert order == sorted(order)


@pytest.mark.parametrize("fault", ["bad_gateway_after_apply", "hang_up_after_apply", "truncated_json", "html_error"])
@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.UPSERT, Action.DELETE])
def test_a_batch_whose_effect_is_not_known_is_unknown_row_by_row(
    org: Org, connector: SalesforceConnector, fault: str, action: Action
) -> None:
    ids = org.fill("Lead", 3)
    connector.account_id()
    org.control("faults", name=fault, on="composite/sobjects")
    rows = [
        Write(
            str(number),
            action,
            {} if action is Action.DELETE else lead(),
            id=ids[number] if action in (Action.UPDATE, Action.DELETE) else None,
            match=("Mops_Id__c", str(number)) if action is Action.UPSERT else None,
        )
        for number in range(3)
    ]
    results = by_key(connector.write("Lead", rows))
    assert {one.outcome for one in results.values()} == {Outcome.UNKNOWN}
    assert set(results) == {"0", "1", "2"}
    assert org.control("calls")["by"].get("POST composite/sobjects", 0) <= 1


def test_a_batch_that_is_answered_for_in_part_is_unknown(org: Org, connector: SalesforceConnector) -> None:
    connector.account_id()
    org.twin.collections._each = lambda count, write_one, all_or_none: __import__(  # type: ignore[method-assign]
        "martech.twins.serving", fromlist=["answer_json"]
    ).answer_json([])
    results = connector.write("Lead", [create("a"), create("b")])
    assert [one.outcome for one in results] == [Outcome.UNKNOWN, Outcome.UNKNOWN]


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("Score__c", "12", 12),
        ("Score__c", 1.5, 1.5),
        ("Score__c", None, None),
        ("HasOptedOutOfEmail", "yes", True),
        ("HasOptedOutOfEmail", None, False),
        ("Interests__c", ["Security", "Analytics"], "Analytics;Security"),
        ("Status", "Working - Contacted", "Working - Contacted"),
        ("LeadSource", "Word of mouth", "Word of mouth"),
        ("FirstName", "", None),
        ("OwnerId", "005000000000000AAA", "005000000000000AAA"),
    ],
)
def test_values_are_encoded_as_the_field_takes_them(
    connector: SalesforceConnector, name: str, value: Any, sent: Any
) -> None:
    field = next(one for one in connector.describe("Lead").fields if one.name == name)
    assert connector.encode(field, value) == sent


@pytest.mark.parametrize(
    ("object", "name", "value", "sent"),
    [
        ("Campaign", "StartDate", "2026-09-30", "2026-09-30"),
        ("Campaign", "StartDate", "2026-09-30T10:00:00+00:00", "2026-09-30"),
        ("Event", "StartDateTime", "2026-09-30T10:00:00+02:00", "2026-09-30T08:00:00Z"),
    ],
)
def test_moments_are_encoded_in_utc(
    connector: SalesforceConnector, object: str, name: str, value: str, sent: str
) -> None:
    field = next(one for one in connector.describe(object).fields if one.name == name)
    assert connector.encode(field, value) == sent


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("FirstName", "x" * 41, Reason.TOO_LONG),
        ("Status", "Lukewarm", Reason.UNKNOWN_OPTION),
        ("Status", ["Working - Contacted", "Open - Not Contacted"], Reason.INVALID_VALUE),
        ("Interests__c", ["Golf"], Reason.UNKNOWN_OPTION),
        ("Score__c", "high", Reason.INVALID_VALUE),
        ("Score__c", "nan", Reason.INVALID_VALUE),
        ("HasOptedOutOfEmail", "perhaps", Reason.INVALID_VALUE),
        ("OwnerId", "ann@mail.test", Reason.INVALID_VALUE),
        ("ConvertedDate", "soon", Reason.INVALID_VALUE),
    ],
)
def test_what_a_field_cannot_take_is_refused_before_it_is_sent(
    connector: SalesforceConnector, name: str, value: Any, reason: Reason
) -> None:
    field = next(one for one in connector.describe("Lead").fields if one.name == name)
    with pytest.raises(RowRefused) as refused:
        connector.encode(field, value)
    assert (refused.value.reason, refused.value.field) == (reason, name)
