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


def person_of(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as `read_person` takes them; traits without a field of ours go to `properties`."""
    address, company = traits.get("address"), traits.get("company")
    places = {**traits, **address} if isinstance(address, dict) else traits
    found: dict[str, Any] = {field: first_text(places, names) for field, names in NAMES.items()}
    if not (found["first_name"] or found["last_name"]) and (full := first_text(traits, ("name",))):
        first, _, last = full.rpartition(" ")
        found["first_name"], found["last_name"] = first.strip(), last
    if isinstance(company, dict):
        found["company"] = first_text(company, ("name",))
        found["website"] = found["website"] or first_text(company, ("website", "domain"))
    else:
        found["company"] = first_text(traits, ("company",))
    kept = {name: value for name, value in traits.items() if name not in TAKEN and value is not None}
    found["properties"] = dict(list(kept.items())[:200])
    return {field: value for field, value in found.items() if value}


def company_of(traits: Mapping[str, Any]) -> dict[str, Any]:
    """A group's fields: `name website country industry employees` and the rest as `properties`."""
    fields = {
        "name": first_text(traits, ("name",)),
        "website": first_text(traits, ("website", "domain", "url")),
        "country": first_text(traits, ("country",)),
        "industry": first_text(traits, ("industry",)),
    }
    employees = first_text(traits, ("employees", "employeeCount"))
    taken = {"name", "website", "domain", "url", "country", "industry", "employees", "employeeCount", "id"}
    kept = {name: value for name, value in traits.items() if name not in taken and value is not None}
    found: dict[str, Any] = {name: value for name, value in fields.items() if value}
    if employees.isdecimal() and int(employees) < 2**31:
        found["employees"] = int(employees)
    return {**found, "properties": kept} if kept else found
