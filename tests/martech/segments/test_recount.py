"""The nightly recount takes nobody for a difference who is marked to be looked at while it runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from martech.models import ChangedPerson, SegmentMembership
from martech.services.refreshing import refresh_people
from martech.services.segment_refresh import prove_segments
from tests.factories import make_person
from tests.martech.segments.test_members import GERMAN, make, members

pytestmark = pytest.mark.django_db


def test_somebody_marked_in_the_middle_of_the_recount_does_not_differ() -> None:
    people = [make_person(country="DE") for _ in range(3)]
    segment = make(GERMAN)
    refresh_people()
    marked: list[int] = []

    def mark_after(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if "martech_changedperson waits" in sql and not marked:
            marked.append(people[0].pk)
            ChangedPerson.objects.create(person_id=people[0].pk)
        return answer

    with connection.execute_wrapper(mark_after):
        assert prove_segments(timezone.now() + timedelta(days=1)) == 1
    segment.refresh_from_db()
    assert marked == [people[0].pk]
    assert (segment.differing, segment.proved_people) == (0, 3)
    assert members(segment) == {person.pk for person in people}
    assert not SegmentMembership.objects.filter(entered_why="nightly recount").exists()


def test_somebody_marked_before_the_recount_is_left_to_the_refresh() -> None:
    moved, stays = make_person(country="DE"), make_person(country="DE")
    segment = make(GERMAN)
    refresh_people()
    type(moved).objects.filter(pk=moved.pk).update(country="FR")
    assert ChangedPerson.objects.filter(person_id=moved.pk).exists()
    assert prove_segments(timezone.now() + timedelta(days=1)) == 1
    segment.refresh_from_db()
    assert (segment.differing, segment.proved_people) == (0, 1)
    assert members(segment) == {moved.pk, stays.pk}
    refresh_people()
    assert members(segment) == {stays.pk}
