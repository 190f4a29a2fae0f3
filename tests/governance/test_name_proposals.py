"""A name to begin with, where a title follows no rule."""

from hypothesis import given
from hypothesis import strategies as st

from governance.taxonomy import grammar_of, parse, proposal

GRAMMAR = grammar_of(
    " | ",
    [
        {"key": "region", "label": "Region", "values": ["EMEA", "DACH"]},
        {"key": "programme", "label": "Programme", "values": ["Demand", "Brand"]},
        {"key": "theme", "label": "Theme"},
    ],
)


def test_what_is_known_is_taken_and_the_title_is_the_free_part() -> None:
    assert proposal(GRAMMAR, "Autumn | benchmark", {"DACH", "email"}) == "DACH | Demand | Autumn benchmark"


@given(st.from_regex(r"[A-Za-z0-9]+( [A-Za-z0-9|]+){0,4}", fullmatch=True))
def test_every_proposal_is_a_name_by_the_rule(title: str) -> None:
    assert parse(GRAMMAR, proposal(GRAMMAR, title, set()))["region"] == "EMEA"
