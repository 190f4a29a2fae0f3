"""Tables of reporting."""

from reporting.models.rollup import DailyRollup, RollupState, StaleDay

__all__ = ["DailyRollup", "RollupState", "StaleDay"]
