"""What a call says of an account, a deal or a touch, checked and normalised before anything is written."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from governance.models import User
from martech.models import Account, Person
from martech.normalisation import TextRefused, clean_text, company_key, country_code
from mops.core.errors import DomainError
from mops.core.money import is_currency_code
from planning.models import Campaign

Errors = dict[str, list[str]]


def read_fields(
    data: Any, texts: Mapping[str, int], others: set[str], errors: Errors, *, is_change: bool = False
) -> dict[str, Any]:
    """The text fields of an object, cleaned; unknown keys and wrong values are named. In a change an empty one blanks."""
    if not isinstance(data, Mapping):
        raise DomainError("Send a JSON object.", errors={"non_field_errors": ["Send a JSON object."]})
    for name in sorted(map(str, set(data) - set(texts) - others)):
        known = ", ".join(sorted({*texts, *others}))
        place = "" if is_change else "put it under properties, or "
        errors[name] = [f"Unknown field; {place}use one of {known}."]
    values: dict[str, Any] = {}
    for name, limit in texts.items():
        given = data.get(name)
        if given in (None, ""):
            if is_change and name in data:
                values[name] = ""
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


def read_country(values: dict[str, Any], errors: Errors) -> None:
    """A country by name or code becomes its code."""
    if not values.get("country"):
        return
    code = country_code(values["country"])
    if code is None:
        errors["country"] = [f"Nobody knows a country “{values['country']}”; use a name or an ISO code like DE."]
    values["country"] = code or ""


def read_number(data: Mapping[str, Any], name: str, errors: Errors) -> int | None:
    """A whole number that the database can hold."""
    given = data.get(name)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**31:
        errors[name] = ["Send a whole number of 0 or more."]
        return None
    return given


def read_owner(values: dict[str, Any], errors: Errors) -> None:
    """An owner is one of our users by e-mail address; an empty one is nobody."""
    if "owner" not in values:
        return
    email = values["owner"]
    values["owner"] = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
    if email and values["owner"] is None:
        errors["owner"] = [f"Nobody here has the address {email}."]


def read_campaign(values: dict[str, Any], errors: Errors) -> None:
    """The campaign by its code; an empty one is none."""
    if "campaign" not in values:
        return
    code = values["campaign"]
    values["campaign"] = Campaign.objects.filter(code__iexact=code).first() if code else None
    if code and values["campaign"] is None:
        errors["campaign"] = [f"There is no campaign {code}."]


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


def read_currency(values: dict[str, Any], errors: Errors) -> None:
    """Three letters. A deal that names none keeps its own, a new one is in the base currency."""
    if "currency" not in values:
        return
    currency = values["currency"] = values["currency"].upper()
    if not is_currency_code(currency):
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
