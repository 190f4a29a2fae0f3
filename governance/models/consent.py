"""Consent: append-only records; the state of a person is a fold over them, never a stored flag."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from governance import consent
from mops.core.history import tracked


class ConsentState(models.TextChoices):
    REQUESTED = consent.REQUESTED, "Requested"
    GRANTED = consent.GRANTED, "Granted"
    REFUSED = consent.REFUSED, "Refused"
    WITHDRAWN = consent.WITHDRAWN, "Withdrawn"
    EXPIRED = consent.EXPIRED, "Expired"
    VOIDED = consent.VOIDED, "Taken back"


SAYABLE = [state for state in ConsentState if state != ConsentState.VOIDED]
"""What callers may record; only mops takes back a record, and only one of its own."""


class ConsentOrigin(models.TextChoices):
    PERSON = consent.PERSON, "The person"
    COLLEAGUE = consent.COLLEAGUE, "A colleague"
    IMPORT = consent.IMPORT, "An import"
    SYSTEM = consent.SYSTEM, "A system"


class Basis(models.TextChoices):
    OPT_IN = "opt_in", "Only with a grant"
    OPT_OUT = "opt_out", "Until somebody says no"


class ContactChannel(models.TextChoices):
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    SMS = "sms", "Text message"
    POST = "post", "Post"
    ADS = "ads", "Advertising audiences"
    DATA = "data", "Data to another system"


@tracked()
class Purpose(models.Model):
    """What people are contacted or their data passed on for. A purpose nobody described needs a grant."""

    key = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True, default="")
    basis = models.CharField(max_length=7, choices=Basis.choices, default=Basis.OPT_IN)

    class Meta:
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("governance:purpose", args=[self.key])


class ConsentRecord(models.Model):
    """What a person said about one purpose and channel, when they said it and when we heard of it.

    `subject` is the keyed hash of the canonical e-mail address, so that a record survives the person's erasure.
    """

    subject = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=60)
    channel = models.CharField(max_length=20, default="email")
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    origin = models.CharField(max_length=9, choices=ConsentOrigin.choices, default=ConsentOrigin.PERSON)
    source = models.CharField(max_length=120, blank=True, default="")
    evidence = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True, help_text="When a grant ends by itself")
    voids = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="voided_by")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["subject", "purpose", "channel", "occurred_at"], name="consent_fold"),
            models.Index(fields=["purpose", "channel", "subject"], name="consent_purpose"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="voided", voids__isnull=False) | (~Q(state="voided") & Q(voids__isnull=True)),
                name="consent_voided_names_its_record",
            ),
            models.CheckConstraint(condition=~Q(voids=F("id")), name="consent_voids_another"),
        ]
        triggers = [pgtrigger.Protect(name="consent_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {self.state}"
