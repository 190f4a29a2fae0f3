"""The budget ledger: lines hold plan and actual as sums of append-only entries."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from mops.core.history import tracked
from planning.models.campaign import Campaign, Channel


class BudgetLineQuerySet(models.QuerySet["BudgetLine"]):
    def visible_to(self, _user: Any) -> "BudgetLineQuerySet":
        """Everybody who may see budgets sees all lines."""
        return self


@tracked()
class BudgetLine(models.Model):
    """Money for one campaign, or for an expense group without one, in one currency and fiscal year."""

    name = models.CharField(max_length=200)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="budget_lines")
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True, default="")
    fiscal_year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="budget_lines"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ["-fiscal_year", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "fiscal_year", "currency", "name"],
                name="budget_line_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=models.Q(currency__regex="^[A-Z]{3}$"), name="budget_line_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.fiscal_year}"

    def get_absolute_url(self) -> str:
        return reverse("planning:budget-line", args=[self.pk])


class EntryKind(models.TextChoices):
    PLAN = "plan", "Plan"
    COMMIT = "commit", "Committed"
    UNCOMMIT = "uncommit", "Commitment released"
    ACTUAL = "actual", "Actual"
    TRANSFER_IN = "transfer_in", "Transfer in"
    TRANSFER_OUT = "transfer_out", "Transfer out"
    REVERSAL = "reversal", "Reversal"


class BudgetEntry(models.Model):
    """One posting. It is never changed or deleted: a mistake is reversed by another entry."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    month = models.DateField(help_text="First day of the month it belongs to")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=300, blank=True, default="")
    document = models.CharField(max_length=200, blank=True, default="")
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "budget entries"
        ordering = ["month", "id"]
        indexes = [models.Index(fields=["line", "kind", "month"], name="budget_entry_sums")]
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="budget_entry_month"),
            models.UniqueConstraint(
                fields=["line", "document", "month", "kind"],
                condition=~models.Q(document=""),
                name="budget_entry_document_once",
            ),
        ]
        triggers = [pgtrigger.Protect(name="budget_entry_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.month:%Y-%m}"
