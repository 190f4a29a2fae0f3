"""What colleagues did with people, and the stages deals went through, as the CRM keeps them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from martech.following import follows_merges
from martech.models.deal import Deal, DealState
from martech.models.person import Person
from mops.core.references import SetForeignKey


class ActivityKind(models.TextChoices):
    CALL = "call", "Call"
    EMAIL = "email", "E-mail"
    MEETING = "meeting", "Meeting"
    MESSAGE = "message", "Message"


class Activity(models.Model):
    """A colleague spoke or wrote to a person; append-only, once by its id over there and person."""

    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="activities", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="activities"
    )
    kind = models.CharField(max_length=8, choices=ActivityKind.choices)
    at = models.DateTimeField(help_text="As the CRM says")
    system = models.CharField(max_length=80)
    object = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    recorded_at = models.DateTimeField(default=timezone.now, db_default=models.functions.Now())

    class Meta:
        verbose_name_plural = "activities"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "object", "external_id", "person"], name="activity_once"),
        ]
        indexes = [models.Index(fields=["person", "-at"], name="activity_person")]
        triggers = [follows_merges("martech_activity", once_per=["system", "object", "external_id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class DealStageEntry(models.Model):
    """A deal entered a stage; append-only. `stage` is the source's word, `state` what it means."""

    deal = SetForeignKey(Deal, on_delete=models.CASCADE, related_name="stage_entries", db_index=False)
    stage = models.CharField(max_length=80)
    state = models.CharField(max_length=4, choices=DealState.choices)
    at = models.DateTimeField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name_plural = "deal stage entries"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["deal", "at", "stage"], name="deal_stage_once")]

    def __str__(self) -> str:
        return f"{self.stage} {self.at:%Y-%m-%d}"
