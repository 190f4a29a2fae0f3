"""What a run may spend of the org's calls: a share of the day, and nothing once everybody together used most of it."""

from datetime import UTC, datetime

from martech.connectors.errors import BudgetExhausted, Throttled
from martech.connectors.port import Budget
from martech.connectors.salesforce.refusals import CONCURRENT, DAILY, ROLLING_WAIT
from martech.connectors.salesforce.settings import Settings


class Allowance:
    """Counts this connector's calls beside the shared budget; `used` and `limit` are what the org said last."""

    def __init__(self, budget: Budget, settings: Settings) -> None:
        self.budget, self.settings = budget, settings
        self.calls = 0
        self.used, self.limit = 0, settings.daily_limit

    def spend(self) -> None:
        """Take one call. Raises BudgetExhausted when the run's share or the org's calls are used up."""
        if self.calls >= max(int(self.limit * self.settings.run_share), 1):
            raise self._exhausted(f"This run has used its share of {self.settings.run_share:.0%} of the day's calls.")
        if self.used >= self.limit * self.settings.stop_at:
            raise self.most_is_used()
        self.budget.spend(CONCURRENT, DAILY)
        self.calls += 1

    def observe(self, used: int, limit: int) -> None:
        if limit > 0:
            self.used, self.limit = used, limit
            self.budget.observe(DAILY, used=used, limit=limit)

    def refused(self, error: Throttled | BudgetExhausted) -> None:
        """The vendor said no: nobody asks before the wait is over."""
        if isinstance(error, Throttled):
            self.budget.penalise(error.policy, seconds=error.seconds)
        else:
            self.budget.penalise(error.policy, seconds=ROLLING_WAIT.total_seconds())

    def most_is_used(self) -> BudgetExhausted:
        return self._exhausted(f"The org has used {self.used:,} of its {self.limit:,} calls of the last 24 hours.")

    def _exhausted(self, detail: str) -> BudgetExhausted:
        return BudgetExhausted(detail, policy=DAILY, until=datetime.now(UTC) + ROLLING_WAIT)
