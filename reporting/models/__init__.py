"""Tables of reporting."""

from reporting.models.rollup import DailyRollup, Grain, RollupState, StaleDay, StepRollup

__all__ = ["DailyRollup", "Grain", "RollupState", "StaleDay", "StepRollup"]
