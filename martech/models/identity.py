"""Who may be whom: match keys, pairs with their evidence, people's verdicts, clusters, and the rules by version."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from martech.models.person import Person
from mops.core.history import tracked
from mops.core.work import Work


class MatchKey(models.Model):
    """What a person can be found by. `surname` is the sound of the last name, for values that one person owns."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="match_keys")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=320)
    surname = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        # Led by what people are looked up by, so that one index finds the mates and keeps each key single.
        constraints = [
            models.UniqueConstraint(fields=["kind", "value", "person"], include=["surname"], name="match_key_mates")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class FormerValue(models.Model):
    """What a person's row said before; written by a trigger, so that a changed phone or name still finds them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="former_values")
    field = models.CharField(max_length=20)
    value = models.CharField(max_length=500)
    recorded_at = models.DateTimeField(default=timezone.now, db_default=models.functions.Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "field", "value"], name="former_value_unique")]

    def __str__(self) -> str:
        return self.field


class HubValue(models.Model):
    """A value that people with many different last names share; it is no evidence, and opens again when they leave."""

    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=320)
    people = models.PositiveIntegerField()
    surnames = models.PositiveIntegerField()
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-people", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="hub_value_unique")]

    def __str__(self) -> str:
        return f"{self.kind} shared by {self.people}"


class RuleState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "In force"
    SUPERSEDED = "superseded", "Superseded"


@tracked(exclude=["tried"])
class IdentityRules(models.Model):
    """A version of the match rules and vetoes: the document of `martech.identity.rulebook`."""

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=RuleState.choices, default=RuleState.DRAFT)
    document = models.JSONField()
    dry_run = models.JSONField(null=True, blank=True, help_text="Clusters made, split and merged by the last dry run")
    tried = models.FloatField(default=0, help_text="Which share of a dry run under way is done")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identity rules"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="published"), name="identity_rules_in_force"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="draft"), name="identity_rules_draft"),
        ]

    def __str__(self) -> str:
        return f"identity rules {self.number}"


class RulesTrial(Work):
    """A dry run of a draft as it was at `seen`; one at a time."""

    rules = models.ForeignKey(IdentityRules, on_delete=models.CASCADE, related_name="trials")
    seen = models.DateTimeField()

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["rules"], condition=Q(state__in=["pending", "running"]), name="rules_trial_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"dry run of {self.rules}"


class PairState(models.TextChoices):
    OPEN = "open", "To decide"
    MERGED = "merged", "Merged"
    REJECTED = "rejected", "Not the same"
    AMBIGUOUS = "ambiguous", "Ambiguous"


class PairBand(models.TextChoices):
    AUTO = "auto", "Automatic"
    REVIEW = "review", "Review"
    IGNORE = "ignore", "Too weak"
    VETOED = "vetoed", "Kept apart by a veto"


class DuplicatePair(models.Model):
    """Two people whom a rule takes for one. `one` is the lower id; `evidence` says why and why not, in words."""

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    band = models.CharField(max_length=10, choices=PairBand.choices)
    rule = models.CharField(max_length=40)
    score = models.FloatField()
    needs_unique = models.BooleanField(default=False)
    signals = models.BigIntegerField(help_text="Bits of martech.identity.signals")
    evidence = models.JSONField(default=dict)
    rule_version = models.PositiveIntegerField()
    is_pinned = models.BooleanField(default=False, help_text="People said that the two are one")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_pair_unique"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_pair_order"),
            models.CheckConstraint(
                condition=~Q(state="rejected", is_pinned=True), name="duplicate_pair_pinned_or_rejected"
            ),
        ]
        indexes = [models.Index(fields=["state", "band", "-score", "id"], name="duplicate_pair_queue")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}"


class PairVerdict(models.Model):
    """What somebody said of a pair; append-only. The verdicts of a rule decide whether it may merge alone."""

    pair = models.ForeignKey(DuplicatePair, null=True, on_delete=models.SET_NULL, related_name="verdicts")
    rule = models.CharField(max_length=40)
    rule_version = models.PositiveIntegerField()
    is_duplicate = models.BooleanField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["rule", "is_duplicate"], name="pair_verdict_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {'same' if self.is_duplicate else 'different'}"


class LockedIdentity(models.Model):
    """A person who is verified: two locked ones never become one."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="identity_lock")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"lock of {self.person_id}"


class IdentityCluster(models.Model):
    """The cluster of a person who has company in one; both ids are the lowest person in it, so they stay put."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="identity_cluster")
    auto_cluster = models.BigIntegerField()
    review_cluster = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.review_cluster}"


class IdentityWork(Work):
    """A person whose keys and pairs are out of date; triggers add it on every write, bulk and raw SQL included.

    A write while the person is being compared takes the row back from the worker, whose lease is then stale.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identity_work", db_constraint=False)

    class Meta(Work.Meta):
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["pending", "running"]), name="identity_work_open"
            ),
        ]
