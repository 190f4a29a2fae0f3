"""A form that asks for one of very many: it holds none of them, what is typed is looked up, and without scripts typed out."""

from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from planning.models import BudgetLine
from planning.services import create_budget_line
from tests.factories import make_campaign, make_user
from tests.workflow.test_requests import ask
from workflow.services import triage_request

pytestmark = pytest.mark.django_db
NEW_LINE = "/planning/budget/new/"
LINE = {"name": "Booth", "fiscal_year": 2026, "currency": "EUR"}


def signed_in(role: str = Role.OPS_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def line(name: str, currency: str = "EUR", **more: Any) -> BudgetLine:
    return create_budget_line(name=name, fiscal_year=2026, currency=currency, actor=None, **more)


def found(client: Client, path: str, text: str = "") -> list[tuple[str, str]]:
    answer = client.get(path, {"q": text})
    assert answer.status_code == 200
    return [(one["value"], one["text"]) for one in answer.json()["options"]]


def test_a_form_does_not_grow_with_what_there_is_to_choose_from() -> None:
    client, request, booth = signed_in(), ask(), line("Booth")
    pages = (NEW_LINE, request.get_absolute_url(), booth.get_absolute_url())
    few = [len(client.get(page).content) for page in pages]
    for number in range(60):
        make_campaign(name=f"One of many {number}"), line(f"One of many {number}")
    ask(title="One of many")
    many = [client.get(page).content.decode() for page in pages]
    assert [len(page.encode()) - was for page, was in zip(many, few, strict=True)] == [0, 0, 0]
    assert all("One of many" not in page for page in (many[0], many[2]))


def test_requests_to_merge_into_are_found_by_title_and_number() -> None:
    request, other, gone = ask(title="Launch"), ask(title="Spring fair"), ask(title="Spring fare")
    triage_request(request=gone, verdict="decline", actor=make_user(), reason="No budget")
    client, path = signed_in(), f"/workflow/requests/{request.number}/triage/options/"
    option = (str(other.number), f"{other.reference} Spring fair")
    assert found(client, path) == found(client, path, "spring") == found(client, path, other.reference) == [option]
    assert found(client, path, "Launch") == []
    assert signed_in(Role.REQUESTER).get(path).status_code == 403


def test_lines_to_move_money_to_are_found_by_name_and_campaign() -> None:
    fair = make_campaign(code="26Q1-EMEA-EVT-0042")
    source, other, _dollars = line("Booth"), line("Flights", campaign=fair), line("Flights", "USD")
    client, path = signed_in(), f"{source.get_absolute_url()}transfer/options/"
    option = (str(other.pk), "Flights 2026")
    assert found(client, path) == found(client, path, "flig") == found(client, path, "evt-0042") == [option]
    assert found(client, path, "Booth") == []
    assert signed_in(Role.ANALYST).get(path).status_code == 403


def test_what_was_chosen_stands_in_the_form() -> None:
    fair = make_campaign(code="26Q1-EMEA-EVT-0042", name="Fair")
    page = signed_in().get(f"{NEW_LINE}?campaign={fair.code}").content.decode()
    assert f'<option value="{fair.code}" selected>{fair}</option>' in " ".join(page.split())


def test_without_scripts_the_code_is_typed_and_a_wrong_one_is_named() -> None:
    fair, other = make_campaign(), make_campaign()
    client = signed_in()
    refused = client.post(NEW_LINE, {**LINE, "campaign": "", "campaign-typed": "26Q9"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["campaign"])
    assert not BudgetLine.objects.exists()
    client.post(NEW_LINE, {**LINE, "campaign": other.code, "campaign-typed": f" {fair.code} "})
    assert BudgetLine.objects.get().campaign == fair


def test_a_verdict_takes_what_was_found() -> None:
    request, other, client = ask(), ask(), signed_in()
    client.post(f"{request.get_absolute_url()}triage/", {"verdict": "merge", "merge_into": other.number})
    request.refresh_from_db()
    assert (request.state, request.merged_into) == ("merged", other)
