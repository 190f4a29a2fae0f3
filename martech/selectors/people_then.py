"""What people were like at a moment of the past, as far as decisions, stages and today tell."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from martech.condition_fields import lookups_of, record_reader, restored
from martech.lifecycle.document import rank
from martech.models import Person, PolicyVersion, StageMove
from martech.routing.document import Policy
from martech.routing.simulation import Record
from martech.selectors.routing import engine_of, person_fields
from mops.core.sql import among

EVER = datetime.min.replace(tzinfo=UTC)
STAGE, FURTHEST = "person.lifecycle_stage", "person.furthest_stage"

Stages = Sequence[tuple[datetime, str, str]]
"""When somebody entered a stage, the stage, and the furthest they had come by then; the first entry is as of ever."""


class Completion:
    """Adds to what decisions kept the fields that a policy reads beside: stages as of the decision, the others as today.

    `filled` are the keys of those others, once `complete` met them.
    """

    def __init__(self, policy: Policy) -> None:
        self.fields = policy.fields
        self.filled: set[str] = set()
        self._missing: dict[int, tuple[str, ...]] = {}

    def complete(self, rows: Sequence[tuple[int, int, datetime, dict[str, Any]]]) -> list[dict[str, Any]]:
        """The records of (person, version that decided, when, record), in their order."""
        people = {person for person, version, _at, _record in rows if self.missing(version)}
        if not people:
            return [record for _person, _version, _at, record in rows]
        keys = sorted({key for _person, version, _at, _record in rows for key in self.missing(version)})
        self.filled.update(set(keys) - {STAGE, FURTHEST})
        today = records_today(people, keys)
        ways = stages_of(people) if {STAGE, FURTHEST} & set(keys) else {}
        return [
            _completed(record, {**today.get(person, {}), **_stages_at(ways.get(person), at)}, self.missing(version))
            for person, version, at, record in rows
        ]

    def missing(self, version: int) -> tuple[str, ...]:
        """The fields of the policy that decisions of a version did not keep."""
        if version not in self._missing:
            kept = engine_of(PolicyVersion.objects.get(pk=version)).policy.fields
            self._missing[version] = tuple(key for key in self.fields if key not in kept)
        return self._missing[version]


def _completed(record: dict[str, Any], then: Record, missing: Sequence[str]) -> dict[str, Any]:
    """The record with what is missing of it; of a family of properties the kept ones stay."""
    for key in missing:
        spec = person_fields().find(key)
        name = spec.record_key if spec else key
        kept = record.get(name)
        record[name] = {**then.get(name, {}), **kept} if isinstance(kept, dict) else then.get(name)
    return record


def _stages_at(way: Stages | None, at: datetime) -> dict[str, str]:
    entered = [entry for entry in way or () if entry[0] <= at]
    return {STAGE: entered[-1][1], FURTHEST: entered[-1][2]} if entered and entered[-1][1] else {}


def records_today(people: Iterable[int], keys: Sequence[str]) -> dict[int, dict[str, Any]]:
    """These fields of the people as they are now, ready to be tested."""
    catalogue = person_fields()
    names = lookups_of(keys, catalogue)
    read = record_reader(keys, names, catalogue)
    rows = Person.objects.filter(pk__in=among(people)).values_list("pk", *names)
    return {row[0]: restored(read(row[1:]), catalogue) for row in rows}


def stages_of(people: Iterable[int]) -> dict[int, Stages]:
    """The way of each through the stages; nobody who never moved."""
    found: dict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
    moves = StageMove.objects.filter(person__in=among(people)).order_by("person", "at", "pk")
    for pk, at, before, stage in moves.values_list("person", "at", "from_stage", "stage"):
        way = found[pk]
        if not way:
            way.append((EVER, before, before))
        way.append((at, stage, max(way[-1][2], stage, key=rank)))
    return dict(found)
