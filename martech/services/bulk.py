"""What follows for the people of large statements: search finds them, and they are marked for comparison."""

from collections.abc import Sequence

from martech.models import IdentityMarks, SearchWork
from mops.core.sql import execute
from mops.core.work import Kind, wake

# Whoever has a text already got it by a later write. The lock waits for a delete that is being committed.
ADD_WORDS = """
insert into martech_personwords (person_id, words)
select p.id, martech_words(p.first_name, p.last_name, p.email, p.company) from unnest(%s::int8multirange) ids, lateral (
  select * from martech_person where id >= lower(ids) and id < upper(ids) for key share) p
on conflict (person_id) do nothing
"""
MARK_EACH = """
select martech_identity_mark_each(array(
  select p.id from unnest(%s::int8multirange) ids
  join martech_person p on p.id >= lower(ids) and p.id < upper(ids)))
"""


def add_words(rows: Sequence[SearchWork]) -> None:
    """Let search find the people of these sets."""
    execute("set local gin_pending_list_limit = '64MB'")
    for row in rows:
        execute(ADD_WORDS, row.people)
    execute("select gin_clean_pending_list('person_words_search')")


def mark_each(rows: Sequence[IdentityMarks]) -> None:
    """Mark the people of these sets for comparison, each with a row of their own."""
    for row in rows:
        execute(MARK_EACH, row.people)
    wake("identity")


SEARCH = Kind("people_search", SearchWork, add_words, batch=1)
MARKS = Kind("identity_marks", IdentityMarks, mark_each, batch=1)
