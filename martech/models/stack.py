"""The tool inventory: tools, their contracts, what they can do, how they are joined, and who says what of their use."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from martech.stack.taxonomy import AREAS, CAPABILITIES, DATA, PERSONAL
from mops.core.history import tracked


class ToolState(models.TextChoices):
    TRIAL = "trial", "On trial"
    ACTIVE = "active", "In use"
    LEAVING = "leaving", "Being given up"
    GONE = "gone", "Given up"


class ToolQuerySet(models.QuerySet["Tool"]):
    def present(self) -> "ToolQuerySet":
        return self.exclude(state=ToolState.GONE)


@tracked()
class Tool(models.Model):
    """A product the team works with. `system` names where mops sees it: a connector's vendor, `cdp`, or `mops` itself."""

    name = models.CharField(max_length=120, unique=True)
    vendor = models.CharField(max_length=120, blank=True, default="")
    area = models.CharField(max_length=12, choices=[(key, label) for key, (label, _rows) in AREAS.items()])
    state = models.CharField(max_length=8, choices=ToolState.choices, default=ToolState.ACTIVE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="tools"
    )
    website = models.CharField(max_length=300, blank=True, default="")
    system = models.CharField(
        max_length=20, blank=True, default="", help_text="hubspot, salesforce, marketo, cdp, mops"
    )
    holds = ArrayField(models.CharField(max_length=12, choices=DATA), default=list, blank=True)
    notes = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ToolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:tool", args=[self.pk])

    @property
    def held(self) -> list[str]:
        labels = dict(DATA)
        return [labels.get(key, key) for key in self.holds]

    @property
    def is_personal(self) -> bool:
        return bool(PERSONAL & set(self.holds))


@tracked(exclude=["reminded_days"])
class Contract(models.Model):
    """What is paid for a tool and until when. `reminded_days` is the shortest distance its owner was reminded at.

    That a tool is kept is said for one renewal (`kept_for`): with another date of renewal it is asked anew.
    """

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="contracts")
    yearly = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="A year's price")
    currency = models.CharField(max_length=3)
    seats = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    renews_on = models.DateField(null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(default=30)
    is_automatic = models.BooleanField(default=True, help_text="It renews by itself unless notice is given")
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)
    kept_for = models.DateField(null=True, blank=True, help_text="The renewal for which somebody said that it is kept")
    kept_because = models.CharField(max_length=300, blank=True, default="")
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kept_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["renews_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="contract_currency"),
            models.CheckConstraint(condition=Q(yearly=None) | Q(yearly__gte=0), name="contract_yearly"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(renews_on=None) | Q(renews_on__gt=F("starts_on")), name="contract_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"Contract of {self.tool_id}"

    @property
    def notice_on(self) -> date | None:
        """The last day on which notice can be given."""
        return self.renews_on - timedelta(days=self.notice_days) if self.renews_on else None

    @property
    def is_kept(self) -> bool:
        """Whether somebody said that it is to renew on the day on which it does next."""
        return self.kept_for is not None and self.kept_for == self.renews_on

    def has_ended(self, today: date) -> bool:
        """One that does not renew by itself is paid until the day on which it would."""
        return self.renews_on is not None and self.renews_on <= today and not self.is_automatic

    def is_running(self, today: date) -> bool:
        has_begun = self.starts_on is None or self.starts_on <= today
        return has_begun and not self.has_ended(today)

    def renewed_on(self, today: date) -> date | None:
        """The day on which it renewed by itself, where nobody has said since when it does so next."""
        is_past = self.is_automatic and self.renews_on is not None and self.renews_on < today
        return self.renews_on if is_past else None

    def can_give_notice(self, today: date) -> bool:
        """Whether it would renew, and notice can still be given."""
        return self.is_automatic and self.notice_on is not None and self.notice_on >= today

    def is_to_decide(self, today: date) -> bool:
        """Whether notice can be given, and nobody said that it is kept."""
        return self.can_give_notice(today) and not self.is_kept


@tracked()
class ToolCapability(models.Model):
    """Something of the taxonomy that a tool can do."""

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="capabilities", db_index=False)
    key = models.CharField(max_length=20, choices=list(CAPABILITIES.items()))

    class Meta:
        verbose_name_plural = "tool capabilities"
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["tool", "key"], name="tool_capability_unique")]

    def __str__(self) -> str:
        return CAPABILITIES.get(self.key, self.key)


@tracked()
class Integration(models.Model):
    """Data that goes from one tool to another."""

    start = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="sends", db_index=False)
    end = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="receives")
    what = models.CharField(max_length=200, blank=True, default="", help_text="Contacts, campaign costs, …")
    is_both_ways = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["start", "end"], name="integration_unique"),
            models.CheckConstraint(condition=~Q(start=F("end")), name="integration_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.start_id} → {self.end_id}"


class Answer(models.TextChoices):
    YES = "yes", "Yes, I do"
    SOMETIMES = "sometimes", "Now and then"
    NO = "no", "No"


class UsageQuestion(models.Model):
    """One question to one colleague: do you use this capability of this tool? Reminded of once."""

    capability = models.ForeignKey(ToolCapability, on_delete=models.CASCADE, related_name="questions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="usage_questions")
    answer = models.CharField(max_length=9, choices=Answer.choices, blank=True, default="")
    asked_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["capability__tool__name", "capability__key"]
        constraints = [models.UniqueConstraint(fields=["capability", "user"], name="usage_question_once")]

    def __str__(self) -> str:
        return f"question {self.pk}"


def questions_to(user: Any) -> models.QuerySet[UsageQuestion]:
    """What a colleague was asked of the tools that are there, answered or not."""
    return UsageQuestion.objects.filter(user=user).exclude(capability__tool__state=ToolState.GONE)


def waiting_questions(tool: Any) -> models.QuerySet[UsageQuestion]:
    """What was asked of a tool and waits for its answer, by colleague; who left answers no more."""
    waiting = UsageQuestion.objects.filter(capability__tool=tool, answer="", user__is_active=True)
    return waiting.order_by("user__name", "user", "pk")
