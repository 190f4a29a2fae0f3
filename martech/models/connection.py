"""Connections to other systems: how to reach them, what is mapped, and how far each object has been read."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from mops.core.history import tracked
from mops.core.versions import Version, version_constraints


class ConnectionState(models.TextChoices):
    NEW = "new", "Not tested yet"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    BROKEN = "broken", "Needs attention"


@tracked(exclude=["sealed", "token", "token_until", "usage", "usage_at"])
class Connection(models.Model):
    """An account in another system. `name` is also the system under which our people carry its ids.

    `sealed` holds the secrets as one sealed document; they are written and tested, never shown.
    """

    name = models.CharField(
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", "Use small letters, digits, - and _.")],
    )
    vendor = models.CharField(max_length=20)
    base_url = models.CharField(max_length=300, blank=True, default="", help_text="Instead of the vendor's own address")
    options = models.JSONField(default=dict, blank=True, help_text="The vendor’s plain settings")
    sealed = models.TextField(blank=True, default="")
    token = models.TextField(blank=True, default="")
    token_until = models.DateTimeField(null=True, blank=True)
    account_id = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=8, choices=ConnectionState.choices, default=ConnectionState.NEW)
    problem = models.JSONField(default=dict, blank=True, help_text="reason, detail and remedy while it is broken")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="A budget that begins anew then")
    every_seconds = models.PositiveIntegerField(default=300)
    next_run_at = models.DateTimeField(default=timezone.now)
    pushes_alone = models.BooleanField(default=True, help_text="Pushes within the guard rails need nobody's approval")
    is_practice = models.BooleanField(default=False, help_text="It leads to a practice server of this installation")
    guard = models.JSONField(default=dict, blank=True, help_text="Guard rails; see martech.sync.guard")
    usage = models.JSONField(default=dict, blank=True, help_text="What the vendor said of the account's calls")
    usage_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("martech:connection", args=[self.name])


@tracked(
    exclude=[
        *("schema", "schema_at", "cursor_at", "window_until", "position", "backfill_position", "pushed_at"),
        *("links_after", "links_seen_at", "graves_at"),
    ]
)
class SyncObject(models.Model):
    """An object of the other system that is kept in step: how far it was read and what of its mapping is put aside.

    `cursor_at` is where the next window begins (before its look-back); `position` continues a window that was left
    half-way, which ends at `window_until`. All three change only together with the rows they speak of. `graves_at` is
    where the next look at what is gone begins: apart from the cursor, which moves though that look failed.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sync_objects")
    name = models.CharField(max_length=60, help_text="As the other system calls it: contacts, Lead, …")
    kind = models.CharField(max_length=10, help_text="See martech.connectors.port.Kind")
    is_enabled = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=100)
    cursor_at = models.DateTimeField(null=True, blank=True)
    window_until = models.DateTimeField(null=True, blank=True)
    position = models.JSONField(null=True, blank=True)
    graves_at = models.DateTimeField(null=True, blank=True)
    backfilled_at = models.DateTimeField(null=True, blank=True)
    backfill_position = models.JSONField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True, help_text="Changes of ours before this were looked at")
    links_after = models.BigIntegerField(default=0, help_text="How far the present look at all associations has come")
    links_seen_at = models.DateTimeField(null=True, blank=True, help_text="When all associations were looked at last")
    set_aside = models.JSONField(default=dict, blank=True, help_text="{their field: why its mapping is put aside}")
    schema = models.JSONField(default=dict, blank=True)
    schema_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="sync_object_once")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.name}"


class HintKind(models.TextChoices):
    WEBHOOK = "webhook", "Webhooks"
    JOURNAL = "journal", "Journal"


class HintSource(models.Model):
    """By what a connection is told that something happened: webhooks that are sent to us, or a journal that we read.

    `position` is behind what was read of a journal; it changes only together with the hints it speaks of. The token is the
    journal's own.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="hint_sources")
    kind = models.CharField(max_length=7, choices=HintKind.choices)
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When the last hint came")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When a journal was last read to its end")
    position = models.JSONField(default=dict, blank=True)
    gap_at = models.DateTimeField(null=True, blank=True, help_text="When a journal no longer told everything")
    problem = models.JSONField(default=dict, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    token = models.TextField(blank=True, default="")
    token_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="hint_source_once")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.kind}"


@tracked()
class MappingVersion(Version):
    """A version of an object's field mapping: the document of `martech.sync.document`."""

    object = models.ForeignKey(SyncObject, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        ordering = ["object", "-number"]
        constraints = version_constraints("mapping", ["object"])

    def __str__(self) -> str:
        return f"Mapping of {self.object}, version {self.number}"


class RemoteOwner(models.Model):
    """Somebody who may own records over there, and who they are here."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="owners")
    external_id = models.CharField(max_length=120)
    email = models.CharField(max_length=254, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")
    user_key = models.CharField(
        max_length=40, blank=True, default="", help_text="What the other side's histories call them, beside their id"
    )
    is_active = models.BooleanField(default=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_chosen = models.BooleanField(default=False, help_text="Somebody said who it is; the address no longer decides")

    class Meta:
        ordering = ["connection", "name"]
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="remote_owner_once")]

    def __str__(self) -> str:
        return self.name or self.email
