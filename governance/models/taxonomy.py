"""Naming conventions: which shape a campaign's name must have."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from mops.core.history import tracked


@tracked()
class NamingRule(models.Model):
    """The grammar of names of one kind of object: ordered parts, each with its allowed values, and a delimiter.

    `parts` is a list of `{"key", "label", "values": [...]}`; no `values` means free text without the delimiter.
    Only one version of a kind is published at a time, and only one is being drafted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    delimiter = models.CharField(max_length=3, default=" | ")
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="naming_rule_version_unique"),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state="published"), name="naming_rule_one_published"
            ),
            models.UniqueConstraint(fields=["kind"], condition=models.Q(state="draft"), name="naming_rule_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("governance:naming-rule", args=[self.kind])
