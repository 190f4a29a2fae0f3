"""Campaigns: the thread through all five areas. A campaign's code never changes once it is given."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from mops.core.history import tracked


class Channel(models.TextChoices):
    """The channels spend, touches and campaigns are counted by. Codes go into campaign codes."""

    PAID_SEARCH = "paid_search", "Paid search"
    PAID_SOCIAL = "paid_social", "Paid social"
    DISPLAY = "display", "Display"
    EMAIL = "email", "E-mail"
    CONTENT = "content", "Content & SEO"
    ORGANIC_SEARCH = "organic_search", "Organic search"
    SOCIAL = "social", "Organic social"
    WEBINAR = "webinar", "Webinars"
    EVENT = "event", "Events"
    REFERRAL = "referral", "Referral"
    PARTNER = "partner", "Partners"
    DIRECT = "direct", "Direct"
    OUTBOUND = "outbound", "Outbound"
    OTHER = "other", "Other"


CHANNEL_CODES: dict[str, str] = {
    Channel.PAID_SEARCH: "SRCH",
    Channel.PAID_SOCIAL: "PSOC",
    Channel.DISPLAY: "DISP",
    Channel.EMAIL: "MAIL",
    Channel.CONTENT: "CONT",
    Channel.ORGANIC_SEARCH: "ORGS",
    Channel.SOCIAL: "SOCL",
    Channel.WEBINAR: "WEB",
    Channel.EVENT: "EVNT",
    Channel.REFERRAL: "REFR",
    Channel.PARTNER: "PART",
    Channel.DIRECT: "DRCT",
    Channel.OUTBOUND: "OUTB",
    Channel.OTHER: "OTHR",
}


class Region(models.TextChoices):
    GLOBAL = "GLOB", "Global"
    DACH = "DACH", "DACH"
    EMEA = "EMEA", "EMEA"
    AMER = "AMER", "Americas"
    APAC = "APAC", "Asia-Pacific"


class CampaignState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PLANNED = "planned", "Planned"
    LIVE = "live", "Live"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, _user: Any) -> "CampaignQuerySet":
        """Everybody who may see campaigns sees all of them."""
        return self

    def between(self, first: Any, last: Any) -> "CampaignQuerySet":
        """Campaigns that run on any day from `first` to `last`, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


@tracked()
class Campaign(models.Model):
    """A campaign and its immutable code, e.g. `26Q4-EMEA-WEB-0042`, used in UTMs, CRM campaigns and budget lines."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    region = models.CharField(max_length=4, choices=Region.choices, default=Region.GLOBAL)
    state = models.CharField(max_length=10, choices=CampaignState.choices, default=CampaignState.DRAFT)
    objective = models.TextField(blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="campaigns"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "code"]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="campaign_dates")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="campaign_dates_order")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="campaign_code_is_immutable", fields=["code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("planning:campaign", args=[self.code])


class CampaignCounter(models.Model):
    """The last number given to a campaign in a quarter, region and channel; rows are updated, never read first."""

    prefix = models.CharField(max_length=30, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.prefix
