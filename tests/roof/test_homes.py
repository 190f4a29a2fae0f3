"""Everybody lands where their role has its work; operators see what is broken or due, with the list behind it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.models import ImportBatch, RoutingWork
from mops.core.registry import Due, dues_for
from planning.services import create_budget_line, post_entry
from tests.factories import make_campaign, make_person, make_user
from workflow.models import Request
from workflow.services import create_default_forms, file_request

HOMES = {
    Role.ADMIN: "/first-steps/",
    Role.OPS_MANAGER: "/due/",
    Role.LEADER: "/reporting/",
    Role.ANALYST: "/reporting/",
    Role.CAMPAIGN_OWNER: "/planning/calendar/",
    Role.APPROVER: "/governance/inbox/",
    Role.REQUESTER: "/workflow/ask/",
    Role.SALES_REP: "/martech/people/mine/",
    Role.PRIVACY_OFFICER: "/governance/consent/",
}


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "path"), HOMES.items())
def test_everybody_lands_where_their_role_has_its_work(role: str, path: str) -> None:
    client = client_of(role)
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(path)
    assert client.get(answer["Location"], follow=True).status_code == 200


def dues(role: str = Role.OPS_MANAGER) -> dict[str, Due]:
    return {due.title: due for due in dues_for(make_user(role))}


@pytest.mark.django_db
def test_nothing_due_is_said_in_words() -> None:
    page = client_of(Role.OPS_MANAGER).get("/due/").content.decode()
    assert "Nothing is broken or due" in page
    assert 'id="work"' not in page


@pytest.mark.django_db
def test_failed_imports_late_verdicts_and_campaigns_to_close_are_counted_with_their_age() -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    ImportBatch.objects.create(kind="people", source="crm", file_name="a.csv", state="failed", created_at=hour_ago)
    ImportBatch.objects.create(kind="people", source="crm", file_name="b.csv", state="done")
    make_campaign(state="live", ends_on=timezone.localdate() - timedelta(days=2), starts_on="2026-01-01")
    create_default_forms(actor=None)
    answers = {"title": "Page", "format": "Video", "audience": "Buyers", "needed_by": "2026-05-01"}
    late = file_request(form_key="content", answers=answers, actor=make_user(), today=date(2026, 3, 2))
    Request.objects.filter(pk=late.pk).update(answer_due_at=hour_ago)
    found = dues()
    assert {title: (due.count, due.is_broken) for title, due in found.items()} == {
        "Imports that failed": (1, True),
        "Requests waiting for triage": (1, False),
        "Campaigns that ended and are still live": (1, False),
    }
    assert found["Imports that failed"].since == hour_ago
    assert next(iter(found)) == "Imports that failed"


@pytest.mark.django_db
def test_the_number_opens_a_list_of_as_many_rows() -> None:
    make_campaign(name="Still live", state="live", ends_on="2026-01-31", starts_on="2026-01-01")
    make_campaign(name="In time", state="live", ends_on=timezone.localdate() + timedelta(days=1))
    due = dues()["Campaigns that ended and are still live"]
    page = client_of(Role.OPS_MANAGER).get(due.url).content.decode()
    assert due.count == 1
    assert "Still live" in page
    assert "In time" not in page


@pytest.mark.django_db
def test_an_overspent_line_is_due_and_listed() -> None:
    for name, actual in (("Search", "130.00"), ("Social", "70.00")):
        line = create_budget_line(name=name, fiscal_year=2026, currency="EUR", actor=None)
        for kind, amount in (("plan", "100.00"), ("actual", actual)):
            post_entry(line=line, kind=kind, month=date(2026, 3, 1), amount=Decimal(amount), actor=None)
    due = dues()["Overspent budget lines"]
    page = client_of(Role.OPS_MANAGER).get(due.url).content.decode()
    assert due.count == 1
    opening = client_of(Role.OPS_MANAGER).get("/due/").content.decode()
    assert "Nothing is broken, 1 thing waits for somebody." in opening
    assert 'Start with <a href="/planning/budget/?overspent=true">overspent budget lines</a>.' in opening
    assert "Search</a>" in page
    assert "Social</a>" not in page


@pytest.mark.django_db
def test_work_that_gave_up_is_shown_with_its_error_and_runs_again() -> None:
    person = make_person()
    row = RoutingWork.objects.create(
        person=person, state="quarantined", attempts=8, last_error="ValueError: no pool", finished_at=timezone.now()
    )
    client = client_of(Role.OPS_MANAGER)
    page = client.get("/due/").content.decode()
    assert "Background work that gave up" in page
    assert "ValueError: no pool" in page
    assert client.post("/due/run-again/", {"kind": "nonsense"}).status_code == 404
    assert client.post("/due/run-again/", {"kind": "routing"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), [(Role.LEADER, 200), (Role.ANALYST, 403)])
def test_a_leader_sees_what_is_due_and_only_operators_run_work_again(role: str, status: int) -> None:
    row = RoutingWork.objects.create(person=make_person(), state="quarantined", attempts=8)
    client = client_of(role)
    page = client.get("/due/")
    assert page.status_code == status
    assert "Run again" not in page.content.decode()
    assert client.post("/due/run-again/", {"kind": "routing"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "quarantined"
