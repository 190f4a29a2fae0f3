"""Requests: what somebody asked marketing for, and what became of it."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils import timezone

from mops.core.history import tracked
from planning.models import Campaign
from workflow.models.form import FormVersion
from workflow.policies import visible_requests


class RequestState(models.TextChoices):
    SUBMITTED = "submitted", "New"
    ASKED = "asked", "Question open"
    ACCEPTED = "accepted", "Accepted"
    DEFERRED = "deferred", "Deferred"
    MERGED = "merged", "Merged"
    DECLINED = "declined", "Declined"
    DONE = "done", "Done"


class Verdict(models.TextChoices):
    ACCEPT = "accept", "Accept"
    ASK = "ask", "Ask back"
    MERGE = "merge", "Merge into another"
    DEFER = "defer", "Defer"
    DECLINE = "decline", "Decline"


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, user: Any) -> "RequestQuerySet":
        return self.filter(visible_requests(user))

    def waiting(self) -> "RequestQuerySet":
        """Requests that marketing must decide about."""
        return self.filter(state=RequestState.SUBMITTED)


@tracked()
class Request(models.Model):
    """A request with its answers, its state and, once accepted, the campaign it became."""

    number = models.PositiveIntegerField(unique=True, editable=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="requests")
    title = models.CharField(max_length=200)
    answers = models.JSONField(default=dict)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests")
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.SUBMITTED)
    needed_by = models.DateField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True, help_text="When the requester was promised a verdict")
    question = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    deferred_until = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RequestQuerySet.as_manager()
    told_elsewhere = ("answer_due_at",)
    """The promise stands on top of the page."""

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="request_state"),
            models.Index(fields=["-created_at", "-id"], name="request_newest"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="request_title_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(campaign__isnull=False),
                name="request_accepted_has_campaign",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False),
                name="request_merged_has_target",
            ),
        ]

    def __str__(self) -> str:
        return f"R-{self.number} {self.title}"

    @property
    def is_late(self) -> bool:
        """It waits for a verdict longer than was promised."""
        due = self.answer_due_at
        return self.state == RequestState.SUBMITTED and due is not None and due < timezone.now()

    @property
    def reference(self) -> str:
        return f"R-{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:request", args=[self.number])


class RequestComment(models.Model):
    """A question, an answer or a remark on a request. Append-only by use."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]
