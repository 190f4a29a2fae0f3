"""Whoever gave a lead to somebody else over there: asked for as soon as we hear of it, while they are still the last editor."""

from collections.abc import Mapping, Sequence

import structlog
from django.db.models import Exists, OuterRef, QuerySet

from martech.connectors.answers import Setter
from martech.connectors.errors import VendorError
from martech.models import DecisionOutcome, PlannedWrite, RemoteOwner, RoutingDecision, RunKind, SyncChange, SyncRun
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
    theirs = owner_field(course)
    if not theirs:
        return
    changed = SyncChange.objects.filter(Exists(decided()), run=run, kind="person", after__has_key="owner")
    asked = list(changed.filter(before__has_key="owner").exclude(before__owner=None).order_by("pk")[:MOST])
    if not asked:
        return
    setters = asked_setters(line, course, theirs, [row.external_id for row in asked])
    names = names_of(line)
    addresses = {row.external_id: row.email.lower() for row in RemoteOwner.objects.filter(connection=line.connection)}
    for row in asked:
        setter = setters.get(row.external_id)
        if setter and taken(setter, row, addresses) and (who := called(setter, names)):
            row.why = {**row.why, EDITOR: who}
    SyncChange.objects.bulk_update(asked, ["why"])


def editors_before(line: Line, course: Course, rows: Sequence[PlannedWrite]) -> dict[int, str]:
    """{planned write: who set the owner that it writes over}, of those that found another owner than the push before
    them left. Asked before the write, as long as that owner is the newest over there."""
    theirs = owner_field(course)
    known = {row.local_id: row for row in rows if row.external_id and theirs in row.after}
    wrote = last_written(line, theirs, list(known)) if known else {}
    asked = [row for pk, row in known.items() if wrote.get(pk) and met_owner(row, theirs) not in ("", wrote[pk])][:MOST]
    if not asked:
        return {}
    setters = asked_setters(line, course, theirs, [row.external_id for row in asked])
    names = names_of(line)
    told = {row.pk: setters.get(row.external_id) for row in asked}
    are_theirs = {row.pk: met_owner(row, theirs) for row in asked}
    return {
        pk: who
        for pk, setter in told.items()
        if setter and setter.value in (None, are_theirs[pk]) and (who := called(setter, names))
    }


def met_owner(row: PlannedWrite, theirs: str) -> str:
    return str(row.before.get(theirs) or "")


def last_written(line: Line, theirs: str, people: Sequence[int]) -> dict[int, str]:
    """{person: the owner over there that the last push wrote}, of people whom a decision gave somebody."""
    rows = SyncChange.objects.filter(Exists(decided()), kind="person", local_id__in=people, after__has_key=theirs)
    rows = rows.filter(run__connection=line.connection, run__kind=RunKind.PUSH).order_by("pk")
    return {pk: str(after[theirs] or "") for pk, after in rows.values_list("local_id", "after")}


def decided() -> QuerySet[RoutingDecision]:
    given = [DecisionOutcome.ASSIGNED, DecisionOutcome.MANUAL]
    return RoutingDecision.objects.filter(person=OuterRef("local_id"), outcome__in=given)


def owner_field(course: Course) -> str:
    """What the owner of people is called over there; nothing where it is not mapped."""
    if course.mapping.kind != "person":
        return ""
    return next((rule.theirs for rule in course.mapping.rules if rule.ours == "owner"), "")


def asked_setters(line: Line, course: Course, theirs: str, ids: Sequence[str]) -> dict[str, Setter]:
    try:
        return line.connector.setters(course.object.name, theirs, ids)
    except VendorError as error:
        log.warning("who changed owners is not known", connection=line.connection.name, error=str(error))
        return {}


def names_of(line: Line) -> dict[str, str]:
    """{the id that histories use: what they are called}."""
    owners = RemoteOwner.objects.filter(connection=line.connection).exclude(user_key="")
    return {row.user_key: row.name or row.email for row in owners}


def called(setter: Setter, names: Mapping[str, str]) -> str:
    return names.get(setter.user) or setter.words or setter.user


def taken(setter: Setter, row: SyncChange, addresses: Mapping[str, str]) -> bool:
    """Whether what they gave the record is what was taken; owners are kept as addresses here."""
    return setter.value is None or addresses.get(setter.value, "") == str((row.after or {}).get("owner") or "").lower()
