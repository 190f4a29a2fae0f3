"""How many people of a kind somebody had at a moment of the past, for a replay of caps by who is owned."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from martech.models import Person, StageMove
from martech.routing.simulation import Change, Course, Record
from martech.selectors.caps import owned_by
from martech.selectors.people_then import EVER, FURTHEST, STAGE, records_today, stages_of
from mops.core.conditions import Node, compile_predicate, fields_used
from mops.core.sql import among


class OwnedThen:
    """`counts` are people by (user, condition) when the time since `since` begins, without `leads`, who are given away anew.

    They are today's people of the users, as they are today but in the stage of then. `courses` tell of each lead when they
    begin or cease to meet which of the `conditions`, `changes` the same of everybody else. What a lead was like at the
    time is in `leads` (`{person: record}`), as far as the decision kept it.
    """

    def __init__(self, caps: Collection[tuple[int, Node]], leads: Mapping[int, Record], since: datetime) -> None:
        self.conditions = tuple(dict.fromkeys(condition for _user, condition in caps))
        self.tests = [compile_predicate(condition) for condition in self.conditions]
        self.keys = sorted(set().union(*(fields_used(condition) for condition in self.conditions)))
        self.counts = {cap: owned_by(*cap) for cap in caps}
        others = self._moved({user for user, _condition in caps}, since) - set(leads)
        today = records_today({*leads, *others}, self.keys)
        self.stages = stages_of(today) if self._reads_stage else {}
        self._leave_out(today)
        self.courses: dict[int, Course] = {
            pk: tuple(self._course(pk, {**today.get(pk, {}), **record})) for pk, record in leads.items()
        }
        self.changes: list[Change] = []
        for pk in others & set(self.owners):
            self._follow(pk, today[pk], since)

    @property
    def _reads_stage(self) -> bool:
        return not {STAGE, FURTHEST}.isdisjoint(self.keys)

    def _moved(self, users: Collection[int], since: datetime) -> set[int]:
        """People of the users who entered a stage since then, where that matters."""
        if not self._reads_stage:
            return set()
        moves = StageMove.objects.filter(at__gte=since, person__owner__in=users, person__merged_into=None)
        return set(moves.values_list("person", flat=True))

    def _leave_out(self, today: Mapping[int, Record]) -> None:
        """Take these people out of the counts, in which they are as they are today."""
        rows = Person.objects.living().filter(pk__in=among(today), owner__isnull=False)
        self.owners: dict[int, int] = dict(rows.values_list("pk", "owner"))
        for pk, owner in self.owners.items():
            for condition, test in zip(self.conditions, self.tests, strict=True):
                if (owner, condition) in self.counts and test(today[pk]):
                    self.counts[owner, condition] -= 1

    def _follow(self, pk: int, record: Record, since: datetime) -> None:
        """Count one of the others as they were when it begins, and note how that changes."""
        owner = self.owners[pk]
        for at, place, by in self._course(pk, record):
            cap = owner, self.conditions[place - 1]
            if at >= since:
                self.changes.append((at, owner, place, by))
            elif cap in self.counts:
                self.counts[cap] += by

    def _course(self, pk: int, record: Record) -> Iterator[tuple[datetime, int, int]]:
        stages = self.stages.get(pk) or [(EVER, record.get(STAGE, ""), record.get(FURTHEST, ""))]
        met = [False] * len(self.tests)
        for at, stage, furthest in stages:
            then = {**record, STAGE: stage, FURTHEST: furthest}
            for place, test in enumerate(self.tests, 1):
                if (meets := test(then)) != met[place - 1]:
                    met[place - 1] = meets
                    yield at, place, 1 if meets else -1
