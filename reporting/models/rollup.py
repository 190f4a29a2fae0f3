"""Roll-ups: what the dashboard reads instead of millions of rows, and the days that have to be counted again."""

from django.db import models
from django.utils import timezone


class DailyRollup(models.Model):
    """The rows of one subject on one day in one channel: how many, and what they come to in the base currency."""

    subject = models.CharField(max_length=20)
    day = models.DateField()
    channel = models.CharField(max_length=20, blank=True, default="")
    rows = models.BigIntegerField(default=0)
    amount = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    unconverted = models.BigIntegerField(default=0, help_text="Rows whose currency has no rate for the day")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "day", "channel"], name="rollup_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.day} {self.channel}"


class StaleDay(models.Model):
    """Rows of `source` on `day` (UTC) changed since they were rolled up; no day means all of them.

    Triggers append here and never update, so that writers do not wait for each other. A refresh takes the rows away.
    """

    source = models.CharField(max_length=10)
    day = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.source} {self.day}"


class RollupState(models.Model):
    """When the roll-ups were last found complete, and the settings their days and amounts rest on; one row."""

    refreshed_at = models.DateTimeField(default=timezone.now)
    time_zone = models.CharField(max_length=64, default="")
    currency = models.CharField(max_length=3, default="")

    def __str__(self) -> str:
        return f"{self.refreshed_at:%Y-%m-%d %H:%M}"
