"""API tokens and the answers kept for repeated calls."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from mops.core.history import tracked


class Scope(models.TextChoices):
    READ = "read", "Read"
    WRITE = "write", "Read and write"


@tracked(exclude=["last_used_at"])
class ApiToken(models.Model):
    """A bearer token `mops_…`; only its HMAC is kept, so nobody can read it back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name or 'token'} ({self.prefix}…)"

    @property
    def is_valid(self) -> bool:
        has_expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not has_expired and self.user.is_active


class IdempotencyKey(models.Model):
    """The stored answer of one API call, written in the transaction of its effect, kept for 24 hours."""

    credential = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=80, blank=True, default="")
    location = models.CharField(max_length=500, blank=True, default="")
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "key"], name="idempotency_key_unique")]

    def __str__(self) -> str:
        return self.key
