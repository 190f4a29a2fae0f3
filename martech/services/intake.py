"""What comes in about a person, checked and normalised before anything is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from governance.services.consents import checked_consents
from martech.channels import channel_of
from martech.normalisation import EmailRefused, TextRefused, clean_text, country_code, email_key, phone_number
from mops.core.errors import DomainError
from planning.models import Campaign

LIMITS = {
    "first_name": 150,
    "last_name": 150,
    "company": 300,
    "website": 500,
    "phone": 40,
    "country": 60,
    "city": 120,
    "job_title": 200,
    "linkedin_url": 500,
    "source": 120,
}
UTM_KEYS = {"source", "medium", "campaign", "term", "content", "id"}
KNOWN = {*LIMITS, "email", "utm", "properties", "consent", "created_at", "external_id", "system"}
MAX_PROPERTIES = 200


@dataclass(frozen=True)
class PersonInput:
    """A checked person: `values` are columns of Person; `key` is the canonical address or empty."""

    email: str
    key: str
    values: dict[str, str]
    utm: dict[str, str]
    properties: dict[str, Any]
    consents: list[dict[str, Any]]
    created_at: datetime | None = None
    identity: tuple[str, str] | None = None
    campaign: Campaign | None = field(default=None, compare=False)


def read_texts(data: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, str]:
    """The text columns that were given, cleaned; every wrong one named in `errors`."""
    values: dict[str, str] = {}
    for name, limit in LIMITS.items():
        given = data.get(name)
        if given is None or given == "":
            continue
        if not isinstance(given, str):
            errors[name] = ["Send text."]
            continue
        try:
            values[name] = clean_text(given, limit)
        except TextRefused as refused:
            errors[name] = [str(refused)]
    if "country" in values:
        code = country_code(values["country"])
        if code is None:
            errors["country"] = [f"Nobody knows a country “{values['country']}”; use a name or an ISO code like DE."]
        values["country"] = code or ""
    if "phone" in values:
        values["phone"] = phone_number(values["phone"], values.get("country", ""))
    return values


def read_email(data: Mapping[str, Any], errors: dict[str, list[str]]) -> tuple[str, str]:
    given = data.get("email")
    if given in (None, ""):
        if not data.get("external_id"):
            errors["email"] = ["Give an e-mail address, or an external_id with its system."]
        return "", ""
    if not isinstance(given, str):
        errors["email"] = ["Send text."]
        return "", ""
    if is_unstorable(given):
        errors["email"] = ["It has characters that cannot be stored (NUL, or half a character). Send it without them."]
        return "", ""
    try:
        return given.strip(), email_key(given)
    except EmailRefused as refused:
        errors["email"] = [str(refused)]
        return "", ""


UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def is_unstorable(value: Any) -> bool:
    """Whether a text in it, at any depth, has a NUL or half a character; PostgreSQL keeps neither."""
    if isinstance(value, str):
        return UNSTORABLE.search(value) is not None
    if isinstance(value, Mapping):
        return any(is_unstorable(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(is_unstorable, value))


def read_mapping(data: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> dict[str, Any]:
    given = data.get(name) or {}
    if not isinstance(given, dict) or len(given) > MAX_PROPERTIES:
        errors[name] = [f"Send an object with at most {MAX_PROPERTIES} keys."]
        return {}
    if is_unstorable(given):
        errors[name] = ["It holds a NUL or half a character, which cannot be stored."]
        return {}
    return {str(key)[:100]: value for key, value in given.items()}


def read_utm(data: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, str]:
    utm = read_mapping(data, "utm", errors)
    unknown = set(utm) - UTM_KEYS
    if unknown:
        errors["utm"] = [f"Unknown key {', '.join(sorted(unknown))}; use {', '.join(sorted(UTM_KEYS))}."]
    if any(not isinstance(value, str) or len(value) > 200 for value in utm.values()):
        errors["utm"] = ["Every value is text of at most 200 characters."]
    return {key: str(value).strip() for key, value in utm.items() if value}


def read_moment(data: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> datetime | None:
    """An RFC 3339 time with its offset, or None where it is absent."""
    given = data.get(name)
    if given in (None, ""):
        return None
    try:
        moment = parse_datetime(given) if isinstance(given, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        errors[name] = ["Send a time with its offset, like 2026-03-01T09:30:00Z."]
        return None
    return moment


def read_person(data: Any) -> PersonInput:
    """A person as the API, a form or an event sends them. Raises DomainError naming every wrong field."""
    if not isinstance(data, Mapping):
        raise DomainError("A person is an object.", errors={"non_field_errors": ["Send a JSON object."]})
    errors: dict[str, list[str]] = {}
    for name in sorted(set(data) - KNOWN):
        errors[UNSTORABLE.sub("�", str(name))] = [
            f"Unknown field; put it under properties, or use one of {', '.join(sorted(KNOWN))}."
        ]
    email, key = read_email(data, errors)
    values = read_texts(data, errors)
    utm, properties = read_utm(data, errors), read_mapping(data, "properties", errors)
    created_at = read_moment(data, "created_at", errors)
    identity = read_identity(data, errors)
    consents: list[dict[str, Any]] = []
    try:
        given = data.get("consent") or []
        consents = checked_consents(given if isinstance(given, list) else [given])
    except DomainError as refused:
        errors.update(refused.errors)
    if errors:
        raise DomainError("The person was refused.", errors=errors)
    return finished(PersonInput(email, key, values, utm, properties, consents, created_at, identity))


def read_identity(data: Mapping[str, Any], errors: dict[str, list[str]]) -> tuple[str, str] | None:
    external_id = data.get("external_id")
    if external_id in (None, ""):
        return None
    system = data.get("system") or "api"
    for name, value, limit in (("external_id", external_id, 255), ("system", system, 80)):
        if not isinstance(value, str) or len(value) > limit or is_unstorable(value):
            errors[name] = [f"Send text of at most {limit} characters, without NUL."]
            return None
    return system, external_id


def finished(given: PersonInput) -> PersonInput:
    """Source, medium and channel filled from the UTM, and the campaign its code names."""
    values = dict(given.values)
    values.setdefault("source", given.utm.get("source", ""))
    values["medium"] = given.utm.get("medium", "")
    code = given.utm.get("campaign", "")
    campaign = Campaign.objects.filter(code__iexact=code).first() if code else None
    channel = channel_of(values["source"], values["medium"])
    values["channel"] = campaign.channel if campaign and channel == "other" else channel
    kept = {name: value for name, value in values.items() if value}
    return PersonInput(
        given.email,
        given.key,
        kept,
        given.utm,
        given.properties,
        given.consents,
        given.created_at,
        given.identity,
        campaign,
    )
