"""What a policy document may say: every refusal names the place, the reason and the remedy."""

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from martech.condition_fields import person_catalogue, record_from
from martech.routing import editing
from martech.routing.checks import check
from martech.routing.reading import Colleague, Surroundings, read_policy
from mops.core.calendar_document import parse_calendar
from tests.factories import NOON

AROUND = Surroundings(
    person_catalogue(),
    {
        "ana@example.com": Colleague(1, "Ana"),
        "bo@example.com": Colleague(2, "Bo"),
        "zoe@example.com": Colleague(3, "Zoe", is_active=False),
    },
    {"berlin": "Berlin hours"},
)
EVERY_MONDAY = [str(date(2026, 3, 2) + timedelta(weeks=week)) for week in range(400)]
GOOD: dict[str, Any] = {
    "name": "Inbound",
    "hit": "first",
    "keep_owner": True,
    "match_account_owner": True,
    "rules": [
        {
            "name": "DACH enterprise",
            "when": {"all": [{"field": "person.country", "op": "in", "value": ["DE", "AT"]}]},
            "to": "dach-enterprise",
        }
    ],
    "otherwise": "inbound",
    "pools": {
        "dach-enterprise": {
            "strategy": "weighted",
            "members": [
                {"user": "ana@example.com", "weight": 2},
                {"user": "bo@example.com", "weight": 1, "caps": {"per_day": 10, "open": 40}},
            ],
            "calendar": "berlin",
            "when_absent": "hold",
            "returner": "keep_position",
        },
        "inbound": {"strategy": "round_robin", "members": [{"user": "bo@example.com"}]},
    },
    "sla": {"respond_within_minutes": 30, "calendar": "berlin", "on_breach": "reassign", "max_hops": 2},
    "examples": [{"given": {"country": "DE", "properties": {}}, "expect": {"pool": "dach-enterprise"}}],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good document with one place changed: `"pools.inbound.strategy"`."""
    document = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    inner: Any = document
    for step in way:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    inner[int(last) if isinstance(inner, list) else last] = value
    return document


def found(document: Any) -> list[str]:
    return [f"{one.level} {one}" for one in check(read_policy(document, AROUND), AROUND, records, NOON)]


def records(given: Any) -> tuple[dict[str, Any], list[str]]:
    return record_from(given, AROUND.catalogue)


def errors(document: Any) -> list[str]:
    return [text.removeprefix("error ") for text in found(document) if text.startswith("error ")]


def test_the_document_of_the_contract_is_good() -> None:
    assert errors(GOOD) == []
    policy = read_policy(GOOD, AROUND).policy
    assert policy.pools["dach-enterprise"].members[1].caps.per_day == 10
    assert policy.fields == ("person.country",)


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ("name", "", "name: is missing; write text, such as “Inbound”"),
        ("hit", "best", "hit: “best” is unknown; use one of first, unique"),
        ("keep_owner", "yes", "keep_owner: “yes” is neither true nor false; write true or false"),
        ("rulez", [], ("rulez: is unknown here; known are name, hit, keep_owner, match_account_owner, rules, otherwise, "
         "pools, sla, examples")),
        ("otherwise", "nowhere", "otherwise: there is no pool “nowhere”; pools are dach-enterprise, inbound"),
        ("otherwise", "", "otherwise: is missing: a lead no rule takes would be lost; name the pool for everyone else"),
        ("rules.0.to", "dach", "rules[0].to: there is no pool “dach”; pools are dach-enterprise, inbound"),
        ("rules.0.when", None, 'rules[0].when: is missing; write a condition; {"all": []} takes everybody'),
        ("rules.0.when", {"field": "person.contry", "op": "eq", "value": "DE"},
         'rules[0].when.field: "person.contry" is unknown; did you mean person.country or person.city or person.company?'),
        ("pools.inbound.strategy", "random",
         "pools.inbound.strategy: “random” is unknown; use one of round_robin, weighted, least_loaded"),
        ("pools.inbound.members", [], "pools.inbound.members: has no members; add somebody"),
        ("pools.inbound.members.0.user", "eve@example.com",
         ("pools.inbound.members[0].user: nobody here has the address eve@example.com; "
         "add them as a user first, or remove them")),
        ("pools.dach-enterprise.members.0.weight", 0,
         "pools.dach-enterprise.members[0].weight: 0 is not allowed; use a whole number from 1 to 100"),
        ("pools.dach-enterprise.members.0.user", "bo@example.com",
         "pools.dach-enterprise.members[1].user: has bo@example.com twice; keep one of the two"),
        ("pools.dach-enterprise.members.1.caps.per_day", -1,
         "pools.dach-enterprise.members[1].caps.per_day: -1 is not allowed; use a whole number from 0 to 1,000,000"),
        ("pools.inbound.members.0.weight", 3,
         "pools.inbound.members[0].weight: round_robin gives everybody the same; use the strategy weighted"),
        ("pools.inbound.calendar", "paris", "pools.inbound.calendar: there is no calendar “paris”; calendars are berlin"),
        ("pools.inbound.when_absent", "overflow:late",
         "pools.inbound.when_absent: there is no pool “late”; pools are dach-enterprise, inbound"),
        ("pools.inbound.when_absent", "overflow:inbound",
         ("pools.inbound.when_absent: the overflow runs in a circle: inbound → inbound; "
         "let one of these pools hold, or overflow elsewhere")),
        ("pools.a/b", {"members": []}, "pools.a/b: is no name for a pool; use up to 60 letters, digits, spaces, dots, - and _"),
        ("sla.respond_within_minutes", 0,
         "sla.respond_within_minutes: 0 is not allowed; use a whole number from 1 to 525,600"),
        ("examples.0.expect.pool", "inbound",
         ("examples[0]: goes to dach-enterprise by DACH enterprise, expected inbound; "
         "correct the rules or the expectation")),
        ("examples.0.given", {"country": "DE", "account": {"employees": "900"}},
         "examples[0].given.account.employees: needs a number, not text; write it without quotes, such as 500"),
        ("examples.0.given", {"contry": "DE"},
         'examples[0].given: person.contry is no field; put it under "properties", or correct its name'),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_place_reason_and_remedy(path: str, value: Any, wrong: str) -> None:
    assert errors(changed(path, value))[:1] == [wrong]


@pytest.mark.parametrize("document", [None, [], "policy", 7])
def test_what_is_no_policy_is_refused(document: Any) -> None:
    reading = read_policy(document, AROUND)
    assert reading.findings[0].is_shape
    assert str(reading.findings[0]) == "document: is not an object; write { … }"


def test_overflow_in_a_circle_of_two_is_refused_at_both() -> None:
    document = changed("pools.inbound.when_absent", "overflow:dach-enterprise")
    document["pools"]["dach-enterprise"]["when_absent"] = "overflow:inbound"
    circles = [text for text in errors(document) if "circle" in text]
    assert len(circles) == 2
    assert "circle: inbound → dach-enterprise → inbound;" in circles[1]


def test_a_rule_that_an_earlier_one_covers_is_never_reached() -> None:
    document = copy.deepcopy(GOOD)
    swiss = {"field": "person.country", "op": "eq", "value": "AT"}
    document["rules"].append({"name": "Austria", "when": {"all": [swiss]}, "to": "inbound"})
    reason = "rules[1]: never reached: rule 1 “DACH enterprise” takes everybody it would take"
    assert f"warning {reason}; move it up, or narrow the earlier rule" in found(document)


def test_overlap_is_an_error_where_exactly_one_rule_may_match() -> None:
    document = {**copy.deepcopy(GOOD), "hit": "unique"}
    swiss = {"field": "person.country", "op": "eq", "value": "AT"}
    document["rules"].append({"name": "Austria", "when": {"all": [swiss]}, "to": "inbound"})
    assert errors(document)[0].startswith("rules[1]: overlaps with rule 1 “DACH enterprise”")


def test_a_deactivated_member_is_a_warning_and_a_pool_of_them_an_error() -> None:
    document = changed("pools.inbound.members.0.user", "zoe@example.com")
    assert (
        "warning pools.inbound.members[0].user: zoe@example.com is deactivated and gets nothing; remove them"
        in found(document)
    )
    assert errors(document)[0].startswith("pools.inbound.members: nobody in it can get a lead")


def test_rules_move_and_pools_go_in_the_document() -> None:
    document = copy.deepcopy(GOOD)
    editing.put_rule(document, None, {"name": "Others", "when": {"all": []}, "to": "inbound"})
    editing.move_rule(document, 1, -1)
    editing.move_rule(document, 0, -1)
    assert [rule["name"] for rule in document["rules"]] == ["Others", "DACH enterprise"]
    editing.drop_rule(document, 0)
    editing.drop_pool(document, "inbound")
    assert [rule["name"] for rule in document["rules"]] == ["DACH enterprise"]
    assert list(document["pools"]) == ["dach-enterprise"]


def unique(*values: dict[str, Any]) -> list[str]:
    document = {**copy.deepcopy(GOOD), "hit": "unique"}
    for number, when in enumerate(values):
        document["rules"].append({"name": f"Rule {number}", "when": {"all": [when]}, "to": "inbound"})
    return found(document)


def test_an_overlap_of_two_fields_is_shown_by_a_lead_that_both_rules_take() -> None:
    said = unique({"field": "account.employees", "op": "gte", "value": 500})
    assert said[0] == (
        "error rules[1]: overlaps with rule 1 “DACH enterprise”, but at most one may match: both take a lead with"
        ' Employees 500 and Country Germany; let their conditions exclude each other, or use "hit": "first"'
    )


def test_rules_that_exclude_each_other_do_not_overlap() -> None:
    assert not [
        one for one in unique({"field": "person.country", "op": "in", "value": ["FR", "GB"]}) if "overlap" in one
    ]


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("person.country", "Germany", "Country has no value “Germany”; write DE for Germany"),
        ("person.country", "XX", "Country has no value “XX”; choose one that the rule builder offers"),
        ("person.lifecycle_stage", "costumer", "Lifecycle stage has no value “costumer”; write customer for Customer"),
        ("person.channel", "e-mails", "Channel has no value “e-mails”; write email for E-mail"),
    ],
)
def test_a_value_that_is_no_choice_of_its_field_is_an_error(field: str, value: str, wrong: str) -> None:
    when = {
        "any": [{"field": field, "op": "in", "value": [value]}, {"field": "person.country", "op": "eq", "value": "de"}]
    }
    assert errors(changed("rules.0.when", when)) == [f"rules[0].when: {wrong}"]


def test_values_are_looked_at_in_caps_and_pauses_too() -> None:
    when = {"all": [{"field": "person.country", "op": "ne", "value": "Austria"}]}
    assert errors(changed("sla.pause_when", when)) == [
        "sla.pause_when: Country has no value “Austria”; write AT for Austria"
    ]
    cap = {"owned": {"most": 5, "when": when}}
    place = "pools.dach-enterprise.members[0].caps.owned.when"
    found_at = errors(changed("pools.dach-enterprise.members.0.caps", cap))
    assert found_at == [f"{place}: Country has no value “Austria”; write AT for Austria"]


def test_a_fallback_that_passes_its_leads_to_itself_is_refused() -> None:
    said = "pools.inbound.when_absent: everyone else’s pool would pass its leads to itself; use hold, or overflow into another"
    assert errors(changed("pools.inbound.when_absent", "otherwise")) == [said]


def test_a_circle_by_way_of_the_fallback_is_refused() -> None:
    document = changed("pools.inbound.when_absent", "overflow:dach-enterprise")
    document["pools"]["dach-enterprise"]["when_absent"] = "otherwise"
    circles = [text for text in errors(document) if "circle" in text]
    assert len(circles) == 2
    assert "circle: dach-enterprise → inbound → dach-enterprise;" in circles[0]


def test_a_pause_that_always_holds_is_refused_as_the_clock_would_never_run() -> None:
    said = "sla.pause_when: always holds, so the clock never runs; say when it stands still, or take the pause out"
    assert errors(changed("sla.pause_when", {"all": []})) == [said]


MORE_ROOM = "shorten it, or give “Berlin hours” more open hours or fewer holidays"


def in_hours(minutes: int, hours: dict[str, Any]) -> list[str]:
    """What is said of an answer within so many minutes of the Berlin hours, looked at on Monday, 2 March 2026."""
    open_at = parse_calendar({"zone": "Europe/Berlin", **hours}).resolve()
    around = replace(AROUND, hours={"berlin": open_at})
    text = changed("sla.respond_within_minutes", minutes)
    every = check(read_policy(text, around), around, records, datetime(2026, 3, 2, 10, tzinfo=UTC))
    return [f"{one.level} {one}" for one in every if "respond_within" in one.path]


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [
        (525_600, {"hours": {"mon": [["09:00", "12:00"]]}}),
        (60, {"hours": {"mon": [["09:00", "10:00"]]}, "holidays": {"extra": EVERY_MONDAY}}),
    ],
)
def test_a_response_time_that_its_working_hours_never_leave_room_for_is_refused(
    minutes: int, hours: dict[str, Any]
) -> None:
    said = "never due: “Berlin hours” has not so much working time in fifty years; "
    assert in_hours(minutes, hours) == [f"error sla.respond_within_minutes: {said}{MORE_ROOM}"]


def test_a_response_time_that_takes_its_working_hours_years_is_a_warning_with_the_day() -> None:
    said = "a lead that came now would be late on 26 Apr 2027 only, as “Berlin hours” is open so seldom; "
    found_at = in_hours(60 * 60, {"hours": {"mon": [["09:00", "10:00"]]}})
    assert found_at == [f"warning sla.respond_within_minutes: {said}{MORE_ROOM}"]
    assert in_hours(52 * 60, {"hours": {"mon": [["09:00", "10:00"]]}}) == []


def test_reassigning_without_a_number_of_times_is_a_warning() -> None:
    said = "warning sla.max_hops: nobody else ever gets the lead: reassign is limited to 0 times"
    assert any(
        one.startswith(said) for one in found(changed("sla", {"respond_within_minutes": 5, "on_breach": "reassign"}))
    )


def test_reassigning_in_a_pool_of_one_is_a_warning() -> None:
    said = "warning sla.on_breach: a late lead of inbound can go to nobody else: there is one member"
    assert any(one.startswith(said) for one in found(GOOD))
    overflowing = changed("pools.inbound.when_absent", "overflow:dach-enterprise")
    assert not any(said in one for one in found(overflowing))


def test_pools_stand_in_the_order_of_the_rules_and_everyone_elses_after_them() -> None:
    document = copy.deepcopy(GOOD)
    document["pools"] = dict.fromkeys(("b", "a", "inbound", "z", "dach-enterprise"), document["pools"]["inbound"])
    document["rules"].insert(0, {**document["rules"][0], "name": "First", "to": "z"})
    assert list(read_policy(document, AROUND).policy.pools) == ["z", "dach-enterprise", "inbound", "a", "b"]
