"""Before somebody is added: who of the people we know it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from martech.models import Person, PersonEmail
from martech.normalisation import email_key
from martech.selectors.identity import check_one
from martech.services.identity.records import COLUMNS
from martech.services.intake import read_person
from mops.core.errors import DomainError
from mops.core.rights import hidden_fields


@dataclass(frozen=True)
class Likely:
    """Somebody it may be; `why` and `why_not` are words about the two, `band` is `auto`, `review` or `vetoed`."""

    person: Person
    band: str
    score: float
    rule: str
    why: list[str]
    why_not: list[str]

    @property
    def id(self) -> int:
        return self.person.pk


def likely_same(data: Any, user: Any) -> list[Likely]:
    """People the user may see whom the given one may be, the surest first. Writes nothing. Raises DomainError.

    `data` are values as `save_person` takes them, of `COLUMNS` only. What the user may not see is not compared: nobody
    finds out a number by guessing it.
    """
    if not isinstance(data, Mapping) or not any(data.get(name) for name in COLUMNS):
        raise DomainError("Nothing to check.", errors={"non_field_errors": [f"Give some of {', '.join(COLUMNS)}."]})
    if unknown := sorted(str(name) for name in set(data) - set(COLUMNS)):
        raise DomainError("Nothing was checked.", errors={name: [f"Use {', '.join(COLUMNS)}."] for name in unknown})
    given = read_person({"external_id": "-", **data})
    hidden = hidden_fields(user, Person)
    values = {name: value for name, value in {**given.values, "email": given.key}.items() if name not in hidden}
    matches = check_one(values)
    people = Person.objects.visible_to(user).in_bulk([match.person_id for match in matches])
    return [
        Likely(
            people[match.person_id],
            match.band,
            match.score,
            told["rule_name"],
            told["evidence"],
            [veto["name"] for veto in told["vetoes"]],
        )
        for match in matches
        if match.person_id in people and (told := match.verdict.explained())
    ]


def likely_strangers(data: Mapping[str, str], user: Any) -> list[Likely]:
    """Whom somebody with a new address may be, as far as nothing speaks against it; nobody where the address is known.

    `data` holds `email` and what else a form gives of `COLUMNS`. Raises DomainError.
    """
    found = likely_same({name: value for name, value in data.items() if name in COLUMNS}, user)
    if not found or PersonEmail.objects.filter(key=email_key(data["email"])).exists():
        return []
    return [one for one in found if not one.why_not]
