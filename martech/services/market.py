"""Accounts, deals and touches as single calls bring them; an external id makes a repeated call change, not add."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from governance.models import User
from martech.channels import channel_of
from martech.deal_stages import state_of_stage
from martech.models import (
    Account,
    AccountIdentity,
    Deal,
    DealIdentity,
    DealPerson,
    DealState,
    Person,
    PersonEmail,
    PersonIdentity,
    Touch,
)
from martech.normalisation import TextRefused, clean_text, company_key, country_code, domain_of
from martech.services.intake import read_mapping, read_moment
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.work import wake
from planning.models import Campaign

Errors = dict[str, list[str]]


@dataclass(frozen=True)
class SavedObject:
    object: Any
    is_new: bool


def read_fields(data: Any, texts: Mapping[str, int], others: set[str], errors: Errors) -> dict[str, Any]:
    """The text fields of an object, cleaned; unknown keys and wrong values are named."""
    if not isinstance(data, Mapping):
        raise DomainError("Send a JSON object.", errors={"non_field_errors": ["Send a JSON object."]})
    for name in sorted(set(data) - set(texts) - others):
        errors[str(name)] = [
            f"Unknown field; put it under properties, or use one of {', '.join(sorted({*texts, *others}))}."
        ]
    values: dict[str, Any] = {}
    for name, limit in texts.items():
        given = data.get(name)
        if given in (None, ""):
            continue
        try:
            if not isinstance(given, str):
                raise TextRefused("Send text.")
            values[name] = clean_text(given, limit)
        except TextRefused as refused:
            errors[name] = [str(refused)]
    return values


def refuse(errors: Errors, noun: str) -> None:
    if errors:
        raise DomainError(f"The {noun} was refused.", errors=errors)


def save_object(
    identities: type[Model],
    field: str,
    key: tuple[str, str] | None,
    write: Callable[[Any], SavedObject],
    verb: str,
    actor: Any,
) -> SavedObject:
    """Find the object by its id in the other system, write, and remember the id; races repeat once found."""
    for _attempt in range(3):
        try:
            with transaction.atomic(), recording(verb, actor=actor):
                rows = identities._default_manager.select_for_update()
                known = rows.filter(system=key[0], external_id=key[1]).select_related(field).first() if key else None
                saved = write(getattr(known, field) if known else None)
                if key and known is None:
                    identities._default_manager.create(system=key[0], external_id=key[1], **{field: saved.object})
                return saved
        except IntegrityError:
            continue
    raise ConflictError("It is being written by somebody else; repeat the call.", kind="busy")


def identity_of(values: dict[str, Any]) -> tuple[str, str] | None:
    system, external_id = values.pop("system", "") or "api", values.pop("external_id", "")
    return (system, external_id) if external_id else None


def write_values(obj: Any, model: type[Model], values: Mapping[str, Any]) -> SavedObject:
    """Create the object, or change what differs."""
    if obj is None:
        return SavedObject(model._default_manager.create(**values), True)
    changed = [name for name, value in values.items() if getattr(obj, name) != value]
    for name in changed:
        setattr(obj, name, values[name])
    if changed:
        obj.updated_at = timezone.now()
        obj.save(update_fields=[*changed, "updated_at"])
    return SavedObject(obj, False)


ACCOUNT_TEXTS = {
    "name": 300,
    "website": 500,
    "domain": 253,
    "country": 60,
    "industry": 120,
    "type": 60,
    "source": 120,
    "system": 80,
    "external_id": 255,
    "owner": 254,
}


def save_account(*, data: Any, actor: User | None) -> SavedObject:
    """Create or change an account. Raises DomainError naming every wrong field."""
    errors: Errors = {}
    values = read_fields(data, ACCOUNT_TEXTS, {"employees", "properties"}, errors)
    if "name" not in values:
        errors.setdefault("name", ["Give the company's name."])
    if "country" in values:
        code = country_code(values["country"])
        if code is None:
            errors["country"] = [f"Nobody knows a country “{values['country']}”; use a name or an ISO code like DE."]
        values["country"] = code or ""
    employees = data.get("employees")
    if employees is not None and (
        isinstance(employees, bool) or not isinstance(employees, int) or not 0 <= employees < 2**31
    ):
        errors["employees"] = ["Send a whole number of 0 or more."]
    elif employees is not None:
        values["employees"] = employees
    if properties := read_mapping(data, "properties", errors):
        values["properties"] = properties
    read_owner(values, errors)
    refuse(errors, "account")
    values["name_key"] = company_key(values["name"])
    if found := domain_of(values.get("domain", "") or values.get("website", "")):
        values["domain"] = found
    key = identity_of(values)
    saved = save_object(
        AccountIdentity, "account", key, lambda known: write_values(known, Account, values), "save_account", actor
    )
    wake("accounts")  # a trigger has queued what changed
    return saved


def read_owner(values: dict[str, Any], errors: Errors) -> None:
    """An owner is one of our users by e-mail address."""
    email = values.pop("owner", "")
    if not email:
        return
    owner = User.objects.filter(email__iexact=email, is_active=True).first()
    if owner is None:
        errors["owner"] = [f"Nobody here has the address {email}."]
    values["owner"] = owner


DEAL_TEXTS = {
    "name": 300,
    "currency": 20,
    "stage": 80,
    "region": 60,
    "product": 120,
    "source": 120,
    "system": 80,
    "external_id": 255,
    "owner": 254,
    "campaign": 40,
}


def read_amount(data: Mapping[str, Any], errors: Errors) -> Decimal | None:
    """A decimal string or number of at most 12 digits and two decimals."""
    given = data.get("amount")
    if given in (None, ""):
        return None
    try:
        amount = Decimal(str(given)) if not isinstance(given, bool) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= 10**12 or amount != round(amount, 2):
        errors["amount"] = ["Send a decimal string like “1200.50”, with at most two decimals."]
        return None
    return amount


def save_deal(*, data: Any, actor: User | None) -> SavedObject:
    """Create or change a deal; `person` names people by id, `account` by id or name. Raises DomainError."""
    errors: Errors = {}
    others = {"account", "amount", "opened_at", "closed_at", "people", "properties"}
    values = read_fields(data, DEAL_TEXTS, others, errors)
    if "name" not in values:
        errors.setdefault("name", ["Give the deal a name."])
    if "stage" not in values:
        errors.setdefault("stage", ["Give the stage it is in, as your CRM calls it."])
    read_currency(values, errors)
    for name in ("opened_at", "closed_at"):
        if moment := read_moment(data, name, errors):
            values[name] = moment
    if "opened_at" in values and "closed_at" in values and values["closed_at"] < values["opened_at"]:
        errors["closed_at"] = ["The deal closes before it opens; correct one of the two."]
    if (amount := read_amount(data, errors)) is not None:
        values["amount"] = amount
    if properties := read_mapping(data, "properties", errors):
        values["properties"] = properties
    read_owner(values, errors)
    read_references(values, errors)
    read_account(data.get("account"), values, errors)
    people = read_people(data, errors)
    refuse(errors, "deal")
    values["state"] = state_of_stage(values["stage"])
    key = identity_of(values)
    saved = save_object(
        DealIdentity,
        "deal",
        key,
        lambda known: write_values(known, Deal, with_defaults(known, values)),
        "save_deal",
        actor,
    )
    DealPerson.objects.bulk_create(
        [DealPerson(deal=saved.object, person_id=pk) for pk in people], ignore_conflicts=True
    )
    return saved


def with_defaults(known: Deal | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new deal is in the base currency; one that becomes won or lost without a day does so now."""
    found = dict(values) if known else {"currency": settings.BASE_CURRENCY, **values}
    is_news = known is None or known.state != values["state"] or known.closed_at is None
    if values["state"] != DealState.OPEN and is_news:
        found.setdefault("closed_at", timezone.now())
    return found


def read_currency(values: dict[str, Any], errors: Errors) -> None:
    """Three letters. A deal that names none keeps its own, a new one is in the base currency."""
    if "currency" not in values:
        return
    currency = values["currency"] = values["currency"].upper()
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        errors["currency"] = ["Use a currency code of three letters, like EUR."]


def read_account(given: Any, values: dict[str, Any], errors: Errors) -> None:
    """The account by its id, or by its exact normalised name."""
    if given in (None, ""):
        return
    if isinstance(given, int) and not isinstance(given, bool):
        values["account"] = Account.objects.filter(pk=given).first() if 0 < given < 2**63 else None
        if values["account"] is None:
            errors["account"] = [f"There is no account {given}; send the id or the name of one."]
    elif isinstance(given, str):
        found = list(Account.objects.filter(name_key=company_key(given))[:2])
        if len(found) != 1:
            how = "No account is" if not found else "More than one account is"
            errors["account"] = [f"{how} called “{given}”; create it first, or send its id."]
        else:
            values["account"] = found[0]
    else:
        errors["account"] = ["Send the id or the name of an account."]


def read_references(values: dict[str, Any], errors: Errors) -> None:
    """The campaign by its code."""
    if code := values.pop("campaign", ""):
        campaign = Campaign.objects.filter(code__iexact=code).first()
        if campaign is None:
            errors["campaign"] = [f"There is no campaign {code}."]
        values["campaign"] = campaign


def read_people(data: Mapping[str, Any], errors: Errors) -> list[int]:
    given = data.get("people") or []
    if not isinstance(given, list) or any(isinstance(pk, bool) or not isinstance(pk, int) for pk in given):
        errors["people"] = ["Send a list of person ids."]
        return []
    known = set(
        Person.objects.living().filter(pk__in=[pk for pk in given if 0 < pk < 2**63]).values_list("pk", flat=True)
    )
    unknown = [str(pk) for pk in given if pk not in known]
    if unknown:
        errors["people"] = [f"Nobody has the id {', '.join(unknown[:5])}."]
    return sorted(known)


TOUCH_TEXTS = {
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
    values = read_fields(data, TOUCH_TEXTS, {"person", "at", "properties"}, errors)
    if "kind" not in values:
        errors.setdefault("kind", ["Say what happened, for example form, page or email_click."])
    at = read_moment(data, "at", errors) or timezone.now()
    person = person_of(data, values, errors)
    properties = read_mapping(data, "properties", errors)
    given_channel = values.pop("channel", "")
    if given_channel and given_channel not in dict(Touch._meta.get_field("channel").flatchoices):
        errors["channel"] = ["This is not one of our channels; leave it out and it follows from source and medium."]
    read_references(values, errors)
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
