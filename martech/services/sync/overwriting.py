"""Whoever gave a lead to somebody else over there: asked for as soon as we hear of it, while they are still the last editor."""

from collections.abc import Mapping

import structlog
from django.db.models import Exists, OuterRef

from martech.connectors.answers import Setter
from martech.connectors.errors import VendorError
from martech.models import DecisionOutcome, RemoteOwner, RoutingDecision, SyncChange, SyncRun
from martech.selectors.overwriting import EDITOR
from martech.services.sync.course import Course, Line

log = structlog.get_logger(__name__)

MOST = 200
"""So many records of a run are asked about; where more owners change at once, it was no single hand."""


def note_editors(line: Line, course: Course, run: SyncRun) -> None:
    """Keep with the changes of a pull who last edited the records whose owner routing had given and the pull took over.

    A vendor that does not say, or does not answer now, leaves the changes without a name; the pull is none the worse. Nor
    is somebody named who gave the record to another owner than the one that was taken: their turn comes with the next.
    """
    theirs = next((rule.theirs for rule in course.mapping.rules if rule.ours == "owner"), "")
    if course.mapping.kind != "person" or not theirs:
        return
    decided = RoutingDecision.objects.filter(
        person=OuterRef("local_id"), outcome__in=[DecisionOutcome.ASSIGNED, DecisionOutcome.MANUAL]
    )
    changed = SyncChange.objects.filter(Exists(decided), run=run, kind="person", after__has_key="owner")
    asked = list(changed.filter(before__has_key="owner").exclude(before__owner=None).order_by("pk")[:MOST])
    if not asked:
        return
    try:
        setters = line.connector.setters(course.object.name, theirs, [row.external_id for row in asked])
    except VendorError as error:
        log.warning("who changed owners is not known", connection=line.connection.name, error=str(error))
        return
    owners = RemoteOwner.objects.filter(connection=line.connection)
    names = {row.user_key: row.name or row.email for row in owners if row.user_key}
    addresses = {row.external_id: row.email.lower() for row in owners}
    for row in asked:
        setter = setters.get(row.external_id)
        if setter and taken(setter, row, addresses) and (who := names.get(setter.user) or setter.words or setter.user):
            row.why = {**row.why, EDITOR: who}
    SyncChange.objects.bulk_update(asked, ["why"])


def taken(setter: Setter, row: SyncChange, addresses: Mapping[str, str]) -> bool:
    """Whether what they gave the record is what was taken; owners are kept as addresses here."""
    return setter.value is None or addresses.get(setter.value, "") == str((row.after or {}).get("owner") or "").lower()
