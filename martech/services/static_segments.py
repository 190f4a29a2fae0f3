"""Merges and static segments: the survivor takes the places of who went away, and gives them back."""

from collections.abc import Sequence
from datetime import datetime

from martech.models import Person, Segment, SegmentKind, SegmentMembership
from martech.services.memberships import move

AWAY = "merged into"


def follow_merged(ids: Sequence[int], now: datetime) -> None:
    """For people who were merged or parted again: their places in static segments, in sets a segment."""
    if not ids:
        return
    people = list(Person.objects.filter(pk__in=ids).values_list("pk", "merged_into"))
    gone = {pk: survivor for pk, survivor in people if survivor}
    back = [pk for pk, survivor in people if not survivor]
    for segment in Segment.objects.in_use().filter(kind=SegmentKind.STATIC).select_for_update(of=("self",)):
        open_ = SegmentMembership.objects.filter(segment=segment, left_at=None)
        leaving = set(open_.filter(person__in=gone).values_list("person", flat=True))
        came = {gone[pk]: f"{AWAY} them: {pk}" for pk in sorted(leaving)}
        left = {pk: f"{AWAY} {gone[pk]}" for pk in sorted(leaving)}
        returned, given_back = parted(segment, back)
        if came or left or returned:
            move(segment, entered={**came, **returned}, left={**left, **given_back}, at=now)


def parted(segment: Segment, back: Sequence[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Who comes back because their merge was undone, and which survivors were in only for their sake."""
    if not back:
        return {}, {}
    last = (
        SegmentMembership.objects.filter(segment=segment, person__in=back)
        .order_by("person_id", "-entered_at", "-id")
        .distinct("person_id")
    )
    returned = {row.person_id: "parted again" for row in last if row.left_why.startswith(AWAY)}
    whys = [f"{AWAY} them: {pk}" for pk in returned]
    open_ = SegmentMembership.objects.filter(segment=segment, left_at=None, entered_why__in=whys)
    return returned, dict.fromkeys(open_.values_list("person", flat=True), "parted again")
