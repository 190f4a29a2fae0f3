"""How conditions read, how a refusal is explained, what a custom test adds, and what can be proved without data."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from mops.core.conditions import (
    AllOf,
    AnyOf,
    Catalogue,
    ConditionError,
    CustomTest,
    Field,
    InstanceRecord,
    Node,
    Not,
    Type,
    because,
    compile_predicate,
    evaluate,
    first_failing,
    fragments,
    implies,
    is_unsatisfiable,
    parse,
    sentence,
    to_q,
)
from tests.core.condition_specimens import CATALOGUE, NOW, Firm, Specimen, specimen_tables
from tests.core.test_conditions_agree import ABSENT, rows, store, trees

__all__ = ["specimen_tables"]


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": f"s.{field}", "op": op, **({} if value is None else {"value": value})}


def node(tree: Any) -> Node:
    return parse(tree, CATALOGUE)


RULE = {
    "all": [
        leaf("country", "in", ["DE", "fr", "CH"]),
        {"any": [leaf("employees", "gte", 1500), leaf("name", "contains", "chief")]},
        {"not": leaf("name", "ends_with", "@example.com")},
    ]
}


def test_a_condition_reads_as_a_sentence() -> None:
    assert sentence(node(RULE)) == (
        "Country is one of Germany, France, CH and (Employees at least 1,500 or Name contains chief) "
        "and not (Name ends with @example.com)"
    )


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"all": []}, "always"),
        ({"any": []}, "never"),
        (leaf("born", "between", ["2026-01-01", "2026-02-03"]), "Born between 1 Jan 2026 and 3 Feb 2026"),
        (leaf("seen_at", "in_last_days", 1), "Seen in the last 1 day"),
        (leaf("seen_at", "eq", "2026-01-01T10:00:00Z"), "Seen on 1 Jan 2026 11:00"),
        (leaf("tags", "in", ["a", "b"]), "Tags contains one of a, b"),
        (leaf("is_active", "eq", True), "Active is yes"),
        (leaf("properties.Plan", "is_empty"), "Plan is empty"),
        (leaf("name", "in", list("abcdefgh")), "Name is one of a, b, c, d, e, f and 2 more"),
        (
            {"not": {"any": [leaf("name", "is_empty"), leaf("born", "is_empty")]}},
            "not (Name is empty or Born is empty)",
        ),
    ],
)
def test_every_kind_of_value_has_words(tree: Any, expected: str) -> None:
    assert sentence(node(tree)) == expected


def test_fragments_are_chips_for_a_page() -> None:
    found = fragments(node({"all": [leaf("country", "eq", "DE"), leaf("name", "is_not_empty")]}))
    assert [(piece.kind, piece.text) for piece in found] == [
        ("field", "Country"),
        ("operator", "is"),
        ("value", "Germany"),
        ("join", "and"),
        ("field", "Name"),
        ("operator", "is not empty"),
    ]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"s.country": "US"}, "Country is US, asked for: one of Germany, France, CH"),
        ({"s.country": "de", "s.employees": 120}, "Employees is 120, asked for: at least 1,500"),
        ({"s.country": "de", "s.name": "Chief@example.com"}, "Name is Chief@example.com"),
        ({}, "Country is empty, asked for: one of Germany, France, CH"),
    ],
)
def test_the_first_failing_leaf_explains_a_refusal(record: dict[str, Any], reason: str) -> None:
    result = evaluate(node(RULE), record, now=NOW)
    culprit = first_failing(result)
    assert not result.passed
    assert culprit is not None
    assert because(culprit) == reason


def test_a_pass_has_no_culprit_and_every_leaf_is_explained() -> None:
    result = evaluate(node(RULE), {"s.country": "DE", "s.employees": 2000}, now=NOW)
    assert first_failing(result) is None
    assert [part.passed for part in result.parts] == [True, True, True]
    assert [part.passed for part in result.parts[1].parts] == [True, False]
    assert result.parts[1].parts[0].actual == 2000
    assert first_failing(evaluate(node({"any": []}), {})) is None


class VisitsSince(CustomTest):
    """At least n of a record's visits, which are instants."""

    operators = ("gte",)

    def refusal(self, operator: str, value: Any) -> tuple[str, str] | None:
        return None if isinstance(value, dict) and "times" in value else ("needs times", 'write {"times": 3}')

    def to_q(self, operator: str, value: Any, now: datetime, prefix: str, among: Any = None, each: bool = False) -> Q:
        return Q(**{f"{prefix}employees__gte": value["times"]})

    def evaluate(self, operator: str, value: Any, actual: Any, now: datetime) -> bool:
        return (actual or 0) >= value["times"]

    def words(self, operator: str, value: Any) -> tuple[str, str]:
        return "at least", f"{value['times']} times"


VISITS = Catalogue("visits", Specimen, [Field("s.visits", "Visited", Type.NUMBER, custom=VisitsSince())])


@pytest.mark.django_db
@pytest.mark.usefixtures("specimen_tables")
def test_a_custom_test_has_its_own_value_sql_and_words() -> None:
    once, often = store({**ABSENT, "employees": None}), store({**ABSENT, "employees": 5})
    tree = {"field": "s.visits", "op": "gte", "value": {"times": 3}}
    visits = parse(tree, VISITS)
    assert Specimen.objects.filter(to_q(visits, VISITS)).get() == often
    assert Specimen.objects.filter(to_q(Not(visits), VISITS)).get() == once
    assert compile_predicate(visits)({"s.visits": 3}, NOW) is True
    assert sentence(visits) == "Visited at least 3 times"
    with pytest.raises(ConditionError, match=r'value: needs times; write \{"times": 3\}'):
        parse({**tree, "value": 3}, VISITS)


@pytest.mark.django_db
@pytest.mark.usefixtures("specimen_tables")
def test_a_condition_filters_from_another_root_by_its_prefix() -> None:
    firms = Catalogue("firm", Firm, [Field("firm.name", "Firm", Type.TEXT, "name")])
    specimen = store({**ABSENT, "firm": ("Acme", 5)})
    store(ABSENT)
    acme = parse({"field": "firm.name", "op": "eq", "value": "ACME"}, firms)
    assert Specimen.objects.filter(to_q(acme, firms, prefix="firm__")).get() == specimen


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (leaf("country", "eq", "de"), leaf("country", "in", ["DE", "FR"])),
        (leaf("country", "eq", "DE"), leaf("country", "ne", "FR")),
        (leaf("country", "in", ["DE", "FR"]), leaf("country", "is_not_empty")),
        (leaf("country", "is_empty"), leaf("country", "not_in", ["DE"])),
        (leaf("name", "eq", "Chief of Staff"), leaf("name", "contains", "CHIEF")),
        (leaf("name", "starts_with", "abc"), leaf("name", "starts_with", "AB")),
        (leaf("name", "ends_with", "abc"), leaf("name", "contains", "b")),
        (leaf("name", "not_in", ["a", "b"]), leaf("name", "ne", "a")),
        (leaf("employees", "gte", 500), leaf("employees", "gt", 100)),
        (leaf("employees", "between", [5, 9]), leaf("employees", "lte", 9)),
        (leaf("employees", "gt", 5), leaf("employees", "not_in", [1, 5])),
        (leaf("born", "eq", "2026-01-05"), leaf("born", "before", "2026-02-01")),
        (leaf("seen_at", "in_last_days", 7), leaf("seen_at", "in_last_days", 30)),
        (leaf("tags", "contains", "a"), leaf("tags", "in", ["A", "b"])),
        (leaf("properties.n", "eq", 7), leaf("properties.n", "gte", 5)),
        ({"all": [leaf("country", "eq", "DE"), leaf("employees", "gt", 9)]}, leaf("employees", "gt", 8)),
        (leaf("country", "in", ["DE", "FR"]), {"any": [leaf("country", "eq", "FR"), leaf("country", "eq", "DE")]}),
        ({"not": {"any": [leaf("name", "is_empty"), leaf("born", "is_empty")]}}, leaf("born", "is_not_empty")),
        ({"any": []}, leaf("name", "eq", "x")),
        (leaf("name", "eq", "x"), {"all": []}),
    ],
)
def test_a_narrow_condition_implies_a_wide_one_but_not_the_other_way(narrow: Any, wide: Any) -> None:
    assert implies(node(narrow), node(wide))
    assert implies(node(narrow), node(narrow))
    if narrow != {"any": []} and wide != {"any": [leaf("country", "eq", "FR"), leaf("country", "eq", "DE")]}:
        assert not implies(node(wide), node(narrow))


@pytest.mark.parametrize(
    "parts",
    [
        [leaf("country", "eq", "DE"), leaf("country", "eq", "FR")],
        [leaf("country", "in", ["DE", "FR"]), leaf("country", "ne", "de"), leaf("country", "ne", "fr")],
        [leaf("employees", "gt", 5), leaf("employees", "lte", 5)],
        [leaf("name", "starts_with", "a"), leaf("name", "starts_with", "b")],
        [leaf("name", "is_empty"), leaf("name", "contains", "a")],
        [leaf("born", "before", "2026-01-01"), leaf("born", "gte", "2026-01-01")],
        [{"any": [leaf("name", "eq", "a"), leaf("name", "eq", "b")]}, leaf("name", "eq", "c")],
    ],
)
def test_contradictions_are_found(parts: list[Any]) -> None:
    assert is_unsatisfiable(node({"all": parts}))
    assert not is_unsatisfiable(node({"any": parts}))


def test_what_depends_on_the_clock_or_is_too_large_is_left_open() -> None:
    assert not implies(node(leaf("seen_at", "in_last_days", 7)), node(leaf("seen_at", "after", "1990-01-01")))
    wide = AllOf(
        tuple(AnyOf((node(leaf("name", "ne", f"{n}")), node(leaf("name", "ne", f"{n}x")))) for n in range(250))
    )
    assert not is_unsatisfiable(wide)


plain_rows = rows.map(
    lambda row: Specimen(**{**row, "firm": row["firm"] and Firm(name=row["firm"][0], employees=row["firm"][1])})
)


@settings(max_examples=150)
@given(trees, trees, st.lists(plain_rows, min_size=1, max_size=5))
def test_a_proof_never_contradicts_a_record(one: Any, two: Any, specimens: list[Specimen]) -> None:
    a, b = node(one), node(two)
    passes_a, passes_b = compile_predicate(a), compile_predicate(b)
    records = [InstanceRecord(specimen, CATALOGUE) for specimen in specimens]
    answers = {(passes_a(record, NOW), passes_b(record, NOW)) for record in records}
    assert not (is_unsatisfiable(a) and {(True, True), (True, False)} & answers)
    assert not (implies(a, b) and (True, False) in answers)


def test_now_is_taken_from_the_clock_when_not_given() -> None:
    assert compile_predicate(node(leaf("seen_at", "in_last_days", 1)))({"s.seen_at": datetime.now(UTC)}) is True
