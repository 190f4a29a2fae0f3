"""Which value of ours is which of theirs, in an order that counts."""

import json

from hypothesis import given
from hypothesis import strategies as st

from martech.sync.rules import FieldRule
from martech.sync.value_maps import as_rows, ordered, pairs_of, put_first, shared

PAIRS = st.dictionaries(st.text("abcde", min_size=1, max_size=3), st.sampled_from("xyz")).map(lambda d: list(d.items()))


@given(PAIRS)
def test_a_map_survives_its_document_in_its_order(pairs: list[tuple[str, str]]) -> None:
    stored = json.loads(json.dumps(as_rows(pairs)))
    assert pairs_of(stored) == pairs
    assert ordered({"fields": [{"values": dict(pairs)}]}) == {"fields": [{"values": as_rows(pairs)}]}


@given(PAIRS, st.data())
def test_what_is_chosen_comes_back_and_nothing_else_changes(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    chosen = {theirs: data.draw(st.sampled_from(ours)) for theirs, ours in shared(pairs).items()}
    found = put_first(pairs, list(chosen.values()))
    assert sorted(found) == sorted(pairs)
    assert {theirs: ours[0] for theirs, ours in shared(found).items()} == chosen
    rest = [pair for pair in found if pair[0] not in chosen.values()]
    assert rest == [pair for pair in pairs if pair[0] not in chosen.values()]
    rule = FieldRule("stage", "stage", values=dict(found))
    assert all(rule.pulled(theirs) == ours for theirs, ours in chosen.items())
