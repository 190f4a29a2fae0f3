"""Exchange rates into the base currency, by day."""

from django.db import models
from django.urls import reverse

from mops.core.history import tracked


@tracked()
class ExchangeRate(models.Model):
    """From `date` on, one unit of `currency` is worth `rate` units of the base currency, until a later row."""

    currency = models.CharField(max_length=3)
    date = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        ordering = ["currency", "-date"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "date"], name="exchange_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.date} {self.rate}"

    def get_absolute_url(self) -> str:
        return reverse("planning:rate", args=[self.pk])
