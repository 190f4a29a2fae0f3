"""What a draft of the scoring model would change, before anybody publishes it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.utils import timezone

from martech.condition_fields import lookups_of, record_reader, restored
from martech.lifecycle.document import FORWARD, rank
from martech.models import Person, Stage
from martech.scoring.document import grades
from martech.scoring.reading import OWN_FIELDS
from martech.selectors.lifecycle import lifecycle_in_force, lifecycle_of
from mops.core.conditions import Node, compile_predicate, fields_used, get_catalogue, to_q

CHUNK = 5_000


class Rescored(NamedTuple):
    """A person whose score would be another one."""

    person: int
    fit: int
    engagement: int
    grade: str
    stage: str
    furthest: str


@dataclass(frozen=True)
class GradeChange:
    """A field of the matrix: how many people have the grade and how many would have it."""

    grade: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class DryRun:
    """The effect of a draft. `ways` are the most frequent changes of grade: from, to, people.

    `meet_now` and `would_meet` count who satisfies the conditions of MQL; `would_enter` are those of them who never were
    one and would become one at once. All three are None when no stage has conditions that read scores.
    """

    people: int
    moved: int
    matrix: tuple[tuple[GradeChange, ...], ...]
    ways: tuple[tuple[str, str, int], ...]
    meet_now: int | None = None
    would_meet: int | None = None
    would_enter: int | None = None


def dry_run(counted: Sequence[tuple[str, str, int]], changed: Sequence[Rescored]) -> DryRun:
    """The effect, from the number of people by grade now and then, and whoever would have another score."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for now, then, people in counted:
        before[now] += people
        after[then] += people
    ways = [(now, then, people) for now, then, people in counted if now != then]
    found = DryRun(
        people=sum(people for _now, _then, people in counted),
        moved=sum(people for _now, _then, people in ways),
        matrix=tuple(tuple(GradeChange(grade, before[grade], after[grade]) for grade in row) for row in grades()),
        ways=tuple(ways[:8]),
    )
    condition = mql_condition()
    return _with_mqls(found, condition, changed) if condition is not None else found


def mql_condition() -> Node | None:
    """The conditions of MQL in force, if they read scores."""
    lifecycle = lifecycle_of(lifecycle_in_force())
    found = next((stage.condition for stage in lifecycle.stages if stage.key == Stage.MQL), None)
    return found if found is not None and fields_used(found) & OWN_FIELDS else None


def _with_mqls(found: DryRun, condition: Node, changed: Sequence[Rescored]) -> DryRun:
    now = timezone.now()
    meet_now = Person.objects.living().filter(to_q(condition, get_catalogue("person"), now=now)).count()
    holds, gained, entering = compile_predicate(condition), 0, 0
    before_mql = [key for key in FORWARD if rank(key) < rank(Stage.MQL)]
    for person, before, after in _records(changed, fields_used(condition)):
        held, would = holds(before, now), holds(after, now)
        gained += would - held
        entering += would and not held and person.stage in before_mql and person.furthest in before_mql
    return replace(found, meet_now=meet_now, would_meet=meet_now + gained, would_enter=entering)


def _records(
    changed: Sequence[Rescored], fields: Iterable[str]
) -> Iterator[tuple[Rescored, Mapping[str, Any], Mapping[str, Any]]]:
    """Each person with what the conditions read of them, now and with the new score."""
    catalogue, keys = get_catalogue("person"), sorted(fields)
    names = ["pk", *lookups_of(keys, catalogue)]
    read = record_reader(keys, names, catalogue)
    for start in range(0, len(changed), CHUNK):
        chunk = {one.person: one for one in changed[start : start + CHUNK]}
        for row in Person.objects.filter(pk__in=chunk).order_by().values_list(*names):
            person = chunk[row[0]]
            record = restored(read(row), catalogue)
            new = {
                "person.score_fit": person.fit,
                "person.score_engagement": person.engagement,
                "person.grade": person.grade,
            }
            yield person, record, {**record, **new}
