"""Rules that are versions: survivorship in merges, matching of people to accounts."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone


class RuleKind(models.TextChoices):
    MERGE = "merge", "Merge rules"
    ACCOUNTS = "accounts", "Account matching"


class RuleVersion(models.Model):
    """One version of one kind of rules. The highest number is in force; a version never changes."""

    kind = models.CharField(max_length=10, choices=RuleKind.choices)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="rule_version_number")]
        triggers = [pgtrigger.ReadOnly(name="rule_version_never_changes", fields=["kind", "number", "document"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
