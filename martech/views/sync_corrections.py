"""Corrections: one proposal for all dead letters of a cause, looked at before it is applied."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance.models import User
from martech.mapping_forms import their_label
from martech.models import DeadLetter, SyncObject
from martech.selectors.sync_departures import Departure, departures, successors
from martech.selectors.sync_failing import object_label
from martech.services.sync.corrections import apply_correction, corrections, preview
from martech.services.sync.taking_over import find_departure, handovers, take_over
from martech.sync.corrections import Way
from martech.sync.drift import from_json
from martech.sync.reasons import REASONS
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import requires

WORDS = {
    Way.VALUE: "Write in our records instead of it",
    Way.MAP: "Say in the value map that it means",
    Way.OWNER: "They are, over there,",
    Way.PULL_ONLY: "Only read this field, never write it",
    Way.LEAVE_OUT: "Take this field out of the mapping",
}
LEFT = "left|"
"""Before the id of an owner who left, in the key of their records' line."""


@requires("martech.edit_sync")
def sync_corrections(request: HttpRequest) -> HttpResponse:
    """The list; a look at one proposal; and its applying."""
    key, choice, wish, way = (request.POST.get(name, "") for name in ("key", "choice", "do", "way"))
    if request.method == "POST" and wish == "apply":
        return applied(request, key, choice, way)
    lines = [line_of_departure(one, key, choice, request.user) for one in departures() if one.number]
    lines += [line_of(one, key, choice, way, request.user) for one in corrections()]
    context = {
        "title": "Corrections",
        "lines": lines,
        "unread": schemas_to_read(),
        "letters": DeadLetter.objects.filter(resolved_at=None).count(),
        "crumbs": [Crumb("Connections", "/martech/sync/"), Crumb("Dead letters", "/martech/sync/letters/")],
    }
    return render_page(request, "martech/sync_corrections.html", context)


def schemas_to_read() -> list[str]:
    """Where a refusal said that the fields over there changed: with the next round they are read, and more is proposed."""
    open_ = DeadLetter.objects.filter(object=OuterRef("pk"), resolved_at=None)
    rows = SyncObject.objects.filter(Exists(open_), schema_at=None, is_enabled=True)
    found = rows.select_related("connection").order_by("connection__name", "order")
    return [f"{object_label(one.connection, one.name)} in {one.connection}" for one in found]


def line_of(one: Any, key: str, choice: str, way: str, user: Any) -> dict[str, Any]:
    ways = [one.way, *one.others]
    is_looked_at = one.key == key and (not one.choices or choice in one.choices)
    return {
        "key": one.key,
        "number": len(one.letters),
        "connection": one.object.connection,
        "object": object_label(one.object.connection, one.object.name),
        "reason": REASONS.get(one.cause.reason, one.cause.reason),
        "field": their_label(from_json(one.object.schema), one.cause.field),
        "value": one.cause.value,
        "words": WORDS[one.way],
        "ways": [(each, WORDS[each]) for each in ways] if len(ways) > 1 else [],
        "way": way if one.key == key else one.way,
        "choices": one.choices.items(),
        "chosen": choice if one.key == key else one.suggested,
        "changes": preview(one, choice, user) if is_looked_at else None,
    }


def line_of_departure(one: Departure, key: str, choice: str, reader: Any) -> dict[str, Any]:
    """Somebody who left, as the other corrections are shown."""
    choices = successors(one.owner)
    own = f"{LEFT}{one.owner.pk}"
    user = User.objects.get(pk=choice) if key == own and choice in choices else None
    return {
        "key": own,
        "number": one.number,
        "connection": one.owner.connection,
        "object": " · ".join(f"{line.label} {line.number:,}" for line in one.naming),
        "reason": "Owner who left",
        "field": one.owner.name or one.owner.email or one.owner.external_id,
        "value": "",
        "about": f"{one.why}, and records still name them.",
        "words": "Their records go to" if choices else "Nobody here is an owner over there yet; say who is who first",
        "choices": choices.items(),
        "chosen": choice if key == own else "",
        "changes": handovers(one, user, reader) if user else None,
    }


def applied(request: HttpRequest, key: str, choice: str, way: str) -> HttpResponse:
    user: Any = request.user
    try:
        if key.startswith(LEFT):
            return taken_over(request, key.removeprefix(LEFT), choice)
        number = apply_correction(key=key, choice=choice, actor=user, way=way)
        toast(request, f"Corrected; {number:,} records are tried again with the next round.")
    except DomainError as refused:
        reasons = " ".join(reason for found in refused.errors.values() for reason in found)
        toast(request, f"{refused.detail} {reasons}".strip(), "error")
    return redirect("martech:sync-corrections")


def taken_over(request: HttpRequest, pk: str, choice: str) -> HttpResponse:
    user: Any = request.user
    owner = find_departure(int(pk) if pk.isdecimal() else 0).owner
    number = take_over(owner=owner, successor=choice, actor=user)
    toast(request, f"{number:,} records are given; the next round writes it over there. Sync runs can take it back.")
    return redirect("martech:sync-corrections")
