"""Companies."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils import timezone

from martech.account_changes import ACCOUNT_TRIGGERS
from martech.models.batch import ImportBatch
from martech.policies import own_rows
from mops.core.history import tracked


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: Any) -> "AccountQuerySet":
        return self.filter(own_rows(user))


@tracked()
class Account(models.Model):
    """A company. `name_key` and `domain` are the normalised forms that matching uses."""

    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300, blank=True, default="", db_index=True)
    website = models.CharField(max_length=500, blank=True, default="")
    domain = models.CharField(max_length=253, blank=True, default="", db_index=True)
    extra_domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    former_names = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    country = models.CharField(max_length=2, blank=True, default="")
    employees = models.PositiveIntegerField(null=True, blank=True)
    industry = models.CharField(max_length=120, blank=True, default="")
    type = models.CharField(max_length=60, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="accounts"
    )
    owner_name = models.CharField(
        max_length=150, blank=True, default="", help_text="The owner as the source names them"
    )
    source = models.CharField(max_length=120, blank=True, default="")
    properties = models.JSONField(default=dict, blank=True)
    import_batch = models.ForeignKey(ImportBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            GinIndex(fields=["extra_domains"], name="account_extra_domains"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="account_name_search"),
        ]
        triggers = ACCOUNT_TRIGGERS

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:account", args=[self.pk])
