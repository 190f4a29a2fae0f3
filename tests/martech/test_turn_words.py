"""Why somebody's turn it was is told as it was: furthest behind only who is."""

from typing import Any

import pytest

from martech.routing.document import Policy
from martech.routing.explanation import Case, in_short, reasons, ways_to
from tests.factories import NOON


def told(*members: Any, strategy: str = "weighted") -> str:
    rows = [{"user": n, "name": name, "behind": behind, **more} for n, (name, behind, more) in enumerate(members)]
    asked = {"pool": "desk", "strategy": strategy, "chosen": 0, "members": rows}
    return next(one.title for one in reasons({"pools": [asked]}, "assigned", frozenset()) if one.kind == "turn")


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([("Ana", 0, {}), ("Bo", 0, {})], "It was Ana’s turn in desk"),
        ([("Ana", 0.5, {}), ("Bo", -0.5, {})], "Ana was furthest behind the share in desk"),
        ([("Ana", 0.2, {}), ("Bo", 0.4, {})], "It was Ana’s turn in desk"),
        ([("Ana", 0, {}), ("Bo", 3, {"skipped": "away"})], "Ana was the only one available in desk"),
        (
            [("Ana", 0.5, {"skipped": "off", "in_turn": True}), ("Bo", -0.5, {"skipped": "off", "in_turn": True})],
            "Nobody in desk was there, so it went on by turns all the same: Ana was 0.5 behind",
        ),
    ],
)
def test_the_turn_is_told_as_it_was(members: list[Any], words: str) -> None:
    assert told(*members) == words


def of_rules(misses: int) -> dict[str, Any]:
    rules = [{"name": f"Rule {n}", "matched": n == misses, "because": "Country is FR"} for n in range(misses + 1)]
    return {"rules": rules, "pools": [{"pool": "desk", "strategy": "round_robin", "chosen": 0, "members": ANA}]}


ANA = [{"user": 0, "name": "Ana", "behind": 0}]


def test_below_many_rules_that_did_not_match_nobody_has_to_look_for_whose_turn_it_was() -> None:
    few = [one.kind for one in reasons(of_rules(2), "assigned")]
    assert few == ["yes", "miss", "miss", "turn"]
    assert [one.kind for one in reasons(of_rules(5), "assigned")] == ["yes", "turn", *["miss"] * 5]


def test_in_short_rules_that_did_not_match_are_counted() -> None:
    assert in_short(reasons(of_rules(2), "assigned")) == reasons(of_rules(2), "assigned")
    assert [one.title for one in in_short(reasons(of_rules(9), "assigned"))] == [
        "Rule 10 “Rule 9” matched",
        "Ana was the only one available in desk",
        "9 rules above did not match",
    ]


def test_of_two_who_were_even_the_order_of_the_list_is_named() -> None:
    members = [*ANA, {"user": 1, "name": "Bo", "behind": 0}]
    asked = {"pool": "desk", "strategy": "round_robin", "chosen": 0, "members": members}
    case = Case(Policy("Inbound"), {}, {"pools": [asked]}, NOON)
    assert ways_to(case, user=1, name="Bo", pools=["desk"]) == [
        "Ana and Bo were both even, and Ana stands before Bo in desk: the next turn comes nearer to Bo."
    ]
