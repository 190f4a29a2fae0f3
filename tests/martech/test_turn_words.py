"""Why somebody's turn it was is told as it was: furthest behind only who is."""

from typing import Any

import pytest

from martech.routing.explanation import reasons


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
