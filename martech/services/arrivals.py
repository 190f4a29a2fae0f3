"""What follows for the people of a page of a synchronisation: their accounts are found, then new ones are given owners.

At once for a few; for many it is durable work, for it takes longer than writing them. An owner may depend on the
account, so routing comes after matching.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from martech.models import ArrivalWork, Person
from martech.services.accounts import match_people
from martech.services.routing import enqueue_routing
from mops.core.sql import among, array, execute, fetch
from mops.core.work import Kind, wake

FEW = 500
NEWS = timedelta(days=30)
"""Somebody who came over there longer ago is not given an owner just because we learn of them."""
LATER = """
insert into martech_arrivalwork (people, is_new, state, attempts, run_after, last_error, created_at)
select range_agg(int8range(p, p, '[]'))::text, %s, 'pending', 0, now(), '', now() from unnest(%s::bigint[]) p
"""
PEOPLE = """
select p.id from unnest(%s::int8multirange) ids join martech_person p on p.id >= lower(ids) and p.id < upper(ids)
where p.merged_into_id is null order by p.id
"""


def follow_people(person_ids: Sequence[int], *, is_new: bool) -> None:
    """Let accounts be found for these people, and owners for those of them who came lately and are new here."""
    if len(person_ids) > FEW:
        execute(LATER, is_new, array(person_ids))
        wake("arrivals")
    elif person_ids:
        settle_people(person_ids, is_new=is_new)


def settle_people(person_ids: Sequence[int], *, is_new: bool) -> None:
    match_people(person_ids)
    if is_new:
        recent = Person.objects.routable().filter(pk__in=among(person_ids), created_at__gte=timezone.now() - NEWS)
        enqueue_routing(list(recent.order_by("pk").values_list("pk", flat=True)), cause="sync")


def settle_arrivals(rows: Sequence[ArrivalWork]) -> None:
    """Durable work: the people of these pages who are still there."""
    for row in rows:
        settle_people([found[0] for found in fetch(PEOPLE, row.people)], is_new=row.is_new)


ARRIVALS = Kind("arrivals", ArrivalWork, settle_arrivals, batch=1, is_long=True)
