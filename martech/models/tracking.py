"""The tracking endpoint: sources with their write keys, events as they came, those that were refused."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from martech.models.person import Person
from mops.core.history import tracked
from mops.core.work import Work

DEFAULT_RATE = 5_000


@tracked()
class EventSource(models.Model):
    """A website, app or server that sends events. Sources of one `system` share the ids of its users."""

    name = models.CharField(max_length=80, unique=True)
    system = models.CharField(
        max_length=80, default="cdp", help_text="Sources of one product share it, and its user ids"
    )
    origins = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        help_text="Web origins whose browsers may send, like https://www.example.com; * for any",
    )
    purpose = models.CharField(
        max_length=60, blank=True, default="", help_text="Consent that everybody has given who is identified here; none"
    )
    events_per_second = models.PositiveIntegerField(default=DEFAULT_RATE)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:event-source", args=[self.pk])


@tracked(exclude=["last_used_at"])
class WriteKey(models.Model):
    """What a source signs with; only its HMAC is kept. Two may be valid, so that a key is changed without a gap."""

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class EventIntake(Work):
    """The events of one request, waiting to become identities and touches."""

    class Meta(Work.Meta):
        pass


class EventState(models.TextChoices):
    WAITING = "waiting", "Being read"
    APPLIED = "applied", "Applied"
    HELD = "held", "Held until they identify"


class SourceEvent(models.Model):
    """An event as it came. The unique message id makes a repeated one arrive once.

    `anonymous_id` of an alias is its previous id. Applied events are kept for the time in which repetitions are known.
    """

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="accepted", db_index=False)
    intake = models.ForeignKey(
        EventIntake, null=True, on_delete=models.SET_NULL, related_name="events", db_constraint=False
    )
    message_id = models.CharField(max_length=100)
    type = models.CharField(max_length=10)
    name = models.CharField(max_length=200, blank=True, default="")
    user_id = models.CharField(max_length=255, blank=True, default="")
    anonymous_id = models.CharField(max_length=255, blank=True, default="")
    at = models.DateTimeField(help_text="When it happened, by our clock")
    received_at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField()
    state = models.CharField(max_length=8, choices=EventState.choices, default=EventState.WAITING)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True, default="", help_text="What of it could not be taken, and why")

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["source", "message_id"], name="source_event_once")]
        indexes = [
            models.Index(fields=["source", "-received_at", "-id"], name="source_event_newest"),
            models.Index(fields=["user_id"], condition=Q(state="held") & ~Q(user_id=""), name="source_event_user"),
            models.Index(
                fields=["anonymous_id"], condition=Q(state="held") & ~Q(anonymous_id=""), name="source_event_anonymous"
            ),
            BrinIndex(fields=["received_at"], name="source_event_received"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="source_event_person"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.name}".strip()

    def remark(self, text: str) -> None:
        """Note something beside what is noted already; the caller stores it."""
        if text and text not in self.note:
            self.note = f"{self.note} {text}".strip()[:300]


class RefusedEvent(models.Model):
    """An event, or a whole request, that was not taken: why, and what came of it."""

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="refused", db_index=False)
    received_at = models.DateTimeField(default=timezone.now)
    type = models.CharField(max_length=20, blank=True, default="")
    message_id = models.CharField(max_length=100, blank=True, default="")
    code = models.CharField(max_length=40)
    detail = models.CharField(max_length=300)
    payload = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["source", "-received_at"], name="refused_event_newest")]

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"
