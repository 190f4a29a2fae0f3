"""Counted events within a window: "did X at least n times in the last d days", as a test of the condition language.

    {"field": "person.touches", "op": "gte",
     "value": {"times": 2, "days": 30, "where": {"field": "touch.kind", "op": "eq", "value": "form"}}}

`days` may be left out (ever), and so may `where` (any event). An event counts from the moment `days` × 24 hours ago on.
A record holds the events as a list of mappings: the fields of the events' catalogue, and the moment under `moment`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Subquery, Value

from mops.core.conditions.catalogue import Catalogue, CustomTest, get_catalogue
from mops.core.conditions.evaluate import compile_predicate
from mops.core.conditions.parsing import ConditionError, parse
from mops.core.conditions.sentence import sentence
from mops.core.conditions.sql import Sql, to_q
from mops.core.conditions.tree import AllOf, Node, dump

EVERYTHING = AllOf(())
MOST_TIMES, MOST_DAYS = 100_000, 36_500
SHAPE = 'write {"times": 2, "days": 30, "where": {…}}; days and where may be left out'
EACH = {
    "EXISTS": "(SELECT count(*) FROM {0} AS own) >= {1}",
    "NOT EXISTS": "(SELECT count(*) FROM {0} AS own) < {1}",
}
WORDS = {"gte": "at least", "lte": "at most", "eq": "exactly"}


@dataclass(frozen=True)
class Counted:
    """What is asked: how often, within how many days (None: ever), which events."""

    times: int
    days: int | None
    where: Node

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"times": self.times}
        if self.days is not None:
            found["days"] = self.days
        return found if self.where == EVERYTHING else {**found, "where": dump(self.where)}

    def since(self, now: datetime) -> datetime | None:
        """From when on an event counts; None: always."""
        return None if self.days is None else now - timedelta(days=self.days)


@dataclass(frozen=True)
class CountedEvents(CustomTest):
    """The test for one kind of event: `events` gives its rows, `owner` leads to the catalogue's root, `moment` says when.

    `catalogue` names the catalogue of what may be said about one event.
    """

    events: Callable[[], "models.QuerySet[Any]"]
    owner: str
    moment: str
    catalogue: str
    noun: str = "times"
    operators: tuple[str, ...] = ("gte", "lte", "eq")

    def refusal(self, operator: str, value: Any) -> tuple[str, str] | None:
        if not isinstance(value, Mapping) or set(value) - {"times", "days", "where"}:
            return "is not a count of events", SHAPE
        for name, least, most in (("times", 0, MOST_TIMES), ("days", 1, MOST_DAYS)):
            number = value.get(name)
            if name == "days" and number is None:
                continue
            if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
                return f"has no usable {name}", f"write a whole number from {least} to {most:,}"
        if operator == "gte" and value["times"] == 0:
            return "is always true", "ask for at least 1, or for exactly 0"
        return self.refusal_of_where(value.get("where"))

    def refusal_of_where(self, where: Any) -> tuple[str, str] | None:
        try:
            if where is not None:
                parse(where, get_catalogue(self.catalogue))
        except ConditionError as error:
            first = error.findings[0]
            return f"is wrong in where: {first.path or 'condition'} {first.reason}", first.remedy
        return None

    def read(self, value: Mapping[str, Any]) -> Counted:
        """The value as the tree keeps it, once `refusal` let it through."""
        where = value.get("where")
        node = EVERYTHING if where is None else parse(where, get_catalogue(self.catalogue))
        return Counted(value["times"], value.get("days"), node)

    def to_q(
        self,
        operator: str,
        value: Counted,
        now: datetime,
        prefix: str,
        among: Sequence[int] | None = None,
        each: bool = False,
    ) -> Any:
        """Semi-joins for "at least", anti-joins for "at most"; `among` narrows both sides to some owners."""
        events, owner = self._events(value, now, among), F(f"{prefix}pk")

        def reached(times: int, word: str = "EXISTS") -> Sql:
            if each and times > 1:
                return self._each_reached(events, times, OuterRef(f"{prefix}pk"), word)
            return self._reached(events, times, owner, word)

        if operator == "gte":
            return reached(value.times)
        more = reached(value.times + 1, "NOT EXISTS")
        if operator == "lte" or value.times == 0:
            return more
        return Sql("{0} AND {1}", reached(value.times), more)

    def _events(self, value: Counted, now: datetime, among: Sequence[int] | None) -> "models.QuerySet[Any]":
        """The events that count."""
        rows = self.events().order_by()
        if (since := value.since(now)) is not None:
            rows = rows.filter(**{f"{self.moment}__gte": since})
        if value.where != EVERYTHING:
            rows = rows.filter(to_q(value.where, get_catalogue(self.catalogue), now=now))
        return rows if among is None else rows.filter(**{f"{self.owner}__in": list(among)})

    def _reached(self, events: "models.QuerySet[Any]", times: int, owner: F, word: str) -> Sql:
        """The owners who have so many, gathered once for everybody."""
        owners = events.filter(**{f"{self.owner}__isnull": False}).values(self.owner)
        if times > 1:
            owners = owners.annotate(times=Count("*")).filter(times__gte=times).values(self.owner)
        pattern = f"{word} (SELECT FROM {{1}} AS counted (owner) WHERE counted.owner = {{0}})"
        return Sql(pattern, owner, Subquery(owners))

    def _each_reached(self, events: "models.QuerySet[Any]", times: int, owner: OuterRef, word: str) -> Sql:
        """Whether one owner has so many; no more of theirs are read than are needed to know."""
        own = events.filter(**{self.owner: owner}).values(self.owner)[:times]
        return Sql(EACH[word], Subquery(own), Value(times))

    def measure(self, value: Counted, actual: Any, now: datetime) -> int:
        """How many of a record's events count."""
        since, passes = value.since(now), predicate_of(value.where)
        return sum(
            1
            for event in actual or ()
            if (since is None or (event[self.moment] is not None and event[self.moment] >= since))
            and passes(event, now)
        )

    def evaluate(self, operator: str, value: Counted, actual: Any, now: datetime) -> bool:
        number = self.measure(value, actual, now)
        return {"gte": number >= value.times, "lte": number <= value.times, "eq": number == value.times}[operator]

    def words(self, operator: str, value: Counted) -> tuple[str, str]:
        is_never = value.times == 0
        often = "" if is_never else f"{value.times:,} {self.noun if value.times != 1 else self.noun.removesuffix('s')}"
        window = "" if value.days is None else f"in the last {value.days} day" + ("" if value.days == 1 else "s")
        where = "" if value.where == EVERYTHING else f"where ({sentence(value.where)})"
        return ("never" if is_never else WORDS[operator]), " ".join(filter(None, [often, window, where]))

    def inputs(self) -> list[dict[str, Any]]:
        """What the builder asks for, in order."""
        return [
            {"name": "times", "kind": "number", "label": "How often", "after": self.noun, "min": 0, "initial": 1},
            {"name": "days", "kind": "number", "label": "Days", "before": "in the last", "after": "days", "min": 1},
            {"name": "where", "kind": "condition", "label": "Which", "before": "where"},
        ]

    def inner(self) -> Catalogue:
        """The catalogue of the inputs of kind condition."""
        return get_catalogue(self.catalogue)


@lru_cache(maxsize=512)
def predicate_of(where: Node) -> Callable[..., bool]:
    return compile_predicate(where)
