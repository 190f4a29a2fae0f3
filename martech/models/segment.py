"""Segments: conditions in versions, and who was in them from when to when."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from martech.models.person import Person
from mops.core.history import tracked
from mops.core.versions import Version, version_constraints


class SegmentKind(models.TextChoices):
    LIVE = "live", "Live"
    STATIC = "static", "Static"


class SegmentQuerySet(models.QuerySet["Segment"]):
    def in_use(self) -> "SegmentQuerySet":
        return self.filter(archived_at=None)

    def live(self) -> "SegmentQuerySet":
        """Those that follow their conditions."""
        return self.in_use().filter(kind=SegmentKind.LIVE)

    def to_follow(self) -> "SegmentQuerySet":
        """The live ones, and static ones that were never counted to the end."""
        return self.in_use().filter(Q(kind=SegmentKind.LIVE) | Q(is_due=True))


@tracked(exclude=["members", "evaluated_at", "is_due", "last_error", "proved_at", "proved_people", "differing"])
class Segment(models.Model):
    """A set of people. A live one follows its condition; a static one is whom it caught once, and who was added since.

    `evaluated_at` is the moment that relative dates of the present members are counted from; `is_due` asks for a full
    count; `proved_at`, `proved_people` and `differing` are what the last nightly recount found.
    """

    key = models.SlugField(max_length=80, unique=True, help_text="How conditions and files name it; it never changes")
    name = models.CharField(max_length=120, unique=True)
    description = models.CharField(max_length=400, blank=True, default="")
    kind = models.CharField(max_length=6, choices=SegmentKind.choices, default=SegmentKind.LIVE)
    members = models.PositiveIntegerField(default=0)
    evaluated_at = models.DateTimeField(null=True, blank=True)
    is_due = models.BooleanField(default=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    proved_at = models.DateTimeField(null=True, blank=True)
    proved_people = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.kind == SegmentKind.LIVE

    @property
    def state_label(self) -> str:
        """What a list says of it: how it follows, or what keeps it from doing so."""
        if self.last_error:
            return "Stuck"
        return "Counting" if self.is_due else str(self.get_kind_display())

    def get_absolute_url(self) -> str:
        return reverse("martech:segment", args=[self.pk])


@tracked()
class SegmentVersion(Version):
    """One version of a segment's condition: the document is `{"condition": {…}}`."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        ordering = ["segment", "-number"]
        constraints = version_constraints("segment", ["segment"])

    def __str__(self) -> str:
        return f"{self.segment}, version {self.number}"

    @property
    def condition(self) -> Any:
        return self.document["condition"]


class SegmentMembership(models.Model):
    """Somebody was in a segment from `entered_at` until `left_at` (empty: still), and why they came and went."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    entered_at = models.DateTimeField()
    entered_why = models.CharField(max_length=120, blank=True, default="")
    left_at = models.DateTimeField(null=True, blank=True)
    left_why = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["-entered_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["segment", "person"], condition=Q(left_at=None), name="membership_open"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("entered_at")), name="membership_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-entered_at"], name="membership_person"),
            models.Index(fields=["segment", "entered_at"], name="membership_entered"),
            models.Index(fields=["segment", "left_at"], condition=Q(left_at__isnull=False), name="membership_left"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.segment_id}"


class SegmentDay(models.Model):
    """How many were in a segment at the end of a day (UTC)."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    members = models.PositiveIntegerField()

    class Meta:
        ordering = ["segment", "day"]
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="segment_day")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.day}: {self.members}"


class PersonConsent(models.Model):
    """What stands for a person, the strictest of all their addresses: the fold of consent, kept for conditions.

    Made anew for whoever said something or got another address; the records themselves are governance's.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    since = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["person", "purpose", "channel"]
        constraints = [models.UniqueConstraint(fields=["person", "purpose", "channel"], name="person_consent_once")]
        indexes = [
            models.Index(fields=["purpose", "channel", "state"], include=["person"], name="person_consent_state"),
            models.Index(fields=["ends_at"], condition=Q(ends_at__isnull=False), name="person_consent_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose} {self.channel} {self.state}"


class SegmentListing(models.Model):
    """A static list of another system that a segment follows."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="listings")
    system = models.CharField(max_length=80)
    external_id = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["system", "external_id"], name="segment_listing_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"
