"""Deals (opportunities) and the people on them."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils import timezone

from martech.following import follows_merges
from martech.models.account import Account
from martech.models.batch import ImportBatch
from martech.models.person import Person
from martech.policies import own_rows
from mops.core.history import tracked
from mops.core.references import SetForeignKey
from planning.models import Campaign


class DealState(models.TextChoices):
    OPEN = "open", "Open"
    WON = "won", "Won"
    LOST = "lost", "Lost"


class DealQuerySet(models.QuerySet["Deal"]):
    def visible_to(self, user: Any) -> "DealQuerySet":
        return self.filter(own_rows(user))


@tracked()
class Deal(models.Model):
    """A deal. `stage` is the source's own word for it; `state` is what it means: open, won or lost.

    `closed_at` of an open deal is when it is expected to close, as CRMs have it.
    """

    name = models.CharField(max_length=300)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="deals")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    stage = models.CharField(max_length=80)
    state = models.CharField(max_length=4, choices=DealState.choices, default=DealState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="deals"
    )
    owner_name = models.CharField(
        max_length=150, blank=True, default="", help_text="The owner as the source names them"
    )
    region = models.CharField(max_length=60, blank=True, default="")
    product = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=120, blank=True, default="")
    channel = models.CharField(max_length=20, blank=True, default="")
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="deals")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    import_batch = models.ForeignKey(ImportBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    people = models.ManyToManyField(Person, through="DealPerson", related_name="deals")

    objects = DealQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="deal_newest"),
            models.Index(fields=["state", "closed_at"], name="deal_closed"),
            models.Index(fields=["opened_at"], name="deal_opened"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="deal_name_search"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(currency__regex="^[A-Z]{3}$"), name="deal_currency"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:deal", args=[self.pk])


class DealPerson(models.Model):
    """A person on a deal, with the role they play."""

    deal = SetForeignKey(Deal, on_delete=models.CASCADE, related_name="contacts")
    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="deal_roles")
    role = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "person"], name="deal_person_unique")]
        triggers = [follows_merges("martech_dealperson", once_per=["deal_id"])]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.deal_id}"


class DealIdentity(models.Model):
    """The id a deal has in another system."""

    deal = SetForeignKey(Deal, on_delete=models.CASCADE, related_name="identities", is_owed=True)
    system = models.CharField(max_length=80)
    object = models.CharField(max_length=40, default="deal")
    external_id = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["system", "object", "external_id"], name="deal_identity_unique")]

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"
