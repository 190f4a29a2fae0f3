"""Somebody takes over the records of an owner who left: looked at, applied with a reason, written over there, undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.connectors.port import Value
from martech.models import (
    Account,
    DeadLetter,
    Deal,
    Person,
    RemoteOwner,
    RunKind,
    RunState,
    SyncChange,
    SyncRun,
)
from martech.selectors.sync_departures import (
    Departure,
    can_be_given,
    departures,
    owned,
    records_of,
    successors,
)
from martech.services.assignment import assign_owners
from martech.services.sync.course import Course
from martech.services.sync.dead_letters import retry_letters
from martech.services.sync.due_rounds import ask_for_round
from martech.services.sync.taking import LOCALS
from martech.services.sync.undoing import mark_due
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.rights import called

LIST = 20


@dataclass(frozen=True)
class Handover:
    """One record: who owns it here, and who will; the same where it only has to be said over there."""

    record: str
    now: str
    then: str
    url: str


def find_departure(owner_id: int) -> Departure:
    """Raises ConflictError when nothing names them any more, or they are back."""
    owner = RemoteOwner.objects.filter(pk=owner_id).select_related("connection").first()
    lines = departures(owner.connection) if owner else []
    found = next((line for line in lines if line.owner.pk == owner_id), None)
    if found is None:
        raise ConflictError("No record names this owner any more.")
    return found


def handovers(found: Departure, user: User, reader: User) -> list[Handover]:
    """What would be done with the first records, as `reader` calls them, when `user` takes over."""
    lines: list[Handover] = []
    for course, rule in owned(found.owner.connection_id):
        if can_be_given(rule) and len(lines) < LIST:
            ids = records_of(course, rule, found.owner, LIST - len(lines))
            rows = LOCALS[course.object.kind].model._default_manager.select_related("owner").filter(pk__in=ids)
            lines += [handover(row, found.owner, user, called(reader, row)) for row in rows.order_by("pk")]
    return lines


def handover(row: Person | Account | Deal, owner: RemoteOwner, user: User, name: str) -> Handover:
    if is_theirs(str(row.owner.email) if row.owner else None, owner):
        return Handover(name, str(row.owner or owner), str(user), row.get_absolute_url())
    return Handover(name, str(owner), f"{row.owner}, who owns it here", row.get_absolute_url())


def is_theirs(address: Value, owner: RemoteOwner) -> bool:
    """Whether a record whose owner here has this address goes to the successor; an owner of ours keeps theirs."""
    return address is None or bool(owner.user and address == owner.user.email)


def take_over(*, owner: RemoteOwner, successor: str, actor: User | None) -> int:
    """Give the records of an owner who left to a colleague; answers how many. The next push writes it over there.

    A record that somebody else owns here stays theirs, and that is written. Raises DomainError, ConflictError.
    """
    found = find_departure(owner.pk)
    if successor not in successors(found.owner):
        raise DomainError("Nothing was given.", errors={"choice": ["Choose one of the list."]})
    user = User.objects.get(pk=successor)
    reason = f"{found.owner} {found.why}"
    with transaction.atomic(), recording("take_over", actor=actor, reason=reason):
        pairs = [(course, rule) for course, rule in owned(found.owner.connection_id) if can_be_given(rule)]
        number = sum(
            give(course, records_of(course, rule, found.owner), found.owner, user, actor, reason)
            for course, rule in pairs
        )
        ask_for_round([found.owner.connection_id])
    return number


def give(course: Course, ids: Sequence[int], owner: RemoteOwner, user: User, actor: User | None, reason: str) -> int:
    local = LOCALS[course.mapping.kind]
    now = local.load(ids, ["owner"])
    before = {pk: values for pk, values in now.items() if is_theirs(values.get("owner"), owner)}
    if course.mapping.kind == "person":
        assign_owners(people=list(before), owner=user, actor=actor, reason=reason)
    elif before:
        local.change(course, {pk: {"owner": user.email} for pk in before})
    note(course, before, user, actor, reason)
    mark_due(course, list(now))
    letters = DeadLetter.objects.filter(object=course.object, resolved_at=None, reason="unknown_owner")
    retry_letters(letters.filter(local_id__in=list(now)))
    return len(now)


def note(
    course: Course, before: Mapping[int, Mapping[str, Value]], user: User, actor: User | None, reason: str
) -> None:
    """A run of its own, so that it is listed with the others and can be taken back."""
    if not before:
        return
    now, after = timezone.now(), {"owner": user.email}
    run = SyncRun.objects.create(
        connection=course.connection,
        object=course.object,
        kind=RunKind.TAKEOVER,
        state=RunState.DONE,
        mapping=course.version,
        actor=actor,
        read=len(before),
        updated=len(before),
        created_at=now,
        started_at=now,
        finished_at=now,
    )
    SyncChange.objects.bulk_create(
        SyncChange(
            run=run,
            kind=course.mapping.kind,
            local_id=pk,
            before={"owner": values.get("owner")},
            after=after,
            why={"owner": reason},
        )
        for pk, values in before.items()
    )
