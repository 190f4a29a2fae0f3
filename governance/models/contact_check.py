"""The proof that the gate was asked: one row a use, one row for everybody who was held back."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone


class ContactCheck(models.Model):
    """One use of the gate: an export, a push. `reasons` counts those held back by reason."""

    use = models.CharField(max_length=120, help_text="What it was for: Export of people, Sync to HubSpot")
    reference = models.CharField(max_length=120, blank=True, default="", help_text="The object behind it: app.model:id")
    purpose = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    asked = models.PositiveIntegerField(default=0)
    denied = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="contactcheck_newest")]

    def __str__(self) -> str:
        return f"{self.use}: {self.denied} of {self.asked} held back"


class HeldBack(models.Model):
    """Somebody the gate refused, as the asker names them (a primary key), and why."""

    check_asked = models.ForeignKey(ContactCheck, on_delete=models.CASCADE, related_name="held_back")
    ref = models.CharField(max_length=100)
    reason = models.CharField(max_length=12)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["ref"], name="heldback_ref")]
        triggers = [pgtrigger.Protect(name="heldback_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.ref}: {self.reason}"
