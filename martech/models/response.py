"""Response times: one clock for every owner who got a lead, running until they answer or somebody else takes over."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from martech.models.person import Person
from martech.models.routing import RoutingDecision
from mops.core.work import Work


class ClockEnd(models.TextChoices):
    ANSWERED = "answered", "Answered"
    REASSIGNED = "reassigned", "Given to somebody else"
    SUPERSEDED = "superseded", "The owner changed by other means"


class ResponseClock(Work):
    """Runs in the working time of `calendar`; as work it is due at its next event: a warning, a breach, another look.

    `pauses` are the closed intervals it stood still, `[[from, until], …]`; `verdict` is written when it breaches or ends.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="response_clocks")
    decision = models.OneToOneField(RoutingDecision, on_delete=models.CASCADE, related_name="clock")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="response_clocks")
    hop = models.PositiveSmallIntegerField(default=0, help_text="How often the lead was taken from somebody before")
    calendar = models.CharField(max_length=60, blank=True, default="")
    allowed_minutes = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_since = models.DateTimeField(null=True, blank=True)
    pauses = models.JSONField(default=list, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_how = models.CharField(max_length=40, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=ClockEnd.choices, blank=True, default="")
    verdict = models.JSONField(default=dict, blank=True)

    class Meta(Work.Meta):
        ordering = ["-started_at", "-id"]
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="response_clock_running"),
        ]
        indexes = [
            *Work.Meta.indexes,
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="response_clock_open"),
            models.Index(fields=["owner", "-started_at"], name="response_clock_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} by {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        return self.ended_at is None
