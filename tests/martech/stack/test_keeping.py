"""A tool that is to be decided about is kept: with a reason, until the contract's next notice."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from governance.models import Notification, User
from governance.policies import Role
from martech.models import Contract, Tool
from martech.selectors.stack import stack
from martech.services.stack import remind, save_contract, save_tool
from martech.services.stack_keeping import keep_contract
from martech.stack_due import renewals
from mops.core.errors import ConflictError
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_contract(owner: User | None = None, **values: Any) -> Contract:
    """One whose notice ends on 21 September 2026 unless said otherwise."""
    tool = Tool.objects.filter(name="Lumen").first()
    tool = tool or save_tool(actor=None, values={"name": "Lumen", "capabilities": ["seo"], "owner": owner})
    terms = {"yearly": Decimal(1_200), "renews_on": date(2026, 10, 1), "notice_days": 10}
    return save_contract(tool=tool, actor=None, values={**terms, **values})


def keep_url(contract: Contract) -> str:
    return f"/martech/tools/{contract.tool_id}/contracts/{contract.pk}/keep/"


def asked() -> list[tuple[str, date | None]]:
    return [(one.title, one.by) for one in stack().suggestions if one.kind == "decide"]


def due() -> int:
    found = renewals(None)
    assert found
    return found.count


@time_machine.travel(NOON, tick=False)
def test_what_is_kept_is_not_asked_about_before_its_next_notice() -> None:
    contract, user = make_contract(), make_user(Role.OPS_MANAGER, name="Omar Haddad")
    client = client_of(user)
    assert (asked(), due()) == ([("Decide about Lumen", date(2026, 9, 21))], 1)
    page = client.get("/martech/tools/").content.decode()
    assert f'href="{keep_url(contract)}">We keep it</a>' in page
    shown = client.get(keep_url(contract)).content.decode()
    assert "Notice could be given until 21 Sep 2026; kept, it renews on 1 Oct 2026" in shown
    answer = client.post(keep_url(contract), {"reason": "Search brings a third of the leads"})
    assert (answer.status_code, answer["Location"]) == (302, contract.tool.get_absolute_url())
    assert (asked(), due(), stack().next_notice) == ([], 0, None)
    page = client.get(contract.tool.get_absolute_url()).content.decode()
    assert "Kept by Omar Haddad, just now: Search brings a third of the leads" in page
    assert remind(NOON) == 0
    listed = client.get("/martech/tools/contracts/?show=kept").context["rows"]
    assert [row.contract for row in listed] == [contract]
    assert client.get("/martech/tools/contracts/?show=soon").context["rows"] == []
    contract.refresh_from_db()
    save_contract(tool=contract.tool, contract=contract, actor=None, values={"renews_on": date(2026, 10, 8)})
    assert asked() == [("Decide about Lumen", date(2026, 9, 28))]
    assert (due(), remind(NOON)) == (1, 1)
    assert Notification.objects.get().title == "Lumen can be given notice until 28 Sep 2026"


@time_machine.travel(NOON, tick=False)
def test_it_is_taken_back_and_the_history_keeps_both() -> None:
    contract, user = make_contract(), make_user(Role.OPS_MANAGER)
    keep_contract(contract=contract, reason="It pays", actor=user)
    url = f"/martech/tools/{contract.tool_id}/contracts/{contract.pk}/reconsider/"
    assert client_of(user).post(url).status_code == 302
    assert asked() == [("Decide about Lumen", date(2026, 9, 21))]
    assert [row.kept_because for row in contract.events.order_by("pgh_id")] == ["", "It pays", ""]
    page = client_of(user).get(contract.tool.get_absolute_url()).content.decode()
    assert reverse("governance:history", args=["martech.contract", contract.pk]) in page
    history = client_of(user).get(reverse("governance:history", args=["martech.contract", contract.pk]))
    assert "It pays" in history.content.decode()


@time_machine.travel(NOON, tick=False)
def test_of_two_contracts_one_is_kept_and_the_other_is_asked_about() -> None:
    first = make_contract()
    make_contract(renews_on=date(2026, 10, 11))
    keep_contract(contract=first, reason="It pays", actor=None)
    assert asked() == [("Decide about Lumen", date(2026, 10, 1))]


@time_machine.travel(NOON, tick=False)
def test_a_reason_is_asked_for_and_it_is_said_once() -> None:
    contract, client = make_contract(), client_of(make_user(Role.OPS_MANAGER))
    assert client.post(keep_url(contract), {"reason": "  "}).status_code == 422
    contract.refresh_from_db()
    assert not contract.is_kept
    keep_contract(contract=contract, reason="It pays", actor=None)
    with pytest.raises(ConflictError):
        keep_contract(contract=contract, reason="Again", actor=None)
    contract.refresh_from_db()
    assert contract.kept_because == "It pays"
    late = make_contract(renews_on=date(2026, 9, 5))
    assert client.post(keep_url(late), {"reason": "Too late"}).status_code == 422


@time_machine.travel(NOON, tick=False)
def test_the_owner_of_a_tool_keeps_it_and_no_other_colleague_without_the_right_does() -> None:
    owner, other = make_user(Role.CAMPAIGN_OWNER), make_user(Role.LEADER, email="other@example.com")
    contract = make_contract(owner)
    link = f'href="{keep_url(contract)}"'
    assert link not in client_of(other).get("/martech/tools/").content.decode()
    assert link not in client_of(other).get(contract.tool.get_absolute_url()).content.decode()
    assert client_of(other).post(keep_url(contract), {"reason": "Mine"}).status_code == 403
    assert client_of(make_user(Role.ANALYST, email="a@example.com")).get(keep_url(contract)).status_code == 403
    contract.refresh_from_db()
    assert not contract.is_kept
    assert link in client_of(owner).get("/martech/tools/").content.decode()
    assert client_of(owner).post(keep_url(contract), {"reason": "We need it"}).status_code == 302
    contract.refresh_from_db()
    assert (contract.is_kept, contract.kept_by) == (True, owner)
