"""New owners go to the other systems at once, and the decision behind them learns when they are there."""

from collections.abc import Sequence

from django.db.models import F, Q
from django.utils import timezone

from martech.models import (
    Connection,
    ConnectionState,
    DecisionOutcome,
    PlannedWrite,
    RemoteRow,
    RoutingDecision,
    SyncWork,
)
from martech.services.ownership import OwnerChange, record_write_back
from martech.services.sync.course import Course
from mops.core.sql import among
from mops.core.work import wake


def owners_changed(changes: Sequence[OwnerChange]) -> None:
    """In the transaction that writes the owners: their records wait to be sent, and a round begins."""
    people = among(one.person for one in changes)
    rows = RemoteRow.objects.filter(object__kind="person", local_id__in=people, fate="")
    now = timezone.now()
    rows.filter(Q(due_at=None) | Q(due_at__gt=now)).update(due_at=now)
    ids = set(rows.order_by().values_list("object__connection", flat=True).distinct())
    active = Connection.objects.filter(pk__in=ids, state=ConnectionState.ACTIVE).values_list("pk", flat=True)
    SyncWork.objects.bulk_create([SyncWork(connection_id=pk) for pk in active], ignore_conflicts=True)
    if active:
        wake("sync")


def note_write_back(course: Course, rows: Sequence[PlannedWrite]) -> None:
    """After a push: the newest decision of each person whose owner was written is written back."""
    names = {rule.theirs for rule in course.mapping.rules if rule.ours == "owner"}
    people = [row.local_id for row in rows if names & row.after.keys()]
    if course.mapping.kind != "person" or not people:
        return
    decisions = RoutingDecision.objects.filter(person__in=people, outcome=DecisionOutcome.ASSIGNED)
    newest = decisions.order_by("person_id", F("decided_at").desc(), "-pk").distinct("person_id")
    record_write_back(newest.values_list("pk", flat=True), timezone.now())
