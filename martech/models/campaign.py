"""Which campaigns of other systems are campaigns of ours."""

from django.db import models
from django.utils import timezone

from planning.models import Campaign


class CampaignIdentity(models.Model):
    """The id a campaign has in another system. `is_origin`: it came from there, and follows what is said there."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="identities")
    system = models.CharField(max_length=80)
    object = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    is_origin = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "campaign identities"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "object", "external_id"], name="campaign_identity_unique")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.external_id}"
