"""What merging adds to a person's page: the merges they were in, with the way back."""

from typing import Any

from django.http import HttpRequest

from martech.models import Person
from martech.selectors.merging import merges_of
from mops.core.registry import Panel
from mops.core.rights import can

SHOWN = 10


def merges_panel(request: HttpRequest, person: Person) -> Panel | None:
    user: Any = request.user
    merges = list(merges_of(user, person)[:SHOWN])
    if not merges:
        return None
    # Only the last standing one can be undone; later ones build on it.
    last = next((merge.pk for merge in merges if merge.is_standing and merge.survivor_id == person.pk), None)
    context = {"merges": merges, "undoable": last if can(user, "martech.merge_people") else None}
    return Panel("Merges", "martech/merges_panel.html", context)
