"""Lists narrowed to what another system calls by an id."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet

KNOWN_AS: Final = {
    "external_id": "The id it has in another system, as it was sent with a POST or came from there",
    "system": "Which system that id is of; `api` when left out",
}


def known_as(rows: QuerySet[Any], query: Mapping[str, str]) -> QuerySet[Any]:
    """The rows that `external_id` of `system` names; all of them when none is asked for."""
    external_id, system = (query.get(name, "").replace("\x00", "") for name in ("external_id", "system"))
    if not external_id:
        return rows
    identities = rows.model._meta.get_field("identities")
    found = identities.related_model.objects.filter(system=system or "api", external_id=external_id)
    return rows.filter(pk__in=found.values(identities.field.name))
