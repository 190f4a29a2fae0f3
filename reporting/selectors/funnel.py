"""The funnel of one cohort: the people who became MQL in a period, and how far they have come by now."""

from collections.abc import Sequence
from dataclasses import dataclass

from martech.models import Stage
from mops.core.periods import Period as Dates
from reporting.metrics import median_of
from reporting.scope import Scope
from reporting.selectors.links import records_url
from reporting.selectors.rollups import step_histograms
from reporting.selectors.subjects import funnel_stages


@dataclass(frozen=True)
class CohortStep:
    """Who came to a stage or beyond it. `rate` is of the step before, None at the first; `share` is of the cohort.

    `days` is the median since the step before, over those who made it. People count once, by their first entries,
    however often they were recycled and came again.
    """

    label: str
    people: int
    share: float
    rate: float | None
    days: float | None
    url: str
    days_url: str = ""


def cohort_steps(entered: int, dates: Dates, scope: Scope) -> list[CohortStep]:
    """MQL and every later stage of the lifecycle in force; `entered` is how many became MQL in the period."""
    found = step_histograms(scope, dates.from_, dates.to)
    first = CohortStep(
        "MQL", entered, 1.0 if entered else 0.0, None, None, records_url("mqls", dates.from_, dates.to, scope)
    )
    steps = [first]
    for stage in funnel_stages()[1:]:
        steps.append(_step(stage, found.get(stage, []), entered, steps[-1].people, dates, scope))
    return steps


def _step(
    stage: Stage, histogram: Sequence[tuple[int, int]], entered: int, before: int, dates: Dates, scope: Scope
) -> CohortStep:
    people = sum(count for _days, count in histogram)
    url = records_url(f"mql_to_{stage}", dates.from_, dates.to, scope)
    return CohortStep(
        label="Won" if stage == Stage.CUSTOMER else stage.label,
        people=people,
        share=people / entered if entered else 0.0,
        rate=people / before if before else None,
        days=median_of(histogram),
        url=url,
        days_url=records_url(f"mql_to_{stage}_days_median", dates.from_, dates.to, scope),
    )
