"""Who enters and leaves a segment: intervals opened and closed in sets, and the count kept with them."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from martech.models import Person, Segment

LONGEST_WHY = 120
ENTER = """
INSERT INTO martech_segmentmembership (segment_id, person_id, entered_at, entered_why, left_why)
SELECT %s, entered.person, %s, entered.why, '' FROM unnest(%s::bigint[], %s::text[]) AS entered (person, why)
JOIN martech_person person ON person.id = entered.person
ON CONFLICT (segment_id, person_id) WHERE left_at IS NULL DO NOTHING
"""
LEAVE = """
UPDATE martech_segmentmembership AS open SET left_at = GREATEST(%s, entered_at), left_why = gone.why
FROM unnest(%s::bigint[], %s::text[]) AS gone (person, why)
WHERE open.segment_id = %s AND open.person_id = gone.person AND open.left_at IS NULL
"""


def move(segment: Segment, *, entered: Mapping[int, str], left: Mapping[int, str], at: datetime) -> None:
    """Open and close stays, each with its why; whoever is in (or out) already stays as they are."""
    came = went = 0
    with connection.cursor() as cursor:
        if entered:
            whys = [why[:LONGEST_WHY] for why in entered.values()]
            cursor.execute(ENTER, [segment.pk, at, list(entered), whys])
            came = cursor.rowcount
        if left:
            cursor.execute(LEAVE, [at, list(left), [why[:LONGEST_WHY] for why in left.values()], segment.pk])
            went = cursor.rowcount
    if came or went:
        Segment.objects.filter(pk=segment.pk).update(members=F("members") + came - went)


FILL = "CREATE TEMP TABLE segment_hits ON COMMIT DROP AS {sql}"
GONE = """
UPDATE martech_segmentmembership AS open SET left_at = GREATEST(%s, entered_at), left_why = %s
WHERE segment_id = %s AND left_at IS NULL AND NOT EXISTS (SELECT FROM segment_hits hit WHERE hit.id = open.person_id)
RETURNING person_id
"""
NEW = """
INSERT INTO martech_segmentmembership (segment_id, person_id, entered_at, entered_why, left_why)
SELECT %s, hit.id, %s, %s, '' FROM segment_hits hit
WHERE NOT EXISTS (SELECT FROM martech_segmentmembership open
    WHERE open.segment_id = %s AND open.person_id = hit.id AND open.left_at IS NULL)
ORDER BY hit.id RETURNING person_id
"""


def replace_members(segment: Segment, people: QuerySet[Person], *, why: str, at: datetime) -> set[int]:
    """Make the people the members, whoever they were; answers who came or went."""
    sql, params = people.values_list("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS segment_hits")
        cursor.execute(FILL.format(sql=sql), params)
        cursor.execute("ANALYZE segment_hits")
        cursor.execute("SELECT count(*) FROM segment_hits")
        members = cursor.fetchone()[0]
        cursor.execute(GONE, [at, why[:LONGEST_WHY], segment.pk])
        moved = {row[0] for row in cursor.fetchall()}
        cursor.execute(NEW, [segment.pk, at, why[:LONGEST_WHY], segment.pk])
        moved |= {row[0] for row in cursor.fetchall()}
    Segment.objects.filter(pk=segment.pk).update(members=members)
    return moved


def mark(ids: Collection[int], topic: str) -> None:
    """Note that people changed under a topic; the next refresh looks at them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO martech_changedperson (person_id, at, fields) "
            "SELECT id, now(), ARRAY[%s] FROM unnest(%s::bigint[]) AS id",
            [topic, sorted(set(ids))],
        )
