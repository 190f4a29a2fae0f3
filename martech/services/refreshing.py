"""What follows when people change: their consent as kept, their scores, their stages, their segments, in sets."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from martech.selectors.scoring import scoring_in_force
from martech.services.lifecycle import advance
from martech.services.person_consents import CONCERNED, refresh_consents
from martech.services.scoring import begin_day, score_changed, utc_day
from martech.services.segment_refresh import Topics, follow_segments, prove_segments
from martech.services.static_segments import follow_merged
from mops.core.history import recording

BATCH = 20_000
TAKE = """
DELETE FROM martech_changedperson WHERE person_id IN (SELECT person_id FROM martech_changedperson ORDER BY id LIMIT %s)
RETURNING person_id, fields
"""
"""Everything that waits about the people of the first changes: who did ten things is looked at once, not in ten batches."""


def refresh_people() -> int:
    """Bring everything that follows from people up to date with whatever changed; answers how many changes that were.

    One refresh at a time: a second one finds the lock taken and leaves the work to the first. A batch that fails goes
    back as a whole and is tried again with the next beat. Once a day the segments are proved by a full count.
    """
    done = 0
    while batch := refresh_batch():
        done += batch
    prove_segments()
    return done


def refresh_batch(limit: int = BATCH) -> int:
    """One batch of changes in one transaction; 0 when nothing waits or another refresh runs."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor, recording("refresh_people"):
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('martech_refresh'))")
        if not cursor.fetchone()[0]:
            return 0
        if version := scoring_in_force():
            begin_day(version, utc_day(now))
        cursor.execute(TAKE, [limit])
        taken = cursor.fetchall()
        changed = topics_of(taken)
        if ids := sorted(changed):
            refresh_consents([pk for pk in ids if not changed[pk] or changed[pk] & CONCERNED], now)
            score_changed(ids, now)
            advance(ids, now)
            follow_merged([pk for pk in ids if "merged_into_id" in changed[pk]], now)
        follow_segments(changed, now)
    return len(taken)


def topics_of(taken: Iterable[tuple[int, list[str] | None]]) -> dict[int, Topics]:
    """Person → under which topics they changed; nothing where one of the changes did not say."""
    found: dict[int, Topics] = {}
    for pk, fields in taken:
        topics = frozenset(fields or ())
        known = found.get(pk)
        found[pk] = topics if known is None else known | topics if known and topics else frozenset()
    return found
