"""Requests: filed exactly, decided once, answered, linked both ways."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from governance.models import Notification, User
from governance.policies import Role
from governance.services.taxonomy import publish_naming_rule
from mops.core.errors import ConflictError, DomainError
from mops.core.invariants import check
from planning.models import Campaign
from tests.factories import make_user
from workflow.invariants import INVARIANTS
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
def test_a_campaign_that_would_end_before_it_starts_is_refused_where_it_is_asked() -> None:
    with pytest.raises(DomainError) as refused:
        ask(starts_on="2026-05-10", ends_on="2026-05-09")
    assert refused.value.errors == {"ends_on": ["It ends before it starts; choose 2026-05-10 or later."]}
    client = Client()
    client.force_login(make_user(Role.REQUESTER))
    first, last = (timezone.localdate() + timedelta(days=days) for days in (40, 39))
    page = client.post("/workflow/ask/campaign/", answers(starts_on=str(first), ends_on=str(last)))
    assert page.context["form"].errors == {"ends_on": [f"It ends before it starts; choose {first} or later."]}
    assert Request.objects.count() == 0
    ask(starts_on="2026-05-10", ends_on="2026-05-10")
    assert Request.objects.count() == 1


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
            connection.close()
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


@pytest.mark.django_db
def test_a_request_is_merged_only_into_one_that_is_alive() -> None:
    first, second, third = ask(), ask(), ask()
    triage_request(request=first, verdict="merge", actor=make_user(), merge_into=second)
    triage_request(request=third, verdict="decline", actor=make_user(), reason="No budget")
    for dead, state in ((first, "merged"), (third, "declined")):
        with pytest.raises(ConflictError) as refused:
            triage_request(request=second, verdict="merge", actor=make_user(), merge_into=dead)
        assert refused.value.errors == {"merge_into": [f"{dead.reference} is {state}; choose one that is alive."]}
    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("submitted", None)


@pytest.mark.django_db
def test_what_was_merged_into_a_request_follows_it_into_the_next() -> None:
    first, second, third = ask(), ask(), ask()
    triage_request(request=first, verdict="merge", actor=make_user(), merge_into=second)
    triage_request(request=second, verdict="merge", actor=make_user(), merge_into=third)
    first.refresh_from_db()
    assert first.merged_into == third
    assert [row.key for row in INVARIANTS if not check(row).holds] == []


@pytest.mark.django_db
def test_what_belongs_to_another_verdict_is_left_aside() -> None:
    request, other = ask(), ask()
    later = timezone.localdate() + timedelta(days=5)
    given: dict[str, Any] = {"reason": "No budget", "merge_into": other, "defer_until": later}
    done = triage_request(request=request, verdict="decline", actor=make_user(), **given)
    assert (done.state, done.merged_into, done.deferred_until) == ("declined", None, None)


@pytest.mark.django_db(transaction=True)
def test_two_requests_merged_into_each_other_at_once_end_in_one_merge() -> None:
    pairs = [(first := ask(), second := ask()), (second, first)]
    actors = [make_user(), make_user()]

    def decide(index: int) -> bool:
        request, other = pairs[index]
        try:
            triage_request(request=request, verdict="merge", actor=actors[index], merge_into=other)
        except ConflictError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(decide, range(2))) == 1
    assert sorted(Request.objects.values_list("state", flat=True)) == ["merged", "submitted"]


def page_of(role: str, path: str) -> str:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_a_request_links_to_its_campaign_and_the_campaign_back_to_it() -> None:
    request = ask()
    campaign = triage_request(request=request, verdict="accept", actor=make_user()).campaign
    assert campaign is not None
    asked, planned = request.get_absolute_url(), campaign.get_absolute_url()
    assert f'href="{planned}"' in page_of(Role.OPS_MANAGER, asked)
    assert f'href="{asked}"' in page_of(Role.OPS_MANAGER, planned)


@pytest.mark.django_db
def test_a_campaign_does_not_name_requests_to_those_who_may_not_see_them() -> None:
    request = ask()
    campaign = triage_request(request=request, verdict="accept", actor=make_user()).campaign
    assert campaign is not None
    assert request.get_absolute_url() not in page_of(Role.SALES_REP, campaign.get_absolute_url())


@pytest.mark.django_db
def test_a_form_says_everything_that_is_wrong_at_once_and_keeps_what_was_typed() -> None:
    create_default_forms(actor=None)
    client = Client()
    client.force_login(make_user(Role.REQUESTER), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        "/workflow/ask/campaign/", {"title": "", "goal": "50 leads", "channel": "smoke", "ends_on": "soon"}
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    said = {name: reasons[0] for name, reasons in form.errors.items()}
    assert said["title"] == "Fill this in; it cannot stay empty."
    assert said["channel"] == "Choose one of the list; “smoke” is not in it."
    assert said["ends_on"] == "Give a day like 2026-03-01."
    assert (form["goal"].value(), form["ends_on"].value()) == ("50 leads", "soon")
    assert not Request.objects.exists()


@pytest.mark.django_db
def test_accepting_begins_with_a_name_by_the_rule() -> None:
    parts = [{"key": "region", "label": "Region", "values": ["EMEA", "DACH"]}, {"key": "theme", "label": "Theme"}]
    publish_naming_rule(kind="campaign", delimiter=" | ", parts=parts, actor=None)
    request, client = ask(title="Launch"), Client()
    client.force_login(make_user(Role.OPS_MANAGER), backend="django.contrib.auth.backends.ModelBackend")
    form = client.get(f"/workflow/requests/{request.number}/").context["triage_form"]
    assert form["name"].value() == "DACH | Launch"
    client.post(f"/workflow/requests/{request.number}/triage/", {"verdict": "accept", "name": form["name"].value()})
    request.refresh_from_db()
    assert (request.state, Campaign.objects.get().name) == ("accepted", "DACH | Launch")


@pytest.mark.django_db
def test_the_trail_of_a_request_leaves_the_promise_to_the_head_of_its_page() -> None:
    request = ask()
    Request.objects.filter(pk=request.pk).update(answer_due_at=timezone.now())
    client = Client()
    client.force_login(request.requester, backend="django.contrib.auth.backends.ModelBackend")
    assert "Answer due at" not in client.get(request.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_who_asked_reads_which_promise_was_broken() -> None:
    asker = make_user(Role.REQUESTER)
    late, other = ask(asker), ask(asker)
    Request.objects.filter(pk=late.pk).update(answer_due_at=timezone.now() - timedelta(hours=1))
    client = Client()
    client.force_login(asker, backend="django.contrib.auth.backends.ModelBackend")
    page = " ".join(client.get("/workflow/ask/").content.decode().split())
    assert "2 of your requests wait for a verdict, 1 of them longer than was promised." in page
    assert page.count('<b class="down">late</b>') == 1
    Request.objects.filter(pk=late.pk).update(answer_due_at=other.answer_due_at)
    page = " ".join(client.get("/workflow/ask/").content.decode().split())
    assert "2 of your requests wait for a verdict; it comes within two working days." in page
    assert "late</b>" not in page
