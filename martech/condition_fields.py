"""The fields that conditions about a person may read: the catalogue "person"."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import pycountry

from martech.models import Person, Stage, Touch
from martech.touch_words import TOUCH_WORDS
from mops.core.conditions import Catalogue, Field, Type
from mops.core.conditions.catalogue import Choices
from planning.models import Channel


@cache
def countries() -> Choices:
    """ISO 3166-1 alpha-2 code and English name, by name."""
    found = [(country.alpha_2, getattr(country, "common_name", country.name)) for country in pycountry.countries]
    return tuple(sorted(found, key=lambda choice: choice[1]))


def stages() -> Choices:
    return [(str(value), str(label)) for value, label in Stage.choices]


def channels() -> Choices:
    return [(str(value), str(label)) for value, label in Channel.choices]


def touch_kinds() -> Choices:
    """The usual kinds of touches as people say them; a source may send any other."""
    return list(TOUCH_WORDS.items())


PERSON_FIELDS = (
    Field("person.country", "Country", Type.CHOICE, "country", countries),
    Field("person.city", "City", Type.TEXT, "city"),
    Field("person.job_title", "Job title", Type.TEXT, "job_title"),
    Field("person.company", "Company", Type.TEXT, "company"),
    Field("person.website", "Website", Type.TEXT, "website"),
    Field("person.email", "E-mail", Type.TEXT, "email"),
    Field("person.first_name", "First name", Type.TEXT, "first_name"),
    Field("person.last_name", "Last name", Type.TEXT, "last_name"),
    Field("person.phone", "Phone", Type.TEXT, "phone"),
    Field("person.source", "Source", Type.TEXT, "source"),
    Field("person.medium", "Medium", Type.TEXT, "medium"),
    Field("person.channel", "Channel", Type.CHOICE, "channel", channels),
    Field("person.campaign", "Campaign code", Type.TEXT, "campaign__code"),
    Field("person.lifecycle_stage", "Lifecycle stage", Type.CHOICE, "lifecycle_stage", stages),
    Field("person.furthest_stage", "Furthest stage", Type.CHOICE, "furthest_stage", stages),
    Field("person.score_fit", "Fit score", Type.NUMBER, "score_fit"),
    Field("person.score_engagement", "Engagement score", Type.NUMBER, "score_engagement"),
    Field("person.grade", "Grade", Type.TEXT, "grade"),
    Field("person.do_not_route", "Not to be routed", Type.BOOLEAN, "do_not_route"),
    Field("person.created_at", "Came", Type.DATETIME, "created_at"),
    Field("person.updated_at", "Last changed", Type.DATETIME, "updated_at"),
    Field("person.owner", "Owner’s e-mail", Type.TEXT, "owner__email"),
    Field("person.owner_name", "Owner as the source names them", Type.TEXT, "owner_name"),
    Field("person.owner_team", "Owner’s team", Type.TEXT, "owner__team__name"),
    Field("person.properties.*", "Property", Type.JSON, "properties"),
    Field("person.utm.*", "UTM", Type.JSON, "utm"),
    Field("account.name", "Account", Type.TEXT, "account__name"),
    Field("account.domain", "Account domain", Type.TEXT, "account__domain"),
    Field("account.country", "Account country", Type.CHOICE, "account__country", countries),
    Field("account.employees", "Employees", Type.NUMBER, "account__employees"),
    Field("account.industry", "Industry", Type.TEXT, "account__industry"),
    Field("account.type", "Account type", Type.TEXT, "account__type"),
    Field("account.source", "Account source", Type.TEXT, "account__source"),
    Field("account.owner", "Account owner’s e-mail", Type.TEXT, "account__owner__email"),
    Field("account.properties.*", "Account property", Type.JSON, "account__properties"),
)


TOUCH_FIELDS = (
    Field("touch.kind", "Kind of touch", Type.TEXT, "kind", names=touch_kinds),
    Field("touch.channel", "Channel", Type.CHOICE, "channel", channels),
    Field("touch.source", "Source", Type.TEXT, "source"),
    Field("touch.medium", "Medium", Type.TEXT, "medium"),
    Field("touch.campaign", "Campaign code", Type.TEXT, "campaign__code"),
    Field("touch.url", "Address of the page", Type.TEXT, "url"),
    Field("touch.properties.*", "Property", Type.JSON, "properties"),
)


def person_catalogue() -> Catalogue:
    return Catalogue("person", Person, PERSON_FIELDS)


def touch_catalogue() -> Catalogue:
    """What rules of engagement may say about one touch."""
    return Catalogue("touch", Touch, TOUCH_FIELDS)


def lookups_of(keys: Iterable[str], catalogue: Catalogue) -> list[str]:
    """What to ask the database for so that `record_reader` can tell the named fields, without repetition."""
    specs = [catalogue.find(key) for key in keys]
    return list(dict.fromkeys(spec.lookup for spec in specs if spec is not None and spec.lookup))


def record_reader(
    keys: Iterable[str], names: Sequence[str], catalogue: Catalogue
) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """`read(row)` for rows of the columns `names`: the named fields as JSON keeps them, `{"person.country": "DE",
    "person.properties": {…}}`. Of a family of properties only the named ones are in it.
    """
    places = {name: place for place, name in enumerate(names)}
    plain: list[tuple[str, int]] = []
    families: dict[str, tuple[int, list[str]]] = {}
    for key in keys:
        spec = catalogue.find(key)
        if spec is None or not spec.lookup:
            continue
        if spec.type is Type.JSON:
            family = families.setdefault(spec.record_key, (places[spec.lookup], []))
            family[1].append(key.removeprefix(spec.record_key + "."))
        else:
            plain.append((key, places[spec.lookup]))

    def read(row: Sequence[Any]) -> dict[str, Any]:
        record = {key: _as_json(row[place]) for key, place in plain}
        for key, (place, wanted) in families.items():
            kept = row[place]
            record[key] = {name: kept[name] for name in wanted if name in kept} if isinstance(kept, dict) else {}
        return record

    return read


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def restored(record: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """A stored record with its moments as datetimes again, ready to be tested."""
    found = dict(record)
    for key, value in record.items():
        spec = catalogue.find(key)
        if spec is not None and spec.type is Type.DATETIME and isinstance(value, str):
            found[key] = datetime.fromisoformat(value)
    return found


def record_from(given: Mapping[str, Any], catalogue: Catalogue) -> tuple[dict[str, Any], list[str]]:
    """A record from a person written down inline, and the keys that mean nothing.

    `{"country": "DE", "properties": {…}, "account": {"employees": 500}}`; full names such as "account.employees" work too.
    """
    record: dict[str, Any] = {}
    unknown: list[str] = []
    for key, value in _flat(given):
        if catalogue.find(key) is not None or f"{key}.*" in catalogue.fields:
            record[key] = value
        else:
            unknown.append(key)
    return record, unknown


def _flat(given: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in given.items():
        if key == "account" and isinstance(value, Mapping):
            yield from ((f"account.{name}", inner) for name, inner in value.items())
        elif key.startswith(("person.", "account.")):
            yield key, value
        else:
            yield f"person.{key}", value
