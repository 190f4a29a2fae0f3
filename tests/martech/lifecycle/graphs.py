"""Lifecycle documents and people on their way for the tests of the lifecycle."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from martech.lifecycle.document import default_document
from martech.models import LifecycleVersion, Person, StageMove
from martech.services.lifecycle import publish_lifecycle, save_lifecycle_draft
from tests.factories import make_person

GERMAN = {"field": "person.country", "op": "eq", "value": "DE"}
CHIEF = {"field": "person.job_title", "op": "starts_with", "value": "Chief"}


def document(**conditions: dict[str, Any]) -> dict[str, Any]:
    """The usual lifecycle in which Germans become MQLs by themselves; `sql=…` adds a condition to a stage."""
    text = default_document()
    for stage in text["stages"]:
        if when := {"mql": GERMAN, **conditions}.get(stage["key"]):
            stage["when"] = when
    return text


def publish(text: dict[str, Any] | None = None) -> LifecycleVersion:
    save_lifecycle_draft(document=text or document(), actor=None)
    version, _findings = publish_lifecycle(actor=None)
    return version


def at_stage(*stages: str, days_ago: int = 30, **fields: Any) -> Person:
    """A person who entered the stages, a day each, the first so many days ago."""
    forward = [stage for stage in stages if stage not in ("recycled", "disqualified")]
    furthest = max(forward, key=["subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer"].index)
    person = make_person(lifecycle_stage=stages[-1], furthest_stage=furthest, **fields)
    began, before = timezone.now() - timedelta(days=days_ago), ""
    for number, stage in enumerate(stages):
        at = began + timedelta(days=number)
        StageMove.objects.create(person=person, from_stage=before, stage=stage, at=at)
        before = stage
    return person


def path(person: Person) -> list[str]:
    return list(person.stage_moves.order_by("at", "id").values_list("stage", flat=True))


def stages(person: Person) -> tuple[str, str]:
    person.refresh_from_db()
    return person.lifecycle_stage, person.furthest_stage
