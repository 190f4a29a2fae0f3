"""People: one row a human, with many e-mail addresses and ids in other systems."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from martech.following import follows_merges
from martech.lifecycle.document import FORWARD
from martech.models.account import Account
from martech.models.batch import ImportBatch
from martech.policies import own_rows
from mops.core.history import tracked
from mops.core.references import SetForeignKey
from mops.core.work import Work
from planning.models import Campaign, Channel


class Stage(models.TextChoices):
    """Lifecycle stages in their forward order, then the two that leave it."""

    SUBSCRIBER = "subscriber", "Subscriber"
    LEAD = "lead", "Lead"
    MQL = "mql", "MQL"
    SAL = "sal", "SAL"
    SQL = "sql", "SQL"
    OPPORTUNITY = "opportunity", "Opportunity"
    CUSTOMER = "customer", "Customer"
    RECYCLED = "recycled", "Recycled"
    DISQUALIFIED = "disqualified", "Disqualified"


FORWARD_STAGES = [Stage(key) for key in FORWARD]


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: Any) -> "PersonQuerySet":
        return self.living().filter(own_rows(user))

    def living(self) -> "PersonQuerySet":
        """People who were not merged into another."""
        return self.filter(merged_into=None)

    def routable(self) -> "PersonQuerySet":
        """People whom routing may give an owner."""
        return self.living().filter(owner=None, do_not_route=False)


@tracked(exclude=["score_fit", "score_engagement"], is_lean=True)
class Person(models.Model):
    """A person. `email` is the primary address as given; matching uses PersonEmail and PersonIdentity.

    The scores are no history of their own: they fade every night, and any past one can be counted again.
    """

    email = models.CharField(max_length=254, blank=True, default="")
    first_name = models.CharField(max_length=150, blank=True, default="")
    last_name = models.CharField(max_length=150, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="", help_text="E.164 where it is a valid number")
    company = models.CharField(max_length=300, blank=True, default="")
    website = models.CharField(max_length=500, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="", help_text="ISO 3166-1 alpha-2")
    city = models.CharField(max_length=120, blank=True, default="")
    job_title = models.CharField(max_length=200, blank=True, default="")
    linkedin_url = models.CharField(max_length=500, blank=True, default="")
    source = models.CharField(max_length=120, blank=True, default="")
    medium = models.CharField(max_length=120, blank=True, default="")
    channel = models.CharField(max_length=20, choices=Channel.choices, default=Channel.OTHER)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="people", db_index=False
    )
    utm = models.JSONField(default=dict, blank=True)
    account = SetForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="people", db_index=False
    )
    account_match = models.JSONField(
        null=True, blank=True, help_text="What matching said and why: see docs/accounts.md"
    )
    owner = SetForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
        db_index=False,
    )
    owner_name = models.CharField(
        max_length=150, blank=True, default="", help_text="The owner as the source names them"
    )
    do_not_route = models.BooleanField(default=False)
    lifecycle_stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.LEAD)
    furthest_stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.LEAD)
    score_fit = models.SmallIntegerField(default=0)
    score_engagement = models.SmallIntegerField(default=0)
    grade = models.CharField(max_length=2, blank=True, default="")
    properties = models.JSONField(default=dict, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    # Without a constraint: it only says where the row came from, and checking it cost a tenth of a large import.
    import_batch = models.ForeignKey(
        ImportBatch,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    created_at = models.DateTimeField(default=timezone.now, help_text="When they first came, as the source says")
    recorded_at = models.DateTimeField(default=timezone.now, help_text="When mops first heard of them")
    updated_at = models.DateTimeField(default=timezone.now)

    objects = PersonQuerySet.as_manager()
    told_elsewhere = ("account_match",)
    """Not in the trail: the card “Why this account?” shows it."""

    class Meta:
        verbose_name_plural = "people"
        ordering = ["-created_at", "-id"]
        indexes = [
            # Ascending, although lists read them backwards: new rows then always go to the end of the index.
            models.Index(fields=["created_at", "id"], name="person_newest"),
            models.Index(fields=["updated_at", "id"], name="person_changed"),
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"person_of_{name}")
                for name in ("account", "campaign", "owner", "merged_into", "import_batch")
            ),
            models.Index(fields=["lifecycle_stage", "-created_at"], name="person_stage"),
            models.Index(
                fields=["created_at"],
                condition=Q(owner=None, do_not_route=False, merged_into=None),
                name="person_unowned",
            ),
            BrinIndex(fields=["recorded_at"], name="person_recorded"),
        ]

    def __str__(self) -> str:
        """For whoever it is: no address. Pages say `called`, which knows the reader."""
        return self.name or f"Person {self.pk}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    def get_absolute_url(self) -> str:
        return reverse("martech:person", args=[self.pk])


class PersonEmail(models.Model):
    """An address of a person. `key` is the lower-case form that is unique over everybody."""

    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="emails", is_owed=True)
    address = models.CharField(max_length=254)
    key = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        triggers = [follows_merges("martech_personemail")]
        # Not `unique=True`, which brings a second index for LIKE that nothing asks.
        constraints = [models.UniqueConstraint(fields=["key"], name="person_email_key")]

    def __str__(self) -> str:
        return self.address


class PersonIdentity(models.Model):
    """The id a person has in another system: unique per system and object."""

    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="identities", is_owed=True)
    system = models.CharField(max_length=80)
    object = models.CharField(max_length=40, default="person")
    external_id = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "object", "external_id"], name="person_identity_unique")
        ]
        triggers = [follows_merges("martech_personidentity")]

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"


class AccountIdentity(models.Model):
    """The id an account has in another system."""

    account = SetForeignKey(Account, on_delete=models.CASCADE, related_name="identities", is_owed=True)
    system = models.CharField(max_length=80)
    object = models.CharField(max_length=40, default="account")
    external_id = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "object", "external_id"], name="account_identity_unique")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"


class RoutingWork(Work):
    """A person waiting for an owner; one open row a person.

    `without` are users who may not get them this time, since they let the response time pass; `hop` counts how often.
    """

    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="routing_work")
    cause = models.CharField(max_length=40, default="created")
    without = ArrayField(models.BigIntegerField(), default=list, blank=True)
    hop = models.PositiveSmallIntegerField(default=0)

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["pending", "running"]), name="routing_work_open"
            ),
        ]
