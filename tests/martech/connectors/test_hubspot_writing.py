"""The HubSpot connector writes: every row has a result, and what nobody knows is unknown."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from martech.connectors.errors import Misconfigured, Reason, RowRefused
from martech.connectors.hubspot.encoding import encode
from martech.connectors.port import Action, FieldType, Outcome, RemoteField, Write
from tests.martech.connectors.hubspot import Bench, bench, create, update, upsert

FIRST = "10001"


@pytest.fixture
def made() -> Iterator[Bench]:
    with bench() as found:
        yield found


def outcomes(results: list[Any]) -> dict[str, Outcome]:
    return {result.key: result.outcome for result in results}


def test_rows_are_created_updated_upserted_and_deleted(made: Bench) -> None:
    write = made.connector.write
    first = write("contacts", [create("a", email="a@example.com"), create("b", email="b@example.com")])
    assert outcomes(first) == {"a": Outcome.CREATED, "b": Outcome.CREATED}
    id = {result.key: result.id for result in first}["a"]
    assert outcomes(write("contacts", [update("u", str(id), city="Graz")])) == {"u": Outcome.UPDATED}
    rows = [upsert("x", ("email", "a@example.com"), city="Linz"), upsert("y", ("email", "y@example.com"), city="Wien")]
    found = {result.key: result for result in write("contacts", rows)}
    assert (found["x"].outcome, found["x"].id, found["y"].outcome) == (Outcome.UPDATED, id, Outcome.CREATED)
    assert made.truth()["records"][str(id)]["city"] == "Linz"
    assert outcomes(write("contacts", [Write("d", Action.DELETE, {}, id=id)])) == {"d": Outcome.DELETED}
    assert made.truth()["archived"] == [id]
    assert write("contacts", []) == []


@pytest.mark.parametrize(
    ("values", "reason", "field"),
    [
        ({"nope": "1"}, Reason.UNKNOWN_FIELD, "nope"),
        ({"createdate": "1"}, Reason.READ_ONLY_FIELD, "createdate"),
        ({"lifecyclestage": "hot"}, Reason.UNKNOWN_OPTION, "lifecyclestage"),
        ({"score": "many"}, Reason.INVALID_VALUE, "score"),
        ({"email": "no address"}, Reason.INVALID_VALUE, "email"),
        ({"hubspot_owner_id": "70000007"}, Reason.UNKNOWN_OWNER, "hubspot_owner_id"),
        ({"city": "x" * 65_537}, Reason.TOO_LONG, "city"),
    ],
)
def test_a_refused_row_names_reason_and_field_and_the_others_are_written(
    made: Bench, values: dict[str, str], reason: Reason, field: str
) -> None:
    results = made.connector.write("contacts", [update("good", "10002", city="Graz"), update("bad", FIRST, **values)])
    found = {result.key: result for result in results}
    assert found["good"].outcome is Outcome.UPDATED
    assert (found["bad"].outcome, found["bad"].reason, found["bad"].field) == (Outcome.FAILED, reason, field)
    alone = made.connector.write("contacts", [update("bad", FIRST, **values)])[0]
    assert (alone.outcome, alone.reason, alone.field) == (Outcome.FAILED, reason, field)


def test_a_record_that_is_there_already_is_named(made: Bench) -> None:
    email = made.truth()["records"][FIRST]["email"]
    results = made.connector.write("contacts", [create("new", email="n@example.com"), create("old", email=email)])
    found = {result.key: result for result in results}
    assert found["new"].outcome is Outcome.CREATED
    assert (found["old"].reason, found["old"].existing_id) == (Reason.DUPLICATE, FIRST)


def test_missing_records_and_required_fields_are_told(made: Bench) -> None:
    gone = made.connector.write("contacts", [update("gone", "999", city="X"), update("here", FIRST, city="X")])
    assert {r.key: r.reason for r in gone} == {"gone": Reason.NOT_FOUND, "here": ""}
    deal = made.connector.write("deals", [create("deal", amount="5")])[0]
    assert (deal.reason, deal.field) == (Reason.REQUIRED_FIELD, "dealname")


def test_a_batch_refused_as_a_whole_is_raised_so_that_it_can_be_halved(made: Bench) -> None:
    rows = [upsert("a", ("email", "a@example.com"), city="A"), upsert("b", ("email", "b@example.com"), nope="1")]
    before = made.truth()
    with pytest.raises(Misconfigured) as refused:
        made.connector.write("contacts", rows)
    assert refused.value.fields == ("nope",)
    assert made.truth() == before
    assert made.connector.write("contacts", rows[:1])[0].outcome is Outcome.CREATED
    assert made.connector.write("contacts", rows[1:])[0].reason is Reason.UNKNOWN_FIELD


def test_a_silent_answer_leaves_every_row_unknown(made: Bench) -> None:
    made.hub.control("faults", name="silent_no_op", on="batch/update")
    results = made.connector.write("contacts", [update("a", FIRST, city="Graz"), update("b", "10002", city="Graz")])
    assert outcomes(results) == {"a": Outcome.UNKNOWN, "b": Outcome.UNKNOWN}


AFTER_APPLY = ["bad_gateway_after_apply", "hang_up_after_apply", "timeout_after_apply", "truncated_json"]
BEFORE = [
    "bad_gateway",
    "unavailable",
    "html_error",
    "read_timeout",
    "hang_up",
    "gateway_timeout",
    "cloudflare_timeout",
]


@pytest.mark.parametrize("fault", [*AFTER_APPLY, *BEFORE])
def test_a_write_that_broke_is_unknown_whether_it_took_effect_or_not(fault: str) -> None:
    with bench(timeout=(1.0, 0.3)) as made:
        made.hub.control("faults", name=fault, on="batch/create")
        rows = [create("a", email="a@example.com"), create("b", email="b@example.com")]
        assert outcomes(made.connector.write("contacts", rows)) == {"a": Outcome.UNKNOWN, "b": Outcome.UNKNOWN}
        assert len(made.truth()["records"]) == (32 if fault in AFTER_APPLY else 30)
        made.hub.control("faults/clear")
        back = made.again().read("contacts", ["email"], ["a@example.com", "b@example.com"], by="email")
        assert len(back) == (2 if fault in AFTER_APPLY else 0)


@settings(max_examples=15)
@given(bad=st.lists(st.booleans(), min_size=1, max_size=100))
def test_every_row_of_any_batch_has_exactly_one_result(bad: list[bool]) -> None:
    with bench(people=5) as made:
        rows = [
            create(f"k{n}", email=f"n{n}@example.com", **({"nope": "1"} if is_bad else {}))
            for n, is_bad in enumerate(bad)
        ]
        if all(bad) and len(bad) == 1:
            assert outcomes(made.connector.write("contacts", rows)) == {"k0": Outcome.FAILED}
            return
        found = outcomes(made.connector.write("contacts", rows))
        assert found == {f"k{n}": Outcome.FAILED if is_bad else Outcome.CREATED for n, is_bad in enumerate(bad)}
        assert len(made.truth()["records"]) == 5 + bad.count(False)


def test_campaigns_are_created_and_changed_one_by_one(made: Bench) -> None:
    result = made.connector.write("campaigns", [create("c", hs_name="26Q4 Webinar")])[0]
    assert result.outcome is Outcome.CREATED
    assert made.connector.write("campaigns", [update("u", str(result.id), hs_utm="x")])[0].outcome is Outcome.UPDATED
    assert made.connector.write("campaigns", [create("n", hs_utm="x")])[0].outcome is Outcome.FAILED
    made.hub.control("faults", name="bad_gateway_after_apply", on="PATCH /marketing")
    assert made.connector.write("campaigns", [update("u", str(result.id), hs_utm="y")])[0].outcome is Outcome.UNKNOWN
    with pytest.raises(Misconfigured, match="cannot be written"):
        made.connector.write("calls", [create("x", hs_call_title="x")])


def field(kind: FieldType, **more: Any) -> RemoteField:
    return RemoteField("f", "Field", kind, **more)


@pytest.mark.parametrize(
    ("kind", "value", "encoded"),
    [
        (FieldType.BOOLEAN, True, "true"),
        (FieldType.NUMBER, 5.0, "5"),
        (FieldType.NUMBER, "12.50", "12.5"),
        (FieldType.NUMBER, 1e20, "100000000000000000000"),
        (FieldType.DATE, "2026-02-03T10:00:00+00:00", "2026-02-03"),
        (FieldType.DATETIME, "2026-02-03T10:00:00+02:00", "2026-02-03T08:00:00.000Z"),
        (FieldType.CHOICES, ["a", "b"], "a;b"),
        (FieldType.EMAIL, " Ida@Example.COM ", "ida@example.com"),
        (FieldType.TEXT, None, ""),
        (FieldType.CHOICES, [], ""),
    ],
)
def test_values_are_encoded_as_hubspot_gives_them_back(kind: FieldType, value: Any, encoded: str) -> None:
    assert encode(field(kind), value) == encoded


@pytest.mark.parametrize(
    ("target", "value", "reason"),
    [
        (field(FieldType.NUMBER), "many", Reason.INVALID_VALUE),
        (field(FieldType.NUMBER), float("nan"), Reason.INVALID_VALUE),
        (field(FieldType.NUMBER), True, Reason.INVALID_VALUE),
        (field(FieldType.DATE), "tomorrow", Reason.INVALID_VALUE),
        (field(FieldType.DATETIME), "noon", Reason.INVALID_VALUE),
        (field(FieldType.BOOLEAN), "maybe", Reason.INVALID_VALUE),
        (field(FieldType.CHOICE, options=("a",)), "b", Reason.UNKNOWN_OPTION),
        (field(FieldType.CHOICES, options=("a",)), ["a", "b"], Reason.UNKNOWN_OPTION),
        (field(FieldType.TEXT, longest=3), "four", Reason.TOO_LONG),
        (field(FieldType.TEXT, is_writable=False), "x", Reason.READ_ONLY_FIELD),
    ],
)
def test_what_a_property_cannot_hold_is_refused_before_it_is_sent(
    target: RemoteField, value: Any, reason: Reason
) -> None:
    with pytest.raises(RowRefused) as refused:
        encode(target, value)
    assert (refused.value.reason, refused.value.field) == (reason, "f")
