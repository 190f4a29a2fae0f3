"""Intake forms, in versions: a request stays pinned to the version it was answered on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from mops.core.history import tracked


@tracked()
class IntakeForm(models.Model):
    """A form people fill in to ask for something."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, help_text="An edit names the moment it saw")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workflow:form", args=[self.key])


@tracked()
class FormVersion(models.Model):
    """`fields` is a list of `{"key", "label", "type", "required", "help", "choices", "maps_to", "min_days"}`.

    `type` is text, long_text, choice, date, number, money, url, channel or region; `maps_to` names the campaign field
    an answer fills when the request is accepted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    form = models.ForeignKey(IntakeForm, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    fields = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["form", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number"),
            models.UniqueConstraint(fields=["form"], condition=Q(state="published"), name="form_one_published"),
        ]

    def __str__(self) -> str:
        return f"{self.form}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:form-version", args=[self.form.key, self.number])
