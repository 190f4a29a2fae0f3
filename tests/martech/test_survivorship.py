"""Which value survives a merge: the rules one by one, and what holds for all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.merging import (
    DEFAULT_RULES,
    UNITS,
    Record,
    RulesRefused,
    choose_master,
    is_placeholder,
    read_rules,
    survive,
)
from martech.merging.restoring import restored, restored_properties

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BLANK: dict[str, Any] = {column: "" for columns in UNITS.values() for column in columns} | {
    "campaign_id": None,
    "utm": {},
    "account_id": None,
    "account_match": None,
    "owner_id": None,
    "score_fit": 0,
    "score_engagement": 0,
    "lifecycle_stage": "lead",
    "furthest_stage": "lead",
    "do_not_route": False,
    "created_at": NOW,
    "recorded_at": NOW,
    "properties": {},
    "channel": "other",
}


def record(pk: int, days_ago: float = 1, systems: set[str] | None = None, deals: int = 0, **values: Any) -> Record:
    return Record(pk, BLANK | values, NOW - timedelta(days=days_ago), frozenset(systems or set()), deals)


def survived(survivor: Record, *others: Record, rules: Any = None, choices: Any = None) -> dict[str, Any]:
    return survive(survivor, others, rules=read_rules(rules or {}), choices=choices, now=NOW).values


def by(rule: str, unit: str = "phone", **more: Any) -> dict[str, Any]:
    return {"fields": {unit: rule}, **more}


def test_the_survivor_keeps_its_values_and_blanks_are_filled_from_the_most_recently_changed() -> None:
    kept = record(1, 9, phone="+491", city="")
    values = survived(kept, record(2, 5, phone="+492", city="Ulm"), record(3, 2, phone="+493", city="Köln"))
    assert (values["phone"], values["city"]) == ("+491", "Köln")


def test_the_most_recent_wins_where_the_rule_says_so() -> None:
    assert survived(record(1, 9, phone="+491"), record(2, 1, phone="+492"), rules=by("most_recent"))["phone"] == "+492"


def test_a_blank_never_wins_not_even_when_it_is_the_most_recent() -> None:
    assert survived(record(1, 9, phone="+491"), record(2, 1, phone=""), rules=by("most_recent"))["phone"] == "+491"


def test_a_change_in_the_future_proves_nothing() -> None:
    lying, honest = record(2, -400, phone="+492"), record(3, 2, phone="+493")
    assert survived(record(1, 9, phone="+491"), lying, honest, rules=by("most_recent"))["phone"] == "+493"
    assert survived(record(1, 9), lying, honest)["phone"] == "+493"


def test_the_most_trusted_system_wins_then_the_next() -> None:
    rules = by("most_trusted", trusted=["salesforce", "hubspot"])
    hubspot, salesforce = record(2, 1, {"hubspot"}, phone="+492"), record(3, 8, {"Salesforce"}, phone="+493")
    assert survived(record(1, phone="+491"), hubspot, salesforce, rules=rules)["phone"] == "+493"
    assert survived(record(1, phone="+491"), hubspot, rules=rules)["phone"] == "+492"
    assert survived(record(1, phone="+491"), record(2, phone="+492"), rules=rules)["phone"] == "+491"


def test_the_longest_and_the_first_win_where_the_rules_say_so() -> None:
    short, long = (
        record(1, company="Acme", created_at=NOW),
        record(2, company="Acme Holding", created_at=NOW - timedelta(9)),
    )
    assert survived(short, long, rules=by("longest", "company"))["company"] == "Acme Holding"
    assert survived(short, long, rules=by("first", "company"))["company"] == "Acme Holding"
    assert survived(short, long)["company"] == "Acme"


def test_the_furthest_stage_wins_and_off_the_ladder_is_below_it() -> None:
    values = survived(
        record(1, lifecycle_stage="mql"), record(2, lifecycle_stage="sql"), record(3, lifecycle_stage="lead")
    )
    assert values["lifecycle_stage"] == "sql"
    assert survived(record(1, lifecycle_stage="disqualified"), record(2))["lifecycle_stage"] == "lead"
    assert (
        survived(record(1, lifecycle_stage="recycled"), record(2, lifecycle_stage="disqualified"))["lifecycle_stage"]
        == "recycled"
    )


def test_they_came_when_the_first_of_them_came_but_not_in_the_future() -> None:
    early, late = NOW - timedelta(days=100), NOW + timedelta(days=100)
    assert survived(record(1), record(2, created_at=early), record(3, created_at=late))["created_at"] == early


def test_where_they_came_from_belongs_to_the_record_that_came_first_and_stays_in_one_piece() -> None:
    first = record(
        2, created_at=NOW - timedelta(days=9), source="google", medium="cpc", channel="paid_search", campaign_id=4
    )
    values = survived(record(1, source="webinar", medium="", channel="event"), first)
    assert [values[name] for name in UNITS["origin"]] == ["google", "cpc", "paid_search", 4, {}]


def test_a_source_of_nothing_does_not_count_as_one() -> None:
    first = record(2, created_at=NOW - timedelta(days=9), source="n/a", channel="other")
    assert survived(record(1, source="webinar", channel="event"), first)["source"] == "webinar"


def test_an_account_comes_with_its_reason_and_an_owner_with_their_name() -> None:
    values = survived(
        record(1, owner_name="Bo"),
        record(2, account_id=7, account_match={"rule": "domain"}, owner_id=3, owner_name="Ana"),
    )
    assert (values["account_id"], values["account_match"]) == (7, {"rule": "domain"})
    assert (values["owner_id"], values["owner_name"]) == (None, "Bo")


@pytest.mark.parametrize(
    "text", ["n/a", " N/A ", "test", "-", "unknown", "0000000", "000-00000", "1234567890", "", None, "#N/A", "?"]
)
def test_placeholders_are_known(text: Any) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["Nan Smith", "Testa", "+4930901820", "X AG", "0", "12", 0, False])
def test_real_values_are_not_placeholders(text: Any) -> None:
    assert not is_placeholder(text)


def test_a_placeholder_never_survives_not_even_alone() -> None:
    assert survived(record(1, phone="n/a", company="test"), record(2, phone="+492"))["phone"] == "+492"
    assert survived(record(1, company="test"), record(2, company="n/a"))["company"] == ""
    values = survived(record(1, properties={"size": "unknown"}), record(2, properties={"size": "50", "junk": "n/a"}))
    assert values["properties"]["size"] == "50"
    assert values["properties"].get("junk", "") == ""


def test_properties_survive_key_by_key_and_lists_are_united() -> None:
    kept = record(1, 9, properties={"size": "10", "topics": ["a", "b"]})
    other = record(2, 1, properties={"size": "50", "plan": "pro", "topics": ["b", "c"]})
    assert survived(kept, other)["properties"] == {"size": "10", "plan": "pro", "topics": ["a", "b", "c"]}


def test_one_who_must_not_be_routed_makes_all_of_them_so() -> None:
    assert survived(record(1), record(2, do_not_route=True))["do_not_route"] is True


def test_the_higher_score_survives_with_its_grade() -> None:
    values = survived(
        record(1, score_fit=10, score_engagement=5, grade="C"), record(2, score_fit=30, score_engagement=40, grade="A")
    )
    assert (values["score_fit"], values["score_engagement"], values["grade"]) == (30, 40, "A")


def test_a_choice_by_hand_beats_every_rule_even_with_a_blank() -> None:
    kept, other = record(1, phone="+491", properties={"size": "10"}), record(2, phone="", properties={"size": "50"})
    values = survived(kept, other, choices={"phone": 2, "properties.size": 2})
    assert (values["phone"], values["properties"]) == ("", {"size": "50"})


def test_the_result_says_where_each_value_came_from_and_by_which_rule() -> None:
    result = survive(record(1), [record(2, phone="+492")], choices={"city": 2}, now=NOW)
    assert (result.sources["phone"], result.rules["phone"]) == (2, "keep")
    assert (result.sources["city"], result.rules["city"]) == (2, "choice")


def test_a_tie_goes_to_the_survivor_and_then_to_the_lowest_id() -> None:
    rules = by("most_recent")
    assert survived(record(5, phone="+495"), record(2, phone="+492"), rules=rules)["phone"] == "+495"
    assert survived(record(5), record(3, phone="+493"), record(2, phone="+492"), rules=rules)["phone"] == "+492"


values = st.sampled_from(["", "n/a", "a", "bb", "ccc"])
records = st.lists(
    st.builds(
        lambda pk, ago, phone, stage, size: record(
            pk, ago, phone=phone, furthest_stage=stage, properties={"size": size}
        ),
        st.integers(1, 99),
        st.integers(-3, 3),
        values,
        st.sampled_from(["lead", "mql", "customer", "recycled"]),
        values,
    ),
    min_size=2,
    max_size=5,
    unique_by=lambda one: one.id,
)


@given(records, st.randoms(), st.sampled_from(["keep", "most_recent", "longest", "first", "most_trusted"]))
def test_the_order_of_the_others_changes_nothing(given_records: list[Record], random: Any, rule: str) -> None:
    first, *others = given_records
    shuffled = list(others)
    random.shuffle(shuffled)
    rules = read_rules(by(rule))
    assert survive(first, others, rules=rules, now=NOW) == survive(first, shuffled, rules=rules, now=NOW)
    assert choose_master(given_records, now=NOW) == choose_master([*shuffled, first], now=NOW)


@given(records)
def test_a_value_that_survives_is_one_that_somebody_had(given_records: list[Record]) -> None:
    result = survive(given_records[0], given_records[1:], now=NOW)
    had = {one.values["phone"] for one in given_records if not is_placeholder(one.values["phone"])}
    assert result.values["phone"] in had if had else result.values["phone"] == ""


def test_the_master_is_the_first_that_one_rule_alone_puts_in_front() -> None:
    people = [
        record(1, furthest_stage="lead"),
        record(2, furthest_stage="sql"),
        record(3, furthest_stage="sql", owner_id=4),
    ]
    chosen = choose_master(people, now=NOW)
    assert chosen is not None
    assert chosen.id == 3
    assert choose_master([*people, record(9, deals=1)], now=NOW).id == 9  # type: ignore[union-attr]


def test_without_a_rule_that_decides_nobody_is_chosen() -> None:
    assert choose_master([record(1), record(2)], now=NOW) is None


def test_wrong_rules_are_refused_place_by_place() -> None:
    document = {
        "fields": {"phone": "shortest", "shoe": "keep", "created_at": "longest"},
        "trusted": ["a", "A"],
        "master": ["x"],
        "y": 1,
    }
    with pytest.raises(RulesRefused) as refused:
        read_rules(document)
    assert set(refused.value.errors) == {"fields.phone", "fields.shoe", "fields.created_at", "trusted", "master", "y"}


def test_rules_survive_being_written_and_read() -> None:
    assert read_rules(DEFAULT_RULES.as_json()) == DEFAULT_RULES
    changed = read_rules(by("longest", trusted=["crm"], master=["oldest"]))
    assert read_rules(changed.as_json()) == changed


cells = st.sampled_from([None, "", "a", "b"])
rows = st.fixed_dictionaries(
    {**dict.fromkeys(BLANK, cells), "properties": st.dictionaries(st.sampled_from("xyz"), cells, max_size=3)}
)


@given(rows, rows)
def test_what_nobody_changed_since_goes_back_exactly(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert {**after, **restored(before, after, after)} == before


@given(rows, rows, rows)
def test_what_was_changed_since_is_kept(before: dict[str, Any], after: dict[str, Any], current: dict[str, Any]) -> None:
    changes = restored(before, after, current)
    for column in ("phone", "city", "email"):
        expected = before[column] if current[column] == after[column] else current[column]
        assert {**current, **changes}[column] == expected


def test_a_property_removed_since_stays_removed_and_one_added_since_stays() -> None:
    assert restored_properties({"a": 1}, {"a": 2, "b": 3}, {"b": 3, "c": 4}) == {"c": 4}
