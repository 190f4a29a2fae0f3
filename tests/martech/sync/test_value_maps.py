"""Which value of ours is which of theirs, in an order that counts."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from martech.sync.convergence import find_counterexample
from martech.sync.rules import FieldRule, Truth
from martech.sync.value_maps import (
    OURS,
    as_rows,
    contradictions,
    ordered,
    pairs_of,
    put_first,
    several,
    shared,
    words_of,
)

PAIRS = st.dictionaries(st.text("abcde", min_size=1, max_size=3), st.sampled_from("xyz")).map(lambda d: list(d.items()))


@given(PAIRS)
def test_a_map_survives_its_document_in_its_order(pairs: list[tuple[str, str]]) -> None:
    stored = json.loads(json.dumps(as_rows(pairs)))
    assert pairs_of(stored) == pairs
    assert ordered({"fields": [{"values": dict(pairs)}]}) == {"fields": [{"values": as_rows(pairs)}]}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("uvwxyz"))), st.data())
def test_of_several_words_for_one_the_chosen_is_written_and_all_agree(
    given_pairs: list[tuple[str, str]], data: st.DataObject
) -> None:
    wrong = contradictions(given_pairs)
    pairs = [pair for index, pair in enumerate(given_pairs) if index not in wrong]
    chosen = {ours: data.draw(st.sampled_from(theirs)) for ours, theirs in several(pairs).items()}
    found = put_first(pairs, list(chosen.items()), OURS)
    assert sorted(found) == sorted(pairs)
    words = words_of(found)
    rule = FieldRule("stage", "stage", values=words.written, reads=words.read)
    assert all(rule.pushed(ours) == theirs for ours, theirs in chosen.items())
    if not contradictions(found):
        further = [(ours, theirs) for ours, theirs in found if rule.values[ours] != theirs]
        assert all(rule.pulled(theirs) == ours and rule.says(ours, theirs) for ours, theirs in further)


def test_a_further_word_that_another_one_has_too_is_refused() -> None:
    found = contradictions([("lead", "a"), ("lead", "b"), ("mql", "b")])
    assert found[1][0] == "“b” is a further word for “lead”, and “mql” has it, too"
    assert contradictions([("lead", "a"), ("lead", "b"), ("mql", "a")]) == {}
    assert contradictions([("lead", "a"), ("lead", "a")])[1][0] == "“lead” with “a” stands twice"


def test_a_map_of_several_words_comes_to_rest_whoever_counts() -> None:
    words = words_of([("lead", "new"), ("lead", "subscriber"), ("customer", "won")])
    rule = FieldRule("lifecycle_stage", "stage", values=words.written, reads=words.read)
    for truth in (Truth.NEWEST, Truth.OURS, Truth.THEIRS):
        assert find_counterexample("lifecycle_stage", {"hubspot": replace(rule, truth=truth)}) is None


@given(PAIRS, st.data())
def test_what_is_chosen_comes_back_and_nothing_else_changes(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    chosen = {theirs: data.draw(st.sampled_from(ours)) for theirs, ours in shared(pairs).items()}
    found = put_first(pairs, [(ours, theirs) for theirs, ours in chosen.items()])
    assert sorted(found) == sorted(pairs)
    assert {theirs: ours[0] for theirs, ours in shared(found).items()} == chosen
    rest = [pair for pair in found if pair[0] not in chosen.values()]
    assert rest == [pair for pair in pairs if pair[0] not in chosen.values()]
    rule = FieldRule("stage", "stage", values=dict(found))
    assert all(rule.pulled(theirs) == ours for theirs, ours in chosen.items())
