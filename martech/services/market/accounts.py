"""Accounts by single calls; an external id makes a repeated call change, not add."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.models import User
from martech.models import Account, AccountIdentity
from martech.normalisation import company_key, domain_of
from martech.services.intake import read_mapping
from martech.services.market.reading import Errors, read_country, read_fields, read_number, read_owner, refuse
from martech.services.market.saving import (
    SavedObject,
    identity_of,
    let_go_by_systems,
    save_object,
    write_values,
)
from mops.core.errors import ConflictError
from mops.core.history import recording
from mops.core.seen import locked_as_seen
from mops.core.work import wake

TEXTS = {
    "name": 300,
    "website": 500,
    "domain": 253,
    "country": 60,
    "industry": 120,
    "type": 60,
    "source": 120,
    "owner": 254,
}
IDENTITY = {"system": 80, "external_id": 255}


def read_values(data: Any, *, is_change: bool) -> dict[str, Any]:
    """Columns of an account, and in a new one its id elsewhere. Raises DomainError naming every wrong field."""
    errors: Errors = {}
    texts = TEXTS if is_change else TEXTS | IDENTITY
    values = read_fields(data, texts, {"employees", "properties"}, errors, is_change=is_change)
    if not values.get("name") and (not is_change or "name" in data):
        errors.setdefault("name", ["Give the company's name."])
    read_country(values, errors)
    employees = read_number(data, "employees", errors)
    if employees is not None or (is_change and "employees" in data):
        values["employees"] = employees
    if properties := read_mapping(data, "properties", errors):
        values["properties"] = properties
    if values.get("domain") and not domain_of(values["domain"]):
        errors["domain"] = ["Send the company's own domain, like example.com."]
    read_owner(values, errors)
    refuse(errors, "account")
    return values


def settled(known: Account | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """With what follows: the key of the name, and the domain of a website unless it has another one already."""
    found = dict(values)
    if "name" in found:
        found["name_key"] = company_key(found["name"])
    if found.get("domain"):
        found["domain"] = domain_of(found["domain"])
    elif "domain" not in found and "website" in found:
        follows = known is None or known.domain in ("", domain_of(known.website))
        if follows:
            found["domain"] = domain_of(found["website"])
    return found


def save_account(*, data: Any, actor: User | None) -> SavedObject:
    """Create or change an account. Raises DomainError naming every wrong field."""
    values = read_values(data, is_change=False)
    key = identity_of(values)

    def write(known: Account | None) -> SavedObject:
        return write_values(known, Account, settled(known, values))

    saved = save_object(AccountIdentity, "account", key, write, "save_account", actor)
    wake("accounts")  # a trigger has queued what changed
    return saved


def change_account(*, account: Account, data: Any, actor: User | None, seen: datetime | None = None) -> None:
    """Change the given fields; an empty text or null blanks one. Raises DomainError, ConflictError.

    Who belongs to it is matched again in the background where something changed by which people find it.
    """
    values = read_values(data, is_change=True)
    with transaction.atomic(), recording("change_account", actor=actor):
        locked = locked_as_seen(account, seen)
        write_values(locked, Account, settled(locked, values))
        wake("accounts")


def delete_account(*, account: Account, actor: User | None, seen: datetime | None = None) -> None:
    """Delete an account that nothing rests on; its history stays. Raises ConflictError with what does."""
    with transaction.atomic(), recording("delete_account", actor=actor):
        locked = locked_as_seen(account, seen)
        resting = {
            "people": (locked.people.count(), "people belong to it"),
            "deals": (locked.deals.count(), "deals belong to it"),
            "subsidiaries": (locked.children.count(), "accounts are its subsidiaries"),
        }
        remedy = "give them another account first"
        errors = {name: [f"{n:,} {what}; {remedy}."] for name, (n, what) in resting.items() if n}
        if errors:
            raise ConflictError("The account was not deleted.", errors=errors)
        let_go_by_systems(locked)
        locked.delete()
