"""Scoring documents and touches for the tests of scoring."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from martech.models import Person, ScoringVersion, Touch
from martech.services.scoring import publish_scoring, save_scoring_draft
from tests.factories import make_user

GERMAN = {"field": "person.country", "op": "eq", "value": "DE"}
CHIEF = {"field": "person.job_title", "op": "starts_with", "value": "Chief"}
FORM = {"field": "touch.kind", "op": "eq", "value": "form"}
MAIL = {"field": "touch.kind", "op": "in", "value": ["email_click", "email_open"]}


def fit(key: str, points: int, when: dict[str, Any], group: str = "") -> dict[str, Any]:
    return {"key": key, "name": key.capitalize(), "points": points, "group": group, "when": when}


def engagement(
    key: str, points: int, when: dict[str, Any], half_life: int = 30, window: int = 180, group: str = ""
) -> dict[str, Any]:
    return {**fit(key, points, when, group), "half_life_days": half_life, "window_days": window}


def document(**changes: Any) -> dict[str, Any]:
    """German 40, chiefs 35; a form 40 halved in 30 days, mails 10 halved in 10 with 25 at most together."""
    mails = engagement("mail", 10, MAIL, half_life=10, window=60, group="mail")
    return {
        "name": "Fit and engagement",
        "fit": {"rules": [fit("german", 40, GERMAN), fit("chief", 35, CHIEF)], "caps": {}},
        "engagement": {"rules": [engagement("form", 40, FORM), mails], "caps": {"mail": 25}},
        "grades": {"fit": [75, 50, 25], "engagement": [75, 50, 25]},
        **changes,
    }


def publish(text: dict[str, Any] | None = None) -> ScoringVersion:
    save_scoring_draft(document=text or document(), actor=None)
    version, _findings = publish_scoring(actor=make_user())
    return version


def touch(person: Person, kind: str = "form", days_ago: int = 0, **fields: Any) -> Touch:
    at = timezone.now() - timedelta(days=days_ago)
    return Touch.objects.create(person=person, kind=kind, at=at, **fields)


def scores(person: Person) -> tuple[int, int, str]:
    person.refresh_from_db()
    return person.score_fit, person.score_engagement, person.grade
