"""Merging the automatic band: every cluster that rules alone may join, by the one service that merges people."""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import DuplicatePair, IdentityCluster, PairState, Person
from martech.services.merging import merge_people
from mops.core.errors import ConflictError, DomainError
from mops.core.work import run_due

REASON = "The same person by rules that may merge alone"


def apply_automatic(*, actor: User | None) -> dict[str, Any]:
    """Merge the automatic clusters into their earliest person; answers `{"merged", "kept"}` in people.

    `kept` are people whose cluster could not be merged now; they stay as they are, and the next run tries again.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for person, root in IdentityCluster.objects.order_by("person_id").values_list("person_id", "auto_cluster"):
        groups[root].append(person)
    merged = kept = 0
    for members in groups.values():
        if len(members) < 2:
            continue
        if merge_cluster(members, actor):
            merged += len(members) - 1
        else:
            kept += len(members)
    run_due("identity", limit=10**9)
    return {"merged": merged, "kept": kept}


def merge_cluster(members: list[int], actor: User | None) -> bool:
    """Merge one cluster and close its pairs in one transaction; False where somebody or something stands against it."""
    people = list(Person.objects.living().filter(pk__in=members).order_by("pk"))
    if len(people) < 2:
        return False
    try:
        with transaction.atomic():
            merge_people(survivor=people[0], others=people[1:], actor=actor, reason=REASON)
            within = DuplicatePair.objects.filter(one_id__in=members, other_id__in=members)
            within.exclude(state=PairState.REJECTED).update(state=PairState.MERGED, updated_at=timezone.now())
    except (ConflictError, DomainError):
        return False
    return True
