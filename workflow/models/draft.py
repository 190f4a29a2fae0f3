"""Requests that are being written: kept for whoever writes them, and seen by nobody else."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from workflow.models.form import IntakeForm


class RequestDraft(models.Model):
    """What somebody filled in and did not send yet, as it was typed: `{question: text}`. One a form."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="request_drafts")
    form = models.ForeignKey(IntakeForm, on_delete=models.CASCADE, related_name="drafts")
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-updated_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="request_draft_once")]

    @property
    def kept_until(self) -> datetime:
        """When it is deleted, unless somebody changes it before."""
        return self.updated_at + timedelta(days=settings.REQUEST_DRAFT_DAYS)

    def __str__(self) -> str:
        return f"draft of {self.user_id} for {self.form_id}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:ask-form", args=[self.form.key])
