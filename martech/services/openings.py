"""Leads that are held are looked at as soon as somebody can take them, whatever made room: a lead that was closed under a
cap of open leads, a colleague who may sign in again, a change in the database."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from martech.models import RoutingWork
from martech.selectors.openings import takers
from martech.selectors.waiting import pools_waited_for, waiting_for
from mops.core.sql import among
from mops.core.work import WorkState, wake


def look_where_somebody_opened() -> int:
    """Make held leads due whose pool has somebody for them now; answers how many."""
    postponed = Q(state=WorkState.PENDING, run_after__gt=timezone.now())
    if not RoutingWork.objects.filter(postponed).exists():
        return 0
    return sum(_look_again(pool, there) for pool, there in takers(pools_waited_for()).items() if there)


def _look_again(pool: str, there: Sequence[int]) -> int:
    """Whoever is left out of a lead that they gave back or were late with does not open it."""
    now = timezone.now()
    held = waiting_for([pool]).filter(state=WorkState.PENDING, run_after__gt=now).exclude(without__contains=list(there))
    found = list(held.values_list("pk", flat=True))
    with transaction.atomic():
        number = RoutingWork.objects.filter(pk__in=among(found), state=WorkState.PENDING).update(run_after=now)
        if number:
            wake("routing")
    return number
