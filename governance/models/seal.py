"""Seals of history: a keyed hash over rows that must never change, chained to the seal before."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class Seal(models.Model):
    """Rows of one history table, by the ranges of their ids. `columns` are those that were hashed, in order."""

    table = models.CharField(max_length=63)
    number = models.PositiveIntegerField()
    ids = models.TextField(help_text="int8multirange of pgh_id")
    rows = models.PositiveIntegerField()
    columns: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=63))
    root = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["table", "number"]
        constraints = [models.UniqueConstraint(fields=["table", "number"], name="seal_number")]
        triggers: ClassVar = [pgtrigger.Protect(name="seal_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.table} {self.number}"
