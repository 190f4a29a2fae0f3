"""The inventory over its pages, its file and its API."""

import csv
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.models import Notification
from martech.models import Contract, Integration, Tool, UsageQuestion
from martech.selectors.stack import stack
from martech.services.stack import answer_question, ask_colleagues, remind, save_contract, save_tool
from martech.services.stack_import import import_tools
from martech.stack_due import renewals
from mops.core.errors import DomainError
from planning.models import ExchangeRate
from tests.factories import make_token, make_user
from tests.martech.tracking.calls import make_source, send
from tests.workflow.test_requests import ask

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def page(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def make_tool(name: str = "Drift", *capabilities: str, **values: Any) -> Tool:
    return save_tool(actor=None, values={"name": name, "capabilities": capabilities, **values})


@pytest.mark.django_db
def test_an_empty_inventory_says_what_to_do_and_a_tool_is_added_on_its_page() -> None:
    client = page()
    assert b"No tool yet" in client.get("/martech/tools/").content
    form = {
        "name": "Drift",
        "area": "reach",
        "state": "active",
        "capabilities": ["chat", "meetings"],
        "holds": ["people"],
    }
    answer = client.post("/martech/tools/new/", form, follow=True)
    tool = Tool.objects.get()
    assert (answer.status_code, sorted(one.key for one in tool.capabilities.all())) == (200, ["chat", "meetings"])
    assert "Nobody was asked" in answer.content.decode()
    again = client.post("/martech/tools/new/", form)
    assert (again.status_code, Tool.objects.count()) == (422, 1)
    assert "Choose another name" in again.content.decode()


@pytest.mark.django_db
def test_a_capability_that_stays_keeps_what_was_said_of_it() -> None:
    tool = make_tool("Drift", "chat", "meetings")
    user = make_user()
    ask_colleagues(tool=tool, users=[user], actor=None)
    answer_question(question=UsageQuestion.objects.get(capability__key="chat"), user=user, answer="yes")
    save_tool(tool=tool, actor=None, values={"name": "Drift", "capabilities": ["chat", "abm"]})
    [line] = stack().lines
    assert {one.capability: one.use.value for one in line.use.verdicts} == {"chat": "used", "abm": "unknown"}


@pytest.mark.django_db
def test_costs_are_in_the_base_currency_and_one_without_a_rate_is_said() -> None:
    ExchangeRate.objects.create(currency="USD", date=date(2026, 1, 1), rate=Decimal("0.5"))
    for name, currency in (("One", "USD"), ("Two", "EUR"), ("Three", "CHF")):
        save_contract(tool=make_tool(name), actor=None, values={"yearly": Decimal(1_000), "currency": currency})
    found = stack()
    assert (found.yearly, found.unconverted) == (Decimal("1500.00"), ["CHF"])
    assert {line.tool.name: line.use.cost for line in found.lines} == {
        "One": Decimal("500.00"),
        "Two": Decimal("1000.00"),
        "Three": None,
    }
    shown = page().get("/martech/tools/").content.decode()
    assert "without a rate: CHF" in shown


@pytest.mark.django_db
def test_the_dearest_tool_stands_first_and_those_of_no_known_cost_by_their_names() -> None:
    make_tool("Figma")
    make_tool("Asana")
    for name, yearly in (("Bynder", 300), ("Drift", 2_400)):
        save_contract(tool=make_tool(name), actor=None, values={"yearly": Decimal(yearly)})
    shown = page().get("/martech/tools/").content.decode()
    table = re.sub(r"<[^>]*>", " ", shown[shown.index("All tools") : shown.index("</table>")])
    assert re.findall("Asana|Bynder|Drift|Figma", table) == ["Drift", "Bynder", "Asana", "Figma"]


@pytest.mark.django_db
def test_use_is_measured_where_mops_sees_it() -> None:
    make_tool("Website events", "cdp", "experiments", system="cdp")
    _source, key = make_source()
    send(key, {"type": "page", "userId": "u"}, {"type": "page", "userId": "u"})
    [line] = stack().lines
    told = {one.capability: (one.use.value, one.why) for one in line.use.verdicts}
    assert told["cdp"] == ("used", "2 events from 1 source")
    assert told["experiments"][0] == "unknown"


@pytest.mark.django_db
def test_the_inventory_costs_the_same_however_many_tools_there_are(django_assert_num_queries: Any) -> None:
    for number in range(12):
        save_contract(tool=make_tool(f"Tool {number}", "chat", "crm"), actor=None, values={"yearly": Decimal(10)})
    with django_assert_num_queries(16):
        stack(NOON)


@pytest.mark.django_db
def test_owners_are_reminded_of_a_notice_at_each_distance_once() -> None:
    owner = make_user("campaign_owner")
    tool = make_tool("Drift", owner=owner)
    renews = (NOON + timedelta(days=100)).date()
    contract = save_contract(tool=tool, actor=None, values={"renews_on": renews, "notice_days": 30})
    told = []
    for days in (0, 5, 10, 11, 39, 40, 63, 64, 70, 71):  # notice can be given until day 70
        with time_machine.travel(NOON + timedelta(days=days), tick=False):
            told.append((days, remind(NOON + timedelta(days=days))))
    assert [days for days, sent in told if sent] == [10, 40, 63]
    assert set(Notification.objects.values_list("user", flat=True)) == {owner.pk}
    save_contract(tool=tool, contract=contract, actor=None, values={"renews_on": renews + timedelta(days=365)})
    assert Contract.objects.get().reminded_days is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("is_automatic", "told"),
    [
        (True, ("Drift can be given notice until 30 Sep 2026", "It renews by itself on 30 Oct 2026.")),
        (False, ("The contract of Drift ends on 30 Oct 2026", "Decide by 30 Sep 2026: renew it, or let it end.")),
    ],
)
def test_only_a_contract_that_renews_by_itself_can_be_given_notice(is_automatic: bool, told: tuple[str, str]) -> None:
    values = {"renews_on": date(2026, 10, 30), "notice_days": 30, "is_automatic": is_automatic}
    make_user("ops_manager")
    save_contract(tool=make_tool("Drift"), actor=None, values=values)
    with time_machine.travel(datetime(2026, 9, 25, 12, tzinfo=UTC), tick=False):
        remind(datetime(2026, 9, 25, 12, tzinfo=UTC))
    sent = Notification.objects.get()
    assert (sent.title, sent.detail) == told


@pytest.mark.django_db
def test_without_an_owner_marketing_operations_is_reminded() -> None:
    operator, _reader = make_user("ops_manager"), make_user("analyst")
    save_contract(tool=make_tool(), actor=None, values={"renews_on": date(2026, 10, 1), "notice_days": 30})
    with time_machine.travel(NOON, tick=False):
        assert remind(NOON) == 1
    assert Notification.objects.get().user == operator


@pytest.mark.django_db
def test_of_an_owner_who_left_marketing_operations_is_reminded() -> None:
    operator, gone = make_user("ops_manager"), make_user("campaign_owner", is_active=False)
    tool = make_tool("Drift", owner=gone)
    save_contract(tool=tool, actor=None, values={"renews_on": date(2026, 10, 1), "notice_days": 30})
    with time_machine.travel(NOON, tick=False):
        assert remind(NOON) == 1
    assert Notification.objects.get().user == operator


@pytest.mark.django_db
def test_another_length_of_notice_is_reminded_of_anew() -> None:
    renews = (NOON + timedelta(days=100)).date()
    tool = make_tool("Drift", owner=make_user("campaign_owner"))
    contract = save_contract(tool=tool, actor=None, values={"renews_on": renews, "notice_days": 93})
    with time_machine.travel(NOON, tick=False):
        assert remind(NOON) == 1  # seven days are left
        save_contract(tool=tool, contract=contract, actor=None, values={"renews_on": renews, "seats": 4})
        assert remind(NOON) == 0
        contract.refresh_from_db()
        save_contract(tool=tool, contract=contract, actor=None, values={"renews_on": renews, "notice_days": 45})
        assert remind(NOON) == 1


@pytest.mark.django_db
def test_colleagues_are_asked_once_reminded_once_and_answer_with_a_click() -> None:
    tool, user = make_tool("Drift", "chat", "meetings"), make_user("requester")
    client = page()
    client.post(f"/martech/tools/{tool.pk}/ask/", {"users": [user.pk]})
    client.post(f"/martech/tools/{tool.pk}/ask/", {"users": [user.pk]})
    assert (UsageQuestion.objects.count(), Notification.objects.filter(user=user).count()) == (2, 1)
    week = datetime.now(UTC) + timedelta(days=8)
    assert (remind(week), remind(week)) == (1, 0)
    asked = Client()
    asked.force_login(user)
    assert "Do you use" in asked.get("/martech/tools/survey/").content.decode()
    for question, answer in zip(UsageQuestion.objects.all(), ("yes", "no"), strict=True):
        asked.post("/martech/tools/survey/", {"question": question.pk, "answer": answer})
    assert "Thank you, that was all" in asked.get("/martech/tools/survey/").content.decode()
    [line] = stack().lines
    assert (line.use.utilisation, line.use.verdicts[0].why) == (0.5, "1 of 1 asked use it")


@pytest.mark.django_db
def test_an_answer_is_thanked_for_and_may_be_changed_later() -> None:
    tool, user = make_tool("Drift", "chat"), make_user("requester")
    ask_colleagues(tool=tool, users=[user], actor=None)
    client, question = Client(), UsageQuestion.objects.get()
    client.force_login(user)
    said = client.post("/martech/tools/survey/", {"question": question.pk, "answer": "no"}, follow=True)
    assert "Thank you. Chat of Drift: your answer is kept." in said.content.decode()
    assert re.findall(r'name="answer" value="(\w+)" aria-pressed="true"', said.content.decode()) == ["no"]
    client.post("/martech/tools/survey/", {"question": question.pk, "answer": "sometimes"})
    assert stack().lines[0].use.verdicts[0].use.value == "used"
    refused = client.post("/martech/tools/survey/", {"question": question.pk, "answer": "perhaps"}, follow=True)
    assert "Unknown answer." in refused.content.decode()
    question.refresh_from_db()
    assert question.answer == "sometimes"
    for wrong in ("x", "", "9" * 30):
        assert client.post("/martech/tools/survey/", {"question": wrong, "answer": "yes"}).status_code == 404


@pytest.mark.django_db
def test_who_has_not_answered_stands_on_the_tool_and_who_left_does_not() -> None:
    tool, user, gone = make_tool("Drift", "chat", "meetings"), make_user(name="Nora Blum"), make_user(is_active=False)
    ask_colleagues(tool=tool, users=[user, gone], actor=None)
    shown = page().get(tool.get_absolute_url()).content.decode()
    assert (shown.count("has not answered yet"), "Nora Blum has not answered yet" in shown) == (1, True)
    assert "2 questions, asked" in shown
    for question in UsageQuestion.objects.filter(user=user):
        answer_question(question=question, user=user, answer="yes")
    assert "has not answered yet" not in page().get(tool.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_nobody_is_asked_about_what_is_seen_in_use() -> None:
    tool, user = make_tool("Website events", "cdp", "experiments", system="cdp"), make_user()
    _source, key = make_source()
    send(key, {"type": "page", "userId": "u"})
    client = page()
    client.post(f"/martech/tools/{tool.pk}/ask/", {"users": [user.pk]})
    assert [one.capability.key for one in UsageQuestion.objects.all()] == ["experiments"]
    again = client.post(f"/martech/tools/{tool.pk}/ask/", {"users": [user.pk]}, follow=True)
    assert "Nothing was asked" in again.content.decode()


@pytest.mark.django_db
def test_nobody_answers_for_another() -> None:
    tool, user = make_tool("Drift", "chat"), make_user()
    ask_colleagues(tool=tool, users=[user], actor=None)
    question = UsageQuestion.objects.get()
    assert page().post("/martech/tools/survey/", {"question": question.pk, "answer": "yes"}).status_code == 404
    question.refresh_from_db()
    assert question.answer == ""


@pytest.mark.django_db
def test_integrations_are_drawn_and_stand_in_words() -> None:
    one, other = make_tool("HubSpot", "email"), make_tool("Salesforce", "crm")
    client = page()
    client.post(f"/martech/tools/{one.pk}/connect/", {"end": other.pk, "what": "Contacts", "is_both_ways": "on"})
    shown = client.get("/martech/tools/map/").content.decode()
    assert "HubSpot and Salesforce: Contacts" in shown
    assert shown.count("<rect") == 2
    assert 'class="line both"' in shown
    link = Integration.objects.get()
    client.post(f"/martech/tools/{one.pk}/connect/{link.pk}/remove/")
    assert Integration.objects.count() == 0


@pytest.mark.django_db
def test_the_integrations_of_one_tool_stand_out_on_the_map_and_alone_in_the_list() -> None:
    one, other, third = make_tool("HubSpot", "email"), make_tool("Salesforce", "crm"), make_tool("Figma", "design")
    Integration.objects.create(start=one, end=other, what="Contacts")
    Integration.objects.create(start=other, end=third, what="Logos")
    client = page()
    shown = client.get(f"/martech/tools/map/?tool={one.pk}").content.decode()
    assert shown.count('class="line on"') == 1
    assert shown.count('class="line"') == 1
    listed = client.get(f"/martech/tools/map/?as=list&tool={one.pk}").content.decode()
    assert '<svg class="stack-map' not in listed
    assert "HubSpot to Salesforce: Contacts" in listed
    assert "Salesforce to Figma: Logos" not in listed
    assert client.get("/martech/tools/map/?tool=x").status_code == 200


@pytest.mark.django_db
def test_overlaps_show_who_does_the_same() -> None:
    make_tool("Asana", "proofing"), make_tool("Figma", "proofing", "design")
    shown = page("analyst").get("/martech/tools/overlap/").content.decode()
    assert shown.index("Proofing and approval") < shown.index(">Design")
    assert all(f"{words}</span>" in shown for words in ("Used", "Not used", "Not known"))


def figures(shown: str) -> list[int]:
    """The counts of the choices above the rows, and last how many rows there are."""
    return [*map(int, re.findall(r"\((\d+)\)</a>", shown)), shown.count('data-label="Tool"')]


def answered(tool: Tool, **answers: str) -> None:
    user = make_user()
    ask_colleagues(tool=tool, users=[user], actor=None)
    for key, answer in answers.items():
        question = UsageQuestion.objects.get(capability__tool=tool, capability__key=key, user=user)
        answer_question(question=question, user=user, answer=answer)


@pytest.mark.django_db
def test_the_share_that_is_used_opens_the_capabilities_it_counts() -> None:
    drift = make_tool("Drift", "chat", "meetings", "abm")
    answered(drift, chat="yes", meetings="no")
    make_tool("Figma", "design"), make_tool("Old", "crm", state="leaving")
    client = page("analyst")
    shown = client.get("/martech/tools/").content.decode()
    assert "50%" in shown
    assert "2 of 4 are known" in shown
    assert 'href="/martech/tools/capabilities/?show=known"' in shown
    rows = client.get("/martech/tools/capabilities/?show=known").content.decode()
    assert "<b>1 of 2</b> known capabilities are used" in rows
    assert figures(rows) == [4, 2, 1, 1, 2, 2]
    assert "1 of 1 asked use it" in rows
    unknown = client.get(f"/martech/tools/capabilities/?show=unknown&tool={drift.pk}").content.decode()
    assert figures(unknown) == [3, 2, 1, 1, 1, 1]
    assert "1 asked, none has answered yet" in unknown
    assert client.get("/martech/tools/capabilities/?tool=999999").status_code == 404
    assert client.get("/martech/tools/contracts/?tool=x").status_code == 404


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_a_year_s_cost_opens_the_contracts_that_add_up_to_it_and_only_what_runs_is_counted() -> None:
    ExchangeRate.objects.create(currency="USD", date=date(2026, 1, 1), rate=Decimal("0.5"))
    tool, leaving = make_tool("Drift"), make_tool("Old", state="leaving")
    for of, amount, currency, more in (
        (tool, 1_000, "EUR", {"renews_on": date(2026, 12, 1), "notice_days": 30, "seats": 3}),
        (tool, 3_000, "USD", {"starts_on": date(2026, 9, 1)}),
        (tool, 70, "CHF", {}),
        (tool, 500, "EUR", {"renews_on": date(2026, 9, 1), "is_automatic": False, "seats": 5}),
        (tool, 600, "EUR", {"starts_on": date(2026, 9, 2), "seats": 7}),
        (leaving, 800, "EUR", {"renews_on": date(2026, 9, 20), "notice_days": 10}),
    ):
        save_contract(tool=of, actor=None, values={"yearly": Decimal(amount), "currency": currency, **more})
    found = stack()
    assert (found.yearly, found.uses[0].cost, found.uses[0].seats) == (Decimal("2500.00"), None, 3)
    client = page("analyst")
    assert 'href="/martech/tools/contracts/?show=paid"' in client.get("/martech/tools/").content.decode()
    shown = client.get("/martech/tools/contracts/?show=paid").content.decode()
    assert figures(shown) == [6, 3, 2, 1, 0, 0, 3]
    assert shown.count("€2,500") == 2
    assert "no rate" in shown
    everything = client.get("/martech/tools/contracts/").content.decode()
    assert (everything.count("not counted"), everything.count("€2,500")) == (3, 2)
    assert all(everything.count(f">{words}</span>") == 1 for words in ("Ended", "Not begun"))


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_the_next_notice_and_what_is_due_open_the_contracts_they_count() -> None:
    for name, renews in (("Late", date(2026, 12, 1)), ("Soon", date(2026, 10, 20)), ("Past", date(2026, 9, 20))):
        save_contract(tool=make_tool(name), actor=None, values={"renews_on": renews, "notice_days": 30})
    client = page()
    shown = client.get("/martech/tools/").content.decode()
    assert "20 Sep" in shown
    assert 'href="/martech/tools/contracts/?show=notice"' in shown
    rows = client.get("/martech/tools/contracts/?show=notice").content.decode()
    assert figures(rows) == [3, 3, 2, 1, 0, 0, 2]
    assert rows.index(">Soon</a>") < rows.index(">Late</a>")
    due = renewals(None)
    assert due is not None
    assert (due.count, due.url) == (1, "/martech/tools/contracts/?show=soon")
    assert figures(client.get(due.url).content.decode())[-1] == 1


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_a_contract_that_renewed_asks_for_its_next_date() -> None:
    tool = make_tool("Drift")
    contract = save_contract(tool=tool, actor=None, values={"renews_on": date(2026, 8, 31), "yearly": Decimal(10)})
    client = page()
    shown = client.get("/martech/tools/").content.decode()
    assert "Say when Drift renews next" in shown
    assert "Its contract renewed by itself on 31 Aug 2026." in shown
    assert figures(client.get("/martech/tools/contracts/?show=undated").content.decode())[-1] == 1
    save_contract(tool=tool, contract=contract, actor=None, values={"renews_on": date(2027, 8, 31)})
    assert "Say when Drift renews next" not in client.get("/martech/tools/").content.decode()


@pytest.mark.django_db
def test_mops_sees_its_own_use_of_budget_consent_intake_and_merges() -> None:
    make_tool("mops", "intake", "budget", "consent", "dedupe", system="mops")
    ask()
    [line] = stack().lines
    assert {one.capability: (one.use.value, one.why) for one in line.use.verdicts} == {
        "intake": ("used", "1 request came in"),
        "budget": ("unused", "0 entries in the budget"),
        "consent": ("unused", "0 consents recorded"),
        "dedupe": ("unused", "0 merges of people"),
    }


@pytest.mark.django_db
def test_tools_that_only_ask_who_uses_them_stand_folded_below_what_costs_money() -> None:
    for name in ("Drift", "Gong"):
        make_tool(name, "chat")
    shown = page().get("/martech/tools/").content.decode()
    assert '<details class="earlier" open><summary>2 tools of whose use too little is known' in shown
    renewing = make_tool("Lumen", "seo")
    soon = date.today() + timedelta(days=40)
    save_contract(tool=renewing, actor=None, values={"yearly": Decimal(100), "renews_on": soon, "notice_days": 30})
    shown = page().get("/martech/tools/").content.decode()
    folded = '<details class="earlier"><summary>3 tools'
    assert shown.index("Decide about Lumen</a></div>") < shown.index(folded) < shown.index("Ask who uses Drift")


@pytest.mark.django_db
def test_what_data_each_tool_holds_stands_beside_the_overlaps() -> None:
    make_tool("Asana", "proofing", holds=["staff"]), make_tool("Figma", "design", holds=["content"])
    shown = page("privacy_officer").get("/martech/tools/overlap/").content.decode()
    assert (shown.count('aria-label="held"'), "Own staff" in shown, "Behaviour" in shown) == (2, True, False)


FILE = """name;vendor;owner;capabilities;holds;sends to;yearly;currency;seats;renews on;notice days
Drift;Salesloft;{owner};Chat|meetings;People;HubSpot;24000,00;USD;6;2027-03-31;60
HubSpot;;;email;;;;;;;
Broken;;nobody@example.com;telepathy;;;much;;;soon;
;;;chat;;;;;;;
"""


@pytest.mark.django_db
def test_an_inventory_comes_from_a_file_and_wrong_rows_are_named() -> None:
    client, owner = page(), make_user()
    for expected in ("2 added, 0 changed, 2 not taken", "0 added, 2 changed, 2 not taken"):
        file = SimpleUploadedFile("tools.csv", FILE.format(owner=owner.email).replace("24000,00", "24000.00").encode())
        shown = client.post("/martech/tools/import/", {"file": file}).content.decode()
        assert expected in shown
        assert "Nobody here has the address nobody@example.com." in shown
    drift = Tool.objects.get(name="Drift")
    contract = drift.contracts.get()
    assert (drift.owner, drift.holds, sorted(one.key for one in drift.capabilities.all())) == (
        owner,
        ["people"],
        ["chat", "meetings"],
    )
    assert (contract.yearly, contract.currency, contract.seats, contract.notice_on) == (
        Decimal(24_000),
        "USD",
        6,
        date(2027, 1, 30),
    )
    assert (drift.sends.get().end.name, Tool.objects.count()) == ("HubSpot", 2)


@pytest.mark.django_db
def test_a_file_that_is_no_table_is_refused() -> None:
    client = page()
    for content, name in ((b"", "tools.csv"), (b"a,b\n1,2\n", "tools.csv"), (b"\x00\x01\x02", "tools.xlsx")):
        answer = client.post("/martech/tools/import/", {"file": SimpleUploadedFile(name, content)})
        assert (answer.status_code, Tool.objects.count()) == (422, 0)


@pytest.mark.django_db
def test_contracts_that_make_no_sense_are_refused() -> None:
    client, tool = page(), make_tool()
    wrong = {"currency": "euro", "starts_on": "2027-01-01", "renews_on": "2026-01-01", "notice_days": 30}
    answer = client.post(f"/martech/tools/{tool.pk}/contracts/new/", wrong)
    assert (answer.status_code, Contract.objects.count()) == (422, 0)
    good = {"currency": "eur", "yearly": "10", "renews_on": "2027-01-01", "notice_days": 30, "is_automatic": "on"}
    assert client.post(f"/martech/tools/{tool.pk}/contracts/new/", good).status_code == 302
    assert Contract.objects.get().currency == "EUR"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field", "remedy"),
    [
        ({"notice_days": 400}, "notice_days", "From its start to its renewal are 365 days; notice cannot be longer."),
        ({"seats": -3}, "seats", "Use a number of 1 or more, or leave it empty."),
        ({"notice_days": -1}, "notice_days", "Use a number of days from 0 to 3,650."),
        ({"renews_on": date(2025, 12, 31)}, "renews_on", "It renews after it starts."),
        ({"currency": "euro"}, "currency", "Use a currency code of three letters, like EUR."),
        ({"yearly": Decimal(-1)}, "yearly", "Give an amount of 0 or more."),
    ],
)
def test_terms_that_cannot_be_are_named_with_what_would_be_right(
    wrong: dict[str, Any], field: str, remedy: str
) -> None:
    term = {"starts_on": date(2026, 1, 1), "renews_on": date(2027, 1, 1), "notice_days": 30}
    tool = make_tool()
    contract = save_contract(tool=tool, actor=None, values=term)
    for known in (None, contract):
        with pytest.raises(DomainError) as refused:
            save_contract(tool=tool, contract=known, actor=None, values={**term, **wrong})
        assert refused.value.errors == {field: [remedy]}
    with pytest.raises(DomainError):
        save_contract(tool=tool, contract=contract, actor=None, values=wrong)
    assert Contract.objects.get().notice_days == 30


@pytest.mark.django_db
def test_a_contract_that_was_entered_by_mistake_is_removed() -> None:
    tool, other, client = make_tool(), make_tool("Other"), page()
    contract = save_contract(tool=tool, actor=None, values={"yearly": Decimal(10)})
    remove = f"/contracts/{contract.pk}/remove/"
    assert f"{tool.pk}{remove}" in client.get(f"/martech/tools/{tool.pk}/contracts/{contract.pk}/").content.decode()
    assert client.post(f"/martech/tools/{other.pk}{remove}").status_code == 404
    assert page("analyst").post(f"/martech/tools/{tool.pk}{remove}").status_code == 403
    assert Contract.objects.count() == 1
    assert client.post(f"/martech/tools/{tool.pk}{remove}").status_code == 302
    assert Contract.objects.count() == 0


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_each_suggestion_leads_to_its_next_step() -> None:
    idle, unknown = make_tool("Drift", "chat"), make_tool("Figma", "design")
    answered(idle, chat="no")
    past = make_tool("Zoom")
    save_contract(tool=past, actor=None, values={"renews_on": date(2026, 8, 1)})
    shown = page().get("/martech/tools/").content.decode()
    assert f'href="/martech/tools/contracts/?tool={idle.pk}">Its contracts' in shown
    assert f'href="/martech/tools/{idle.pk}/edit/">Give it up' in shown
    assert f'href="/martech/tools/{unknown.pk}/#ask">Ask colleagues' in shown
    assert f'href="/martech/tools/contracts/?show=undated&amp;tool={past.pk}">Enter the date' in shown
    read = page("analyst").get("/martech/tools/").content.decode()
    assert all(step not in read for step in ("Give it up", "Ask colleagues", "Enter the date"))


@pytest.mark.django_db
def test_readers_read_and_change_nothing() -> None:
    tool, client = make_tool("Drift", "chat"), page("analyst")
    assert client.get(tool.get_absolute_url()).status_code == 200
    for path in ("edit/", "contracts/new/", "connect/", "ask/"):
        assert client.post(f"/martech/tools/{tool.pk}/{path}", {"name": "x"}).status_code == 403
    assert client.get("/martech/tools/import/").status_code == 403
    assert (Tool.objects.get().name, page("sales_rep").get("/martech/tools/").status_code) == ("Drift", 403)


@pytest.mark.django_db
def test_tools_over_the_api() -> None:
    client, token = Client(), make_token()
    headers = {"authorization": f"Bearer {token}"}

    def post(**said: Any) -> Any:
        return client.post("/api/v1/tools/", json.dumps(said), content_type="application/json", headers=headers)

    assert post(name="Drift", capabilities=["chat"]).status_code == 201
    assert post(name="drift", vendor="Salesloft").status_code == 200
    assert post(name="Gong", capabilities=["telepathy"]).status_code in (400, 422)
    [row] = client.get("/api/v1/tools/", headers=headers).json()["results"]
    assert (row["name"], row["vendor"], row["capabilities"]) == ("drift", "Salesloft", ["chat"])


@pytest.mark.django_db
def test_the_inventory_is_exported_as_it_is_imported_with_what_follows_from_it(tmp_path: Path) -> None:
    one, other = make_tool("HubSpot", "email", "forms"), make_tool("Slack", "chat")
    Tool.objects.filter(pk=one.pk).update(vendor="HubSpot Inc.", holds=["people"])
    one.contracts.create(yearly=Decimal("1200.00"), currency="EUR", seats=5, renews_on=date(2030, 1, 31))
    Integration.objects.create(start=one, end=other)
    client = page()
    text = b"".join(client.get("/martech/tools/export/?as=csv")).decode()  # type: ignore[arg-type]
    [row, _slack] = list(csv.DictReader(text.splitlines()))
    assert (row["name"], row["vendor"], row["sends_to"], row["seats"]) == ("HubSpot", "HubSpot Inc.", "Slack", "5")
    assert (row["renews_on"], row["cost_a_year"], row["capabilities_known"]) == ("2030-01-31", "1200.00", "0")
    (path := tmp_path / "tools.csv").write_text(text)
    before = sorted(Tool.objects.values_list("name", "vendor", "holds", "capabilities__key"), key=str)
    outcome = import_tools(path=path, actor=None)
    assert (outcome.created, outcome.changed, outcome.refused) == (0, 2, [])
    assert sorted(Tool.objects.values_list("name", "vendor", "holds", "capabilities__key"), key=str) == before
    assert (Integration.objects.count(), one.contracts.get().renews_on) == (1, date(2030, 1, 31))
    assert client.get("/martech/tools/export/?as=xlsx").status_code == 200
    assert client.get("/martech/tools/export/?as=pdf").status_code == 404
