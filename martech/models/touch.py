"""Touches (what a person did or was shown) and what was spent to get them."""

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func
from django.utils import timezone

from martech.following import follows_merges
from martech.models.batch import ImportBatch
from martech.models.person import Person
from martech.policies import own_rows
from mops.core.history import tracked
from mops.core.references import SetForeignKey
from planning.models import Campaign, Channel

FOLDED = 'lower(%(expressions)s COLLATE "C")'
"""As conditions compare texts, see `mops.core.conditions.folding`."""


class TouchQuerySet(models.QuerySet["Touch"]):
    def visible_to(self, user: Any) -> "TouchQuerySet":
        return self.filter(own_rows(user, "person__owner"))


class Touch(models.Model):
    """One interaction at one moment. Append-only by use; a merge moves it to the surviving person."""

    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="touches", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40, help_text="form, page, email_open, email_click, ad_click, meeting, …")
    channel = models.CharField(max_length=20, choices=Channel.choices, default=Channel.OTHER)
    source = models.CharField(max_length=120, blank=True, default="")
    medium = models.CharField(max_length=120, blank=True, default="")
    campaign = SetForeignKey(Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="touches")
    url = models.CharField(max_length=1000, blank=True, default="")
    properties = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=80, null=True, blank=True, unique=True, help_text="Message id or content hash")
    import_batch = models.ForeignKey(
        ImportBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = TouchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "touches"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["person", "-at"], name="touch_person"),
            BrinIndex(fields=["at"], name="touch_at"),
            models.Index(Func("kind", template=FOLDED), "at", name="touch_kind"),
        ]
        triggers = [follows_merges("martech_touch")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


@tracked()
class Spend(models.Model):
    """What a channel or campaign cost and delivered on one day, as the ad platform or a file says."""

    date = models.DateField()
    channel = models.CharField(max_length=20, choices=Channel.choices, default=Channel.OTHER)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="spend")
    campaign_name = models.CharField(
        max_length=200, blank=True, default="", help_text="The campaign as the source says"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    impressions = models.BigIntegerField(default=0)
    clicks = models.BigIntegerField(default=0)
    conversions = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    revenue = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    source = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(max_length=80, unique=True, help_text="Hash of what makes the row one row in its source")
    properties = models.JSONField(default=dict, blank=True)
    import_batch = models.ForeignKey(ImportBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "spend"
        ordering = ["-date", "-id"]
        indexes = [models.Index(fields=["date", "channel"], name="spend_day")]
        constraints = [models.CheckConstraint(condition=models.Q(currency__regex="^[A-Z]{3}$"), name="spend_currency")]

    def __str__(self) -> str:
        return f"{self.date} {self.channel} {self.amount} {self.currency}"
