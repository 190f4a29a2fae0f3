"""Changing people: the last administrator stays one, and an address is somebody's alone."""

from typing import Any

import pytest

from governance.models import Team, User
from governance.policies import Role
from governance.services.teams import save_team
from governance.services.users import change_user, create_user
from mops.core.errors import ConflictError
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def change(user: User, **changes: Any) -> User:
    given = {"email": user.email, "name": user.name, "job_title": user.job_title, "roles": user.roles, "team": None}
    return change_user(user=user, actor=user, **{**given, "is_active": True, **changes})


@pytest.fixture
def ada() -> User:
    return make_user(Role.ADMIN, email="ada@example.com", name="Ada Winter")


@pytest.mark.parametrize("changes", [{"roles": [Role.ANALYST]}, {"is_active": False}])
def test_the_last_active_administrator_stays_one(ada: User, changes: dict[str, Any]) -> None:
    make_user(Role.ADMIN, email="gone@example.com", is_active=False)
    with pytest.raises(ConflictError) as refused:
        change(ada, name="Ada Summer", **changes)
    assert refused.value.detail == "This is the last administrator."
    assert refused.value.errors == {"role": ["Make somebody else an administrator first."]}
    ada.refresh_from_db()
    assert (ada.name, ada.roles, ada.is_active) == ("Ada Winter", [Role.ADMIN], True)


def test_one_of_two_administrators_may_become_something_else(ada: User) -> None:
    make_user(Role.ADMIN, email="eve@example.com")
    assert change(ada, roles=[Role.ANALYST]).roles == [Role.ANALYST]


def test_the_last_administrator_may_change_everything_else(ada: User) -> None:
    changed = change(ada, name="Ada Summer", email="Summer@Example.com", job_title="Head of IT")
    assert (changed.name, changed.email, changed.job_title) == ("Ada Summer", "summer@example.com", "Head of IT")
    assert changed.roles == [Role.ADMIN]


def test_an_address_that_somebody_has_is_given_to_nobody_else(ada: User) -> None:
    bo = make_user(Role.ANALYST, email="bo@example.com", name="Bo Lind")
    taken = {"email": ["Somebody with the address ada@example.com exists already."]}
    with pytest.raises(ConflictError) as not_changed:
        change(bo, email="Ada@example.com", name="Bo Other")
    assert (not_changed.value.kind, not_changed.value.errors) == ("duplicate", taken)
    with pytest.raises(ConflictError) as not_created:
        create_user(email="ada@example.com", roles=[Role.ANALYST], actor=ada)
    assert (not_created.value.kind, not_created.value.errors) == ("duplicate", taken)
    assert set(User.objects.values_list("email", "name")) == {
        ("ada@example.com", "Ada Winter"),
        ("bo@example.com", "Bo Lind"),
    }


def test_two_teams_have_two_names(ada: User) -> None:
    save_team(name="Berlin", region="DACH", actor=ada)
    vienna = save_team(name="Vienna", region="DACH", actor=ada)
    with pytest.raises(ConflictError) as refused:
        save_team(name=" Berlin ", region="EMEA", actor=ada, team=vienna)
    assert (refused.value.kind, refused.value.errors) == ("duplicate", {"name": ["Berlin exists already."]})
    assert set(Team.objects.values_list("name", "region")) == {("Berlin", "DACH"), ("Vienna", "DACH")}
