"""Consent as it stands: the fold over the append-only records, for many subjects in one statement.

`governance.consent.fold` is the same in Python, in words; tests hold the two equal on random histories.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from governance.consent import Said
from governance.models import ConsentRecord
from mops.core.sql import fetch


@dataclass(frozen=True)
class Standing:
    """What stands for one subject, purpose and channel. `pk` is the record that decided it."""

    subject: str
    purpose: str
    channel: str
    state: str
    pk: int
    origin: str
    source: str
    said_at: datetime
    valid_until: datetime | None


# `at` is a parameter twice: what had been said by then, and what had expired by then.
FOLD = """
WITH heard AS (
    SELECT record.*, LEAST(occurred_at, received_at) AS said_at,
        CASE state WHEN 'expired' THEN 1 WHEN 'refused' THEN 2 WHEN 'withdrawn' THEN 3 ELSE 0 END AS strictness
    FROM governance_consentrecord AS record
    WHERE {where} AND state <> 'voided'
        AND NOT EXISTS (SELECT FROM governance_consentrecord AS taken WHERE taken.voids_id = record.id)
), timed AS (
    SELECT *, max(said_at) FILTER (WHERE state = 'granted' AND origin = 'person')
        OVER word AS granted_at,
        min(said_at) FILTER (WHERE state = 'requested') OVER word AS asked_at,
        min(said_at) FILTER (WHERE state = 'granted') OVER word AS given_at
    FROM heard WHERE said_at <= %s WINDOW word AS (PARTITION BY subject, purpose, channel)
), ranked AS (
    SELECT *, CASE
        WHEN strictness > 0 AND (granted_at IS NULL OR said_at >= granted_at) THEN 1
        WHEN state = 'granted' AND origin = 'person' THEN 2
        WHEN strictness = 0 AND granted_at IS NULL THEN 3 END AS rank
    FROM timed
)
SELECT DISTINCT ON (subject, purpose, channel) subject, purpose, channel,
    CASE WHEN state = 'granted' AND valid_until <= %s THEN 'expired' ELSE state END AS state,
    id, origin, source, said_at, valid_until
FROM ranked WHERE rank IS NOT NULL
ORDER BY subject, purpose, channel, rank, strictness DESC,
    CASE WHEN rank = 3 AND state = 'requested' THEN asked_at > given_at WHEN rank = 3 THEN asked_at <= given_at END,
    CASE WHEN rank = 3 AND state = 'requested' THEN said_at END, CASE WHEN rank < 3 THEN said_at END DESC,
    CASE WHEN state = 'granted' THEN valid_until END NULLS LAST,
    CASE WHEN rank = 3 THEN said_at END, CASE WHEN rank = 3 THEN id ELSE -id END
"""


def fold_sql(*, by_subject: bool, by_purpose: bool) -> str:
    """The fold narrowed to subjects (`= ANY`), to a purpose and channel, or both. Parameters in that order, then `at`
    twice."""
    parts = ["subject = ANY(%s)"] * by_subject + ["purpose = %s AND channel = %s"] * by_purpose
    return FOLD.format(where=" AND ".join(parts) or "TRUE")


def standing_consents(
    subjects: Collection[str], *, purpose: str = "", channel: str = "", at: datetime | None = None
) -> list[Standing]:
    """What stands for each subject, purpose and channel (now, or as of a moment); one statement for all."""
    moment = at or timezone.now()
    narrow = [purpose, channel] if purpose else []
    rows = fetch(fold_sql(by_subject=True, by_purpose=bool(purpose)), list(subjects), *narrow, moment, moment)
    return [Standing(*row) for row in rows]


def said_about(subject: str) -> list[ConsentRecord]:
    """Every record of a subject, newest first."""
    return list(ConsentRecord.objects.filter(subject=subject).select_related("actor").order_by("-occurred_at", "-id"))


def as_said(records: Iterable[ConsentRecord]) -> list[Said]:
    """Records as the pure fold takes them."""
    return [Said(r.pk, r.state, r.origin, r.occurred_at, r.received_at, r.valid_until, r.voids_id) for r in records]
