"""Requests: filed exactly, decided once, answered, linked both ways."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone

from governance.models import Notification, User
from governance.policies import Role
from mops.core.errors import ConflictError, DomainError
from planning.models import Campaign
from tests.factories import make_user
from workflow.models import Request
from workflow.services import answer_question, create_default_forms, file_request, triage_request

TODAY = date(2026, 3, 2)


def answers(**more: Any) -> dict[str, Any]:
    base = {
        "title": "Launch",
        "goal": "Demos",
        "channel": "email",
        "region": "DACH",
        "starts_on": "2026-05-01",
        "ends_on": "2026-05-31",
    }
    return {**base, **more}


def ask(asker: User | None = None, **more: Any) -> Request:
    create_default_forms(actor=None)
    asker = asker or make_user(Role.REQUESTER)
    return file_request(form_key="campaign", answers=answers(**more), actor=asker, today=TODAY)


@pytest.mark.django_db
def test_every_wrong_answer_is_named_and_nothing_is_filed() -> None:
    create_default_forms(actor=None)
    bad = {"title": "", "channel": "pigeon", "starts_on": "2026-03-05", "budget": "much", "colour": "red"}
    with pytest.raises(DomainError) as refused:
        file_request(form_key="campaign", answers=answers(**bad), actor=make_user(), today=TODAY)
    assert set(refused.value.errors) == {"title", "channel", "starts_on", "budget", "colour"}
    assert refused.value.errors["starts_on"] == ["We need 10 days; the earliest is 2026-03-12."]
    assert Request.objects.count() == 0


@pytest.mark.django_db
def test_accepting_makes_the_campaign_of_the_answers_and_links_both_ways() -> None:
    request = ask()
    done = triage_request(request=request, verdict="accept", actor=make_user())
    campaign = Campaign.objects.get()
    assert done.campaign == campaign
    assert (campaign.name, campaign.channel, campaign.region) == ("Launch", "email", "DACH")
    assert list(campaign.requests.all()) == [request]
    assert Notification.objects.get(user=request.requester).title == f"R-{request.number} was accepted: Launch"


@pytest.mark.django_db
def test_a_question_waits_for_the_requester_and_their_answer_puts_it_back() -> None:
    request = ask()
    triage_request(request=request, verdict="ask", actor=make_user(), question="Which page?")
    request.refresh_from_db()
    assert request.state == "asked"
    answer_question(request=request, text="Pricing", actor=request.requester)
    request.refresh_from_db()
    assert request.state == "submitted"
    assert request.comments.get().text == "Pricing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verdict", "field"),
    [
        ("decline", "reason"),
        ("ask", "question"),
        ("merge", "merge_into"),
        ("defer", "defer_until"),
        ("sing", "verdict"),
    ],
)
def test_a_verdict_without_what_it_needs_changes_nothing(verdict: str, field: str) -> None:
    request = ask()
    with pytest.raises(DomainError) as refused:
        triage_request(request=request, verdict=verdict, actor=make_user())
    assert list(refused.value.errors) == [field]
    request.refresh_from_db()
    assert request.state == "submitted"


@pytest.mark.django_db
def test_a_second_verdict_is_a_conflict_that_says_who_decided() -> None:
    request, first = ask(), make_user(name="Omar Haddad")
    later = timezone.localdate() + timedelta(days=5)
    triage_request(request=request, verdict="decline", actor=first, reason="No budget")
    with pytest.raises(ConflictError, match="declined already by Omar Haddad"):
        triage_request(request=request, verdict="defer", actor=make_user(), defer_until=later)


@pytest.mark.django_db(transaction=True)
def test_of_parallel_verdicts_exactly_one_wins() -> None:
    request = ask()
    actors = [make_user() for _ in range(6)]

    def decide(actor: User) -> bool:
        try:
            triage_request(request=request, verdict="accept", actor=actor)
        except ConflictError:
            return False
        finally:
            close_old_connections()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(decide, actors)) == 1
    assert Campaign.objects.count() == 1


@pytest.mark.django_db
def test_a_requester_sees_their_own_requests_and_no_others() -> None:
    mine, other = make_user(Role.REQUESTER), make_user(Role.REQUESTER)
    seen, hidden = ask(mine), ask(other)
    client = Client()
    client.force_login(mine, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(seen.get_absolute_url()).status_code == 200
    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.post(f"/workflow/requests/{seen.number}/triage/", {"verdict": "accept"}).status_code == 403
