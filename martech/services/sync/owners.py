"""Who is who: the other system's users, known here by their address unless somebody said otherwise."""

from collections.abc import Sequence

from django.db import transaction

from governance.models import User
from martech.connectors.port import Kind
from martech.models import Connection, RemoteOwner, SyncObject
from martech.services.sync.course import Line, course_of
from martech.services.sync.first_contact import disagree
from martech.services.sync.patience import patient_pages
from mops.core.sql import fetch, texts

FIELDS = ("email", "name", "is_active", "user_key")
MATCH = """
update martech_remoteowner o set user_id = u.id from governance_user u
where o.connection_id = %s and not o.is_chosen and lower(u.email) = lower(o.email) and o.user_id is distinct from u.id
returning o.external_id
"""


def pull_owners(line: Line) -> int:
    """Read the users who may own records; answers how many there are. One who left stays known, as inactive."""
    names = [n for n, c in line.vendor.objects.items() if c.kind == Kind.OWNER]
    seen: set[str] = set()
    for name in names:
        for page in patient_pages(lambda at, n=name: line.connector.everything(n, FIELDS, position=at), None):  # type: ignore[misc]
            rows = [
                RemoteOwner(
                    connection=line.connection,
                    external_id=record.id,
                    email=str(record.values.get("email") or "")[:254],
                    name=str(record.values.get("name") or "")[:200],
                    user_key=str(record.values.get("user_key") or "")[:40],
                    is_active=record.values.get("is_active") not in (False, "false"),
                )
                for record in page.records
            ]
            seen.update(row.external_id for row in rows)
            RemoteOwner.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["connection", "external_id"],
                update_fields=["email", "name", "is_active", "user_key"],
            )
    if names:
        RemoteOwner.objects.filter(connection=line.connection).exclude(external_id__in=seen).update(is_active=False)
        with transaction.atomic():
            look_at_records_of(line.connection, [id for (id,) in fetch(MATCH, line.connection.pk)])
    return len(seen)


def choose_owner(*, owner: RemoteOwner, user: User | None) -> None:
    """Say who somebody over there is here. Their records are looked at again."""
    with transaction.atomic():
        RemoteOwner.objects.filter(pk=owner.pk).update(user=user, is_chosen=True)
        look_at_records_of(owner.connection, [owner.external_id])


DUE = """
update martech_remoterow set due_at = now() where object_id = %s and fate = '' and "values"->>%s = any(%s::text[])
returning external_id
"""


def look_at_records_of(connection: Connection, owners: Sequence[str]) -> None:
    """Who these are here is another matter than before: their records are decided again, though they say what they said,
    with the next round. Of the owner nothing is agreed on meanwhile, so that it is no change of ours."""
    for object in SyncObject.objects.filter(connection=connection).select_related("connection") if owners else ():
        course = course_of(object)
        rule = next((rule for rule in course.mapping.rules if rule.ours == "owner"), None) if course else None
        if course and rule and (found := fetch(DUE, object.pk, rule.theirs, texts(owners))):
            disagree(course, {id: ["owner"] for (id,) in found})
            SyncObject.objects.filter(pk=object.pk).update(backfilled_at=None)
