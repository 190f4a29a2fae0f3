"""Working hours and time off, which routing and response clocks use."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.urls import reverse
from django.utils import timezone

from mops.core.history import tracked


@tracked()
class WorkingCalendar(models.Model):
    """Working hours as the calendar document of `mops.core.clock`: zone, hours per weekday, holidays."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    document = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:edit-calendar", args=[self.key])


class Span(models.Func):
    """From an instant until, not including, another."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@tracked()
class TimeOff(models.Model):
    """A person is away: half-open, from `starts_at` until `ends_at`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "time off"
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["user", "ends_at"], name="time_off_user")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="time_off_order"),
            ExclusionConstraint(
                name="time_off_apart",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="This person is away then already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} from {self.starts_at:%-d %b %Y}"

    def get_absolute_url(self) -> str:
        return reverse("martech:edit-time-off", args=[self.pk])
