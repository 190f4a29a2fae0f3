"""Activities of the CRM: kept once, and told to the response clocks they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from martech.connectors.marketing import HumanActivity
from martech.connectors.port import RemoteRecord, Vendor
from martech.models import Activity, Connection, RemoteOwner
from martech.services.responses import record_responses
from martech.services.sync.mirror import local_ids
from mops.core.history import recording

KINDS = frozenset({"call", "email", "meeting", "message"})
_KEEP = """
INSERT INTO martech_activity (person_id, owner_id, kind, at, system, object, external_id)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True)
class NewActivity:
    """An activity with one person of ours; `owner` is our user who did it, where we know them."""

    external_id: str
    object: str
    person: int
    owner: int | None
    kind: str
    at: datetime


@dataclass(frozen=True)
class ActivitiesKept:
    """How many activities were news, and how many response clocks they answered."""

    new: int = 0
    answered: int = 0


def take_activities(
    *, connection: Connection, vendor: Vendor, object: str, records: Sequence[RemoteRecord]
) -> ActivitiesKept:
    """Keep what colleagues did, as read from an object of Kind.ACTIVITY. Tasks still open, automatic messages and people
    we do not know are left out; the same records may come again."""
    found = [one for record in records if (one := vendor.activity(object, record)) is not None]
    people = _people(connection, found)
    owners = RemoteOwner.objects.filter(connection=connection, external_id__in={one.owner_id for one in found})
    users = dict(owners.exclude(user=None).values_list("external_id", "user"))
    return record_activities(
        system=connection.name,
        activities=[
            NewActivity(one.id, object, people[who], users.get(one.owner_id), one.kind, one.at)
            for one in found
            for who in one.people
            if who in people
        ],
    )


def _people(connection: Connection, found: Sequence[HumanActivity]) -> dict[tuple[str, str], int]:
    """{(object, their id): our person} of everybody named."""
    named = {who for one in found for who in one.people}
    known: dict[tuple[str, str], int] = {}
    for object in sorted({object for object, _id in named}):
        ids = local_ids(connection.pk, object, [id for of, id in named if of == object])
        known.update({(object, id): person for id, person in ids.items()})
    return known


def record_activities(*, system: str, activities: Sequence[NewActivity]) -> ActivitiesKept:
    """Keep activities, each once for a person, and let those of owners answer the clocks that ran at their moment.

    A moment in the future (their clock is ahead of ours) counts as now.
    """
    now = timezone.now()
    rows = [
        (one.person, one.owner, one.kind, min(one.at, now), system, one.object, one.external_id)
        for one in activities
        if one.kind in KINDS
    ]
    if not rows:
        return ActivitiesKept()
    with transaction.atomic(), recording("record_activities", system=system), database.cursor() as cursor:
        cursor.execute(_KEEP, [list(column) for column in zip(*rows, strict=True)])
        new = [row[0] for row in cursor.fetchall()]
        kept = list(Activity.objects.filter(pk__in=new).values_list("person", "owner", "at", "kind"))
        answered = record_responses([row for row in kept if row[1] is not None])
    return ActivitiesKept(len(kept), answered)
