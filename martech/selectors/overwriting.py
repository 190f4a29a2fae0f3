"""Who gave a lead to somebody else in another system, after a decision of ours had given it to its owner."""

from dataclasses import dataclass
from datetime import datetime

from governance.models import User
from martech.models import Connection, RemoteOwner, RoutingDecision, RunKind, SyncChange, SyncRun
from martech.selectors.sync_rows import kind_of
from martech.sync.document import read_mapping

SHOWN = 20
EDITOR = "owner_by"
"""Where `SyncChange.why` keeps who changed the owner over there."""


@dataclass(frozen=True)
class Overwriting:
    """The owner was set over there. `by` is who edited the record last, where the vendor says so; `is_back`: ours was
    written again, as the mapping says that ours counts."""

    at: datetime
    connection: Connection
    run: SyncRun
    was: str
    becomes: str
    why: str
    by: str = ""
    is_back: bool = False


def overwritings(decision: RoutingDecision) -> list[Overwriting]:
    """Of the decision's owner, oldest first: what pulls took over, and what pushes found and wrote anew."""
    rows = SyncChange.objects.filter(kind="person", local_id=decision.person_id, at__gte=decision.decided_at)
    rows = rows.filter(run__kind__in=[RunKind.PULL, RunKind.BACKFILL, RunKind.PUSH]).order_by("at", "pk")
    found: list[Overwriting] = []
    written: dict[int, str] = {}
    for row in rows.select_related("run__connection", "run__mapping", "run__object")[:100]:
        is_push = row.run.kind == RunKind.PUSH
        told = _found_there(row, written) if is_push else _taken(row)
        if told is not None:
            found.append(told)
            if not is_push:
                written.pop(row.run.connection_id, None)
    return found[-SHOWN:]


def _taken(row: SyncChange) -> Overwriting | None:
    """A pull that took an owner of theirs; owners are kept as addresses."""
    if "owner" not in row.after:
        return None
    addresses = [str(value or "") for value in ((row.before or {}).get("owner"), row.after["owner"])]
    names = {user.email.lower(): str(user) for user in User.objects.filter(email__in=addresses)}
    was, becomes = (names.get(one.lower(), one) for one in addresses)
    return Overwriting(
        row.at, row.run.connection, row.run, was, becomes, row.why.get("owner", ""), row.why.get(EDITOR, "")
    )


def _found_there(row: SyncChange, written: dict[int, str]) -> Overwriting | None:
    """A push that found another owner than the one that the push before it had `written` (by connection)."""
    document = row.run.mapping.document if row.run.mapping else None
    rules = read_mapping(document, kind_of(row.run)).mapping.rules
    theirs = next((rule.theirs for rule in rules if rule.ours == "owner"), "")
    if theirs not in row.after:
        return None
    ours, wrote = str(row.after[theirs] or ""), written.get(row.run.connection_id)
    met = str((row.before or {}).get(theirs) or "")
    written[row.run.connection_id] = ours
    if wrote is None or met in (wrote, ours):
        return None
    known = RemoteOwner.objects.filter(connection=row.run.connection, external_id__in=[met, wrote])
    names = {one.external_id: one.name or one.email for one in known}
    becomes, was = names.get(met, met), names.get(wrote, wrote)
    by = row.why.get(EDITOR, "")
    return Overwriting(row.at, row.run.connection, row.run, was, becomes, "", by, is_back=wrote == ours)
