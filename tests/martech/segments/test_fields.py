"""Counted events, consent and nested segments: the same answer over a table and about one record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from martech.models import DealPerson, Person, PersonConsent, Segment, SegmentMembership, Touch
from martech.selectors.segments import leaves_few
from mops.core.conditions import (
    ConditionError,
    because,
    compile_predicate,
    dump,
    evaluate,
    first_failing,
    get_catalogue,
    parse,
    sentence,
    to_q,
)
from tests.factories import make_deal, make_person

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
KINDS = ("form", "Form", "page", "webinar")


def did(op: str, times: int, days: int | None = None, where: Any = None) -> dict[str, Any]:
    value: dict[str, Any] = {"times": times}
    value |= {} if days is None else {"days": days}
    return {"field": "person.touches", "op": op, "value": value if where is None else {**value, "where": where}}


def kind_is(kind: str) -> dict[str, Any]:
    return {"field": "touch.kind", "op": "eq", "value": kind}


wheres = st.none() | st.sampled_from(
    [
        kind_is("form"),
        {"not": kind_is("form")},
        {"any": [kind_is("page"), {"field": "touch.kind", "op": "in", "value": ["webinar"]}]},
        {"all": []},
    ]
)
counts = st.builds(did, st.just("gte"), st.integers(1, 3), st.none() | st.integers(1, 4), wheres) | st.builds(
    did, st.sampled_from(["lte", "eq"]), st.integers(0, 3), st.none() | st.integers(1, 4), wheres
)
states = st.sampled_from(["granted", "withdrawn", "expired", "none"])
said = st.builds(
    lambda op, state: {
        "field": "person.consent",
        "op": op,
        "value": {"purpose": "newsletter", "channel": "email", "state": state},
    },
    st.sampled_from(["eq", "ne"]),
    states,
)
inside = st.builds(
    lambda op, keys: {"field": "person.segment", "op": op, "value": keys if "in" in op else keys[0]},
    st.sampled_from(["eq", "ne", "in", "not_in"]),
    st.sampled_from([["one"], ["two"], ["one", "two"]]),
)
trees = st.recursive(
    counts | said | inside,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(inner, max_size=3).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=4,
)
touches = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.sampled_from([0, 1, -1])), max_size=4)
consents = st.none() | st.tuples(
    st.sampled_from(["granted", "withdrawn"]), st.none() | st.sampled_from([NOW, NOW + timedelta(seconds=1)])
)
people = st.tuples(touches, consents, st.sets(st.sampled_from(["one", "two"])))


def store(segments: dict[str, Segment], given_touches: Any, consent: Any, keys: Any) -> tuple[int, dict[str, Any]]:
    """A person, and the record of the same."""
    person = make_person()
    moments = [(kind, NOW - timedelta(days=days) + timedelta(microseconds=tick)) for kind, days, tick in given_touches]
    Touch.objects.bulk_create(Touch(person=person, kind=kind, at=at) for kind, at in moments)
    for key in keys:
        SegmentMembership.objects.create(segment=segments[key], person=person, entered_at=NOW)
    record: dict[str, Any] = {
        "person.touches": [{"touch.kind": kind, "at": at} for kind, at in moments],
        "person.consent": [],
        "person.segment": list(keys),
    }
    if consent:
        row = {"purpose": "newsletter", "channel": "email", "state": consent[0], "ends_at": consent[1]}
        PersonConsent.objects.create(person=person, since=NOW, **row)
        record["person.consent"] = [row]
    return person.pk, record


class Agreement(TestCase):
    @settings(max_examples=60)
    @given(st.lists(trees, min_size=1, max_size=3), st.lists(people, min_size=1, max_size=3))
    def test_sql_in_each_of_its_ways_and_the_record_agree(self, some_trees: list[Any], some_people: list[Any]) -> None:
        segments = {key: Segment.objects.create(key=key, name=key) for key in ("one", "two")}
        records = dict(store(segments, *one) for one in some_people)
        catalogue = get_catalogue("segment")
        for tree in some_trees:
            node = parse(tree, catalogue)
            assert parse(dump(node), catalogue) == node
            found = Person.objects.filter(to_q(node, catalogue, now=NOW)).values_list("pk", flat=True)
            some = sorted(records)[:2]
            among = Person.objects.filter(pk__in=some).filter(to_q(node, catalogue, now=NOW, among=some))
            each = Person.objects.filter(to_q(node, catalogue, now=NOW, each=True)).values_list("pk", flat=True)
            predicate = compile_predicate(node)
            expected = {pk for pk, record in records.items() if predicate(record, NOW)}
            assert set(found) == set(each) == expected, tree
            assert set(among.values_list("pk", flat=True)) == expected & set(some), tree
            for pk, record in records.items():
                assert evaluate(node, record, now=NOW).passed is (pk in expected)


@pytest.mark.django_db
def test_counted_events_read_as_a_sentence_and_say_why_not() -> None:
    node = parse(did("gte", 2, 30, kind_is("form")), get_catalogue("segment"))
    assert sentence(node) == "Did at least 2 times in the last 30 days where (Kind of touch is Filled in a form)"
    assert sentence(parse(did("eq", 0), get_catalogue("segment"))) == "Did never"
    record = {"person.touches": [{"touch.kind": "form", "at": NOW}, {"touch.kind": "page", "at": NOW}]}
    culprit = first_failing(evaluate(node, record, now=NOW))
    assert culprit is not None
    assert because(culprit).startswith("Did is 1, asked for: at least 2 times in the last 30 days")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (3, "is not a count of events"),
        ({"times": -1}, "has no usable times"),
        ({"times": True}, "has no usable times"),
        ({"times": 0}, "is always true"),
        ({"times": 1, "days": 0}, "has no usable days"),
        ({"times": 1, "where": {"field": "touch.knd", "op": "eq", "value": "x"}}, "is wrong in where"),
        ({"times": 1, "within": 3}, "is not a count of events"),
    ],
)
def test_a_wrong_count_is_refused_with_its_reason(value: Any, reason: str) -> None:
    with pytest.raises(ConditionError, match=reason):
        parse({"field": "person.touches", "op": "gte", "value": value}, get_catalogue("segment"))


@pytest.mark.django_db
def test_deals_are_counted_by_what_they_are() -> None:
    rich, poor = make_person(), make_person()
    for person, amount in ((rich, 5000), (poor, 10)):
        DealPerson.objects.create(person=person, deal=make_deal(amount=amount, state="open"))
    big = {"field": "deal.amount", "op": "gte", "value": 1000}
    node = parse({"field": "person.deals", "op": "gte", "value": {"times": 1, "where": big}}, get_catalogue("segment"))
    assert list(Person.objects.filter(to_q(node, get_catalogue("segment")))) == [rich]
    assert sentence(node) == "Deals at least 1 deal where (Amount at least 1,000)"


@pytest.mark.django_db
def test_events_are_read_person_by_person_only_where_the_rest_of_the_condition_leaves_few() -> None:
    Person.objects.bulk_create(Person(email=f"p{n}@acme.example", country="DE" if n % 50 else "FR") for n in range(500))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE martech_person")
    french, german = ({"field": "person.country", "op": "eq", "value": code} for code in ("FR", "DE"))
    events = did("gte", 2, 30)

    def few(*parts: Any) -> bool:
        return leaves_few(parse({"all": list(parts)}, get_catalogue("segment")), NOW)

    assert few(french, events)
    assert not few(german, events)
    assert not few(events)
    assert not few(french)
