"""What other match rules would change, counted before anybody publishes them: clusters, segments, stages."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from martech.lifecycle.document import FORWARD, rank
from martech.models import Person, SegmentMembership, Stage
from mops.core.sql import among

SAMPLES = 10
Roots = Mapping[int, int]
Groups = Collection[list[int]]


def difference(before: Groups, after: Groups) -> dict[str, Any]:
    """Clusters of two or more, by what becomes of them: `made`, `split`, `joined` (each a count and samples)."""
    was, now = _numbers(before), _numbers(after)
    made = [group for group in after if all(person not in was for person in group)]
    joined = [
        group
        for group in after
        if any(person in was for person in group) and len({was.get(person, -person) for person in group}) > 1
    ]
    split = [group for group in before if len({now.get(person, -person) for person in group}) > 1]
    found = {"made": made, "split": split, "joined": joined}
    counts = {name: {"clusters": len(groups), "samples": groups[:SAMPLES]} for name, groups in found.items()}
    return {"before": len(before), "after": len(after), **counts}


def effect(before: Groups, after: Groups) -> dict[str, list[list[Any]]]:
    """Rows `[what, people as they are, once merged by the rules in force, once merged by the draft]`.

    `stages` are whoever ever got so far, as reports count them, `segments` who is in each now (`[id, …]`); both only
    where the draft changes a count. Every proposed pair counts as merged.
    """
    was, now = _roots(before), _roots(after)
    people = [pk for pk in was.keys() | now.keys() if was.get(pk, pk) != now.get(pk, pk)]
    # Whoever shares a cluster with one of them decides how many are left of it.
    touched = {was.get(pk, pk) for pk in people}, {now.get(pk, pk) for pk in people}
    concerned = {pk for pk, root in was.items() if root in touched[0]} | {
        pk for pk, root in now.items() if root in touched[1]
    }
    return {"stages": _stages(concerned, was, now), "segments": _segments(concerned, was, now)}


def _numbers(groups: Groups) -> dict[int, int]:
    return {person: number for number, group in enumerate(groups) for person in group}


def _roots(groups: Groups) -> dict[int, int]:
    """Each person of a cluster with its lowest, so that two lists of clusters can be held side by side."""
    return {person: min(group) for group in groups for person in group}


def _stages(people: Iterable[int], was: Roots, now: Roots) -> list[list[Any]]:
    reached = dict(Person.objects.filter(pk__in=among(people)).values_list("pk", "furthest_stage"))
    rows = []
    for key in FORWARD:
        there = [pk for pk, stage in reached.items() if rank(stage) >= rank(key)]
        if counts := _counts(there, was, now):
            stages = [stage for stage in FORWARD if rank(stage) >= rank(key)]
            total = Person.objects.living().filter(furthest_stage__in=stages).count()
            label = "People" if key == FORWARD[0] else f"Ever {Stage(key).label}"
            rows.append([label, total, *(total - fewer for fewer in counts)])
    return rows


def _segments(people: Iterable[int], was: Roots, now: Roots) -> list[list[Any]]:
    members: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    rows = SegmentMembership.objects.filter(left_at=None, person__in=among(people), segment__archived_at=None)
    named = rows.values_list("segment", "segment__name", "segment__members", "person").order_by("segment__name")
    for segment, name, total, person in named:
        members[segment, name, total].append(person)
    found = []
    for (segment, name, total), there in members.items():
        if counts := _counts(there, was, now):
            found.append([segment, name, total, *(total - fewer for fewer in counts)])
    return found


def _counts(people: Sequence[int], was: Roots, now: Roots) -> tuple[int, int] | None:
    """How many fewer are left once merged, by either rules; None where that is the same."""
    fewer = (
        len(people) - len({was.get(pk, pk) for pk in people}),
        len(people) - len({now.get(pk, pk) for pk in people}),
    )
    return fewer if fewer[0] != fewer[1] else None
