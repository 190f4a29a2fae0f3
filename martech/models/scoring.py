"""Scoring: models as versions, what fit is made of over time, and how far counting has come.

Engagement has no rows of its own: touches are its contributions, as they are only ever added.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from martech.models.person import Person
from mops.core.history import tracked
from mops.core.versions import Version, version_constraints


@tracked()
class ScoringVersion(Version):
    """One version of the scoring model."""

    class Meta:
        ordering = ["-number"]
        constraints = version_constraints("scoring")

    def __str__(self) -> str:
        return f"Scoring, version {self.number}"


class FitContribution(models.Model):
    """A person satisfied a fit rule of a version from `since` until `until` (empty: still)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="fit_contributions", db_index=False)
    version = models.ForeignKey(ScoringVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=40)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["person", "since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version", "rule"], condition=Q(until=None), name="fit_contribution_open"
            )
        ]
        indexes = [models.Index(fields=["person", "since"], name="fit_contribution_person")]

    def __str__(self) -> str:
        return f"{self.rule} of {self.person_id}"


class ChangedPerson(models.Model):
    """A person of whom something changed that scores, stages or segments may depend on.

    Triggers append here and never update, so that writers do not wait for each other; a refresh takes the rows away.
    """

    person_id = models.BigIntegerField()
    fields: "ArrayField[list[str] | None, list[str] | None]" = ArrayField(
        models.CharField(max_length=80), null=True, help_text="Under which topics; empty: nobody knows"
    )
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.person_id}"


class ScoringState(models.Model):
    """The day (UTC) all scores are of, and what the last recount of everybody found; one row."""

    day = models.DateField()
    counted_at = models.DateTimeField(default=timezone.now)
    people = models.PositiveIntegerField(default=0, help_text="How many were counted again")
    differing = models.PositiveIntegerField(default=0, help_text="How many of them had another score than was kept")

    def __str__(self) -> str:
        return f"{self.day}"
