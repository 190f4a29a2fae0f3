"""The graph of a lifecycle: what it lets happen by itself, and what is wrong with a document."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.condition_fields import person_catalogue
from martech.lifecycle.document import FORWARD, STAGES, default_document, rank, reachable
from martech.lifecycle.reading import Reading, read_lifecycle
from tests.martech.lifecycle.graphs import GERMAN, document


def read(text: Any) -> Reading:
    return read_lifecycle(text, person_catalogue())


def test_the_usual_lifecycle_has_no_findings() -> None:
    assert read(default_document()).findings == ()
    assert read(default_document()).lifecycle.keys == STAGES


pairs = st.lists(st.tuples(st.sampled_from(STAGES), st.sampled_from(STAGES)).filter(lambda pair: pair[0] != pair[1]))


@given(pairs)
def test_nobody_moves_backward_by_themselves_whatever_the_graph(moves: list[tuple[str, str]]) -> None:
    text = {**document(), "moves": [list(pair) for pair in moves]}
    lifecycle = read(text).lifecycle
    for target in lifecycle.keys:
        for source in lifecycle.automatic_sources(target):
            assert source == "recycled" or rank(source) < rank(target)
            assert (source, target) in lifecycle.moves


@given(st.sets(st.sampled_from(STAGES)), pairs)
def test_what_is_reachable_is_closed_under_moves(starts: set[str], moves: list[tuple[str, str]]) -> None:
    reached = reachable(starts, moves)
    assert starts <= reached
    assert all(target in reached for source, target in moves if source in reached)


def altered(**changes: Any) -> dict[str, Any]:
    return {**default_document(), **changes}


def with_stage(key: str, **fields: Any) -> dict[str, Any]:
    text = default_document()
    next(stage for stage in text["stages"] if stage["key"] == key).update(fields)
    return text


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        (altered(moves=[["lead", "lead"]]), "moves[0]", "to itself"),
        (altered(moves=[["lead", "partner"]]), "moves[0]", "“partner” is no stage"),
        (altered(stages=[{"key": "mql"}], moves=[]), "stages", "has no lead"),
        (altered(stages=[{"key": "lead"}, {"key": "lead"}], moves=[]), "stages[1].key", "there twice"),
        (altered(stages=[{"key": "lead"}, {"key": "mql"}], moves=[]), "stages[1]", "cannot be reached"),
        (with_stage("recycled", when=GERMAN), "stages[7]", "never entered by itself"),
        (with_stage("mql", when={"any": []}), "stages[2].when", "can never be true"),
        (with_stage("mql", stuck_after_days=0), "stages[2].stuck_after_days", "0 is not allowed"),
        (
            {**with_stage("mql", when=GERMAN), "moves": [["lead", "sal"], ["sal", "mql"]]},
            "stages[2].when",
            "no earlier stage leads to mql",
        ),
    ],
)
def test_what_is_wrong_with_a_lifecycle_is_said_where_it_stands(text: Any, path: str, reason: str) -> None:
    reading = read(text)
    assert not reading.is_usable
    assert path in [finding.path for finding in reading.findings if reason in finding.reason]


@given(
    st.recursive(
        st.none() | st.integers() | st.sampled_from(FORWARD),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["stages", "moves", "key", "when", "on_deal"]), inner)
        ),
    )
)
def test_no_document_breaks_the_reader(text: Any) -> None:
    read(text)
