"""Reading a tree: what is refused, where, why, and what would be right."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from mops.core.conditions import (
    Catalogue,
    ConditionError,
    Field,
    Type,
    dump,
    fields_used,
    get_catalogue,
    parse,
    register_catalogue,
)
from tests.core.condition_specimens import CATALOGUE, Club, Specimen

OPERATORS_OF_TEXT = "eq, ne, in, not_in, contains, not_contains, starts_with, ends_with, is_empty, is_not_empty"
SHAPE = 'write {"all": […]}, {"any": […]}, {"not": {…}} or {"field": …, "op": …, "value": …}'


def findings(tree: Any) -> list[str]:
    with pytest.raises(ConditionError) as refused:
        parse(tree, CATALOGUE)
    return [str(finding) for finding in refused.value.findings]


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} if value is None else {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ([], f"condition: is not an object; {SHAPE}"),
        ({}, f"condition: is neither a group nor a test; {SHAPE}"),
        ({"all": [], "any": []}, f"condition: is neither a group nor a test; {SHAPE}"),
        ({"all": {}}, 'all: is not a list; write {"all": [ … ]}'),
        ({"not": [1]}, f"not: is not an object; {SHAPE}"),
        (leaf("s.nam", "eq", "a"), 'field: "s.nam" is unknown; did you mean s.name or s.amount?'),
        (leaf("employees", "gt", 1), 'field: "employees" is unknown; did you mean s.employees or firm.employees?'),
        ({"op": "eq"}, 'field: is not the name of a field; write it as text, such as "person.country"'),
        (leaf("s.name", "gt", "a"), f"op: gt does not work on Name (text); use one of {OPERATORS_OF_TEXT}"),
        (leaf("s.name", "like", "a"), f"op: is not an operator; use one of {OPERATORS_OF_TEXT}"),
        ({**leaf("s.name", "eq", "a"), "valeu": 1}, "valeu: is unknown here; a test has only field, op and value"),
        (leaf("s.name", "eq"), 'value: needs text, not nothing; write it in quotes, such as "DE"'),
        (leaf("s.name", "eq", ""), "value: has no value; give one, or ask for missing values with is_empty or is_not_empty"),
        (leaf("s.name", "eq", "a\0"),
         "value: holds a character that cannot be stored; remove NUL characters and lone surrogates"),
        (leaf("s.name", "in", ["a", 5]), 'value[1]: needs text, not a number; write it in quotes, such as "DE"'),
        (leaf("s.name", "in", []),
         'value: needs at least one value; give a list, such as ["DE", "FR"]'),
        (leaf("s.name", "is_empty", 1), "value: has no place after is_empty; leave the value out"),
        (leaf("s.employees", "eq", "5"), "value: needs a number, not text; write it without quotes, such as 500"),
        (leaf("s.employees", "eq", True),
         "value: needs a number, not true or false; write it without quotes, such as 500"),
        (leaf("s.employees", "eq", float("nan")), "value: is not a finite number; write a number such as 500"),
        (leaf("s.employees", "eq", 10**20 + 1), "value: has more than 15 digits; use at most 15 significant digits"),
        (leaf("s.employees", "between", [5]),
         "value: needs two values; write the lowest and the highest, such as [10, 20]"),
        (leaf("s.employees", "between", [5, 1]), "value: has its first value above its second; write the lowest first"),
        (leaf("s.is_active", "eq", "yes"), "value: needs true or false, not text; write true or false without quotes"),
        (leaf("s.born", "before", "2026-02-30"), 'value: is not a day of the calendar; write it as "2026-10-01"'),
        (leaf("s.born", "before", "0001-01-01"), "value: is in the year 1; use a year from 1000 to 9998"),
        (leaf("s.seen_at", "after", "2026-02-01T10:00"), ("value: is a time without its zone; "
         'write "2026-10-01" for the whole day or "2026-10-01T09:30:00+02:00" for an instant')),
        (leaf("s.seen_at", "in_last_days", 0), "value: needs a whole number of days; write a number from 1 to 36500"),
        (leaf("s.properties.a", "in", ["a", 1]),
         "value: mixes values of different types; write all values as text, or all as numbers"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_place_the_reason_and_the_remedy(tree: Any, message: str) -> None:
    assert findings(tree) == [message]


def test_every_finding_is_told_with_its_path() -> None:
    tree = {"all": [leaf("s.born", "is_empty"), {"any": [leaf("s.born", "eq", 1), {"not": leaf("x", "eq", 1)}]}]}
    first, second = findings(tree)
    assert first == 'all[1].any[0].value: needs a date, not a number; write it as "2026-10-01"'
    assert second.startswith('all[1].any[1].not.field: "x" is unknown; ')


def test_depth_and_size_have_limits() -> None:
    tree: dict[str, Any] = {"all": []}
    for _ in range(11):
        tree = {"not": tree}
    assert dump(parse(tree, CATALOGUE)) == tree
    assert findings({"not": tree}) == [
        "not.not.not.not.not.not.not.not.not.not.not.not: is nested deeper than 12 levels; flatten the groups"
    ]
    many = [leaf("s.name", "is_empty")] * 500
    assert dump(parse({"any": many}, CATALOGUE)) == {"any": many}
    assert findings({"any": [*many, many[0]]}) == [
        "condition: has more than 500 tests; use in with a list, or split the condition"
    ]
    assert "condition: has more than 1000 tests and groups; split the condition" in findings(
        {"any": [{"all": []}] * 10**5}
    )


def test_values_come_back_as_they_were_written() -> None:
    tree = {
        "all": [
            leaf("s.ratio", "between", [0.1, 5]),
            leaf("s.born", "between", ["2026-01-01", "2026-12-31"]),
            leaf("s.seen_at", "after", "2026-01-01T10:00:00+00:00"),
            leaf("s.properties.Company.Name", "in", [True]),
        ]
    }
    node = parse(tree, CATALOGUE)
    assert dump(node) == tree
    assert fields_used(node) == {"s.ratio", "s.born", "s.seen_at", "s.properties.Company.Name"}


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (Field("s.name", "Name", Type.TEXT, "name"), "catalogue t: s.name is there already"),
        (Field("s.x", "X", Type.NUMBER, "name"), "catalogue t: s.x is number but its column is TextField"),
        (Field("s.x", "X", Type.DATE, "seen_at"), "catalogue t: s.x is date but its column is DateTimeField"),
        (Field("s.x", "X", Type.TEXT, "nope"), "catalogue t: s.x: Specimen has no field named 'nope'"),
    ],
)
def test_a_field_that_does_not_fit_its_column_is_refused(field: Field, message: str) -> None:
    catalogue = Catalogue("t", Specimen, [Field("s.name", "Name", Type.TEXT, "name")])
    with pytest.raises(ImproperlyConfigured) as refused:
        catalogue.add(field)
    assert str(refused.value) == message
    assert list(catalogue.fields) == ["s.name"]


def test_a_path_to_many_rows_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"catalogue f: f\.s: firms leads to many rows"):
        Catalogue("f", Club, [Field("f.s", "S", Type.TEXT, "firms__name")])


def test_a_catalogue_is_registered_once_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mops.core.conditions.catalogue._catalogues", {})
    catalogue = register_catalogue(Catalogue("thing"))
    assert get_catalogue("thing") is catalogue
    with pytest.raises(ImproperlyConfigured, match="catalogue thing is registered already"):
        register_catalogue(Catalogue("thing"))
    with pytest.raises(KeyError, match=r"no catalogue 'other'; known: thing"):
        get_catalogue("other")
