"""What scoring and the lifecycle add to a person's page: why the score, and the stages with when, why and by whom."""

from typing import Any

from django.http import HttpRequest

from martech.models import Person
from martech.selectors.learned import explain_person
from martech.selectors.lifecycle import stays_of, targets_from
from martech.selectors.scoring import lines_of, score_now, scoring_day, scoring_in_force
from mops.core.registry import Panel
from mops.core.rights import can

SHOWN = 6


def score_panel(request: HttpRequest, person: Person) -> Panel | None:
    """Every point of the score in words, the weightiest first."""
    version = scoring_in_force()
    if version is None:
        return None
    found = score_now(person, version)
    fit, engagement = lines_of(found, scoring_day())
    halves = [("Fit", found.fit, fit), ("Engagement", found.engagement, engagement)]
    context: dict[str, Any] = {
        "halves": halves,
        "version": version,
        "may_see": can(request.user, "martech.view_scoring"),
    }
    return Panel(f"Why {found.grade}?", "martech/score_panel.html", context, note=f"version {version.number}")


def stage_panel(request: HttpRequest, person: Person) -> Panel | None:
    """The stages somebody was in, the latest first, with the way to another one."""
    may_move = can(request.user, "martech.edit_person") and bool(targets_from(person.lifecycle_stage))
    context = {"person": person, "stays": stays_of(person)[:SHOWN], "may_move": may_move}
    note = "" if person.furthest_stage == person.lifecycle_stage else f"came to {person.get_furthest_stage_display()}"
    return Panel("Stages", "martech/stage_panel.html", context, note=note)


def learned_panel(request: HttpRequest, person: Person) -> Panel | None:
    """How probable a won deal is by the learned score, with what speaks for and against it."""
    found = explain_person(person)
    if found is None:
        return None
    return Panel(
        "Learned score", "martech/learned_panel.html", {"found": found}, note=f"version {found.version.number}"
    )
