"""Clusters from the pairs: of the automatic band alone, and of everything somebody may review."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection, transaction
from django.db.models import Q

from martech.identity.clusters import Clustering, Edge, cluster
from martech.identity.engine import Conflicts
from martech.identity.judging import AUTO, REVIEW, Judge
from martech.identity.record import Record
from martech.models import DuplicatePair, HubValue, IdentityCluster, LockedIdentity, PairState
from martech.services.identity.records import load_records
from martech.services.identity.rules import rulebook_in_force

LINKING = Q(band__in=(AUTO, REVIEW)) | Q(is_pinned=True)
AT_ONCE = 20_000


def refresh_clusters(people: Collection[int] | None = None) -> None:
    """Cluster again whoever hangs together with these people; everybody where None. One at a time, in any process."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext('martech_identitycluster'))")
        if people is None:
            IdentityCluster.objects.all().delete()
            pairs = list(DuplicatePair.objects.filter(LINKING | Q(state=PairState.REJECTED)).defer("evidence"))
            groups = components(pairs)
        else:
            reached, pairs = connected(people)
            IdentityCluster.objects.filter(person_id__in=reached).delete()
            groups = components(pairs)
        batch: list[list[int]] = []
        for group in groups:
            batch.append(group)
            if sum(map(len, batch)) > AT_ONCE:
                write_clusters(batch, pairs)
                batch = []
        write_clusters(batch, pairs)


def connected(people: Collection[int]) -> tuple[set[int], list[DuplicatePair]]:
    """Everybody whom pairs that link connect to these people, and the pairs."""
    reached, frontier = set(people), set(people)
    pairs: dict[int, DuplicatePair] = {}
    while frontier:
        near = DuplicatePair.objects.filter(Q(one_id__in=frontier) | Q(other_id__in=frontier))
        near = near.filter(LINKING | Q(state=PairState.REJECTED))
        rows = {pair.pk: pair for pair in near.defer("evidence")}
        pairs.update(rows)
        linked = [pair for pair in rows.values() if pair.state != PairState.REJECTED]
        frontier = {person for pair in linked for person in (pair.one_id, pair.other_id)} - reached
        reached |= frontier
    return reached, list(pairs.values())


def components(pairs: Iterable[DuplicatePair]) -> list[list[int]]:
    """People whom the pairs that are not rejected connect, in the order of their ids."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for pair in pairs:
        if pair.state != PairState.REJECTED:
            neighbours[pair.one_id].append(pair.other_id)
            neighbours[pair.other_id].append(pair.one_id)
    found, seen = [], set()
    for start in sorted(neighbours):
        if start in seen:
            continue
        seen.add(start)
        group, stack = [], [start]
        while stack:
            person = stack.pop()
            group.append(person)
            fresh = [other for other in neighbours[person] if other not in seen]
            seen.update(fresh)
            stack += fresh
        found.append(sorted(group))
    return found


def write_clusters(groups: list[list[int]], pairs: Collection[DuplicatePair]) -> None:
    if not groups:
        return
    wanted = {person for group in groups for person in group}
    mine = [pair for pair in pairs if pair.one_id in wanted and pair.other_id in wanted]
    large = {person for group in groups if len(group) > 2 for person in group}
    records = load_records(large)
    alive = {person for person in wanted if person in records or person not in large}
    mine = [pair for pair in mine if pair.one_id in alive and pair.other_id in alive]
    automatic, review = clusterings(alive, mine, records)
    keep_ambiguous(mine, review)
    rows = [
        IdentityCluster(person_id=person, auto_cluster=automatic.cluster_of[person], review_cluster=root)
        for person, root in sorted(review.cluster_of.items())
    ]
    sizes: dict[int, int] = defaultdict(int)
    for row in rows:
        sizes[row.review_cluster] += 1
    IdentityCluster.objects.bulk_create((row for row in rows if sizes[row.review_cluster] > 1), batch_size=5_000)


def clusterings(
    people: Collection[int], pairs: Collection[DuplicatePair], records: dict[int, Record]
) -> tuple[Clustering, Clustering]:
    """The automatic and the review clustering under what people pinned, rejected and locked."""
    rulebook = rulebook_in_force()
    hubs = frozenset(HubValue.objects.values_list("kind", "value"))
    conflicts = Conflicts(records, Judge(rulebook, hubs), {})
    rules = {
        "largest": rulebook.largest_cluster,
        "pinned": [(p.one_id, p.other_id) for p in pairs if p.is_pinned],
        "apart": [(p.one_id, p.other_id) for p in pairs if p.state == PairState.REJECTED],
        "locked": LockedIdentity.objects.filter(person_id__in=people).values_list("person_id", flat=True),
    }
    undecided = [pair for pair in pairs if pair.state not in (PairState.REJECTED, PairState.MERGED)]

    def edges(*bands: str) -> list[Edge]:
        return [Edge(p.one_id, p.other_id, p.score, p.needs_unique) for p in undecided if p.band in bands]

    return (
        cluster(people, edges(AUTO), conflicts, **rules),
        cluster(people, edges(AUTO, REVIEW), conflicts, **rules),
    )


def keep_ambiguous(pairs: Collection[DuplicatePair], review: Clustering) -> None:
    """A pair that points to two people is ambiguous until one of them is ruled out."""
    for state, other in ((PairState.AMBIGUOUS, PairState.OPEN), (PairState.OPEN, PairState.AMBIGUOUS)):
        wanted = state == PairState.AMBIGUOUS
        moved = [p.pk for p in pairs if p.state == other and ((p.one_id, p.other_id) in review.ambiguous) == wanted]
        DuplicatePair.objects.filter(pk__in=moved, state=other).update(state=state)
