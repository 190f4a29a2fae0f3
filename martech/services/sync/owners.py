"""Who is who: the other system's users, known here by their address unless somebody said otherwise."""

from django.db import transaction
from django.db.models import F

from governance.models import User
from martech.connectors.port import Kind
from martech.models import RemoteOwner, SyncObject
from martech.services.sync.course import Line
from martech.services.sync.patience import patient_pages
from mops.core.sql import execute

FIELDS = ("email", "name", "is_active")
MATCH = """
update martech_remoteowner o set user_id = u.id from governance_user u
where o.connection_id = %s and not o.is_chosen and lower(u.email) = lower(o.email) and o.user_id is distinct from u.id
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
                    is_active=record.values.get("is_active") not in (False, "false"),
                )
                for record in page.records
            ]
            seen.update(row.external_id for row in rows)
            RemoteOwner.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["connection", "external_id"],
                update_fields=["email", "name", "is_active"],
            )
    if names:
        RemoteOwner.objects.filter(connection=line.connection).exclude(external_id__in=seen).update(is_active=False)
        execute(MATCH, line.connection.pk)
    return len(seen)


def choose_owner(*, owner: RemoteOwner, user: User | None) -> None:
    """Say who somebody over there is here. Their records are looked at again."""
    with transaction.atomic():
        RemoteOwner.objects.filter(pk=owner.pk).update(user=user, is_chosen=True)
        SyncObject.objects.filter(connection=owner.connection_id, backfilled_at__isnull=False).update(
            backfilled_at=None, order=F("order")
        )
