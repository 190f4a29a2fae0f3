"""Touches by single calls; a key makes a repeated call record once."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.channels import channel_of
from martech.models import Person, PersonEmail, PersonIdentity, Touch
from martech.services.intake import read_mapping, read_moment
from martech.services.market.reading import Errors, read_campaign, read_fields, refuse
from martech.services.market.saving import SavedObject

TEXTS = {
    "kind": 40,
    "source": 120,
    "medium": 120,
    "campaign": 40,
    "url": 1000,
    "channel": 20,
    "key": 80,
    "email": 254,
    "system": 80,
    "external_id": 255,
}


def save_touch(*, data: Any, actor: User | None) -> SavedObject:
    """Record one touch of a known person (`person` id, `email`, or `external_id` and `system`); `key` makes it once."""
    errors: Errors = {}
    values = read_fields(data, TEXTS, {"person", "at", "properties"}, errors)
    if "kind" not in values:
        errors.setdefault("kind", ["Say what happened, for example form, page or email_click."])
    at = read_moment(data, "at", errors) or timezone.now()
    person = person_of(data, values, errors)
    properties = read_mapping(data, "properties", errors)
    given_channel = values.pop("channel", "")
    if given_channel and given_channel not in dict(Touch._meta.get_field("channel").flatchoices):
        errors["channel"] = ["This is not one of our channels; leave it out and it follows from source and medium."]
    read_campaign(values, errors)
    refuse(errors, "touch")
    for name in ("system", "external_id", "email"):
        values.pop(name, None)
    channel = given_channel or channel_of(values.get("source", ""), values.get("medium", ""))
    key = values.pop("key", None)
    defaults = {**values, "person_id": person, "at": at, "channel": channel, "properties": properties}
    with transaction.atomic():
        if key is None:
            return SavedObject(Touch.objects.create(**defaults), True)
        touch, is_new = Touch.objects.get_or_create(key=key, defaults=defaults)
    return SavedObject(touch, is_new)


def person_of(data: Mapping[str, Any], values: Mapping[str, Any], errors: Errors) -> int | None:
    """The id of the living person a touch belongs to."""
    given = data.get("person")
    rows = Person.objects.living()
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given < 2**63:
        found = rows.filter(pk=given).values_list("pk", flat=True).first()
    elif values.get("email"):
        found = PersonEmail.objects.filter(key=values["email"].lower()).values_list("person_id", flat=True).first()
    elif values.get("external_id"):
        system = values.get("system") or "api"
        ids = PersonIdentity.objects.filter(system=system, external_id=values["external_id"])
        found = ids.values_list("person_id", flat=True).first()
    else:
        found = None
    if found is None:
        errors["person"] = ["Name a person we know: person (id), email, or external_id and system."]
    return found
