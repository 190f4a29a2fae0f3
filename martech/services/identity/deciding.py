"""What people say of pairs: verdicts, pins and locks. Their word is final; the engine only proposes."""

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import DuplicatePair, LockedIdentity, PairState, PairVerdict, Person
from martech.services.identity.clusters import refresh_clusters
from martech.services.identity.rules import refresh_bands
from mops.core.errors import ConflictError
from mops.core.history import recording

UNDECIDED = (PairState.OPEN, PairState.AMBIGUOUS)


def decide_pair(*, pair: DuplicatePair, is_duplicate: bool, actor: User | None, reason: str = "") -> PairVerdict:
    """Record a verdict. "Not the same" keeps the two apart for good; "the same" pins them together until merged.

    Every verdict counts for or against the rule that proposed the pair. Raises ConflictError when it is decided.
    """
    with transaction.atomic(), recording("decide_pair", actor=actor, reason=reason):
        row = DuplicatePair.objects.filter(pk=pair.pk, state__in=UNDECIDED, is_pinned=False)
        change = {"is_pinned": True} if is_duplicate else {"state": PairState.REJECTED}
        if not row.update(updated_at=timezone.now(), **change):
            raise ConflictError("Somebody has decided this pair already.")
        verdict = PairVerdict.objects.create(
            pair=pair,
            rule=pair.rule,
            rule_version=pair.rule_version,
            is_duplicate=is_duplicate,
            actor=actor,
            reason=reason,
        )
        refresh_bands(pair.rule)
        refresh_clusters([pair.one_id, pair.other_id])
    return verdict


def reopen_pair(*, pair: DuplicatePair, actor: User | None, reason: str = "") -> None:
    """Take a decision back; its verdict stays in the record. Raises ConflictError for an undecided or merged pair."""
    with transaction.atomic(), recording("reopen_pair", actor=actor, reason=reason):
        decided = DuplicatePair.objects.filter(pk=pair.pk).exclude(state=PairState.MERGED)
        decided = decided.exclude(state__in=UNDECIDED, is_pinned=False)
        if not decided.update(state=PairState.OPEN, is_pinned=False, updated_at=timezone.now()):
            raise ConflictError("This pair is merged, or nobody has decided it.")
        refresh_clusters([pair.one_id, pair.other_id])


def lock_person(*, person: Person, actor: User | None, reason: str = "") -> LockedIdentity:
    """Mark a person as verified: two such people never become one."""
    with transaction.atomic(), recording("lock_identity", actor=actor, reason=reason):
        lock, _is_new = LockedIdentity.objects.get_or_create(person=person, defaults={"actor": actor, "reason": reason})
        refresh_clusters([person.pk])
    return lock


def unlock_person(*, person: Person, actor: User | None, reason: str = "") -> None:
    with transaction.atomic(), recording("unlock_identity", actor=actor, reason=reason):
        LockedIdentity.objects.filter(person=person).delete()
        refresh_clusters([person.pk])
