"""Before somebody is added, mops says who of the people it knows they may be."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import Person
from mops.core.work import run_due
from tests.factories import make_person, make_token, make_user

pytestmark = pytest.mark.django_db
FORM = "/martech/people/new/"
SAME_PHONE = {"email": "anna@home.example", "first_name": "Anna", "last_name": "Berg", "phone": "+4915112345678"}


def known_anna(**fields: Any) -> Person:
    given = {"first_name": "Anna", "last_name": "Berg", "company": "Acme GmbH", "email": "anna.berg@acme.com"}
    person = make_person(**{**given, "phone": "+4915112345678", **fields})
    run_due("identity")
    return person


def signed_in(role: str = Role.OPS_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked(body: Any, role: str = Role.OPS_MANAGER) -> Any:
    headers = {"Authorization": f"Bearer {make_token(role=role)}"}
    return Client().post("/api/v1/people/check/", json.dumps(body), content_type="application/json", headers=headers)


def test_the_form_asks_before_it_adds_somebody_who_may_be_here_already() -> None:
    anna = known_anna()
    answer = signed_in().post(FORM, SAME_PHONE)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody like this is here already." in page
    assert f'<a href="/martech/people/{anna.pk}/">Anna Berg</a>, Acme GmbH (anna.berg@acme.com): ' in page
    assert "the same phone number" in page
    assert 'value="anna@home.example"' in page
    assert Person.objects.count() == 1


def test_they_are_added_all_the_same_when_that_is_what_was_meant() -> None:
    known_anna()
    assert signed_in().post(FORM, {**SAME_PHONE, "anyway": "1"}).status_code == 302
    assert set(Person.objects.values_list("email", flat=True)) == {"anna.berg@acme.com", "anna@home.example"}


def test_a_known_address_completes_its_person_without_a_question() -> None:
    anna = known_anna(phone="")
    assert signed_in().post(FORM, {**SAME_PHONE, "email": "anna.berg@acme.com"}).status_code == 302
    anna.refresh_from_db()
    assert (anna.phone, Person.objects.count()) == ("+4915112345678", 1)


def test_the_api_says_whom_it_may_be_and_why_and_stores_nothing() -> None:
    anna = known_anna()
    answer = asked({"first_name": "Anna", "last_name": "Berg", "phone": "0151 12345678", "country": "Germany"})
    assert answer.status_code == 200
    [found] = answer.json()
    assert (found["id"], found["band"], found["why_not"]) == (anna.pk, "auto", [])
    assert found["why"] == ["the same first name", "the same last name", "the same phone number"]
    assert asked({"email": "zoe@nowhere.example", "last_name": "Quist"}).json() == []
    assert Person.objects.count() == 1


def test_a_sales_representative_learns_nothing_of_people_of_others() -> None:
    known_anna(owner=make_user(Role.SALES_REP))
    assert asked(SAME_PHONE, Role.SALES_REP).json() == []


def test_what_an_analyst_may_not_see_is_not_compared() -> None:
    known_anna()
    assert asked({"last_name": "Berg", "phone": "+4915112345678"}, Role.ANALYST).json() == []


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({}, "non_field_errors", "Give some of email, first_name"),
        ([], "non_field_errors", "Give some of email, first_name"),
        ({"last_name": "Berg", "shoe": 1}, "shoe", "Use email, first_name"),
        ({"last_name": "Berg", "country": "Atlantis"}, "country", "Nobody knows a country"),
    ],
)
def test_a_wrong_question_says_what_would_be_right(body: Any, field: str, reason: str) -> None:
    answer = asked(body)
    assert answer.status_code == 422
    assert answer.json()["errors"][field][0].startswith(reason)
