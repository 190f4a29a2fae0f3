"""The hash tree names exactly the rows that differ."""

from hypothesis import given, settings
from hypothesis import strategies as st

from martech.sync.hashtree import HashTree, bucket_of, differences

numbers = st.integers(-(2**63), 2**63 - 1)
sets = st.dictionaries(st.text(max_size=12), numbers, max_size=60)


def tree(rows: dict[str, int], *, backwards: bool = False) -> HashTree:
    made = HashTree()
    made.update(reversed(list(rows.items())) if backwards else rows.items())
    return made


@settings(max_examples=25)
@given(sets, sets)
def test_exactly_the_differing_rows_are_found(one: dict[str, int], other: dict[str, int]) -> None:
    found = {key: (here, there) for key, here, there in differences(tree(one), tree(other))}
    assert found == {key: (one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)}


@settings(max_examples=25)
@given(sets)
def test_the_order_of_the_rows_does_not_count(rows: dict[str, int]) -> None:
    assert tree(rows).root() == tree(rows, backwards=True).root()


@settings(max_examples=25)
@given(sets.filter(bool), st.data())
def test_one_change_changes_the_root_and_taking_it_back_restores_it(rows: dict[str, int], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(rows)))
    made = tree(rows)
    before = made.root()
    made.add(key, rows[key] ^ 1)
    assert made.root() != before
    made.add(key, rows[key])
    assert made.root() == before


def test_a_few_differences_among_many_rows_are_found() -> None:
    rows = {str(number): number for number in range(20_000)}
    other = {**rows, "7": -1, "new": 5}
    del other["19999"]
    assert sorted(differences(tree(rows), tree(other))) == [("19999", 19999, None), ("7", 7, -1), ("new", None, 5)]


def test_ids_spread_over_the_leaves() -> None:
    used = {bucket_of(f"00Q{number:015d}") for number in range(40_000)}
    assert len(used) > 4_000
