"""Counting that stays fast on a million rows: exact up to a cap, the planner's estimate above."""

import json
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet
from django.utils.functional import cached_property

CAP = 10_000


@dataclass(frozen=True)
class Total:
    """`reachable` rows can be paged to; `number` is how many there are, roughly when not `is_exact`."""

    number: int
    reachable: int
    is_exact: bool

    def __str__(self) -> str:
        if self.is_exact:
            return f"{self.number:,}"
        digits = max(len(str(self.number)) - 3, 0)
        return f"about {round(self.number, -digits):,}"


def count_up_to(queryset: QuerySet[Any], cap: int = CAP) -> Total:
    """Counts at most `cap` + 1 rows (one query); above that one EXPLAIN asks the planner (no row is read)."""
    counted = queryset.order_by()[: cap + 1].count()
    if counted <= cap:
        return Total(counted, counted, True)
    return Total(max(estimated_rows(queryset), counted), cap, False)


def estimated_rows(queryset: QuerySet[Any]) -> int:
    """How many rows the planner expects; one EXPLAIN, no row is read."""
    sql, params = queryset.order_by().query.sql_with_params()
    with connections[queryset.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that was told the count instead of asking for it."""

    def __init__(self, rows: Any, per_page: int, *, total: Total) -> None:
        super().__init__(rows, per_page)
        self.total = total

    @cached_property
    def count(self) -> int:
        return self.total.reachable
