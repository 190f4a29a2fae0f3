"""A record that meets a condition is found from the condition's own values, and always meets it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from martech.condition_fields import person_catalogue
from mops.core.conditions import compile_predicate, find_record, in_words, is_unsatisfiable, parse
from tests.core.condition_specimens import CATALOGUE
from tests.core.test_conditions_agree import trees

NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


GERMAN = leaf("person.country", "in", ["DE", "AT"])


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"all": [GERMAN, leaf("account.employees", "gt", 500)]}, "Country Germany and Employees 501"),
        ({"all": [GERMAN, leaf("person.country", "ne", "DE")]}, "Country Austria"),
        ({"all": [leaf("person.country", "not_in", ["DE", "AF"])]}, "Country Albania"),
        ({"not": leaf("person.source", "is_empty")}, "Source something"),
        ({"all": [leaf("person.email", "ends_with", ".de"), leaf("person.email", "contains", "@")]}, "E-mail @.de"),
        ({"any": [{"all": [GERMAN, leaf("person.country", "eq", "FR")]}, leaf("person.grade", "eq", "A1")]}, "Grade A1"),
        ({"all": [leaf("person.properties.plan", "eq", "pro"), leaf("person.score_fit", "between", [10, 20])]}, "plan pro"),
        ({"all": [leaf("person.created_at", "in_last_days", 7)]}, "Came 8 Mar 2026"),
    ],
)  # fmt: skip
def test_a_lead_that_meets_the_condition_is_found(tree: dict[str, Any], words: str) -> None:
    node = parse(tree, person_catalogue())
    record = find_record(node, NOW)
    assert record is not None
    assert compile_predicate(node)(record, NOW)
    assert words in in_words(record, node)


def test_none_is_found_where_two_tests_exclude_each_other() -> None:
    tree = {"all": [GERMAN, leaf("person.country", "eq", "FR")]}
    assert find_record(parse(tree, person_catalogue()), NOW) is None


@given(trees)
def test_whatever_is_found_meets_the_condition_and_is_never_proved_impossible(tree: dict[str, Any]) -> None:
    node = parse(tree, CATALOGUE)
    record = find_record(node, NOW)
    if record is not None:
        assert compile_predicate(node)(record, NOW)
        assert not is_unsatisfiable(node)
