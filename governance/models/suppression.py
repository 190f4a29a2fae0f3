"""Addresses and numbers that must not be contacted, by keyed hash: just enough to respect it for ever."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from governance.models.consent import ContactChannel
from mops.core.history import tracked


class SuppressedKind(models.TextChoices):
    EMAIL = "email", "E-mail address"
    PHONE = "phone", "Phone number"


class SuppressionReason(models.TextChoices):
    ASKED = "asked", "Asked not to be contacted"
    ERASED = "erased", "Erased at their request"
    COMPLAINED = "complained", "Complained"
    BOUNCED = "bounced", "The address does not exist"
    LEGAL = "legal", "Legal or contractual reason"
    REGISTER = "register", "On a do-not-call register"
    OTHER = "other", "Another reason"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self) -> "SuppressionQuerySet":
        return self.filter(lifted_at=None)

    def covering(self, purpose: str, channel: str) -> "SuppressionQuerySet":
        """In force for a purpose and a channel; an empty scope is everything."""
        return self.in_force().filter(purpose__in=["", purpose], channel__in=["", channel])


@tracked()
class Suppression(models.Model):
    """One address or number that is suppressed, for everything or within a scope. It outlives the person's erasure."""

    subject = models.CharField(max_length=64, help_text="Keyed hash of the canonical address or number")
    kind = models.CharField(max_length=5, choices=SuppressedKind.choices)
    purpose = models.CharField(max_length=60, blank=True, default="", help_text="Empty: every purpose")
    channel = models.CharField(max_length=20, blank=True, default="", help_text="Empty: every channel")
    reason = models.CharField(max_length=10, choices=SuppressionReason.choices, default=SuppressionReason.ASKED)
    note = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=120, blank=True, default="")
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lift_reason = models.CharField(max_length=300, blank=True, default="")

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-id"]
        indexes = [models.Index(fields=["-added_at", "-id"], name="suppression_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "channel"], condition=Q(lifted_at=None), name="suppression_once"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(lift_reason=""), name="suppression_lifted_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} …{self.subject[-8:]}"

    def get_absolute_url(self) -> str:
        return reverse("governance:lift", args=[self.pk])

    @property
    def scope(self) -> str:
        return " · ".join(filter(None, [self.purpose, self.channel])) or "Everything"

    @property
    def scope_in_words(self) -> str:
        channel = dict(ContactChannel.choices).get(self.channel, self.channel)
        purpose = self.purpose.replace("-", " ").replace("_", " ").capitalize()
        return " · ".join(filter(None, [purpose, str(channel)])) or "Everything"
