"""The plan of a push without a trace: made as always, shown, and rolled back."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from martech.models import PlannedWrite, RunKind, SyncObject, SyncRun
from martech.services.sync.connections import MAPPED
from martech.services.sync.course import Line, course_of
from martech.services.sync.planning_push import plan_push
from martech.services.sync.rounds import objects_of


class Rehearsed(Exception):
    """Raised at the end of a rehearsal so that nothing of it stays."""


def rehearse(line: Line) -> Iterator[tuple[SyncObject, dict[str, Any], list[PlannedWrite]]]:
    """(object, plan, its rows) of every object that is written; nothing is called and nothing is kept."""
    for object in objects_of(line.connection):
        if object.kind in MAPPED and line.vendor.objects[object.name].can_write:
            found = rehearse_object(line, object)
            if found is not None:
                yield found


def rehearse_object(line: Line, object: SyncObject) -> tuple[SyncObject, dict[str, Any], list[PlannedWrite]] | None:
    course = course_of(object)
    if course is None:
        return None
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(connection=line.connection, object=object, kind=RunKind.PUSH)
            course.run = run
            planned = plan_push(line, course, run)
            plan, rows = planned.plan, list(PlannedWrite.objects.filter(run=run).order_by("local_id"))
            raise Rehearsed
    except Rehearsed:
        return object, plan, rows
