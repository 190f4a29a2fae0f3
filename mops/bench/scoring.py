"""Everybody scored at once, and one person of them again, on invented people that are rolled back."""

import time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from martech.models import Person, ScoringVersion, Touch
from martech.selectors.scoring import model_of
from martech.services.scoring import fill_scored, recount, rescore, utc_day
from mops.bench import machine
from mops.demo.rules import scoring_document

PEOPLE = """
INSERT INTO martech_person (email, first_name, last_name, phone, company, website, country, city, job_title, linkedin_url,
    source, medium, channel, utm, owner_name, do_not_route, lifecycle_stage, furthest_stage, score_fit, score_engagement, grade,
    properties, created_at, recorded_at, updated_at)
SELECT '', 'Bench', n::text, '', '', '', (ARRAY['DE','US','FR','BR'])[1 + n %% 4], '',
    (ARRAY['Head of operations','Chief of staff','Student','Manager'])[1 + n %% 4], '', '', '', 'other', '{}', '', false, 'lead', 'lead',
    0, 0, '', '{}', now(), now(), now()
FROM generate_series(1, %s) AS n RETURNING id
"""
TOUCHES = """
INSERT INTO martech_touch (person_id, at, kind, channel, source, medium, url, properties, recorded_at)
SELECT person.id, now() - ((person.id * 7 + n * 13) % 200) * interval '1 day',
    (ARRAY['form','webinar','download','email_click','ad_click','page'])[1 + (person.id + n) % 6], 'other', '', '', '', '{}', now()
FROM martech_person person CROSS JOIN generate_series(1, 5) AS n WHERE person.first_name = 'Bench'
"""


def run(people: int) -> dict[str, Any]:
    """Seconds to count everybody, to keep it, to prove it by a recount, and milliseconds to count one person again."""
    day = utc_day(timezone.now())
    with transaction.atomic():
        version = invent(people)
        touches = Touch.objects.count()
        counted = timed(lambda: fill_scored(model_of(version), day))
        ids = list(Person.objects.living().order_by("pk").values_list("pk", flat=True))
        kept = timed(
            lambda: [rescore(ids[start : start + 20_000], version, day) for start in range(0, len(ids), 20_000)]
        )
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM martech_changedperson")
        proved = timed(lambda: recount(version, day))
        differing = recount(version, day)[1]
        one = min(timed(lambda pk=pk: rescore([pk], version, day)) for pk in ids[-5:])
        transaction.set_rollback(True)
    seconds = {"count_seconds": counted, "keep_seconds": kept, "recount_seconds": proved}
    return {
        "name": "scoring",
        "people": len(ids),
        "touches": touches,
        **{name: round(value, 2) for name, value in seconds.items()},
        "one_person_ms": round(one * 1000, 1),
        "differing": differing,
        "machine": machine(),
    }


def invent(people: int) -> ScoringVersion:
    """Add people with five touches each, and a version of the demo's model that is in force."""
    ScoringVersion.objects.filter(state="published").update(state="superseded")
    newest = ScoringVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    version = ScoringVersion.objects.create(number=newest + 1, state="published", document=scoring_document())
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [people])
        cursor.execute(TOUCHES)
        cursor.execute("ANALYZE martech_person, martech_touch")
    return version


def timed(step: Any) -> float:
    started = time.monotonic()
    step()
    return time.monotonic() - started
