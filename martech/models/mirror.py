"""What the other system said last of each record, and what became of records that are no longer themselves."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from martech.models.connection import SyncObject
from mops.core.references import SetForeignKey


class RemoteRow(models.Model):
    """A record of the other system as last seen. `values` are canonical and only of mapped fields.

    `base` is what both sides last agreed on, null where that is `values`; `times` says since when a field has the value
    we saw, where we saw it change, and since when we know of an owner who is nobody here. `local_id` is the person, account or deal it is here; a person merged away leads on
    to the survivor.
    """

    object = SetForeignKey(SyncObject, on_delete=models.CASCADE, related_name="rows", db_index=False)
    external_id = models.CharField(max_length=120)
    local_id = models.BigIntegerField(null=True, blank=True)
    values = models.JSONField(default=dict)
    base = models.JSONField(null=True, blank=True)
    times = models.JSONField(default=dict)
    modified_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when something of ours waits to be sent, or from when on it may be"
    )
    fate = models.CharField(max_length=10, blank=True, default="", help_text="deleted, merged or converted")
    fate_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "external_id"], name="remote_row_once")]
        indexes = [
            models.Index(fields=["object", "local_id"], condition=Q(local_id__isnull=False), name="remote_row_local"),
            models.Index(fields=["object", "id"], condition=Q(due_at__isnull=False), name="remote_row_due"),
        ]

    def __str__(self) -> str:
        return self.external_id


class RemoteAlias(models.Model):
    """The identity ledger: an id that leads to another record, since when and why. Chains are followed on reading."""

    object = models.ForeignKey(SyncObject, on_delete=models.CASCADE, related_name="aliases")
    external_id = models.CharField(max_length=120)
    into_object = models.CharField(max_length=60)
    into_id = models.CharField(max_length=120)
    fate = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object", "external_id", "into_object"], name="remote_alias_once")
        ]

    def __str__(self) -> str:
        return f"{self.external_id} → {self.into_object} {self.into_id}"


class SyncEcho(models.Model):
    """A value we are about to write over there; when it comes back to us it is no news. Opened before the write."""

    object = models.ForeignKey(SyncObject, on_delete=models.CASCADE, related_name="+", db_index=False)
    external_id = models.CharField(max_length=120)
    field = models.CharField(max_length=120)
    digest = models.BigIntegerField(help_text="Of the canonical value; see martech.sync.values.digest")
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["object", "external_id"], name="sync_echo_of"),
            models.Index(fields=["expires_at"], name="sync_echo_end"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} {self.field}"


class RemoteLink(models.Model):
    """An association over there, kept because its change moves no record's stamp."""

    object = SetForeignKey(SyncObject, on_delete=models.CASCADE, related_name="links", db_index=False)
    external_id = models.CharField(max_length=120)
    to_object = models.CharField(max_length=60)
    to_id = models.CharField(max_length=120)
    role = models.CharField(max_length=80, blank=True, default="")
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object", "external_id", "to_object", "to_id", "role"], name="remote_link_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.external_id} – {self.to_object} {self.to_id}"
