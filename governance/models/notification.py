"""The in-app inbox."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from mops.core.work import Work


class Notification(models.Model):
    """Something a person should know: a sentence and where it leads."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=500, blank=True, default="")
    url = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True, help_text="When it left by mail")
    posted_at = models.DateTimeField(null=True, blank=True, help_text="When it left by chat")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_inbox"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    """How notices leave the app."""

    MAIL = "mail", "Mail"
    CHAT = "chat", "Chat"


class DeliveryWork(Work):
    """Notices of one user that are to leave by one channel; whichever row comes first takes all of them along."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel.choices, default=Channel.MAIL)
