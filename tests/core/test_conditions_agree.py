"""SQL, the explanation and the compiled predicate give the same answer for any tree and any row."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from mops.core.conditions import (
    NO_LEAF,
    OPERATORS,
    Blame,
    InstanceRecord,
    Not,
    compile_predicate,
    dump,
    evaluate,
    first_failing,
    leaves,
    parse,
    to_expression,
    to_q,
)
from mops.core.conditions.folding import fold, folded_column
from mops.core.conditions.operators import OPERATORS_OF, WITH_DAYS, WITH_LIST, WITHOUT_VALUE, Type
from tests.core.condition_specimens import CATALOGUE, NOW, Firm, Specimen, specimen_tables

__all__ = ["specimen_tables"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("specimen_tables")]

ODD_TEXTS = (
    *("a", "A", "aB", "ab", "Ä", "ä", "äÖ", "ÄÖ", "straße", "STRASSE", "STRAẞE", "İ", "i", "I", "ı", "Σ", "σ", "ς"),
    *(
        "ſ",
        "s",
        "K",
        "k",
        "é",
        "e\u0301",
        "%",
        "_",
        "\\",
        "a%b",
        "a_b",
        "\\a",
        "'",
        '"',
        "{0}",
        "true",
        "TRUE",
        "False",
    ),
    *("5", "5.0", "-3", "05", "1e3", "5\n", "٥", "2026-03-14", "2026-03-14T10:00", "2026-03-14t10", "2026-02-31", " "),
    *("ſ", "ᾼ", "ᾳ", "Ꭰ", "ꭰ", "Ǆ", "ǅ", "ǆ", "𐐀", "𐐨", "µ", "μ", "Å", "å"),
)
storable = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6)
texts = st.sampled_from(ODD_TEXTS) | storable.filter(bool)
small_numbers = st.sampled_from([-3, 0, 1, 5, 500, 5.0, 0.1, 2.5, -0.1])
numbers = small_numbers | st.integers(-(10**6), 10**6) | st.decimals(-1000, 1000, places=2).map(float)
days = st.sampled_from(["2026-03-08", "2026-03-14", "2026-03-15", "2026-03-29", "2026-03-30"])
instants = st.sampled_from(["2026-03-14T23:00:00+00:00", "2026-03-15T00:00:00+01:00", "2026-03-15T12:00:00.000001Z"])
PROPERTY_NAMES = ("plan", "Company.Name", "é", "0", "a b")


def _scalar(kind: Type) -> st.SearchStrategy[Any]:
    return {
        Type.NUMBER: numbers,
        Type.BOOLEAN: st.booleans(),
        Type.DATE: days,
        Type.DATETIME: days | instants,
    }.get(kind, texts)


def _values(kind: Type, op: str) -> st.SearchStrategy[Any]:
    if op in WITHOUT_VALUE:
        return st.none()
    if op in WITH_DAYS:
        return st.sampled_from([1, 7, 30, 36_500])
    if kind is Type.JSON:
        if op in ("before", "after"):
            return days
        if op in ("gt", "gte", "lt", "lte"):
            return days | numbers
        if op in ("between",):
            return st.sampled_from([days, numbers]).flatmap(_ordered)
        if op in ("eq", "ne"):
            return texts | numbers | st.booleans()
        if op in WITH_LIST:
            some = st.sampled_from([texts, numbers, st.booleans()])
            return some.flatmap(lambda of: st.lists(of, min_size=1, max_size=3))
        return texts
    if op in WITH_LIST:
        return st.lists(_scalar(kind), min_size=1, max_size=3)
    return _ordered(days if kind is Type.DATETIME else _scalar(kind)) if op == "between" else _scalar(kind)


def _ordered(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, min_size=2, max_size=2).map(sorted)


@st.composite
def leaf_trees(draw: st.DrawFn) -> dict[str, Any]:
    spec = draw(st.sampled_from([*CATALOGUE.fields.values()]))
    op = draw(st.sampled_from(OPERATORS_OF[spec.type]))
    key = spec.key.replace("*", draw(st.sampled_from(PROPERTY_NAMES)))
    value = draw(_values(spec.type, op))
    return {"field": key, "op": op} if value is None else {"field": key, "op": op, "value": value}


trees = st.recursive(
    leaf_trees(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
any_texts = st.just("") | texts
json_scalars = st.none() | any_texts | numbers | st.booleans() | days
json_values = json_scalars | st.lists(json_scalars, max_size=3) | st.just({}) | st.just({"a": "a"})
row_days = st.none() | st.sampled_from([date(2026, 3, 8), date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 29)])
row_instants = st.none() | st.sampled_from(
    [
        datetime(2026, 3, 14, 22, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 14, 23, tzinfo=UTC),
        NOW,
        datetime(2026, 3, 8, 12, tzinfo=UTC),
        datetime(2026, 3, 15, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    ]
)
rows = st.fixed_dictionaries(
    {
        "name": st.none() | any_texts,
        "country": any_texts,
        "employees": st.none() | st.sampled_from([-3, 0, 1, 5, 500]),
        "amount": st.none() | st.sampled_from([Decimal("0.10"), Decimal(5), Decimal("2.50"), Decimal("-0.1")]),
        "ratio": st.none() | st.sampled_from([0.1, 5.0, 2.5, 1e22, float("inf"), float("nan"), -0.1]),
        "is_active": st.none() | st.booleans(),
        "born": row_days,
        "seen_at": row_instants,
        "tags": st.none() | st.lists(st.none() | any_texts, max_size=3),
        "labels": st.none() | st.lists(json_scalars, max_size=3) | st.just("a") | st.just({}),
        "properties": st.none()
        | st.dictionaries(st.sampled_from(PROPERTY_NAMES), json_values)
        | st.just([1])
        | st.just("plan"),
        "firm": st.none() | st.tuples(any_texts, st.none() | st.integers(-5, 600)),
    }
)


def store(row: dict[str, Any]) -> Specimen:
    firm = row["firm"] and Firm.objects.create(name=row["firm"][0], employees=row["firm"][1])
    return Specimen.objects.create(**{**row, "firm": firm})


def answers(tree: dict[str, Any]) -> dict[str, set[int]]:
    node = parse(tree, CATALOGUE)
    predicate = compile_predicate(node)
    records = {specimen.pk: InstanceRecord(specimen, CATALOGUE) for specimen in Specimen.objects.select_related("firm")}
    everyone = set(records)
    hits = Specimen.objects.annotate(hit=to_expression(node, CATALOGUE, now=NOW)).values_list("pk", "hit")
    refused = Specimen.objects.filter(to_q(Not(node), CATALOGUE, now=NOW))
    return {
        "sql": set(Specimen.objects.filter(to_q(node, CATALOGUE, now=NOW)).values_list("pk", flat=True)),
        "sql of the negation": everyone - set(refused.values_list("pk", flat=True)),
        "annotation": {pk for pk, hit in hits if hit is True},
        "explanation": {pk for pk, record in records.items() if evaluate(node, record, now=NOW).passed},
        "predicate": {pk for pk, record in records.items() if predicate(record, NOW)},
    }


def assert_agreement(tree: dict[str, Any]) -> set[int]:
    found = answers(tree)
    assert len(set(map(frozenset, found.values()))) == 1, (tree, found)
    return found["predicate"]


@settings(max_examples=60)
@given(st.lists(trees, min_size=1, max_size=4), st.lists(rows, min_size=1, max_size=4))
def test_sql_explanation_and_predicate_agree(some_trees: list[dict[str, Any]], some_rows: list[dict[str, Any]]) -> None:
    Specimen.objects.all().delete()
    for row in some_rows:
        store(row)
    for tree in some_trees:
        assert_agreement(tree)
        node = parse(tree, CATALOGUE)
        assert parse(dump(node), CATALOGUE) == node


ABSENT: dict[str, Any] = {
    "name": None,
    "country": "",
    "employees": None,
    "amount": None,
    "ratio": None,
    "is_active": None,
    "born": None,
    "seen_at": None,
    "tags": [],
    "labels": None,
    "properties": {"plan": None},
    "firm": None,
}
SAMPLE: dict[Type, Any] = {Type.NUMBER: 5, Type.BOOLEAN: True, Type.DATE: "2026-03-14", Type.DATETIME: "2026-03-14"}


@given(st.lists(trees, min_size=1, max_size=3), st.lists(rows, min_size=1, max_size=4))
def test_who_is_blamed_is_the_first_failing_leaf_of_every_condition(
    some_trees: list[dict[str, Any]], some_rows: list[dict[str, Any]]
) -> None:
    nodes = [parse(tree, CATALOGUE) for tree in some_trees]
    blame = Blame(nodes, lambda blamed: blamed)
    for row in some_rows:
        firm = row["firm"] and Firm(name=row["firm"][0], employees=row["firm"][1])
        record = InstanceRecord(Specimen(**{**row, "firm": firm}), CATALOGUE)
        for node, blamed in zip(nodes, blame(record, NOW), strict=True):
            result = evaluate(node, record, now=NOW)
            failing = first_failing(result)
            assert (blamed is None) is result.passed
            if failing is None:
                assert blamed in (None, NO_LEAF)
            else:
                assert list(leaves(node))[blamed] is failing.node


def sample_tree(spec: Any, op: str) -> dict[str, Any]:
    key, value = spec.key.replace("*", "plan"), SAMPLE.get(spec.type, "a")
    if spec.type is Type.JSON and op in ("gt", "gte", "lt", "lte", "between"):
        value = 5
    if spec.type is Type.JSON and op in ("before", "after"):
        value = "2026-03-14"
    if op in WITHOUT_VALUE:
        return {"field": key, "op": op}
    value = [value] if op in WITH_LIST else [value, value] if op == "between" else 7 if op in WITH_DAYS else value
    return {"field": key, "op": op, "value": value}


@pytest.mark.parametrize(
    ("key", "op"), [(spec.key, op) for spec in CATALOGUE.fields.values() for op in OPERATORS_OF[spec.type]]
)
def test_an_absent_value_satisfies_only_the_four_that_ask_for_no_value(key: str, op: str) -> None:
    specimen = store(ABSENT)
    expected = {specimen.pk} if op in ("is_empty", "ne", "not_in", "not_contains") else set()
    assert assert_agreement(sample_tree(CATALOGUE.fields[key], op)) == expected


@pytest.mark.parametrize("properties", [None, {}, {"plan": None}, {"plan": ""}, {"plan": []}, [1], "plan"])
@pytest.mark.parametrize("op", OPERATORS)
def test_every_kind_of_missing_property_is_absent(properties: Any, op: str) -> None:
    specimen = store({**ABSENT, "properties": properties})
    expected = {specimen.pk} if op in ("is_empty", "ne", "not_in", "not_contains") else set()
    assert assert_agreement(sample_tree(CATALOGUE.fields["s.properties.*"], op)) == expected


@pytest.mark.parametrize(
    ("stored", "op", "value", "passes"),
    [
        ("MÜLLER & söhne", "eq", "Müller & SÖHNE", True),
        ("ΟΔΥΣΣΕΥΣ", "ends_with", "σσευς", True),
        ("STRAẞE", "eq", "straße", True),
        ("STRASSE", "eq", "straße", False),
        ("İzmir", "starts_with", "i", False),
        ("100%", "contains", "0%", True),
        ("1000", "contains", "0%", False),
        ("a\\b", "contains", "\\", True),
        ("a_b", "contains", "a_", True),
        ("axb", "contains", "a_", False),
    ],
)
def test_text_compares_without_case_and_literally(stored: str, op: str, value: str, passes: bool) -> None:
    specimen = store({**ABSENT, "name": stored})
    assert assert_agreement({"field": "s.name", "op": op, "value": value}) == ({specimen.pk} if passes else set())


@pytest.mark.parametrize(
    ("stored", "op", "value", "passes"),
    [
        (500, "gte", 500, True),
        ("500", "gte", 500, True),
        ("500 EUR", "gte", 5, False),
        (0.1, "eq", 0.1, True),
        (True, "eq", 1, False),
        (500, "eq", "500", False),
        (True, "eq", True, True),
        ("True", "eq", True, True),
        (["Pro", "Free"], "contains", "pro", True),
        (["Pro", "Free"], "contains", "pr", False),
        (["Pro"], "eq", "pro", False),
        ("2026-03-14T22:00:00Z", "in_last_days", 1, True),
        ("2026-03-13", "in_last_days", 1, False),
        ("yesterday", "before", "2026-03-14", False),
        ({"a": 1}, "is_empty", None, False),
    ],
)
def test_a_property_is_compared_by_the_type_of_the_value(stored: Any, op: str, value: Any, passes: bool) -> None:
    specimen = store({**ABSENT, "properties": {"plan": stored}})
    tree = {"field": "s.properties.plan", "op": op, **({} if value is None else {"value": value})}
    assert assert_agreement(tree) == ({specimen.pk} if passes else set())


def test_a_day_of_an_instant_is_a_day_of_the_companys_zone() -> None:
    specimen = store({**ABSENT, "seen_at": datetime(2026, 3, 14, 23, 30, tzinfo=UTC)})
    assert assert_agreement({"field": "s.seen_at", "op": "eq", "value": "2026-03-15"}) == {specimen.pk}
    assert assert_agreement({"field": "s.seen_at", "op": "eq", "value": "2026-03-14"}) == set()


def test_empty_groups_are_true_and_false_beside_other_parts() -> None:
    specimen = store(ABSENT)
    never = {"field": "s.name", "op": "eq", "value": "a"}
    assert assert_agreement({"all": []}) == {specimen.pk}
    assert assert_agreement({"any": []}) == set()
    assert assert_agreement({"any": [{"all": []}, never]}) == {specimen.pk}
    assert assert_agreement({"all": [{"any": []}, {"all": []}]}) == set()


def test_a_tree_over_related_rows_is_one_statement(django_assert_num_queries: Any) -> None:
    store({**ABSENT, "firm": ("Acme", 600)})
    node = parse({"any": [{"field": "firm.employees", "op": "gte", "value": 500}, {"not": {"all": []}}]}, CATALOGUE)
    with django_assert_num_queries(1):
        assert Specimen.objects.filter(to_q(node, CATALOGUE, now=NOW)).count() == 1


def test_an_index_on_the_folded_column_serves_text() -> None:
    with connection.cursor() as cursor:
        table = Specimen._meta.db_table
        cursor.execute(f'CREATE INDEX by_name ON "{table}" (lower(name COLLATE "C"))')
        cursor.execute("SET LOCAL enable_seqscan = off")
    for op in ("eq", "in", "starts_with"):
        value = ["ACME"] if op == "in" else "ACME"
        node = parse({"field": "s.name", "op": op, "value": value}, CATALOGUE)
        plan = Specimen.objects.filter(to_q(node, CATALOGUE)).explain()
        assert "by_name" in plan
        assert "Index Cond" in plan


def test_every_character_of_unicode_folds_the_same_in_sql() -> None:
    everything = "".join(chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF)
    store(ABSENT)
    for start in range(0, len(everything), 10_000):  # PostgreSQL compares each character with each that is translated
        text = everything[start : start + 10_000]
        Specimen.objects.update(name=text)
        rows_folded = Specimen.objects.annotate(folded=folded_column(F("name"), [fold(text)]))
        assert rows_folded.get().folded == fold(text)
    assert fold(fold(everything)) == fold(everything)
    assert not [c for c in everything if not c.isascii() and fold(c).isascii()]


@given(st.lists(texts, min_size=1, max_size=5), texts)
def test_a_constant_finds_exactly_the_texts_that_fold_to_it(stored: list[str], constant: str) -> None:
    store(ABSENT)
    for text in stored:
        value = folded_column(Value(text), [fold(constant)])
        sql = Specimen.objects.annotate(folded=value).values_list("folded", flat=True)[0]
        assert (sql == fold(constant)) is (fold(text) == fold(constant))
        assert (fold(constant) in sql) is (fold(constant) in fold(text))
