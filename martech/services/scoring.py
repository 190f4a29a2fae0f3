"""Scores kept equal to the rules: whoever changed is counted again, everybody once a day, in sets and never one by one."""

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from governance.models import User
from martech.models import ScoringState, ScoringVersion
from martech.scoring.document import ScoringModel
from martech.selectors.dry_run import DryRun, Rescored, dry_run
from martech.selectors.scoring import (
    check_scoring,
    model_of,
    read_scoring,
    scoring_day,
    scoring_in_force,
    scoring_to_edit,
)
from martech.selectors.scoring_sql import scores_sql
from martech.services.sync.standing import wait_to_be_sent
from mops.core.documents import Finding, refuse
from mops.core.history import expect_many, recording
from mops.core.versions import drop_draft, locked_draft, put_draft, put_into_force


def save_scoring_draft(*, document: Any, actor: User | None, revision: int | None = None) -> ScoringVersion:
    """Keep a document as the draft; it may still have findings, only what is no model at all is refused.

    Raises DomainError then, and ConflictError when somebody saved meanwhile.
    """
    refuse([one for one in read_scoring(document).findings if one.is_shape], "The draft was not saved.", "model")
    with transaction.atomic(), recording("save_scoring_draft", actor=actor):
        return put_draft(ScoringVersion.objects.all(), document, revision=revision)


def edit_scoring_draft(
    *, change: Callable[[dict[str, Any]], None], actor: User | None, revision: int
) -> ScoringVersion:
    """Save the draft (or a copy of the newest version) after `change` altered its document in place."""
    document = copy.deepcopy(scoring_to_edit())
    change(document)
    return save_scoring_draft(document=document, actor=actor, revision=revision)


def discard_scoring_draft(*, actor: User | None, revision: int | None = None) -> bool:
    """Drop the draft. Raises ConflictError when it is no longer the one that was seen (`revision`)."""
    with transaction.atomic(), recording("discard_scoring_draft", actor=actor):
        return drop_draft(ScoringVersion.objects.all(), revision=revision)


def publish_scoring(*, actor: User, revision: int | None = None) -> tuple[ScoringVersion, list[Finding]]:
    """Put the draft into force; everybody is counted again in the background.

    A person publishes, never a program. Raises DomainError for findings of level error, ConflictError when there is no
    draft or it is no longer the one the publisher saw.
    """
    versions = ScoringVersion.objects.all()
    with transaction.atomic(), recording("publish_scoring", actor=actor):
        draft = locked_draft(versions, revision=revision, noun="model")
        findings = check_scoring(draft.document)
        refuse([one for one in findings if one.level == "error"], "The model was not published.", "model")
        now = timezone.now()
        put_into_force(draft, rivals=versions, actor=actor, now=now)
        ScoringState.objects.get_or_create(pk=1, defaults={"day": utc_day(now)})
        mark_everybody()
    return draft, findings


def utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def mark_everybody() -> None:
    """Everybody alive is counted again by the next refresh."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO martech_changedperson (person_id, at, fields) "
            "SELECT id, now(), ARRAY['score'] FROM martech_person WHERE merged_into_id IS NULL ORDER BY id"
        )


DIFFERENT = "(p.score_fit, p.score_engagement, p.grade) IS DISTINCT FROM (s.fit, s.engagement, s.grade)"
LOCK = f"""
SELECT p.id FROM martech_person p JOIN scored s ON s.person_id = p.id WHERE {DIFFERENT} ORDER BY p.id FOR UPDATE OF p
"""
WRITE = f"""
UPDATE martech_person p SET score_fit = s.fit, score_engagement = s.engagement, grade = s.grade
FROM scored s WHERE s.person_id = p.id AND {DIFFERENT} RETURNING p.id
"""
CLOSE = """
UPDATE martech_fitcontribution c SET until = %s FROM scored s
WHERE c.person_id = s.person_id AND c.until IS NULL AND (c.version_id <> %s OR NOT c.rule = ANY(s.hits))
"""
OPEN = """
INSERT INTO martech_fitcontribution (person_id, version_id, rule, since)
SELECT s.person_id, %s, hit, %s FROM scored s CROSS JOIN unnest(s.hits) AS hit ON CONFLICT DO NOTHING
"""


def rescore(ids: Sequence[int], version: ScoringVersion, day: date) -> int:
    """Count people again and keep what differs; answers how many had another score. Call it inside a transaction."""
    now = timezone.now()
    fill_scored(model_of(version), day, ids)
    expect_many(len(ids))
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(WRITE)
        changed = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(CLOSE, [now, version.pk])
        cursor.execute(OPEN, [version.pk, now])
    wait_to_be_sent(changed, ["score_fit", "score_engagement", "grade"])
    return len(changed)


def fill_scored(model: ScoringModel, day: date, ids: Sequence[int] | None = None) -> None:
    """Fill the temporary table `scored` with the scores of people (None: all the living); nothing else is written."""
    sql, params = scores_sql(model, day, ids)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS scored")
        cursor.execute(f"CREATE TEMP TABLE scored ON COMMIT DROP AS {sql}", params)
        cursor.execute("ANALYZE scored")


RECOUNTED = f"""
SELECT count(*), count(*) FILTER (WHERE {DIFFERENT}) FROM scored s JOIN martech_person p ON p.id = s.person_id
WHERE NOT EXISTS (SELECT FROM martech_changedperson c WHERE c.person_id = p.id)
"""


def recount(version: ScoringVersion, day: date) -> tuple[int, int]:
    """Count everybody on the day the kept scores are of: how many people, and how many have another score than kept.

    Who waits to be counted again is left out. The second number is 0 unless counting by change missed something.
    """
    fill_scored(model_of(version), day)
    with connection.cursor() as cursor:
        cursor.execute(RECOUNTED)
        people, differing = cursor.fetchone()
    return int(people), int(differing)


def begin_day(version: ScoringVersion, today: date) -> date:
    """The day to count on. When a new one began: proves yesterday's scores, then has everybody fade by a day."""
    state, _ = ScoringState.objects.select_for_update().get_or_create(pk=1, defaults={"day": today})
    if state.day >= today:
        return state.day
    people, differing = recount(version, state.day)
    ScoringState.objects.filter(pk=1).update(day=today, people=people, differing=differing, counted_at=timezone.now())
    mark_everybody()
    return today


def score_changed(ids: Sequence[int], now: datetime) -> int:
    """Count the given people by the model in force, if there is one."""
    version = scoring_in_force()
    return rescore(ids, version, begin_day(version, utc_day(now))) if version else 0


CHANGED_GRADES = """
SELECT p.grade, s.grade, count(*) FROM scored s JOIN martech_person p ON p.id = s.person_id GROUP BY 1, 2 ORDER BY 3 DESC
"""
CHANGED = f"""
SELECT s.person_id, s.fit, s.engagement, s.grade, p.lifecycle_stage, p.furthest_stage
FROM scored s JOIN martech_person p ON p.id = s.person_id WHERE {DIFFERENT}
"""


def try_scoring(document: Any) -> DryRun:
    """What publishing a document would do to everybody's grade and to who meets the conditions of MQL.

    Nothing is written. Raises DomainError when the document cannot count yet.
    """
    reading = read_scoring(document)
    refuse([one for one in reading.findings if one.level == "error"], "This draft cannot count yet.", "model")
    with transaction.atomic(), connection.cursor() as cursor:
        fill_scored(reading.model, scoring_day())
        cursor.execute(CHANGED_GRADES)
        grades = cursor.fetchall()
        cursor.execute(CHANGED)
        changed = [Rescored(*row) for row in cursor.fetchall()]
    return dry_run(grades, changed)
