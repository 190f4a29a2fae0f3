"""Rules that come to rest, in ten thousand random stories; and those that never do, with the story that shows it."""

import itertools

import pytest

from martech.connectors.port import FieldType
from martech.sync.convergence import ALL, find_counterexample, interleavings, rests
from martech.sync.rules import Direction, FieldRule, Truth

STAGES = {"lead": "open", "mql": "qualified", "customer": "won"}
SHAPES = [
    {"transform": "", "values": {}},
    {"transform": "", "values": STAGES},
    {"transform": "", "values": {"lead": "open", "recycled": "open", "mql": "qualified", "sal": "qualified"}},
    {"transform": "country_name", "values": {}},
    {"transform": "not_provided", "values": {}},
]
TRUTHS = [truth for truth in Truth if truth is not Truth.APPEND]


def rule(truth: Truth, **more: object) -> FieldRule:
    return FieldRule("lifecycle_stage", "stage", truth=truth, **more)  # type: ignore[arg-type]


SANE = [
    {"crm": rule(truth, direction=direction, blank_wins=blank_wins, **shape)}
    for truth, direction, blank_wins, shape in itertools.product(TRUTHS, Direction, (False, True), SHAPES)
]


def test_one_connection_comes_to_rest_whatever_its_rule_in_ten_thousand_stories() -> None:
    told = 0
    for number, rules in enumerate(SANE):
        for story in interleavings(rules, seed=number, count=10_000 // len(SANE) + 1):
            assert rests(rules, story)[0], (rules, [str(edit) for edit in story])
            told += 1
    assert told >= 10_000


@pytest.mark.parametrize(
    ("crm", "automation"),
    [
        (Truth.THEIRS, Truth.OURS),
        (Truth.THEIRS, Truth.NEWEST),
        (Truth.NEWEST, Truth.NEWEST),
        (Truth.OURS, Truth.OURS),
        (Truth.FILL, Truth.FILL),
        (Truth.MANUAL, Truth.THEIRS),
    ],
)
def test_two_connections_of_which_one_at_most_is_always_right_come_to_rest(crm: Truth, automation: Truth) -> None:
    assert find_counterexample("job_title", {"crm": rule(crm), "automation": rule(automation)}, count=1_000) is None


def test_appending_comes_to_rest_between_two_connections() -> None:
    several = FieldRule("properties.topics", "topics", FieldType.CHOICES, truth=Truth.APPEND)
    assert find_counterexample("topics", {"crm": several, "automation": several}, count=1_000) is None


@pytest.mark.parametrize("direction", [Direction.BOTH, Direction.PULL])
def test_two_connections_that_are_both_always_right_never_come_to_rest(direction: Direction) -> None:
    theirs = rule(Truth.THEIRS, direction=direction)
    found = find_counterexample("job_title", {"crm": theirs, "automation": theirs})
    assert found is not None
    assert found.field == "job_title"
    assert found.story[-1] == "… and so on without end"
    assert any(line.startswith("  from crm we take") for line in found.story)
    assert any(line.startswith("  from automation we take") for line in found.story)


def test_the_story_is_as_short_as_it_can_be() -> None:
    theirs = rule(Truth.THEIRS, direction=Direction.PULL)
    found = find_counterexample("job_title", {"crm": theirs, "automation": theirs})
    assert found is not None
    edits = list(itertools.takewhile(lambda line: line != ALL, found.story))
    assert len(edits) <= 2
    assert found.story.count(ALL) == 1  # the next one does the same


def test_a_story_is_the_same_every_time() -> None:
    rules = {"crm": rule(Truth.THEIRS), "automation": rule(Truth.THEIRS)}
    assert find_counterexample("job_title", rules, seed=7) == find_counterexample("job_title", rules, seed=7)


def test_connections_that_only_look_on_are_left_out_of_the_story() -> None:
    rules = {"crm": rule(Truth.THEIRS), "mail": rule(Truth.NEWEST), "automation": rule(Truth.THEIRS)}
    found = find_counterexample("job_title", rules)
    assert found is not None
    assert found.sides == ("crm", "automation")
    assert "mail" not in " ".join(found.story)
