"""Events that are done are kept while their repetitions must be known; anonymous ones while somebody may still identify."""

from datetime import datetime, timedelta

from django.conf import settings

from mops.core.sql import execute

CHUNK = 20_000
OLD_EVENTS = """
DELETE FROM martech_sourceevent WHERE id IN (
    SELECT id FROM martech_sourceevent WHERE state = %s AND received_at < %s ORDER BY received_at LIMIT %s)
"""
OLD_REFUSALS = """
DELETE FROM martech_refusedevent WHERE id IN (
    SELECT id FROM martech_refusedevent WHERE received_at < %s ORDER BY received_at LIMIT %s)
"""
OLD_INTAKES = """
DELETE FROM martech_eventintake WHERE id IN (
    SELECT id FROM martech_eventintake WHERE state = 'done' AND finished_at < %s LIMIT %s)
"""


def purge_events(now: datetime) -> int:
    """Delete what is older than its time, in small statements; answers how many rows."""
    repetitions = now - timedelta(hours=settings.TRACKING_DEDUPE_HOURS)
    anonymous = now - timedelta(days=settings.TRACKING_ANONYMOUS_DAYS)
    statements = (
        (OLD_EVENTS, ("applied", repetitions, CHUNK)),
        (OLD_EVENTS, ("held", anonymous, CHUNK)),
        (OLD_REFUSALS, (anonymous, CHUNK)),
        (OLD_INTAKES, (repetitions, CHUNK)),
    )
    done = 0
    for statement, values in statements:
        while deleted := execute(statement, *values):
            done += deleted
            if deleted < CHUNK:
                break
    return done
