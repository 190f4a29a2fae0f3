"""Merges of people: a ledger that holds everything needed to take a merge back."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from martech.models.person import Person
from martech.models.rules import RuleVersion


class PersonMergeQuerySet(models.QuerySet["PersonMerge"]):
    def standing(self) -> "PersonMergeQuerySet":
        """Merges that were not taken back."""
        return self.filter(undone_at=None)


class PersonMerge(models.Model):
    """Several people became one. `before` and `after` are the survivor's row, the others' rows are in MergedPerson.

    `moved` is `{table.column: {other's id: [row ids]}}`; `removed` is `{table: [whole rows]}` of rows the survivor had
    already; `filled` is `{table: [[id, before, after]]}` of rows that took a value from a removed one; `consents` and
    `stages` are the ids of the consent records and of the entries into a stage that the merge appended.
    """

    survivor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    rules = models.ForeignKey(RuleVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    choices = models.JSONField(default=dict, blank=True, help_text="Values chosen by hand: unit → person")
    sources = models.JSONField(default=dict, blank=True, help_text="Which person each unit came from")
    before = models.JSONField()
    after = models.JSONField()
    moved = models.JSONField(default=dict, blank=True)
    removed = models.JSONField(default=dict, blank=True)
    filled = models.JSONField(default=dict, blank=True)
    consents = models.JSONField(default=list, blank=True)
    stages = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_reason = models.CharField(max_length=300, blank=True, default="")

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["survivor", "-id"], condition=Q(undone_at=None), name="person_merge_standing"),
        ]

    def __str__(self) -> str:
        return f"Merge {self.pk} into {self.survivor_id}"

    @property
    def is_standing(self) -> bool:
        return self.undone_at is None

    @property
    def rows_moved(self) -> int:
        return sum(len(ids) for by_person in self.moved.values() for ids in by_person.values())


class MergedPerson(models.Model):
    """One of the people a merge took in, as their row was before."""

    merge = models.ForeignKey(PersonMerge, on_delete=models.CASCADE, related_name="others")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merged_away")
    before = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["merge", "person"], name="merged_person_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in merge {self.merge_id}"

    @property
    def was(self) -> Person:
        """As much of the person as they are called by."""
        before: dict[str, Any] = self.before
        return Person(
            pk=self.person_id, **{name: before.get(name, "") for name in ("first_name", "last_name", "email")}
        )
