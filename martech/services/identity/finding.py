"""The sweep: whoever is marked is compared, hubs are found anew, and what they change is compared again."""

from django.db.models import Count

from martech.models import DuplicatePair, HubValue, IdentityCluster, IdentityWork, PairState, Person
from martech.services.identity.keys import mark_everybody, refresh_hubs
from martech.services.identity.rules import rulebook_in_force
from mops.core.work import WorkState, run_due

ROUNDS = 3
"""A hub found or gone marks its people; what that changes is settled in the next round."""


def find_all_duplicates(*, is_everybody: bool = False) -> dict[str, int]:
    """Compare who is marked, or everybody; answers the summary that `dedupe` prints. Stopped half-way, it goes on."""
    if is_everybody:
        mark_everybody()
    compared = 0
    for _round in range(ROUNDS):
        compared += compare_marked()
        if not refresh_hubs(rulebook_in_force().hub_surnames):
            break
    else:
        compared += compare_marked()
    return {"compared": compared, **summary()}


def compare_marked() -> int:
    """Compare whoever is marked, by sets or one by one; answers how many."""
    run_due("identity_marks")
    return run_due("identity", limit=10**9)


def summary() -> dict[str, int]:
    """Counts of people, pairs by band and clusters, as they stand."""
    open_pairs = DuplicatePair.objects.filter(state=PairState.OPEN).order_by().values_list("band").annotate(Count("id"))
    bands = dict(open_pairs)
    sizes = [
        n for _cluster, n in IdentityCluster.objects.order_by().values_list("review_cluster").annotate(Count("pk"))
    ]
    return {
        "people": Person.objects.living().count(),
        "auto_pairs": bands.get("auto", 0),
        "review_pairs": bands.get("review", 0),
        "vetoed_pairs": bands.get("vetoed", 0),
        "ambiguous_pairs": DuplicatePair.objects.filter(state=PairState.AMBIGUOUS).count(),
        "clusters": len(sizes),
        "people_in_clusters": sum(sizes),
        "largest_cluster": max(sizes, default=0),
        "hubs": HubValue.objects.count(),
        "waiting": IdentityWork.objects.filter(state=WorkState.PENDING).count(),
    }
