"""Consent: append-only records; the state of a person is a fold over them, never a stored flag."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone


class ConsentState(models.TextChoices):
    REQUESTED = "requested", "Requested"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


class ConsentRecord(models.Model):
    """What a person said about one purpose and channel, when they said it and when we heard of it.

    `subject` is the keyed hash of the canonical e-mail address, so that a record survives the person's erasure.
    """

    subject = models.CharField(max_length=64, db_index=True)
    purpose = models.CharField(max_length=60)
    channel = models.CharField(max_length=20, default="email")
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    source = models.CharField(max_length=120, blank=True, default="")
    evidence = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [models.Index(fields=["subject", "purpose", "channel", "occurred_at"], name="consent_fold")]
        triggers = [pgtrigger.Protect(name="consent_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {self.state}"
