"""How the background work of every kind is doing: what gave up, what waits too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from mops.core import work
from mops.core.work import WorkState

LATE = timedelta(minutes=5)
"""The sweep wakes what is due every few seconds; minutes without a worker mean that none runs or none keeps up."""


@dataclass(frozen=True)
class Stuck:
    """Rows of one kind: how many, since when the oldest, and the newest error for those that gave up."""

    kind: str
    count: int
    since: datetime
    error: str = ""

    @property
    def label(self) -> str:
        return self.kind.replace("_", " ").replace(".", ": ").capitalize()


def quarantined_work() -> list[Stuck]:
    """Work that failed as often as it may, a line a kind; kinds without any are left out."""
    found = []
    for kind in work.kinds():
        rows = kind.model._default_manager.filter(state=WorkState.QUARANTINED).order_by()
        total = rows.aggregate(number=Count("*"), since=Min("finished_at"))
        if total["number"]:
            error = rows.order_by("-finished_at").values_list("last_error", flat=True)[0]
            found.append(Stuck(kind.name, total["number"], total["since"] or timezone.now(), error))
    return found


def late_work(now: datetime) -> list[Stuck]:
    """Work that should have begun minutes before `now`, a line a kind."""
    found = []
    for kind in work.kinds():
        rows = work.due(kind.model, now - LATE).order_by()
        total = rows.aggregate(number=Count("*"), since=Min("run_after"))
        if total["number"]:
            found.append(Stuck(kind.name, total["number"], total["since"]))
    return found
