"""A form of the builder changes what it shows, and keeps what only the text of the policy says."""

from typing import Any

from martech.routing.editing import put_pool, put_rule, put_settings

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


def test_settings_keep_the_warning_of_the_response_time_and_may_drop_all_of_it() -> None:
    document: dict[str, Any] = {"sla": {"respond_within_minutes": 30, "warn_at_percent": 50}}
    put_settings(document, {"name": "Inbound", "sla": {"respond_within_minutes": 60}})
    assert document == {"name": "Inbound", "sla": {"warn_at_percent": 50, "respond_within_minutes": 60}}
    put_settings(document, {"sla": None})
    assert document == {"name": "Inbound"}
