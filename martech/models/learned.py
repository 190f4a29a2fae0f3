"""The learned score: versions with what they learned as data, one probability a person, and the work of both."""

from django.db import models
from django.utils import timezone

from martech.models.person import Person
from mops.core.history import tracked
from mops.core.versions import Version, VersionState, version_constraints
from mops.core.work import Work


@tracked(exclude=["trained", "report", "progress"])
class LearnedVersion(Version):
    """One version. `trained` is the model as numbers, `report` what it was judged by, both of `trained_revision`."""

    trained = models.JSONField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True)
    trained_revision = models.PositiveIntegerField(default=0)
    trained_at = models.DateTimeField(null=True, blank=True)
    progress = models.FloatField(default=0)
    refusal = models.CharField(max_length=500, blank=True, default="", help_text="Why it could not be trained")

    class Meta:
        ordering = ["-number"]
        constraints = version_constraints("learned")

    def __str__(self) -> str:
        return f"Learned, version {self.number}"

    @property
    def is_trained(self) -> bool:
        """Whether what it learned is of the document as it is; what was published never changes again."""
        is_of_now = self.state != VersionState.DRAFT or self.trained_revision == self.revision
        return self.report is not None and is_of_now


class LearnedScore(models.Model):
    """How probable a won deal is for a person, by the version in force."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="learned")
    version = models.ForeignKey(LearnedVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    probability = models.FloatField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.probability:.3f}"


class LearnedStep(models.TextChoices):
    TRAIN = "train", "Train a draft"
    SCORE = "score", "Score everybody"


class LearnedWork(Work):
    """Training of a draft, or a stretch of scoring everybody."""

    step = models.CharField(max_length=5, choices=LearnedStep.choices)
    version = models.ForeignKey(LearnedVersion, on_delete=models.CASCADE, related_name="work")
    position = models.BigIntegerField(default=0, help_text="The id of the last person who was scored")

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["step"], condition=models.Q(state__in=["pending", "running"]), name="learned_work_one_a_step"
            ),
        ]
