"""Routing: policies as versions, the state of their pools, and every decision with its explanation."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from martech.following import follows_merges
from martech.models.person import Person
from mops.core.history import tracked
from mops.core.references import SetForeignKey
from mops.core.versions import Version, version_constraints


@tracked()
class RoutingPolicy(models.Model):
    """A named policy; what it says is in its versions."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "routing policies"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:policy", args=[self.key])


@tracked()
class PolicyVersion(Version):
    """One version: the policy document of the contract."""

    policy = models.ForeignKey(RoutingPolicy, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        ordering = ["policy", "-number"]
        constraints = version_constraints("policy", ["policy"])

    def __str__(self) -> str:
        return f"{self.policy}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("martech:policy-version", args=[self.policy.key, self.number])


class PoolMemberState(models.Model):
    """The pointer of one member of a pool. The lowest available pointer is next; an assignment adds 1/weight."""

    policy = models.ForeignKey(RoutingPolicy, on_delete=models.CASCADE, related_name="member_states")
    pool = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pool_states")
    pointer = models.DecimalField(max_digits=24, decimal_places=9, default=0)
    away_behind = models.DecimalField(
        max_digits=24,
        decimal_places=9,
        null=True,
        blank=True,
        help_text="Leads the member was behind their share when first passed over; empty while they take part",
    )
    assigned = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pool", "user"]
        constraints = [models.UniqueConstraint(fields=["policy", "pool", "user"], name="pool_member_once")]

    def __str__(self) -> str:
        return f"{self.pool}: {self.user_id}"


class DecisionOutcome(models.TextChoices):
    ASSIGNED = "assigned", "Assigned"
    KEPT = "kept", "Owner kept"
    HELD = "held", "Waiting for somebody to be available"
    PARKED = "parked", "Parked"
    DO_NOT_ROUTE = "do_not_route", "Not to be routed"
    MANUAL = "manual", "Assigned by hand"


class RoutingDecision(models.Model):
    """One decision for one person, with everything needed to explain and to replay it. Append-only."""

    # The indexes below begin with these columns; what fewer indexes save is felt at every decision.
    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    version = SetForeignKey(
        PolicyVersion, null=True, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    outcome = models.CharField(max_length=12, choices=DecisionOutcome.choices)
    rule = models.CharField(max_length=200, blank=True, default="")
    pool = models.CharField(max_length=60, blank=True, default="")
    owner = SetForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="decisions",
        db_index=False,
    )
    previous_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    inputs = models.JSONField(default=dict)
    trace = models.JSONField(
        default=dict, help_text="What the decision rests on; martech.routing.trace puts it in words"
    )
    arrived_at = models.DateTimeField(help_text="When the person began to wait for an owner")
    decided_at = models.DateTimeField(default=timezone.now, help_text="The moment the rules were asked")
    written_at = models.DateTimeField(null=True, blank=True, help_text="When the owner was written and told in the app")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="When the CRM had the owner")
    respond_by = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-decided_at", "-id"]
        indexes = [
            models.Index(fields=["person", "-decided_at"], name="decision_person"),
            models.Index(fields=["version", "-decided_at"], name="decision_version"),
            models.Index(fields=["owner", "-decided_at"], name="decision_owner"),
            models.Index(fields=["-decided_at", "-id"], name="decision_newest"),
            models.Index(
                fields=["previous_owner"],
                condition=models.Q(previous_owner__isnull=False),
                name="decision_previous_owner",
            ),
            models.Index(fields=["person"], condition=models.Q(outcome="parked"), name="decision_parked"),
        ]
        triggers = [follows_merges("martech_routingdecision")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.person_id}"

    def get_absolute_url(self) -> str:
        return reverse("martech:decision", args=[self.pk])
