"""Data quality: monitors as versions, what each day's run found, findings with an owner, and fixes that can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from martech.models.person import Person
from mops.core.history import tracked
from mops.core.versions import Version, version_constraints
from mops.core.work import Work


@tracked()
class Monitor(models.Model):
    """A question asked of people every day. Its owner owns what it finds."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:monitor", args=[self.key])


@tracked(exclude=["baseline"])
class MonitorVersion(Version):
    """One version of a monitor. `baseline` keeps what a drift monitor's pinned window held, counted once."""

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, related_name="versions")
    baseline = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["monitor", "-number"]
        constraints = version_constraints("monitor", ["monitor"])

    def __str__(self) -> str:
        return f"{self.monitor}, version {self.number}"


class QualitySnapshot(models.Model):
    """What a monitor found on a day (UTC); a second run of the day replaces the first.

    `score` is the share of one that passes, None where too few people were there to tell.
    """

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    version = models.ForeignKey(MonitorVersion, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12)
    field = models.CharField(max_length=250)
    weight = models.PositiveSmallIntegerField(default=1)
    target = models.FloatField()
    checked = models.PositiveIntegerField(default=0)
    failing = models.PositiveIntegerField(default=0)
    score = models.FloatField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["monitor", "-day"]
        constraints = [models.UniqueConstraint(fields=["monitor", "day"], name="quality_snapshot_day")]
        indexes = [models.Index(fields=["day"], name="quality_snapshot_by_day")]

    def __str__(self) -> str:
        return f"{self.monitor_id} {self.day}"


class QualitySource(models.Model):
    """The part of a snapshot that concerns people of one source; the rarest sources are counted together."""

    snapshot = models.ForeignKey(QualitySnapshot, on_delete=models.CASCADE, related_name="sources", db_index=False)
    source = models.CharField(max_length=120)
    checked = models.PositiveIntegerField()
    failing = models.PositiveIntegerField()

    class Meta:
        ordering = ["-failing", "source"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "source"], name="quality_source_once")]

    def __str__(self) -> str:
        return self.source


class FindingState(models.TextChoices):
    OPEN = "open", "Open"
    RESOLVED = "resolved", "Resolved"
    ACCEPTED = "accepted", "Accepted"


@tracked(exclude=["checked", "failing", "score", "seen_on"])
class QualityFinding(models.Model):
    """A monitor below its target, from the day it fell until it passes again or somebody accepts it until a day."""

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, related_name="findings")
    state = models.CharField(max_length=8, choices=FindingState.choices, default=FindingState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="quality_findings"
    )
    opened_on = models.DateField()
    due_on = models.DateField()
    seen_on = models.DateField()
    checked = models.PositiveIntegerField(default=0)
    failing = models.PositiveIntegerField(default=0)
    score = models.FloatField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    accepted_until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["monitor"], condition=Q(state="open"), name="quality_finding_open"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_until__isnull=False) & ~Q(note=""),
                name="quality_finding_accepted_says_why",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="open"), name="quality_finding_due")]

    def __str__(self) -> str:
        return f"{self.monitor}: {self.failing:,} of {self.checked:,}"

    def get_absolute_url(self) -> str:
        return reverse("martech:finding", args=[self.pk])


class QualityStep(models.TextChoices):
    RUN = "run", "Ask every monitor"
    COUNT = "count", "Count what a fix would change"
    APPLY = "apply", "Apply a fix"
    UNDO = "undo", "Undo a fix"
    FOLLOW = "follow", "Match the changed people to accounts"


class QualityFixState(models.TextChoices):
    COUNTING = "counting", "Being counted"
    READY = "ready", "Ready"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


@tracked()
class QualityFix(models.Model):
    """A correction of one column in bulk: counted for the preview, then applied as seen, and undone as a whole."""

    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=40, help_text="A text column of people")
    options = models.JSONField(default=dict, blank=True)
    monitor = models.ForeignKey(Monitor, null=True, blank=True, on_delete=models.SET_NULL, related_name="fixes")
    state = models.CharField(max_length=8, choices=QualityFixState.choices, default=QualityFixState.COUNTING)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    counted_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.PositiveIntegerField(default=0, help_text="Distinct values that were looked at")
    left = models.JSONField(default=list, blank=True, help_text="Values that stay as they are, with the reason")
    changed = models.PositiveIntegerField(default=0, help_text="People whose value it changed")
    restored = models.PositiveIntegerField(default=0, help_text="People who got their value back")
    kept = models.PositiveIntegerField(default=0, help_text="People whose value somebody changed since")

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "quality fixes"

    def __str__(self) -> str:
        return f"Fix {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("martech:quality-fix", args=[self.pk])


class FixValue(models.Model):
    """One value a fix would change, and how many people have it. `context` is what the answer depends on beside the
    value: a country for phones, an account for values taken from it."""

    fix = models.ForeignKey(QualityFix, on_delete=models.CASCADE, related_name="values", db_index=False)
    context = models.CharField(max_length=60, blank=True, default="")
    before = models.CharField(max_length=500, blank=True, default="")
    after = models.CharField(max_length=500)
    people = models.PositiveIntegerField()
    is_chosen = models.BooleanField(default=True)

    class Meta:
        ordering = ["-people", "before", "context"]
        constraints = [models.UniqueConstraint(fields=["fix", "before", "context"], name="fix_value_once")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class FixedPerson(models.Model):
    """What a fix wrote over: enough to take it back."""

    fix = models.ForeignKey(QualityFix, on_delete=models.CASCADE, related_name="rows", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    before = models.CharField(max_length=500, blank=True, default="")
    after = models.CharField(max_length=500)

    class Meta:
        ordering = ["fix", "person"]
        constraints = [models.UniqueConstraint(fields=["fix", "person"], name="fixed_person_once")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class QualityWork(Work):
    """A run of all monitors, or a step of a fix."""

    step = models.CharField(max_length=6, choices=QualityStep.choices)
    fix = models.ForeignKey(QualityFix, null=True, blank=True, on_delete=models.CASCADE, related_name="work")
    position = models.BigIntegerField(default=0, help_text="The id of the last person of the step before")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["step"],
                condition=Q(state__in=["pending", "running"], step="run"),
                name="quality_work_one_run",
            ),
        ]
