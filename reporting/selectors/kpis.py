"""The tiles of the executive dashboard: a figure, its change against another period, its course, its plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.conf import settings

from mops.core.money import format_money
from mops.core.periods import Period as Dates
from reporting.metrics import metric_named
from reporting.scope import Scope
from reporting.selectors.links import records_url
from reporting.selectors.rollups import NOTHING, Sums


@dataclass(frozen=True)
class Kpi:
    """A figure with its change against the compared period; `good` is yes, no or empty for no judgement.

    `pace` and `target` are shares of the larger of the figure and its plan.
    """

    label: str
    value: str
    url: str
    delta: str = ""
    direction: str = ""
    good: str = ""
    note: str = ""
    spark: Sequence[float] | None = None
    pace: float | None = None
    target: float | None = None


@dataclass(frozen=True)
class Tiles:
    """The sums of both periods and of the months around them; `before` is empty without a comparison."""

    now: Sums
    before: Sums
    months: Mapping[date, Sums]
    dates: Dates
    scope: Scope

    def all(self, pipeline: Sequence[Decimal | None], plan: Decimal | None) -> list[Kpi]:
        """Six tiles; `pipeline` is what was open at the end of both periods, `plan` what was planned to be spent."""
        open_now = money(pipeline[0])
        return [
            self.counted("Leads", "people_created", "people"),
            self.counted("MQLs", "mqls", "mql"),
            self.tile("Open pipeline", "pipeline_open", open_now, *pipeline, note="at the end of the period"),
            self.summed("Revenue won", "revenue_won", "deals_won"),
            against(plan, self.summed("Spend", "spend", "spend"), self.now.get("spend", NOTHING)[1]),
            self.cost_per_lead(),
        ]

    def counted(self, label: str, metric: str, subject: str) -> Kpi:
        now, before = (Decimal(sums.get(subject, NOTHING)[0]) for sums in (self.now, self.before))
        line = [float(sums.get(subject, NOTHING)[0]) for sums in self.months.values()]
        return self.tile(label, metric, f"{now:,.0f}", now, before, spark=line)

    def summed(self, label: str, metric: str, subject: str) -> Kpi:
        now, before = (sums.get(subject, NOTHING)[1] for sums in (self.now, self.before))
        line = [float(sums.get(subject, NOTHING)[1]) for sums in self.months.values()]
        return self.tile(label, metric, money(now), now, before, spark=line)

    def cost_per_lead(self) -> Kpi:
        now, before = cost_of(self.now), cost_of(self.before)
        line = [float(cost) for sums in self.months.values() if (cost := cost_of(sums)) is not None]
        return self.tile("Cost per lead", "cost_per_lead", money(now, compact=False), now, before, spark=line)

    def tile(
        self,
        label: str,
        metric: str,
        value: str,
        now: Decimal | None,
        before: Decimal | None,
        note: str = "",
        spark: Sequence[float] | None = None,
    ) -> Kpi:
        """A figure with its delta; less is better where the metric says so."""
        url = records_url(metric, self.dates.from_, self.dates.to, self.scope)
        change = change_of(now, before) if self.dates.is_compared else None
        if change is None:
            return Kpi(label, value, url, note=note, spark=spark)
        direction = "up" if change > 0.0005 else "down" if change < -0.0005 else ""
        is_good = (change < 0) if metric_named(metric).is_less_better else (change > 0)
        judged = "" if metric == "spend" or not direction else "yes" if is_good else "no"
        note = f"vs {self.dates.compare_label}"
        return Kpi(label, value, url, f"{abs(change):.0%}", direction, judged, note, spark)


def against(plan: Decimal | None, found: Kpi, value: Decimal) -> Kpi:
    """The figure with a bar and the mark of its plan, where there is one."""
    if not plan:
        return found
    full = max(plan, value)
    note = f"plan {money(plan)}" if found.delta else f"of {money(plan)} planned"
    return replace(found, note=note, pace=float(value / full), target=float(plan / full))


def cost_of(sums: Sums) -> Decimal | None:
    """Spend a lead."""
    leads, spend = sums.get("people", NOTHING)[0], sums.get("spend", NOTHING)[1]
    return spend / leads if leads else None


def money(value: Decimal | None, *, compact: bool = True) -> str:
    return "—" if value is None else format_money(round(value, 2), settings.BASE_CURRENCY, compact=compact)


def change_of(now: Decimal | None, before: Decimal | None) -> float | None:
    """The relative change; None where there was nothing to compare with."""
    return float((now - before) / before) if now is not None and before else None
