"""Rows that COPY reads are the rows that were given, whatever is in them."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from mops.core.copying import ESCAPES, NULL, line_of
from mops.core.sql import texts

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VALUE = st.one_of(st.none(), TEXT, st.integers(), st.just("\\N"), st.just("a\tb"), st.just("\\"))


def read(line: str) -> list[str | None]:
    """As PostgreSQL reads a line of COPY in text format: the mark of NULL first, then what is escaped."""
    back = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
    found: list[str | None] = []
    for field in line.split("\t"):
        parts, rest = "", field
        while rest:
            step = 2 if rest[:2] in back else 1
            parts, rest = parts + back.get(rest[:step], rest[:step]), rest[step:]
        found.append(None if field == NULL else parts)
    return found


@given(st.lists(VALUE, min_size=1, max_size=6))
def test_a_line_is_read_as_it_was_written(row: list[Any]) -> None:
    line = line_of(row)
    assert not {"\n", "\r"} & set(line)
    assert read(line) == [None if value is None else str(value) for value in row]


def test_every_sign_that_copy_reads_otherwise_is_escaped() -> None:
    assert {chr(number) for number in ESCAPES} == {"\\", "\t", "\n", "\r"}


@pytest.mark.django_db
def test_an_array_of_any_texts_is_read_as_it_was_written() -> None:
    given = ["", "NULL", None, 'a "b" \\ {c},d', "\n\t", "ü", "{}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(t ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY u(t, n)", [texts(given)])
        assert cursor.fetchone()[0] == given
