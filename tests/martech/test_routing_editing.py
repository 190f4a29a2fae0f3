"""A form of the builder changes what it shows, and keeps what only the text of the policy says."""

from typing import Any

from martech.routing.editing import place_rule, put_member, put_pool, put_rule, put_sla

EVERYBODY: dict[str, Any] = {"all": []}


def test_a_rule_keeps_its_response_time() -> None:
    document = {"rules": [{"name": "Hot", "when": EVERYBODY, "to": "desk", "sla": {"respond_within_minutes": 5}}]}
    put_rule(document, 0, {"name": "Hotter", "when": EVERYBODY, "to": "late"})
    assert document["rules"] == [
        {"name": "Hotter", "when": EVERYBODY, "to": "late", "sla": {"respond_within_minutes": 5}}
    ]


def test_a_pool_keeps_its_response_time_and_the_caps_no_form_shows() -> None:
    rolling = {"hours": 24, "leads": 5}
    before = [{"user": "ana@example.com", "caps": {"rolling": rolling, "per_day": 3}}, {"user": "bo@example.com"}]
    document = {"otherwise": "desk", "pools": {"desk": {"members": before, "sla": {"respond_within_minutes": 9}}}}
    put_pool(
        document, "desk", {"strategy": "weighted", "members": [{"user": "ana@example.com"}, {"user": "cy@example.com"}]}
    )
    assert document["pools"]["desk"] == {
        "strategy": "weighted",
        "members": [{"user": "ana@example.com", "caps": {"rolling": rolling}}, {"user": "cy@example.com"}],
        "sla": {"respond_within_minutes": 9},
    }


def test_a_renamed_and_moved_rule_is_found_by_what_it_was_called() -> None:
    document = {"rules": [{"name": "New"}, {"name": "Hot", "when": EVERYBODY, "to": "desk"}]}
    put_rule(document, 0, {"name": "Hotter", "when": EVERYBODY, "to": "desk"}, "Hot")
    assert [rule["name"] for rule in document["rules"]] == ["New", "Hotter"]


def test_a_dragged_rule_takes_its_place_and_the_others_keep_their_order() -> None:
    document: dict[str, Any] = {"rules": [{"name": name} for name in "abcd"]}
    place_rule(document, 3, 0)
    assert [rule["name"] for rule in document["rules"]] == ["d", "a", "b", "c"]
    place_rule(document, 0, 9)
    assert [rule["name"] for rule in document["rules"]] == ["d", "a", "b", "c"]


def test_a_response_time_belongs_to_the_policy_a_pool_or_a_rule() -> None:
    document: dict[str, Any] = {"rules": [{"name": "Hot"}], "pools": {"desk": {}}}
    put_sla(document, {"respond_within_minutes": 5}, rule=0)
    put_sla(document, {"respond_within_minutes": 9}, pool="desk")
    put_sla(document, {"respond_within_minutes": 30})
    assert [document["rules"][0]["sla"], document["pools"]["desk"]["sla"], document["sla"]] == [
        {"respond_within_minutes": 5},
        {"respond_within_minutes": 9},
        {"respond_within_minutes": 30},
    ]
    put_sla(document, None, pool="desk")
    assert document["pools"]["desk"] == {}


def test_hours_and_caps_are_replaced_as_a_whole() -> None:
    document: dict[str, Any] = {"pools": {"desk": {"members": [{"user": "a@x.com", "caps": {"open": 3}}]}}}
    put_member(document, "desk", "a@x.com", {"per_hour": 2}, "night")
    assert document["pools"]["desk"]["members"] == [{"user": "a@x.com", "caps": {"per_hour": 2}, "calendar": "night"}]
    put_pool(document, "desk", {"members": [{"user": "a@x.com"}]})
    assert document["pools"]["desk"]["members"] == [{"user": "a@x.com", "calendar": "night"}]
    put_member(document, "desk", "a@x.com", {}, "")
    assert document["pools"]["desk"]["members"] == [{"user": "a@x.com"}]
