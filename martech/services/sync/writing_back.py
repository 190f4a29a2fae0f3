"""New owners go to the other systems at once, and the decision behind them learns when they are there."""

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from martech.models import DecisionOutcome, PlannedWrite, RoutingDecision
from martech.services.ownership import OwnerChange, record_write_back
from martech.services.sync.course import Course
from martech.services.sync.due_rounds import ask_for_round
from mops.core.sql import array, fetch

# One statement, as it is made with every batch of routing, mostly for people whom no other system has.
_DUE = """
with theirs as (
  select row.id, row.due_at, object.connection_id
  from unnest(%s::bigint[]) as person (id), martech_syncobject as object, martech_remoterow as row
  where object.kind = 'person' and row.object_id = object.id and row.local_id = person.id and row.fate = ''
), waiting as (
  update martech_remoterow set due_at = %s from theirs
  where martech_remoterow.id = theirs.id and (theirs.due_at is null or theirs.due_at > %s)
)
select id from martech_connection where state = 'active' and id in (select connection_id from theirs)
"""


def owners_changed(changes: Sequence[OwnerChange]) -> None:
    """In the transaction that writes the owners: their records wait to be sent, and a round begins."""
    told = fetch(_DUE, array(one.person for one in changes), *[timezone.now()] * 2)
    ask_for_round(pk for (pk,) in told)


def note_write_back(course: Course, rows: Sequence[PlannedWrite]) -> None:
    """After a push: the newest decision of each person whose owner was written is written back."""
    names = {rule.theirs for rule in course.mapping.rules if rule.ours == "owner"}
    people = [row.local_id for row in rows if names & row.after.keys()]
    if course.mapping.kind != "person" or not people:
        return
    decisions = RoutingDecision.objects.filter(person__in=people, outcome=DecisionOutcome.ASSIGNED)
    newest = decisions.order_by("person_id", F("decided_at").desc(), "-pk").distinct("person_id")
    record_write_back(newest.values_list("pk", flat=True), timezone.now())
