"""Whoever gave a lead to somebody else over there: asked for as soon as we hear of it, while they are still the last editor."""

import structlog
from django.db.models import Exists, OuterRef

from martech.connectors.errors import VendorError
from martech.models import DecisionOutcome, RemoteOwner, RoutingDecision, SyncChange, SyncRun
from martech.selectors.overwriting import EDITOR
from martech.services.sync.course import Course, Line

log = structlog.get_logger(__name__)

MOST = 200
"""So many records of a run are asked about; where more owners change at once, it was no single hand."""


def note_editors(line: Line, course: Course, run: SyncRun) -> None:
    """Keep with the changes of a pull who last edited the records whose owner routing had given and the pull took over.

    A vendor that does not say, or does not answer now, leaves the changes without a name; the pull is none the worse.
    """
    capability = line.vendor.objects.get(course.object.name)
    if course.mapping.kind != "person" or capability is None or not capability.editor_field:
        return
    decided = RoutingDecision.objects.filter(
        person=OuterRef("local_id"), outcome__in=[DecisionOutcome.ASSIGNED, DecisionOutcome.MANUAL]
    )
    changed = SyncChange.objects.filter(Exists(decided), run=run, kind="person", after__has_key="owner")
    asked = list(changed.filter(before__has_key="owner").exclude(before__owner=None).order_by("pk")[:MOST])
    if not asked:
        return
    try:
        records = line.connector.read(
            course.object.name, (capability.editor_field,), [row.external_id for row in asked]
        )
    except VendorError as error:
        log.warning("who changed owners is not known", connection=line.connection.name, error=str(error))
        return
    editors = {record.id: str(record.values.get(capability.editor_field) or "") for record in records}
    owners = RemoteOwner.objects.filter(connection=line.connection, external_id__in=set(editors.values()))
    names = {row.external_id: row.name or row.email for row in owners}
    for row in asked:
        if editor := editors.get(row.external_id):
            row.why = {**row.why, EDITOR: names.get(editor, editor)}
    SyncChange.objects.bulk_update(asked, ["why"])
