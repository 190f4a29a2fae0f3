"""Runs of synchronisation: what each read and wrote, what it planned, what it could not do, and what that needs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from martech.models.connection import Connection, SyncObject
from martech.sync.reasons import READ_AGAIN
from mops.core.references import SetForeignKey
from mops.core.work import Work


class RunKind(models.TextChoices):
    PULL = "pull", "Pull"
    BACKFILL = "backfill", "Backfill"
    PUSH = "push", "Push"
    UNDO = "undo", "Undo"
    COMPARE = "compare", "Completeness proof"
    TAKEOVER = "takeover", "Taking over"
    DECISION = "decision", "Decision"


class RunState(models.TextChoices):
    """A push goes planned → held or approved → running → done; all others begin as waiting. What has to wait for the
    vendor goes on later, from where it stopped, as another run."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    PLANNED = "planned", "Planned"
    HELD = "held", "Needs approval"
    APPROVED = "approved", "Approved"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    DEFERRED = "deferred", "Goes on later"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATES = [
    *(RunState.WAITING, RunState.RUNNING, RunState.PAUSED, RunState.PLANNED, RunState.HELD, RunState.APPROVED),
]
COUNTS = ("read", "unchanged", "created", "updated", "skipped", "conflicted", "failed", "unknown")
"""Every record that was read, or row that was planned, is counted under exactly one of the last seven."""


class SyncRun(models.Model):
    """One run of one object (a connection's runs of a round share `round`). `read` is the sum of the other counts."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    object = models.ForeignKey(SyncObject, null=True, blank=True, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=RunKind.choices)
    state = models.CharField(max_length=9, choices=RunState.choices, default=RunState.WAITING)
    read = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    conflicted = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True, help_text="How many it will be, where the vendor says so")
    calls = models.BigIntegerField(default=0)
    mapping = models.ForeignKey(
        "martech.MappingVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    plan = models.JSONField(default=dict, blank=True, help_text="Counts, blast radius and what held it back")
    plan_hash = models.CharField(max_length=64, blank=True, default="")
    reverts = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by")
    problem = models.JSONField(default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="While it runs: when it last got somewhere")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["connection", "-created_at"], name="sync_run_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "object", "kind"],
                condition=Q(state="running"),
                name="sync_run_alone",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(
                    read=models.F("unchanged")
                    + models.F("created")
                    + models.F("updated")
                    + models.F("skipped")
                    + models.F("conflicted")
                    + models.F("failed")
                    + models.F("unknown")
                ),
                name="sync_run_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("martech:sync-run", args=[self.pk])

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        if self.started_at is None:
            return 0.0
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()


class SyncWork(Work):
    """A round of a connection that is due, or a run that somebody asked for. One open row of each."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="work")
    run = models.ForeignKey(SyncRun, null=True, blank=True, on_delete=models.CASCADE, related_name="work")

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["connection", "run"],
                condition=Q(state__in=["pending", "running"]),
                name="sync_work_open",
                nulls_distinct=False,
            ),
        ]


class JournalReading(Work):
    """A journal that is to be read now. One open row of each connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=["pending", "running"]), name="journal_reading_open"
            ),
        ]


class SyncHint(Work):
    """A webhook or journal entry: this record over there may have changed. The key makes a repeated one one."""

    object = models.ForeignKey(SyncObject, on_delete=models.CASCADE, related_name="hints")
    external_id = models.CharField(max_length=120)
    event = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(fields=["object", "key"], name="sync_hint_once"),
        ]


class SyncChange(models.Model):
    """What a run changed here, with the rule that decided each field: the ground of undo and of “why is this so?”.

    `before` is null for a record that the run made. `after` and `why` are by field of ours.
    """

    run = SetForeignKey(SyncRun, on_delete=models.CASCADE, related_name="changes", db_index=False)
    kind = models.CharField(max_length=10)
    local_id = models.BigIntegerField()
    external_id = models.CharField(max_length=120, blank=True, default="")
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(default=dict)
    why = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["run", "id"], name="sync_change_of_run"),
            models.Index(fields=["kind", "local_id", "-at"], name="sync_change_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_id}"


class WriteState(models.TextChoices):
    PLANNED = "planned", "Planned"
    LEFT_OUT = "left_out", "Left out"
    DENIED = "denied", "Held back"
    SENDING = "sending", "Being sent"
    CREATED = "created", "Created"
    UPDATED = "updated", "Updated"
    STALE = "stale", "Changed over there meanwhile"
    SKIPPED = "skipped", "Nothing left to do"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Not known yet"


class PlannedWrite(models.Model):
    """A row of a push: what we would change over there. `before` and `after` are canonical values by their field.

    Values never change once the plan is hashed; `state` and what the vendor answered do.
    """

    run = SetForeignKey(SyncRun, on_delete=models.CASCADE, related_name="writes", db_index=False)
    local_id = models.BigIntegerField()
    external_id = models.CharField(max_length=120, blank=True, default="")
    action = models.CharField(max_length=6)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    match = models.JSONField(null=True, blank=True, help_text="[their field, value] for an upsert")
    seen_modified_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=WriteState.choices, default=WriteState.PLANNED)
    reason = models.CharField(max_length=30, blank=True, default="")
    field = models.CharField(max_length=120, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "local_id"], name="planned_write_once")]
        indexes = [
            models.Index(fields=["run", "state", "id"], name="planned_write_state"),
            models.Index(fields=["local_id"], name="planned_write_local"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.external_id or self.local_id}"


class DeadLetter(models.Model):
    """A record that could not be taken in or written, until it is: why, since when, who looks after it."""

    object = models.ForeignKey(SyncObject, on_delete=models.CASCADE, related_name="dead_letters")
    direction = models.CharField(max_length=4, choices=[("pull", "From there"), ("push", "To there")])
    external_id = models.CharField(max_length=120, blank=True, default="")
    local_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=30)
    field = models.CharField(max_length=120, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    values = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    run = models.ForeignKey(SyncRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="Null: only when something about it changed")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-last_at"]
        indexes = [models.Index(fields=["object", "reason"], condition=Q(resolved_at=None), name="dead_letter_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["object", "direction", "external_id", "local_id"],
                condition=Q(resolved_at=None),
                name="dead_letter_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.external_id or self.local_id}"


class HeldValueQuerySet(models.QuerySet["HeldValue"]):
    def undecided(self) -> "HeldValueQuerySet":
        return self.filter(choice="")


class HeldValue(models.Model):
    """Two values that stand against each other: two records met for the first time, or the mapping says that somebody
    decides. Neither moves before. Both are in our terms, as they were then; a row is gone once the two agree or it is
    decided, but for ours that was chosen by hand, which waits to be written (`choice`).
    """

    object = models.ForeignKey(SyncObject, on_delete=models.CASCADE, related_name="held_values", db_index=False)
    external_id = models.CharField(max_length=120)
    local_id = models.BigIntegerField()
    field = models.CharField(max_length=120, help_text="Ours")
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    choice = models.CharField(max_length=4, blank=True, default="", help_text="“ours” once somebody said so")
    at = models.DateTimeField(default=timezone.now)

    objects = HeldValueQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object", "field"], name="held_value_field"),
            models.Index(fields=["local_id"], name="held_value_local"),
        ]
        constraints = [models.UniqueConstraint(fields=["object", "external_id", "field"], name="held_value_once")]

    def __str__(self) -> str:
        return f"{self.field} {self.external_id}"


class ProofSide(models.TextChoices):
    """Where a record is that a proof found: on one side only, or on both with other values."""

    HERE = "here", "Only here"
    THERE = "there", "Only there"
    BOTH = "both", "On both sides, with other values"


class SyncDifferenceQuerySet(models.QuerySet["SyncDifference"]):
    def missed(self) -> "SyncDifferenceQuerySet":
        """What no round had noticed, and was not read since."""
        return self.filter(reason__in=READ_AGAIN, settled_at=None)


class SyncDifference(models.Model):
    """A record on which two systems disagree, found by a completeness proof, with the class of reason.

    Where the proof was asked of a part, a side is where its question is true of the record. `settled_at` is of records
    that were missed: when one was read after all, or everything was read or compared again.
    """

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="differences", db_index=False)
    external_id = models.CharField(max_length=120, blank=True, default="")
    local_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=30)
    side = models.CharField(max_length=5, choices=ProofSide.choices, blank=True, default="")
    fields = models.JSONField(default=dict, help_text="{field: [here, there]} where values differ")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SyncDifferenceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["run", "reason", "id"], name="sync_difference_of"),
            models.Index(
                fields=["external_id", "run"],
                condition=Q(reason__in=READ_AGAIN, settled_at=None),
                name="sync_difference_missed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.external_id or self.local_id}"
