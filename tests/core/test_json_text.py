"""JSON that is written by the thousand."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mops.core.json_text import as_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(DOCUMENTS)
def test_what_is_written_reads_as_it_was(value):
    assert json.loads(as_json(value)) == value


def test_numbers_beyond_64_bits_keep_every_digit():
    assert as_json({"id": 2**70, "ids": [-(2**64)]}) == '{"id":1180591620717411303424,"ids":[-18446744073709551616]}'


def test_it_is_compact_and_keeps_letters():
    assert as_json({"name": "Zoë", "tags": ["a", None, True, 1.5]}) == '{"name":"Zoë","tags":["a",null,true,1.5]}'


def test_what_is_no_json_is_an_error_not_a_guess():
    with pytest.raises(TypeError):
        as_json({"at": datetime(2026, 1, 1, tzinfo=UTC)})
