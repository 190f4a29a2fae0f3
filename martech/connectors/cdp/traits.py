"""What identify and group say of people and companies, under our own field names."""

from collections.abc import Mapping
from typing import Any

NAMES = {
    "email": ("email", "e_mail"),
    "first_name": ("firstName", "first_name", "firstname"),
    "last_name": ("lastName", "last_name", "lastname"),
    "phone": ("phone", "phoneNumber"),
    "job_title": ("title", "jobTitle", "job_title"),
    "website": ("website",),
    "linkedin_url": ("linkedinUrl", "linkedin_url", "linkedin"),
    "country": ("country",),
    "city": ("city",),
}
TAKEN = {name for names in NAMES.values() for name in names} | {"name", "company", "address", "id", "createdAt"}
COMPANY = {
    "name": ("name",),
    "website": ("website", "domain", "url"),
    "country": ("country",),
    "industry": ("industry",),
    "employees": ("employees", "employeeCount"),
}
LONGEST_KEPT = 500
"""Characters of JSON of a trait that makes no sense in its field and is kept as a property."""


def traits_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Traits where the protocol puts them, and where RudderStack's clients do (`context.traits`)."""
    context = payload.get("context")
    nested = context.get("traits") if isinstance(context, dict) else None
    own = payload.get("traits")
    return {**(nested if isinstance(nested, dict) else {}), **(own if isinstance(own, dict) else {})}


def first_text(source: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = source.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def first_value(source: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first text; without any, what stands there instead, so that whoever reads the field can say what is wrong."""
    others = (source.get(name) for name in names)
    return first_text(source, names) or next((one for one in others if not is_blank(one)), "")


def is_blank(value: Any) -> bool:
    return value in (None, [], {}) or (isinstance(value, str) and not value.strip())


def person_of(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as `read_person` takes them; traits without a field of ours go to `properties`."""
    address, company = traits.get("address"), traits.get("company")
    places = {**traits, **address} if isinstance(address, dict) else traits
    found: dict[str, Any] = {field: first_value(places, names) for field, names in NAMES.items()}
    if not (found["first_name"] or found["last_name"]) and (full := first_text(traits, ("name",))):
        first, _, last = full.rpartition(" ")
        found["first_name"], found["last_name"] = first.strip(), last
    if isinstance(company, dict):
        found["company"] = first_text(company, ("name",))
        found["website"] = found["website"] or first_text(company, ("website", "domain"))
    else:
        found["company"] = first_value(traits, ("company",))
    kept = {name: value for name, value in traits.items() if name not in TAKEN and value is not None}
    if address and not isinstance(address, dict):
        kept["address"] = address
    found["properties"] = dict(list(kept.items())[:200])
    return {field: value for field, value in found.items() if not is_blank(value)}


def company_of(traits: Mapping[str, Any]) -> dict[str, Any]:
    """A group's fields: `name website country industry employees` and the rest as `properties`; what makes no sense in
    its field stands there as it came, for the reader of the field to refuse."""
    found = {field: first_value(traits, names) for field, names in COMPANY.items()}
    found["employees"] = whole_number(found["employees"])
    taken = {name for names in COMPANY.values() for name in names} | {"id"}
    found["properties"] = {name: value for name, value in traits.items() if name not in taken and value is not None}
    return {field: value for field, value in found.items() if not is_blank(value)}


def whole_number(given: Any) -> Any:
    """A number that is written as text or with decimals of zero, as a whole one; anything else as it came."""
    if isinstance(given, str) and given.isdecimal():
        return int(given)
    return int(given) if isinstance(given, float) and given.is_integer() else given
