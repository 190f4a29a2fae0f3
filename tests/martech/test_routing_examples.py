"""A lead that was tried is kept as an example; one that goes elsewhere stops publishing."""

from typing import Any

import pytest
from django.test import Client

from martech.models import PolicyVersion, RoutingPolicy
from martech.routing.editing import drop_example, put_example
from martech.selectors.examples import lead_words
from martech.services.policies import publish_policy
from mops.core.errors import DomainError
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish

BASE = "/martech/routing/inbound/"


def signed_in(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def draft() -> dict[str, Any]:
    return PolicyVersion.objects.get(state="draft").document


def test_examples_are_added_at_the_end_and_taken_out_by_place() -> None:
    text: dict[str, Any] = {}
    put_example(text, {"country": "DE"}, {"pool": "desk"})
    put_example(text, {"country": "FR"}, {"pool": "late"})
    drop_example(text, 0)
    drop_example(text, 7)
    assert text["examples"] == [{"given": {"country": "FR"}, "expect": {"pool": "late"}}]


def test_a_lead_is_told_in_words() -> None:
    given = {"country": "DE", "account.employees": 500, "properties": {"plan": "pro"}}
    assert lead_words(given) == "country DE, employees 500, plan pro"
    assert lead_words({}) == "a lead of whom nothing is known"


@pytest.mark.django_db
def test_a_tried_lead_is_kept_as_an_example_and_counts_for_its_rule() -> None:
    publish(document(make_reps("Ana")))
    client = signed_in()
    tried = client.get(f"{BASE}try/?country=DE")
    form = tried.context["example"]
    assert (form.initial["given"], form.initial["pool"], form.initial["rule"]) == ({"country": "DE"}, "desk", "German")
    sent = {"given": '{"country": "DE"}', "pool": "desk", "rule": "German", "revision": 1}
    assert client.post(f"{BASE}examples/", sent).status_code == 302
    assert draft()["examples"] == [{"given": {"country": "DE"}, "expect": {"pool": "desk", "rule": "German"}}]
    page = client.get(BASE).content.decode()
    assert "Goes to desk by “German”" in page
    assert "1 example<" in page


@pytest.mark.django_db
def test_an_example_that_goes_elsewhere_is_red_and_stops_publishing_until_it_is_removed() -> None:
    version = publish(document(make_reps("Ana")))
    client = signed_in()
    sent = {"given": '{"country": "FR"}', "pool": "desk", "rule": "German", "revision": 1}
    assert client.post(f"{BASE}examples/", sent).status_code == 302
    assert "Goes to desk, expected desk by “German”" in client.get(BASE).content.decode()
    policy = RoutingPolicy.objects.get()
    with pytest.raises(DomainError) as refused:
        publish_policy(policy=policy, actor=None)
    reason = "goes to desk by no rule, expected desk by German; correct the rules or the expectation"
    assert refused.value.errors["examples[0]"] == [reason]
    version.refresh_from_db()
    assert version.state == "published"
    assert client.post(f"{BASE}examples/1/remove/", {"revision": 2}).status_code == 302
    assert draft()["examples"] == []
    assert publish_policy(policy=policy, actor=None)[0].number == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "pool", "reason"),
    [
        ("{}", "desk", "Fill this in; it cannot stay empty."),
        ('"DE"', "desk", "Describe the lead first, then keep it."),
        ('{"country": "DE"}', "gone", "Choose one of the list; “gone” is not in it."),
    ],
)
def test_what_is_no_example_is_refused_and_nothing_is_kept(given: str, pool: str, reason: str) -> None:
    publish(document(make_reps("Ana")))
    answer = signed_in().post(f"{BASE}examples/", {"given": given, "pool": pool, "revision": 1})
    assert answer.status_code == 422
    assert reason in [said for reasons in answer.context["form"].errors.values() for said in reasons]
    assert not PolicyVersion.objects.filter(state="draft").exists()


@pytest.mark.django_db
def test_fields_that_were_left_empty_are_shown_empty_and_others_as_they_were_given() -> None:
    publish(document(make_reps("Ana")))
    client = signed_in()
    empty = client.get(f"{BASE}try/?country=DE").context["form"]
    given = client.get(BASE + 'try/?country=DE&more={"city": "Ulm"}').context["form"]
    wrong = client.get(BASE + "try/?country=DE&more={city").context["form"]
    assert (empty["more"].value(), given["more"].value(), wrong["more"].value()) == ("", '{"city": "Ulm"}', "{city")
    assert list(wrong.errors) == ["more"]


@pytest.mark.django_db
def test_a_known_person_is_not_kept_and_readers_keep_nothing() -> None:
    publish(document(make_reps("Ana")))
    person = make_person(country="DE")
    assert "example" not in signed_in().get(f"{BASE}try/?country=&person={person.pk}").context
    reader = signed_in("analyst")
    assert "example" not in (reader.get(f"{BASE}try/?country=DE").context or {})
    assert reader.post(f"{BASE}examples/", {"given": '{"country": "DE"}', "pool": "desk"}).status_code == 403


@pytest.mark.django_db
def test_somebody_is_tried_by_address_or_number_and_a_country_by_its_name() -> None:
    publish(document(make_reps("Ana")))
    person, client = make_person(country="DE", email="ada@example.org"), signed_in()
    for known in (str(person.pk), "Ada@example.org"):
        assert client.get(f"{BASE}try/", {"country": "", "person": known}).context["preview"].decision.pool
    assert client.get(f"{BASE}try/?country=Germany").context["example"]["given"].value() == '{"country": "DE"}'
    wrong = client.get(f"{BASE}try/?country=Atlantis&person=nobody@example.org")
    assert wrong.status_code == 422
    assert wrong.context["form"].errors == {"country": ["Enter a country, like Germany or DE."]}
    missing = client.get(f"{BASE}try/?country=&person=nobody@example.org").context["form"]
    assert missing.errors == {"person": ["Nobody you may see has this address or number."]}
    assert missing["person"].value() == "nobody@example.org"
