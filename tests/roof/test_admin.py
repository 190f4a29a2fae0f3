"""The admin obeys the rights of the app, writes through its services, and shows no secret."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from governance.models import ApiToken, NamingRule, Team, User
from governance.policies import OPERATORS, PEOPLE, Role
from governance.services import create_token
from martech.models import Contract, PolicyVersion, RoutingPolicy, TimeOff, Tool, WorkingCalendar
from mops.admin_look import navigation
from mops.core.rights import can
from planning.models import BudgetEntry, BudgetLine, Campaign, ExchangeRate
from planning.services import create_budget_line, post_entry
from tests.factories import make_campaign, make_person, make_user
from tests.martech.policies import document, make_reps, publish
from workflow.models import FormVersion, IntakeForm
from workflow.services import create_default_forms

pytestmark = pytest.mark.django_db
SECRETS = {"account.emailaddress", "mfa.authenticator", "socialaccount.socialapp", "socialaccount.socialtoken"}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(model: type, *args: Any) -> str:
    kind = "change" if args else "changelist"
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)  # type: ignore[attr-defined]


def adding(model: type) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")  # type: ignore[attr-defined]


def history_of(obj: Any) -> list[tuple[str, str | None, int | None]]:
    """(what happened, verb, user) of a tracked row."""
    rows = type(obj).pgh_event_model.objects.filter(pgh_obj_id=obj.pk).order_by("pgh_id")
    found = []
    for row in rows.select_related("pgh_context"):
        context = row.pgh_context.metadata if row.pgh_context else {}
        found.append((row.pgh_label, context.get("verb"), context.get("user")))
    return found


@pytest.mark.parametrize("role", sorted(PEOPLE))
def test_a_role_sees_exactly_the_lists_its_rights_name(role: str) -> None:
    user = make_user(role)
    client = client_of(user)
    assert client.get("/admin/").status_code == (200 if role in OPERATORS else 403)
    for model, pages in admin.site._registry.items():
        wanted = role in OPERATORS and can(user, pages.view_right)  # type: ignore[attr-defined]
        assert (model, client.get(page(model)).status_code) == (model, 200 if wanted else 403)


def test_nothing_that_signs_people_in_is_in_the_admin() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert registered & SECRETS == set()


def test_a_stranger_is_led_to_the_sign_in_page_of_the_app() -> None:
    for path in ("/admin/", "/admin/login/", page(User)):
        assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_the_admin_leads_to_the_builders_of_the_app() -> None:
    boss = make_user(Role.ADMIN)
    client = client_of(boss)
    policy = RoutingPolicy.objects.create(key="inbound", name="Inbound leads")
    version = PolicyVersion.objects.create(policy=policy, number=1, document={}, state="published")
    start = client.get("/admin/").content.decode()
    for way in ("/martech/routing/", "/martech/scoring/", "/martech/lifecycle/", "/governance/naming/"):
        assert f'href="{way}"' in start
    for row, way in ((policy, "/martech/routing/inbound/"), (version, "/martech/routing/inbound/versions/1/")):
        assert f'href="{way}"' in client.get(page(type(row))).content.decode()
        assert f'href="{way}"' in client.get(page(type(row), row.pk)).content.decode()


def test_the_admin_offers_nobody_a_builder_they_may_not_open() -> None:
    request = RequestFactory().get("/admin/")
    request.user = make_user(Role.PRIVACY_OFFICER)
    built = navigation(request)[0]["items"]
    assert {item["link"] for item in built} & {"/governance/consent/", "/martech/routing/"} == {"/governance/consent/"}


@pytest.mark.parametrize("model", [BudgetEntry, FormVersion, ApiToken])
def test_what_is_only_added_to_cannot_be_changed_or_deleted(model: Any) -> None:
    boss = make_user(Role.ADMIN)
    client = client_of(boss)
    create_default_forms(actor=None)
    create_token(user=boss, actor=boss, name="script")
    line = create_budget_line(name="Fairs", fiscal_year=2026, currency="EUR", actor=boss)
    post_entry(line=line, kind="plan", month=date(2026, 1, 1), amount=Decimal("100"), actor=boss)
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())
    assert client.get(page(model, row.pk)).status_code == 200
    assert client.post(page(model, row.pk), {"note": "x", "name": "x"}).status_code == 403
    assert client.get(adding(model)).status_code == 403
    delete = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=[row.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert list(model.objects.order_by("pk").values()) == before


# --- people ---------------------------------------------------------------------------------------------------------


def as_form(user: User, **changes: Any) -> dict[str, Any]:
    values = {"email": user.email, "name": user.name, "job_title": user.job_title, "roles": user.roles}
    return {**values, "team": user.team_id or "", "is_active": "on", **changes}


def test_an_administrator_changes_a_person_and_the_history_says_who_did() -> None:
    boss, ana = make_user(Role.ADMIN), make_user(Role.ANALYST, name="Ana")
    team = Team.objects.create(name="Insight")
    change = as_form(ana, name="Ana Ferreira", roles=[Role.ANALYST, Role.APPROVER], team=team.pk)
    assert client_of(boss).post(page(User, ana.pk), change).status_code == 302
    ana.refresh_from_db()
    assert (ana.name, ana.roles, ana.team) == ("Ana Ferreira", ["analyst", "approver"], team)
    assert history_of(ana)[-1] == ("update", "change_user", boss.pk)


def test_an_operations_manager_sees_people_and_changes_none() -> None:
    ops, ana = make_user(Role.OPS_MANAGER), make_user(Role.ANALYST, name="Ana")
    client = client_of(ops)
    shown = client.get(page(User, ana.pk)).content.decode()
    assert ana.email in shown
    assert "password" not in shown.lower()
    assert client.post(page(User, ana.pk), as_form(ana, roles=[Role.ADMIN])).status_code == 403
    assert client.get(adding(User)).status_code == 403
    ana.refresh_from_db()
    assert ana.roles == ["analyst"]


def test_the_last_administrator_stays() -> None:
    boss = make_user(Role.ADMIN)
    answer = client_of(boss).post(page(User, boss.pk), as_form(boss, roles=[Role.ANALYST]))
    assert "Make somebody else an administrator first." in answer.content.decode()
    boss.refresh_from_db()
    assert boss.roles == ["admin"]


def test_a_person_is_added_with_a_password_nobody_sees() -> None:
    boss = make_user(Role.ADMIN)
    given = {"email": "Bo@Example.com", "name": "Bo", "roles": [Role.APPROVER], "password": "amber-fjord-linden-4711"}
    assert client_of(boss).post(adding(User), given).status_code == 302
    bo = User.objects.get(email="bo@example.com")
    assert bo.check_password("amber-fjord-linden-4711")
    assert bo.password not in client_of(boss).get(page(User, bo.pk)).content.decode()
    assert history_of(bo) == [("insert", "create_user", boss.pk)]


def test_a_wrong_value_stands_at_its_field_and_nothing_is_written() -> None:
    boss = make_user(Role.ADMIN)
    answer = client_of(boss).post(adding(User), {"email": "bo@example.com", "roles": ["approver"], "password": "short"})
    assert answer.status_code == 200
    assert "password" in answer.context["adminform"].form.errors
    assert User.objects.count() == 1


def test_a_team_is_made_and_a_second_of_its_name_refused() -> None:
    boss = make_user(Role.ADMIN)
    client = client_of(boss)
    assert client.post(adding(Team), {"name": "Berlin", "region": "DACH"}).status_code == 302
    assert "Berlin exists already." in client.post(adding(Team), {"name": "Berlin"}).content.decode()
    assert history_of(Team.objects.get()) == [("insert", "create_team", boss.pk)]


# --- tokens ---------------------------------------------------------------------------------------------------------


def test_tokens_show_no_secret_and_are_revoked_by_their_administrator() -> None:
    boss, ops = make_user(Role.ADMIN), make_user(Role.OPS_MANAGER)
    token, text = create_token(user=boss, actor=boss, name="script")
    client = client_of(boss)
    for path in (page(ApiToken), page(ApiToken, token.pk)):
        shown = client.get(path).content.decode()
        assert token.prefix in shown
        assert text not in shown
        assert token.digest not in shown
    assert token.prefix not in client_of(ops).get(page(ApiToken)).content.decode()
    client.post(page(ApiToken), {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert history_of(token)[-1] == ("update", "revoke_token", boss.pk)


# --- rules and forms ------------------------------------------------------------------------------------------------


def test_a_naming_rule_is_drafted_published_and_then_closed() -> None:
    ops = make_user(Role.OPS_MANAGER)
    client = client_of(ops)
    parts = json.dumps([{"key": "region", "label": "Region", "values": ["EMEA", "DACH"]}, {"key": "topic"}])
    assert client.post(adding(NamingRule), {"kind": "campaign", "delimiter": "_", "parts": parts}).status_code == 302
    rule = NamingRule.objects.get()
    assert (rule.state, [part["key"] for part in rule.parts]) == ("draft", ["region", "topic"])
    client.post(page(NamingRule), {"action": "publish", "_selected_action": [rule.pk]})
    rule.refresh_from_db()
    assert rule.state == "published"
    assert client.post(page(NamingRule, rule.pk), {"delimiter": "-", "parts": "[]"}).status_code == 403
    assert history_of(rule)[-1] == ("update", "publish_naming_draft", ops.pk)


def test_a_naming_rule_that_makes_no_sense_is_refused_with_its_reason() -> None:
    answer = client_of(make_user(Role.OPS_MANAGER)).post(
        adding(NamingRule), {"kind": "campaign", "delimiter": "ab", "parts": '[{"key": "a"}, {"key": "a"}]'}
    )
    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"delimiter", "parts"}
    assert NamingRule.objects.count() == 0


def test_a_form_is_read_in_the_admin_and_built_in_the_app() -> None:
    form = create_default_forms(actor=None)[0]
    client = client_of(make_user(Role.OPS_MANAGER))
    row = client.get(page(IntakeForm)).content.decode()
    assert 'href="/workflow/forms/campaign/"' in row
    assert client.post(page(IntakeForm, form.pk), {"name": "Another name"}).status_code == 403
    form.refresh_from_db()
    assert form.name == "Campaign"


# --- planning -------------------------------------------------------------------------------------------------------


def test_a_campaign_keeps_its_code_whatever_is_posted() -> None:
    ops = make_user(Role.OPS_MANAGER)
    campaign = make_campaign(name="Old")
    code = campaign.code
    given = {"name": "New", "starts_on": "2026-03-01", "ends_on": "2026-03-31", "code": "X", "region": "APAC"}
    assert client_of(ops).post(page(Campaign, campaign.pk), given).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.name, campaign.code) == ("New", code)
    assert history_of(campaign)[-1] == ("update", "change_campaign", ops.pk)


def test_a_budget_line_is_opened_and_renamed_and_its_currency_stays() -> None:
    ops = make_user(Role.OPS_MANAGER)
    client = client_of(ops)
    given = {"name": "Fairs", "fiscal_year": "2026", "currency": "EUR", "channel": "event"}
    assert client.post(adding(BudgetLine), given).status_code == 302
    line = BudgetLine.objects.get()
    client.post(page(BudgetLine, line.pk), {"name": "Trade fairs", "channel": "event", "currency": "USD"})
    line.refresh_from_db()
    assert (line.name, line.currency) == ("Trade fairs", "EUR")
    assert [entry[:2] for entry in history_of(line)] == [
        ("insert", "create_budget_line"),
        ("update", "change_budget_line"),
    ]


def test_a_rate_is_set_corrected_and_its_history_kept() -> None:
    ops = make_user(Role.OPS_MANAGER)
    client = client_of(ops)
    assert (
        client.post(adding(ExchangeRate), {"currency": "usd", "date": "2026-01-01", "rate": "0.9"}).status_code == 302
    )
    rate = ExchangeRate.objects.get()
    client.post(page(ExchangeRate, rate.pk), {"rate": "0.92"})
    rate.refresh_from_db()
    assert (rate.currency, rate.rate) == ("USD", Decimal("0.92"))
    assert history_of(rate) == [
        ("insert", "set_exchange_rate", ops.pk),
        ("update", "set_exchange_rate", ops.pk),
    ]
    refused = client.post(adding(ExchangeRate), {"currency": "EUR", "date": "2026-01-01", "rate": "1"})
    assert "base currency" in refused.content.decode()
    assert ExchangeRate.objects.count() == 1


# --- working time and contracts: by the services of the app, like everything else ---

HOURS = {"zone": "Europe/Berlin", "hours": {"mon": [["09:00", "17:00"]]}}


def test_working_hours_are_kept_by_the_service_and_two_editors_never_overwrite_one_another() -> None:
    ops = make_user(Role.OPS_MANAGER)
    client = client_of(ops)
    assert client.post(adding(WorkingCalendar), {"name": "Berlin", "document": json.dumps(HOURS)}).status_code == 302
    calendar = WorkingCalendar.objects.get()
    assert (calendar.key, history_of(calendar)) == ("berlin", [("insert", "save_calendar", ops.pk)])
    form = client.get(page(WorkingCalendar, calendar.pk)).context["adminform"].form
    seen = form["seen"].value()
    sent = {"name": "Berlin office", "document": json.dumps(HOURS), "seen": seen}
    assert client.post(page(WorkingCalendar, calendar.pk), sent).status_code == 302
    late = client.post(page(WorkingCalendar, calendar.pk), {**sent, "name": "Berlin shop"})
    assert "Somebody changed these working hours meanwhile." in late.content.decode()
    calendar.refresh_from_db()
    assert (calendar.key, calendar.name) == ("berlin", "Berlin office")
    wrong = client.post(adding(WorkingCalendar), {"name": "Empty", "document": json.dumps({"zone": "Mars/Base"})})
    assert wrong.status_code == 200
    assert WorkingCalendar.objects.count() == 1


def away(**fields: str) -> dict[str, str]:
    first, last = (timezone.localdate() + timedelta(days=days) for days in (5, 9))
    days = {"starts_at_0": first.isoformat(), "starts_at_1": "00:00:00", "ends_at_0": last.isoformat()}
    return {**days, "ends_at_1": "00:00:00", "reason": "Holiday", **fields}


def test_time_off_is_told_changed_and_taken_back_by_the_service() -> None:
    ops, rep = make_user(Role.OPS_MANAGER), make_user(Role.SALES_REP, name="Ana")
    client, told = client_of(ops), {"user": str(rep.pk)}
    assert client.post(adding(TimeOff), away(**told)).status_code == 302
    absence = TimeOff.objects.get()
    twice = client.post(adding(TimeOff), away(**told))
    assert "Ana is away from" in twice.content.decode()
    backward = client.post(adding(TimeOff), away(**told, ends_at_0="2020-01-01"))
    assert "It ends before it begins." in backward.content.decode()
    assert TimeOff.objects.count() == 1
    seen = client.get(page(TimeOff, absence.pk)).context["adminform"].form["seen"].value()
    assert client.post(page(TimeOff, absence.pk), away(reason="Ill", seen=seen)).status_code == 302
    absence.refresh_from_db()
    assert (absence.reason, absence.user) == ("Ill", rep)
    gone = reverse("admin:martech_timeoff_delete", args=[absence.pk])
    assert client.post(gone, {"post": "yes"}).status_code == 302
    rows = TimeOff.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", "pgh_context__metadata__verb")
    assert list(rows) == [("insert", "add_time_off"), ("update", "change_time_off"), ("delete", "cancel_time_off")]


def test_marked_time_off_is_taken_back_by_the_service_too() -> None:
    ops, rep = make_user(Role.OPS_MANAGER), make_user(Role.SALES_REP)
    client = client_of(ops)
    client.post(adding(TimeOff), away(user=str(rep.pk)))
    marked = {"action": "delete_selected", "_selected_action": [TimeOff.objects.get().pk], "post": "yes"}
    client.post(page(TimeOff), marked)
    assert not TimeOff.objects.exists()
    latest = TimeOff.pgh_event_model.objects.latest("pgh_id")
    assert (latest.pgh_label, latest.pgh_context.metadata["verb"]) == ("delete", "cancel_time_off")


def test_a_contract_moved_is_reminded_of_anew_and_what_is_wrong_stands_at_its_field() -> None:
    ops = make_user(Role.OPS_MANAGER)
    client, tool = client_of(ops), Tool.objects.create(name="Livestorm")
    sent = {"tool": tool.pk, "yearly": "900", "currency": "eur", "renews_on": "2027-01-31", "notice_days": "30"}
    assert client.post(adding(Contract), sent).status_code == 302
    contract = Contract.objects.get()
    assert (contract.currency, history_of(contract)) == ("EUR", [("insert", "save_contract", ops.pk)])
    Contract.objects.update(reminded_days=30)
    assert client.post(page(Contract, contract.pk), {**sent, "renews_on": "2027-06-30"}).status_code == 302
    contract.refresh_from_db()
    assert contract.reminded_days is None
    wrong = client.post(page(Contract, contract.pk), {**sent, "starts_on": "2027-12-01"})
    assert "It renews after it starts." in wrong.content.decode()
    client.post(reverse("admin:martech_contract_delete", args=[contract.pk]), {"post": "yes"})
    assert not Contract.objects.exists()


@pytest.mark.parametrize("rows", [3, 12])
def test_the_lists_of_the_admin_ask_as_much_of_the_database_with_many_rows_as_with_few(
    rows: int, django_assert_max_num_queries: Any
) -> None:
    client, owner = client_of(make_user(Role.OPS_MANAGER)), make_user(name="Ana")
    for number in range(rows):
        tool = Tool.objects.create(name=f"Tool {number}", owner=make_user())
        Contract.objects.create(tool=tool, currency="EUR")
        TimeOff.objects.create(user=make_user(), starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=1))
        make_campaign(owner=owner)
    for model in (Tool, Contract, TimeOff, Campaign):
        client.get(page(model))
        with django_assert_max_num_queries(8):
            assert client.get(page(model)).status_code == 200


def test_a_policy_reads_in_the_admin_and_leads_to_its_builder() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana, bo]))
    make_person(country="DE", created_at=timezone.now())
    client = client_of(make_user("ops_manager"))
    assert "Version 1 routes" in client.get(page(RoutingPolicy)).content.decode()
    shown = " ".join(strip_tags(client.get(page(RoutingPolicy, version.policy_id)).content.decode()).split())
    assert "Open the rule builder Rules are asked from the top; the first that matches decides." in shown
    assert "1. German Country is one of Germany, Austria To the pool desk · 1 lead in 30 days" in shown
    assert "Everyone else To the pool desk · 0 leads in 30 days" in shown
