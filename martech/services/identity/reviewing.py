"""Verdicts of the review page: merge, keep apart, set aside."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import DuplicatePair, PairState, Person, PersonMerge
from martech.services.identity.clusters import refresh_clusters
from martech.services.identity.deciding import UNDECIDED, decide_pair
from martech.services.merging import merge_people, unmerge_people
from mops.core.errors import ConflictError
from mops.core.history import recording

REASON = "Found to be one person in the review of duplicates"


def merge_pair(*, pair: DuplicatePair, survivor: Person, choices: Mapping[str, int], actor: User | None) -> PersonMerge:
    """The two are one: record the verdict, merge them and close the pair, all or nothing.

    Raises ConflictError when the pair is decided already, DomainError when the merge is refused.
    """
    other = pair.other if survivor.pk == pair.one_id else pair.one
    with transaction.atomic(), recording("merge_pair", actor=actor):
        decide_pair(pair=pair, is_duplicate=True, actor=actor)
        merge = merge_people(survivor=survivor, others=[other], actor=actor, reason=REASON, choices=choices)
        DuplicatePair.objects.filter(pk=pair.pk).update(state=PairState.MERGED, updated_at=timezone.now())
    return merge


def keep_apart(*, pair: DuplicatePair, actor: User | None) -> None:
    """The two are two people, for good. Raises ConflictError when the pair is decided already."""
    decide_pair(pair=pair, is_duplicate=False, actor=actor)


def set_aside(*, pair: DuplicatePair, actor: User | None) -> None:
    """Nobody can tell: the pair leaves the queue and waits among the ambiguous ones. Says nothing about its rule."""
    with transaction.atomic(), recording("set_pair_aside", actor=actor):
        undecided = DuplicatePair.objects.filter(pk=pair.pk, state__in=UNDECIDED, is_pinned=False)
        if not undecided.update(state=PairState.AMBIGUOUS, updated_at=timezone.now()):
            raise ConflictError("Somebody has decided this pair already.")


def take_back(*, pair: DuplicatePair, merge: PersonMerge | None, actor: User | None) -> None:
    """Open a decided pair again, after undoing the merge it led to. Its verdict stays in the record.

    Raises DomainError when the merge cannot be undone any more; then nothing is changed.
    """
    with transaction.atomic(), recording("take_back_verdict", actor=actor):
        if merge is not None:
            unmerge_people(merge=merge, actor=actor)
        DuplicatePair.objects.filter(pk=pair.pk).update(
            state=PairState.OPEN, is_pinned=False, updated_at=timezone.now()
        )
        refresh_clusters([pair.one_id, pair.other_id])
