"""Taking a merge back: both records as they were, every later edit kept, or a refusal that says why."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.merging.restoring import restored
from martech.models import Person, PersonMerge
from martech.services.merging.consent import give_back
from martech.services.merging.holders import tell_listeners
from martech.services.merging.merge import lock_people
from martech.services.merging.moving import Moves, rows_as_json, take_back, write_columns
from martech.services.merging.stages import leave_stage
from mops.core.errors import ConflictError
from mops.core.history import recording
from mops.core.rights import called


def unmerge_people(*, merge: PersonMerge, actor: User | None, reason: str = "") -> PersonMerge:
    """Undo a merge. Rows go back to whom they came from; what came since stays where it arrived.

    A value the merge set and nobody changed since is what it was before. Raises ConflictError, with what to do first,
    when the merge was undone already or when later merges build on it.
    """
    with transaction.atomic(), recording("unmerge_people", actor=actor, reason=reason, merge=merge.pk):
        others = list(merge.others.order_by("person_id").values_list("person_id", flat=True))
        people = lock_people(merge.survivor_id, others)
        refuse_unmerge(merge, people[merge.survivor_id], actor)
        now = timezone.now()
        PersonMerge.objects.filter(pk=merge.pk).update(undone_at=now, undone_by=actor, undone_reason=reason[:300])
        # The others come back first: rows that are inserted for them must find them living.
        Person.objects.filter(pk__in=others, merged_into=merge.survivor_id).update(merged_into=None, updated_at=now)
        leave_stage(merge.stages)
        take_back(merge.survivor_id, Moves(merge.moved, merge.removed, merge.filled))
        restore_survivor(merge)
        Person.objects.filter(pk=merge.survivor_id).update(updated_at=now)
        give_back(merge.consents, merge=merge.pk, actor=actor)
        tell_listeners(merge.survivor_id, others)
    merge.refresh_from_db()
    return merge


def refuse_unmerge(merge: PersonMerge, survivor: Person, actor: User | None) -> None:
    """Later merges stand on this one; they are undone first, the last one first."""
    if PersonMerge.objects.filter(pk=merge.pk, undone_at__isnull=False).exists():
        raise ConflictError("This merge was undone already.")
    name = called(actor, survivor)
    if survivor.merged_into_id:
        later = PersonMerge.objects.standing().filter(others__person=survivor).first()
        number = f" (merge {later.pk})" if later else ""
        raise ConflictError(
            f"{name} was merged into person {survivor.merged_into_id} afterwards{number}. Undo that merge first."
        )
    last = PersonMerge.objects.standing().filter(survivor=survivor).order_by("-pk").first()
    if last is not None and last.pk != merge.pk:
        raise ConflictError(f"{name} took in somebody else afterwards (merge {last.pk}). Undo that merge first.")


def restore_survivor(merge: PersonMerge) -> None:
    current = rows_as_json(Person, [merge.survivor_id])[merge.survivor_id]
    write_columns(Person, merge.survivor_id, without_gone(restored(merge.before, merge.after, current)))


def without_gone(changes: dict[str, Any]) -> dict[str, Any]:
    """References to objects that were deleted since are empty."""
    kept = dict(changes)
    for field in Person._meta.local_concrete_fields:
        column, target = str(field.column), field.related_model
        value = kept.get(column)
        if target is not None and value is not None and not target._default_manager.filter(pk=value).exists():
            kept[column] = None
    return kept


def latest_merge_of(person: Person) -> PersonMerge | None:
    """The merge to undo for this person: the one that took them in, else the last one that they took somebody in by."""
    standing = PersonMerge.objects.standing()
    if person.merged_into_id:
        return standing.filter(others__person=person).order_by("-pk").first()
    return standing.filter(survivor=person).order_by("-pk").first()
