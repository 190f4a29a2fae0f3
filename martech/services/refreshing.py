"""What follows when people change: their scores, then their stages, in batches of sets."""

from django.db import connection, transaction
from django.utils import timezone

from martech.selectors.scoring import scoring_in_force
from martech.services.lifecycle import advance
from martech.services.scoring import begin_day, score_changed, utc_day
from mops.core.history import recording

BATCH = 20_000
TAKE = """
DELETE FROM martech_changedperson WHERE id IN (SELECT id FROM martech_changedperson ORDER BY id LIMIT %s)
RETURNING person_id
"""


def refresh_people() -> int:
    """Bring scores and stages up to date with whatever changed; answers how many changes that were.

    One refresh at a time: a second one finds the lock taken and leaves the work to the first. A batch that fails goes
    back as a whole and is tried again with the next beat.
    """
    done = 0
    while batch := refresh_batch():
        done += batch
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
        taken = [row[0] for row in cursor.fetchall()]
        ids = sorted(set(taken))
        if ids:
            score_changed(ids, now)
            advance(ids, now)
    return len(taken)
