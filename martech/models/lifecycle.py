"""The lifecycle as versions of a graph, and every entry into a stage."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from martech.following import follows_merges
from martech.models.person import Person, Stage
from mops.core.history import tracked
from mops.core.references import SetForeignKey
from mops.core.versions import Version, version_constraints


@tracked()
class LifecycleVersion(Version):
    """One version of the lifecycle."""

    class Meta:
        ordering = ["-number"]
        constraints = version_constraints("lifecycle")

    def __str__(self) -> str:
        return f"Lifecycle, version {self.number}"


class MoveCause(models.TextChoices):
    """What moved somebody; empty where the data came with its stages."""

    AUTOMATIC = "automatic", "Conditions of the stage"
    DEAL = "deal", "A deal"
    MANUAL = "manual", "A colleague"
    MERGE = "merge", "A merge"


class StageMove(models.Model):
    """A person entered a lifecycle stage; append-only, with the reason. The next entry is the exit from this one."""

    person = SetForeignKey(Person, on_delete=models.CASCADE, related_name="stage_moves", db_index=False)
    from_stage = models.CharField(max_length=12, choices=Stage.choices, blank=True, default="")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, db_index=False
    )
    cause = models.CharField(max_length=9, choices=MoveCause.choices, blank=True, default="", db_default="")
    version = models.ForeignKey(LifecycleVersion, null=True, blank=True, on_delete=models.PROTECT, db_index=False)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["person", "at"], name="stage_move_person"),
            models.Index(fields=["stage", "at"], name="stage_move_stage"),
            models.Index(fields=["actor"], condition=models.Q(actor__isnull=False), name="stage_move_actor"),
        ]
        triggers = [follows_merges("martech_stagemove")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(cause=MoveCause.MANUAL) | ~models.Q(reason=""), name="stage_move_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.at:%Y-%m-%d}"
