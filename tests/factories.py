"""Rows for tests: small, valid, with names that read well."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from governance.models import ApiToken, Scope, User
from governance.policies import Role
from governance.services import create_token
from martech.models import Account, Deal, Person, PersonEmail, PersonIdentity
from planning.models import Campaign

_number = count(1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def make_user(role: str = Role.OPS_MANAGER, **fields: Any) -> User:
    number = next(_number)
    defaults: dict[str, Any] = {"email": f"user{number}@example.com", "name": f"User {number}", "roles": [role]}
    return User.objects.create_user(**{**defaults, **fields})


def make_token(user: User | None = None, scope: str = Scope.WRITE, role: str = Role.OPS_MANAGER) -> str:
    """The text of a new token."""
    _row, text = create_token(user=user or make_user(role), actor=None, name="test", scope=scope)
    assert isinstance(_row, ApiToken)
    return text


def make_account(**fields: Any) -> Account:
    number = next(_number)
    return Account.objects.create(**{"name": f"Company {number}", "name_key": f"company {number}", **fields})


def make_person(**fields: Any) -> Person:
    """A person with an address of their own; `external_id=` adds an identity in the system `crm`."""
    number = next(_number)
    external_id = fields.pop("external_id", None)
    defaults = {"email": f"person{number}@example.org", "first_name": "Priya", "last_name": f"Raman {number}"}
    person = Person.objects.create(**{**defaults, "created_at": NOON, **fields})
    if person.email:
        PersonEmail.objects.create(person=person, address=person.email, key=person.email.lower())
    if external_id:
        PersonIdentity.objects.create(person=person, system="crm", external_id=external_id)
    return person


def make_deal(**fields: Any) -> Deal:
    number = next(_number)
    defaults = {"name": f"Deal {number}", "currency": "EUR", "stage": "Open", "opened_at": NOON}
    return Deal.objects.create(**{**defaults, **fields})


def make_campaign(**fields: Any) -> Campaign:
    number = next(_number)
    defaults = {
        "code": f"26Q1-EMEA-WEB-{number:04d}",
        "name": f"Campaign {number}",
        "channel": "webinar",
        "region": "EMEA",
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 3, 31),
    }
    return Campaign.objects.create(**{**defaults, **fields})
