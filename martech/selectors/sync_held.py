"""What was held at first contact, as people read it: by field, and value by value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, CharField, Count, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from martech.models import Connection, HeldValue, Person, Stage, SyncObject
from martech.selectors.sync_failing import object_label
from martech.selectors.sync_rows import MASK, MODELS, name_of
from martech.sync.fields import our_label
from martech.sync.rules import Truth
from martech.sync.values import in_words
from mops.core.rights import hidden_fields
from mops.core.versions import published_among


@dataclass(frozen=True)
class HeldLine:
    """A field of an object in which records differed when they met. `is_theirs`: the mapping says that theirs counts."""

    connection: Connection
    object: str
    field: str
    number: int
    is_theirs: bool
    url: str


def held_lines(connection: Connection) -> list[HeldLine]:
    """By object and field, the most first."""
    rows = HeldValue.objects.undecided().filter(object__connection=connection).order_by()
    objects = {one.pk: one for one in SyncObject.objects.filter(connection=connection, held_values__isnull=False)}
    found = rows.values_list("object", "field").annotate(n=Count("pk")).order_by("-n", "field")
    return [line_of(connection, objects[pk], field, number) for pk, field, number in found]


def line_of(connection: Connection, object: SyncObject, field: str, number: int) -> HeldLine:
    wanted = {"connection": connection.name, "object": object.name, "field": field}
    url = f"{reverse('martech:first-contact')}?{urlencode(wanted)}"
    is_theirs = truths_of(object).get(field) == Truth.THEIRS
    label = object_label(connection, object.name)
    return HeldLine(connection, label, our_label(object.kind, field), number, is_theirs, url)


def truths_of(object: SyncObject) -> Mapping[str, str]:
    """{our field: whose word counts} by the mapping in force."""
    version = published_among(object.versions.all())
    rows = version.document["fields"] if version else []
    return {row["ours"]: row.get("truth") or Truth.NEWEST for row in rows}


def held_rows(user: Any) -> QuerySet[HeldValue]:
    """With `record_name`, what our record is called."""
    names = [
        When(
            object__kind=kind,
            then=Subquery(
                model._default_manager.filter(pk=OuterRef("local_id")).values_list(name_of(model, user))[:1],
                output_field=CharField(),
            ),
        )
        for kind, model in MODELS.items()
    ]
    rows = HeldValue.objects.undecided().select_related("object__connection")
    return rows.annotate(record_name=Coalesce(Case(*names, output_field=CharField()), Value("")))


def shown_value(row: HeldValue, value: Any, user: Any) -> str:
    """A value in words, less what the reader may not see."""
    if row.object.kind == "person" and row.field in hidden_fields(user, Person):
        return MASK
    if row.field == "lifecycle_stage" and value in Stage.values:
        return str(Stage(value).label)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return in_words(value)


def held_of(kind: str, pk: int) -> dict[int, list[HeldValue]]:
    """{object: what waits of one record of ours}."""
    found: dict[int, list[HeldValue]] = {}
    for row in (
        HeldValue.objects.undecided().filter(object__kind=kind, local_id=pk).select_related("object").order_by("field")
    ):
        found.setdefault(row.object_id, []).append(row)
    return found
