"""A table that only the condition tests know, with a column of every type, and a catalogue over it."""

from datetime import UTC, datetime

import pytest
from django.apps.registry import Apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from mops.core.conditions import Catalogue, Field, Type

NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
_apart = Apps()


class Firm(models.Model):  # noqa: DJ008
    name = models.TextField(default="")
    employees = models.IntegerField(null=True)

    class Meta:
        apps = _apart
        app_label = "condition_specimens"


class Club(models.Model):  # noqa: DJ008
    firms = models.ManyToManyField(Firm)

    class Meta:
        apps = _apart
        app_label = "condition_specimens"


class Specimen(models.Model):  # noqa: DJ008
    name = models.TextField(null=True)
    country = models.CharField(max_length=50, default="")
    employees = models.IntegerField(null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    ratio = models.FloatField(null=True)
    is_active = models.BooleanField(null=True)
    born = models.DateField(null=True)
    seen_at = models.DateTimeField(null=True)
    tags = ArrayField(models.TextField(null=True), null=True)
    labels = models.JSONField(null=True)
    properties = models.JSONField(null=True)
    firm = models.ForeignKey(Firm, models.SET_NULL, null=True, db_constraint=False)

    class Meta:
        apps = _apart
        app_label = "condition_specimens"


def countries() -> list[tuple[str, str]]:
    return [("DE", "Germany"), ("FR", "France")]


CATALOGUE = Catalogue(
    "specimen",
    Specimen,
    [
        Field("s.name", "Name", Type.TEXT, "name"),
        Field("s.country", "Country", Type.CHOICE, "country", choices=countries),
        Field("s.employees", "Employees", Type.NUMBER, "employees"),
        Field("s.amount", "Amount", Type.NUMBER, "amount"),
        Field("s.ratio", "Ratio", Type.NUMBER, "ratio"),
        Field("s.is_active", "Active", Type.BOOLEAN, "is_active"),
        Field("s.born", "Born", Type.DATE, "born"),
        Field("s.seen_at", "Seen", Type.DATETIME, "seen_at"),
        Field("s.tags", "Tags", Type.LIST, "tags"),
        Field("s.labels", "Labels", Type.LIST, "labels"),
        Field("s.properties.*", "Properties", Type.JSON, "properties"),
        Field("firm.name", "Firm name", Type.TEXT, "firm__name"),
        Field("firm.employees", "Firm employees", Type.NUMBER, "firm__employees"),
    ],
)


@pytest.fixture
def specimen_tables(db: None) -> None:
    """The tables, created inside the test's own transaction and rolled back with it."""
    with connection.schema_editor() as editor:
        editor.create_model(Firm)
        editor.create_model(Specimen)
