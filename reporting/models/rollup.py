"""Roll-ups: what the dashboard reads instead of millions of rows, and the days that have to be counted again."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


def grain_indexes(name: str) -> list[models.Index]:
    """Each grain is read by its own index: the coarse ones by day, the finer ones by region or owner first."""
    return [
        models.Index(fields=["grain", "day"], name=f"{name}_days"),
        models.Index(fields=["region", "day"], condition=Q(grain="region"), name=f"{name}_regions"),
        models.Index(fields=["owner", "day"], condition=Q(grain="owner"), name=f"{name}_owners"),
    ]


class Grain(models.TextChoices):
    """How finely a row of a roll-up is cut. Each coarser grain is summed from the finest, so that all agree."""

    ALL = "all", "Day"
    CHANNEL = "channel", "Day and channel"
    REGION = "region", "Day, channel and region"
    OWNER = "owner", "Day, channel, region and owner"


class DailyRollup(models.Model):
    """The rows of one subject on one day, cut by `grain`: how many, and what they come to in the base currency."""

    grain = models.CharField(max_length=7, choices=Grain.choices, default=Grain.CHANNEL)
    subject = models.CharField(max_length=20)
    day = models.DateField()
    channel = models.CharField(max_length=20, blank=True, default="")
    region = models.CharField(max_length=60, blank=True, default="")
    owner = models.CharField(max_length=254, blank=True, default="", help_text="Their address, or the source’s name")
    rows = models.BigIntegerField(default=0)
    amount = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    unconverted = models.BigIntegerField(default=0, help_text="Rows whose currency has no rate for the day")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grain", "subject", "day", "channel", "region", "owner"], name="rollup_once"
            )
        ]
        indexes = grain_indexes("rollup")

    def __str__(self) -> str:
        return f"{self.subject} {self.day} {self.channel} {self.region} {self.owner}".rstrip()


class StepRollup(models.Model):
    """Of the people who became MQL on `day`: how many came to `stage`, `days` after the step before it."""

    grain = models.CharField(max_length=7, choices=Grain.choices)
    stage = models.CharField(max_length=12)
    day = models.DateField()
    channel = models.CharField(max_length=20, blank=True, default="")
    region = models.CharField(max_length=60, blank=True, default="")
    owner = models.CharField(max_length=254, blank=True, default="")
    days = models.IntegerField()
    people = models.BigIntegerField()

    class Meta:
        indexes = grain_indexes("step")

    def __str__(self) -> str:
        return f"{self.stage} {self.day}: {self.people} after {self.days} days"


class StaleDay(models.Model):
    """Rows of `source` on `day` (UTC) changed since they were rolled up; no day means all of them.

    Triggers append here and never update, so that writers do not wait for each other. A refresh takes the rows away.
    """

    source = models.CharField(max_length=10)
    day = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.source} {self.day}"


class RollupState(models.Model):
    """When the roll-ups were last found complete, and what their days, amounts and steps rest on; one row.

    `revision` is new whenever anything was counted again: whoever keeps an answer keeps it under this.
    """

    refreshed_at = models.DateTimeField(default=timezone.now)
    time_zone = models.CharField(max_length=64, default="")
    currency = models.CharField(max_length=3, default="")
    stages = models.CharField(max_length=100, default="", help_text="The steps of the funnel, in order")
    revision = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return f"{self.refreshed_at:%Y-%m-%d %H:%M}"
