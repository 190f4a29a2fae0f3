"""What synchronisation adds to the pages of others: where a record also is, why it changed, what is broken or due."""

from typing import Any

from django.db.models import Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from martech.models import (
    Connection,
    ConnectionState,
    DeadLetter,
    HeldValue,
    RoutingDecision,
    RunKind,
    RunState,
    SyncRun,
)
from martech.selectors.overwriting import overwritings
from martech.selectors.sync import places_of, why_lines
from martech.selectors.sync_absences import absences
from martech.selectors.sync_campaigns import campaign_places
from martech.selectors.sync_departures import orphaned
from martech.selectors.sync_failing import failing_objects, put_aside_objects
from martech.selectors.sync_pace import late_connections
from martech.selectors.sync_retirements import near_retirements
from mops.core.registry import Due, Panel
from mops.core.rights import can
from mops.core.sql import fetch
from mops.core.trails import Newest, TrailEntry


def waits(user: Any) -> tuple[int, bool] | None:
    """Plans that wait for approval, and broken connections: one statement on every page."""
    broken = Connection.objects.filter(state=ConnectionState.BROKEN).order_by().values_list("state")
    held = SyncRun.objects.filter(state=RunState.HELD).order_by().values_list("state")
    found = [state for (state,) in broken.union(held, all=True)[:1_000]]
    return (len(found), ConnectionState.BROKEN in found) if found else None


def broken_connections(user: Any) -> Due | None:
    found = Connection.objects.filter(state=ConnectionState.BROKEN)
    number = found.count()
    title = "Connection that needs attention" if number == 1 else "Connections that need attention"
    since = found.aggregate(at=Min("updated_at"))["at"]
    return Due(title, number, since, reverse("martech:connections"), "plug-x", is_broken=True, action="Repair")


def stopped_parts(user: Any) -> Due | None:
    """Objects that fail and fields that are put aside, while their connections go on."""
    failing = [one for one in failing_objects() if one.run.connection.state == ConnectionState.ACTIVE]
    aside = sum(len(object.set_aside) for objects in put_aside_objects().values() for object in objects)
    since = min((one.run.created_at for one in failing), default=None)
    title, note = "Objects and fields that stand still in a connection", "all else goes on"
    url = reverse("martech:connections")
    return Due(title, len(failing) + aside, since, url, "plug-x", note=note, is_broken=bool(failing), action="Repair")


def late_rounds(user: Any) -> Due | None:
    """Connections that should have been read by now, while nothing is said to fail: often nobody works in the background."""
    late = late_connections()
    title = "Connection whose rounds are late" if len(late) == 1 else "Connections whose rounds are late"
    url, note = reverse("martech:connections"), "each says what keeps it"
    return Due(title, len(late), min(late.values(), default=None), url, "hourglass", True, note=note, action="Look")


def held_runs(user: Any) -> Due | None:
    found = SyncRun.objects.filter(state=RunState.HELD)
    since = found.aggregate(at=Min("created_at"))["at"]
    url = f"{reverse('martech:sync-runs')}?state=held"
    note = "nothing is written before somebody agrees"
    title = "Writes to other systems that wait for approval"
    return Due(title, found.count(), since, url, "shield-question", note=note, action="Approve")


def held_values(user: Any) -> Due | None:
    found = HeldValue.objects.undecided()
    since = found.aggregate(at=Min("at"))["at"]
    note = "neither side was changed"
    url = reverse("martech:first-contact")
    title = "Values on which two systems differ"
    return Due(title, found.count(), since, url, "arrows-diff", note=note, action="Decide")


def open_letters(user: Any) -> Due | None:
    found = DeadLetter.objects.filter(resolved_at=None)
    since = found.aggregate(at=Min("first_at"))["at"]
    url = reverse("martech:dead-letters")
    return Due(
        "Records that did not go through", found.count(), since, url, "mail-x", note="each says why", action="Correct"
    )


def retirements(user: Any) -> Due | None:
    """Dated ends of what connections use, the nearest named; the page of connections lists them."""
    lines = near_retirements(timezone.localdate())
    if not lines:
        return None
    first = lines[0]
    when = f"ends on {first.on:%-d %b %Y}" if first.days >= 0 else f"ended on {first.on:%-d %b %Y}"
    title, note = "What vendors end and connections use", f"the first, of {first.connection}, {when}"
    return Due(
        title, len(lines), None, reverse("martech:connections") + "#ends", "calendar-x", note=note, action="Look"
    )


def left_records(user: Any) -> Due | None:
    title, url = "Records of owners who left", reverse("martech:sync-corrections")
    note = "in another system, or here; somebody takes over"
    return Due(title, orphaned(), None, url, "user-off", note=note, action="Give them")


TAKING = (*(f"sync_{kind}" for kind in RunKind.values), "sync_decision", "undo_sync_run", "take_over")
"""The verbs of what runs take in, field by field."""


def places_panel(request: HttpRequest, obj: Any) -> Panel | None:
    """The card “In other systems”."""
    if not can(request.user, "martech.view_sync"):
        return None
    kind = obj._meta.model_name
    places, absent = places_of(kind, obj.pk, request.user, obj.owner), absences(kind, obj.pk)
    if not (places or absent):
        return None
    return Panel("In other systems", "martech/places_panel.html", {"places": places, "absent": absent})


def campaign_panel(request: HttpRequest, campaign: Any) -> Panel | None:
    """The card “In other systems” of a campaign: what it is called, planned and paid there."""
    if not can(request.user, "martech.view_sync"):
        return None
    places = campaign_places(campaign.pk)
    return Panel("In other systems", "martech/campaign_places_panel.html", {"places": places}) if places else None


def crm_panel(request: HttpRequest, decision: Any) -> Panel | None:
    """What happened to a decision's owner in other systems: written there, and overwritten by whom."""
    if not can(request.user, "martech.view_sync"):
        return None
    found, person = overwritings(decision), decision.person
    newest = RoutingDecision.objects.filter(person=person).order_by("-decided_at", "-pk").values_list("pk", flat=True)
    places = places_of("person", person.pk, request.user, person.owner) if newest.first() == decision.pk else []
    owners = [(place.connection, place.owner) for place in places if place.owner]
    if not found and not owners and decision.written_back_at is None:
        return None
    context = {"decision": decision, "overwritten": found, "owners": owners}
    return Panel("In other systems", "martech/crm_panel.html", context)


def sync_trail(user: Any, obj: Any, asked: Newest) -> list[TrailEntry]:
    """Each field that a run changed, with the rule that decided."""
    if not can(user, "martech.view_sync"):
        return []
    return [
        TrailEntry(
            line.at,
            "refresh",
            f"{line.field} by {line.run.connection}: {line.was or 'nothing'} → {line.becomes or 'nothing'}",
            line.why,
            line.run.get_absolute_url(),
        )
        for line in why_lines(obj._meta.model_name, obj.pk, user, asked)
    ]


_TAKEN_IN = """
select distinct split_part(name, '.', 1) from martech_syncchange, jsonb_object_keys(after) as name
where kind = %s and local_id = %s and not why ? 'sent'
"""


def told_by_syncs(user: Any, obj: Any) -> dict[str, set[str]]:
    """The fields of a record that runs took in, which the entries of those runs tell with the rule that decided."""
    if not can(user, "martech.view_sync"):
        return {}
    names = {name for (name,) in fetch(_TAKEN_IN, obj._meta.model_name, obj.pk)}
    return dict.fromkeys(TAKING, names) if names else {}
