"""Imports: what came in, what was kept of it, what was refused and why."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from mops.core.work import Work


class ImportKind(models.TextChoices):
    PEOPLE = "people", "People"
    ACCOUNTS = "accounts", "Accounts"
    DEALS = "deals", "Deals"
    SPEND = "spend", "Spend"
    TOUCHES = "touches", "Touches"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Uploaded"
    PREVIEWING = "previewing", "Being previewed"
    PREVIEWED = "previewed", "Ready to import"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    UNDONE = "undone", "Undone"


class ImportBatch(models.Model):
    """One file on its way in: how it is read (`mapping`, the document of the contract), its counts and its outcome."""

    kind = models.CharField(max_length=10, choices=ImportKind.choices)
    source = models.CharField(max_length=80, help_text="The system the file came from; ids are unique within it")
    file_name = models.CharField(max_length=255)
    file_path = models.CharField(max_length=500, blank=True, default="")
    file_digest = models.CharField(max_length=64, blank=True, default="")
    file_bytes = models.BigIntegerField(default=0)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict, blank=True, help_text="Encoding, delimiter and sheet as chosen")
    columns = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    rows = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    progress = models.FloatField(default=0, help_text="Share of the file read, 0 to 1")
    preview = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True, default="")
    undone = models.JSONField(default=dict, blank=True, help_text="What taking it back did, and what it kept and why")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_kind_display()})"

    def get_absolute_url(self) -> str:
        return reverse("martech:import", args=[self.pk])


class ImportReject(models.Model):
    """A row that was not taken, as it stood in the file, with the reasons by column."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejects")
    row_number = models.BigIntegerField()
    values = models.JSONField()
    errors = models.JSONField(help_text="{column: [reason]}")

    class Meta:
        ordering = ["batch", "row_number"]
        indexes = [models.Index(fields=["batch", "row_number"], name="import_reject_rows")]

    def __str__(self) -> str:
        return f"row {self.row_number}"


class ImportChange(models.Model):
    """What an import changed on an object that existed before, kept so that the import can be taken back."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes", db_index=False)
    object = models.CharField(max_length=12, help_text="person, account, deal, spend or touch")
    object_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["batch", "object", "object_id"], name="import_change_of")]

    def __str__(self) -> str:
        return f"change of {self.object} {self.object_id}"


class ImportAddition(models.Model):
    """What an import added to objects that existed before: an address, an id, a company, a stage, a person on a deal."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="additions", db_index=False)
    table = models.CharField(max_length=40)
    row_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["batch", "table"], name="import_addition_of")]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"


class ImportWork(Work):
    """The background run of a batch: its preview, its import, or what follows from it."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="work")
    step = models.CharField(
        max_length=10, choices=[("preview", "Preview"), ("apply", "Import"), ("follow", "Accounts and owners")]
    )
    position = models.BigIntegerField(default=0, help_text="The last person whom the step before has done")

    class Meta(Work.Meta):
        pass
