"""Static lists of other systems are static segments here, with whoever of them is known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from martech.connectors.marketing import RemoteListing
from martech.connectors.registry import vendor as vendor_of
from martech.models import RemoteRow, Segment, SegmentKind, SegmentListing, SegmentMembership
from martech.services.memberships import mark, move
from martech.services.segments import free_key
from martech.services.sync.settling import Settled, Stage


def settle(stage: Stage, said: Mapping[str, RemoteListing], before: Mapping[str, RemoteListing]) -> dict[str, Settled]:
    """Put everybody who is known into the segment of their list; the others wait."""
    people = stage.found(one.person for one in said.values())
    segments = segments_of(stage, {one.list_id: one.list_name for one in said.values()})
    members: dict[str, set[int]] = defaultdict(set)
    for one in said.values():
        if one.person in people:
            members[one.list_id].add(people[one.person])
    came = {list_id: enter(stage, segments[list_id], ids) for list_id, ids in members.items()}
    settled = {}
    for id, one in said.items():
        person = people.get(one.person)
        is_new = person is not None and person in came[one.list_id]
        outcome = "skipped" if person is None else "created" if is_new else "unchanged"
        settled[id] = Settled(person, outcome, waits=person is None)
    return settled


def enter(stage: Stage, segment: Segment, people: set[int]) -> set[int]:
    """Who was not in it yet."""
    open_ = SegmentMembership.objects.filter(segment=segment, person__in=people, left_at=None)
    new = people - set(open_.values_list("person", flat=True))
    if new:
        move(segment, entered=dict.fromkeys(sorted(new), f"on the list in {stage.system}"), left={}, at=stage.now)
        mark(new, f"segment:{segment.key}")
    return new


def segments_of(stage: Stage, lists: Mapping[str, str]) -> dict[str, Segment]:
    """The segment of each list, locked; one that was never met is made under the list's name."""
    rows = SegmentListing.objects.filter(system=stage.system, external_id__in=list(lists)).select_related("segment")
    found = {row.external_id: row.segment for row in rows}
    for list_id in sorted(set(lists) - set(found)):
        found[list_id] = made(stage, list_id, lists[list_id])
    locked = Segment.objects.filter(pk__in=[one.pk for one in found.values()]).order_by("pk")
    by_pk = {one.pk: one for one in locked.select_for_update(of=("self",))}
    return {list_id: by_pk[one.pk] for list_id, one in found.items()}


def made(stage: Stage, list_id: str, name: str) -> Segment:
    label = vendor_of(stage.vendor).label
    title = " ".join(name.split())[:90] or f"List {list_id}"
    if Segment.objects.filter(name=title).exists():
        title = f"{title} ({stage.system} {list_id})"[:120]
    segment = Segment.objects.create(
        key=free_key(title),
        name=title,
        kind=SegmentKind.STATIC,
        is_due=False,
        evaluated_at=stage.now,
        description=f"The static list {list_id} of {label}; people come and go with it.",
    )
    SegmentListing.objects.create(segment=segment, system=stage.system, external_id=list_id)
    return segment


def remove(stage: Stage, rows: Sequence[RemoteRow]) -> None:
    """Who was taken off a list over there leaves its segment."""
    gone: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.local_id is not None:
            gone[str(row.values["list_id"])].add(row.local_id)
    for list_id, segment in segments_of(stage, dict.fromkeys(gone, "")).items():
        left = dict.fromkeys(sorted(gone[list_id]), f"off the list in {stage.system}")
        move(segment, entered={}, left=left, at=stage.now)
        mark(left, f"segment:{segment.key}")
    RemoteRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
