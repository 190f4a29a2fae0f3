"""Deals by single calls, with the people on them; an external id makes a repeated call change, not add."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.channels import channel_of
from martech.deal_stages import state_of_stage
from martech.models import Deal, DealIdentity, DealPerson, DealState
from martech.services.deal_people import follow_deal
from martech.services.intake import read_mapping, read_moment
from martech.services.market.reading import (
    Errors,
    read_account,
    read_amount,
    read_campaign,
    read_currency,
    read_fields,
    read_owner,
    read_people,
    refuse,
)
from martech.services.market.saving import (
    SavedObject,
    identity_of,
    let_go_by_systems,
    save_object,
    write_values,
)
from mops.core.history import recording
from mops.core.seen import locked_as_seen

TEXTS = {
    "name": 300,
    "currency": 20,
    "stage": 80,
    "region": 60,
    "product": 120,
    "source": 120,
    "owner": 254,
    "campaign": 40,
}
IDENTITY = {"system": 80, "external_id": 255}
OTHERS = {"account", "amount", "opened_at", "closed_at", "people", "properties"}
NEEDED = {"name": "Give the deal a name.", "stage": "Give the stage it is in, as your CRM calls it."}
DAY_MISSING = "A deal that is won or lost has the day on which it was; leave this out, and it stays."
DAYS_REVERSED = "The deal closes before it opens; correct one of the two."


def read_values(data: Any, *, is_change: bool) -> tuple[dict[str, Any], list[int]]:
    """Columns of a deal, and in a new one its id elsewhere; and the people named. Raises DomainError."""
    errors: Errors = {}
    values = read_fields(data, TEXTS if is_change else TEXTS | IDENTITY, OTHERS, errors, is_change=is_change)
    for name, remedy in NEEDED.items():
        if not values.get(name) and (not is_change or name in data):
            errors.setdefault(name, [remedy])
    read_currency(values, errors)
    found: dict[str, Any] = {name: read_moment(data, name, errors) for name in ("opened_at", "closed_at")}
    found["amount"] = read_amount(data, errors)
    values |= {name: value for name, value in found.items() if value is not None or (is_change and name in data)}
    if properties := read_mapping(data, "properties", errors):
        values["properties"] = properties
    read_owner(values, errors)
    read_campaign(values, errors)
    if is_change and "account" in data:
        values["account"] = None
    read_account(data.get("account"), values, errors)
    people = read_people(data, errors)
    refuse(errors, "deal")
    return values, people


def settled(known: Deal | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """With what follows. A new deal is in the base currency; one that becomes won or lost without a day does so now.

    What the stage means is asked where it is another one: a connected CRM may know it better than its name tells.
    Raises DomainError for days that cannot be.
    """
    found = dict(values) if known else {"currency": settings.BASE_CURRENCY, **values}
    if "stage" in found and (known is None or known.stage != found["stage"]):
        found["state"] = state_of_stage(found["stage"])
    state = found.get("state", known.state if known else DealState.OPEN)
    if state != DealState.OPEN:
        if known and "closed_at" in found and found["closed_at"] is None:
            refuse({"closed_at": [DAY_MISSING]}, "deal")
        if known is None or known.state != state or known.closed_at is None:
            found.setdefault("closed_at", timezone.now())
    opened, closed = (found.get(name, getattr(known, name, None)) for name in ("opened_at", "closed_at"))
    if opened and closed and closed < opened and {"opened_at", "closed_at"} & set(values):
        refuse({"closed_at" if "closed_at" in values else "opened_at": [DAYS_REVERSED]}, "deal")
    return found | channel_followed(known, found)


def channel_followed(known: Deal | None, values: Mapping[str, Any]) -> dict[str, str]:
    """The channel of the source, or of the campaign where the source names none."""
    if not {"source", "campaign"} & set(values):
        return {}
    source, campaign = (values.get(name, getattr(known, name, None)) for name in ("source", "campaign"))
    channel = channel_of(source, "") if source else ""
    return {"channel": campaign.channel if campaign and channel in ("", "other") else channel}


def save_deal(*, data: Any, actor: User | None) -> SavedObject:
    """Create or change a deal; `people` adds people by id, `account` is an id or a name. Raises DomainError.

    The people on it move forward as the lifecycle has it for deals, and a deal without a source takes theirs.
    """
    values, people = read_values(data, is_change=False)
    key = identity_of(values)

    def write(known: Deal | None) -> SavedObject:
        saved = write_values(known, Deal, settled(known, values))
        put_on(saved.object, people)
        follow_deal(saved.object)
        return saved

    return save_object(DealIdentity, "deal", key, write, "save_deal", actor)


def put_on(deal: Deal, people: Sequence[int]) -> None:
    links = [DealPerson(deal=deal, person_id=pk) for pk in people]
    DealPerson.objects.bulk_create(links, ignore_conflicts=True)


def change_deal(*, deal: Deal, data: Any, actor: User | None, seen: datetime | None = None) -> None:
    """Change the given fields; an empty text or null blanks one, `people` are those on it from now on.

    Raises DomainError, ConflictError.
    """
    values, people = read_values(data, is_change=True)
    with transaction.atomic(), recording("change_deal", actor=actor):
        locked = locked_as_seen(deal, seen)
        write_values(locked, Deal, settled(locked, values))
        if "people" in data:
            locked.contacts.exclude(person__in=people).delete()
            put_on(locked, people)
        follow_deal(locked)


def delete_deal(*, deal: Deal, actor: User | None, seen: datetime | None = None) -> None:
    """Delete a deal; its history stays, and people stay in the stage it moved them to. Raises ConflictError."""
    with transaction.atomic(), recording("delete_deal", actor=actor):
        locked = locked_as_seen(deal, seen)
        let_go_by_systems(locked)
        locked.delete()
