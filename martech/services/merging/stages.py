"""The stage of people who became one: where their entries end elsewhere, it is entered by the merge."""

from collections.abc import Sequence

from django.utils import timezone

from governance.models import User
from martech.models import MoveCause, PersonMerge, StageMove


def enter_stage(survivor: int, stage: str, merge: PersonMerge, actor: User | None) -> list[int]:
    """Note that the survivor is in this stage when the last entry of all says another; answers the ids of what it wrote.

    Somebody recycled in March who was taken for a lead of May is a lead, and was recycled when they became one.
    """
    latest = StageMove.objects.filter(person=survivor).order_by("-at", "-id").first()
    if latest is None or latest.stage == stage:
        return []
    made = StageMove.objects.create(
        person_id=survivor,
        from_stage=latest.stage,
        stage=stage,
        at=max(timezone.now(), latest.at),
        cause=MoveCause.MERGE,
        reason="The furthest stage of the people who were merged",
        actor=actor,
    )
    return [made.pk]


def leave_stage(move_ids: Sequence[int]) -> None:
    """The merge was wrong, so what it entered goes with it."""
    StageMove.objects.filter(pk__in=move_ids, cause=MoveCause.MERGE).delete()
