"""Accounts and deals are changed and removed by calls, and a deal moves its people as one from a file does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from martech.models import (
    Account,
    AccountIdentity,
    Connection,
    Deal,
    DealPerson,
    Person,
    RemoteRow,
    StageMove,
    SyncObject,
)
from martech.services.lifecycle import move_person
from martech.services.refreshing import refresh_people
from tests.api import Api
from tests.factories import make_account, make_campaign, make_deal, make_person, make_user
from tests.martech.lifecycle.graphs import document
from tests.martech.lifecycle.graphs import publish as publish_lifecycle

pytestmark = pytest.mark.django_db
WON = datetime(2026, 2, 20, 9, tzinfo=UTC)


# --- accounts ---


def test_an_account_is_changed_in_what_the_call_names() -> None:
    owner = make_user("sales_rep")
    acme = make_account(
        name="Acme", website="acme.example", domain="acme.example", employees=40, properties={"tier": "A"}
    )
    sent = {
        "name": "Acme GmbH",
        "country": "Germany",
        "employees": None,
        "owner": owner.email,
        "properties": {"sic": "7"},
    }
    answer = Api()("PATCH", f"accounts/{acme.pk}/", sent)
    assert answer.status_code == 200
    shown = answer.json()
    assert {name: shown[name] for name in ("name", "country", "employees", "website", "properties")} == {
        "name": "Acme GmbH",
        "country": "DE",
        "employees": None,
        "website": "acme.example",
        "properties": {"tier": "A", "sic": "7"},
    }
    assert shown["owner"] == {"id": owner.pk, "email": owner.email}
    acme.refresh_from_db()
    assert acme.name_key == "acme"
    assert Api()("PATCH", f"accounts/{acme.pk}/", {"owner": None, "industry": ""}).json()["owner"] is None


def test_a_domain_follows_the_website_until_it_has_one_of_its_own() -> None:
    acme = make_account(website="https://acme.example/de", domain="acme.example")
    call = Api()
    assert call("PATCH", f"accounts/{acme.pk}/", {"website": "borealis.example"}).json()["domain"] == "borealis.example"
    assert call("PATCH", f"accounts/{acme.pk}/", {"domain": "www.acme.example"}).json()["domain"] == "acme.example"
    assert call("PATCH", f"accounts/{acme.pk}/", {"website": "other.example"}).json()["domain"] == "acme.example"


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"name": ""}, {"name": ["Give the company's name."]}),
        ({"employees": -1}, {"employees": ["Send a whole number of 0 or more."]}),
        ({"country": "Atlantis"}, {"country": ["Nobody knows a country “Atlantis”; use a name or an ISO code like DE."]}),
        ({"owner": "no@example.com"}, {"owner": ["Nobody here has the address no@example.com."]}),
        ({"domain": "none"}, {"domain": ["Send the company's own domain, like example.com."]}),
        (
            {"external_id": "A-2"},
            {"external_id": ["Unknown field; use one of country, domain, employees, industry, name, owner, properties, source, type, website."]},
        ),
        (["Acme"], {"non_field_errors": ["Send a JSON object."]}),
    ],
)  # fmt: skip
def test_a_wrong_change_of_an_account_changes_nothing(sent: Any, errors: dict[str, list[str]]) -> None:
    acme = make_account(name="Acme", industry="Steel")
    answer = Api()("PATCH", f"accounts/{acme.pk}/", {"industry": "Glass", **sent} if isinstance(sent, dict) else sent)
    assert (answer.status_code, answer.json()["errors"]) == (422, errors)
    acme.refresh_from_db()
    assert (acme.name, acme.industry) == ("Acme", "Steel")


def test_an_account_that_nothing_rests_on_is_deleted_and_its_history_stays() -> None:
    call = Api()
    pk = call("POST", "accounts/", {"name": "Acme", "external_id": "A-1"}).json()["id"]
    events = Account.objects.get(pk=pk).events.model.objects.filter(pgh_obj_id=pk)
    assert call("DELETE", f"accounts/{pk}/").status_code == 204
    assert not Account.objects.exists()
    assert not AccountIdentity.objects.exists()
    told = events.order_by("pgh_id").values_list("pgh_label", "pgh_context__metadata__verb")
    assert list(told) == [("insert", "save_account"), ("delete", "delete_account")]
    assert call("DELETE", f"accounts/{pk}/").status_code == 404


def test_an_account_that_people_deals_or_subsidiaries_rest_on_stays() -> None:
    acme = make_account()
    make_person(account=acme), make_deal(account=acme), make_account(parent=acme)
    answer = Api()("DELETE", f"accounts/{acme.pk}/")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem-type:mops:conflict")
    assert answer.json()["errors"] == {
        "people": ["1 people belong to it; give them another account first."],
        "deals": ["1 deals belong to it; give them another account first."],
        "subsidiaries": ["1 accounts are its subsidiaries; give them another account first."],
    }
    assert Account.objects.filter(pk=acme.pk).exists()


def test_what_another_system_has_is_deleted_there_first() -> None:
    deal = make_deal()
    crm = Connection.objects.create(name="crm", vendor="hubspot")
    object = SyncObject.objects.create(connection=crm, name="deals", kind="deal")
    row = RemoteRow.objects.create(object=object, external_id="7", local_id=deal.pk)
    answer = Api()("DELETE", f"deals/{deal.pk}/")
    assert (answer.status_code, answer.json()["errors"]) == (
        409,
        {"connection": ["crm has this deal; delete it there first."]},
    )
    RemoteRow.objects.update(fate="deleted")
    assert Api()("DELETE", f"deals/{deal.pk}/").status_code == 204
    row.refresh_from_db()
    assert row.local_id is None


@pytest.mark.parametrize("role", ["sales_rep", "analyst", "leader", "privacy_officer"])
def test_only_who_may_change_accounts_and_deals_does(role: str) -> None:
    acme, deal = make_account(name="Acme"), make_deal(name="Rollout")
    call = Api(role)
    for path in (f"accounts/{acme.pk}/", f"deals/{deal.pk}/"):
        assert call("PATCH", path, {"name": "Mine"}).status_code == 403
        assert call("DELETE", path).status_code == 403
    assert Account.objects.get().name == "Acme"
    assert Deal.objects.get().name == "Rollout"


@pytest.mark.parametrize("kind", ["accounts", "deals"])
def test_a_change_never_overwrites_what_was_not_seen(kind: str) -> None:
    row = make_account(name="Acme") if kind == "accounts" else make_deal(name="Acme")
    call, path = Api(), f"{kind}/{row.pk}/"
    seen = call("GET", path)["ETag"]
    changed = call("PATCH", path, {"name": "Acme GmbH"}, **{"If-Match": seen})
    assert (changed.status_code, changed["ETag"] != seen) == (200, True)
    for method in ("PATCH", "DELETE"):
        late = call(method, path, {"name": "Acme AG"} if method == "PATCH" else None, **{"If-Match": seen})
        assert (late.status_code, late.json()["type"]) == (409, "urn:problem-type:mops:stale")
    assert call("GET", path).json()["name"] == "Acme GmbH"
    assert call("DELETE", path, None, **{"If-Match": changed["ETag"]}).status_code == 204


def test_a_change_that_is_repeated_with_its_key_is_made_once() -> None:
    deal = make_deal(name="Rollout")
    call, key = Api(), {"Idempotency-Key": "change-1"}
    first = call("PATCH", f"deals/{deal.pk}/", {"name": "Roll-out"}, **key)
    again = call("PATCH", f"deals/{deal.pk}/", {"name": "Roll-out"}, **key)
    assert (first.content, again["Idempotency-Replayed"]) == (again.content, "true")
    gone, repeated = (call("DELETE", f"deals/{deal.pk}/", None, **{"Idempotency-Key": "gone"}) for _time in range(2))
    assert (gone.status_code, repeated.status_code) == (204, 204)


# --- deals ---


def test_a_deal_is_changed_in_what_the_call_names() -> None:
    acme, borealis, ana, bo = (
        make_account(),
        make_account(name="Borealis", name_key="borealis"),
        make_person(),
        make_person(),
    )
    spring = make_campaign(channel="webinar")
    deal = make_deal(account=acme, amount="900.00", currency="USD")
    DealPerson.objects.create(deal=deal, person=ana)
    sent = {"account": "Borealis", "amount": "1250.50", "campaign": spring.code, "people": [bo.pk], "region": "EMEA"}
    answer = Api()("PATCH", f"deals/{deal.pk}/", sent)
    assert answer.status_code == 200
    shown = answer.json()
    assert {name: shown[name] for name in ("account", "amount", "currency", "campaign", "channel", "people")} == {
        "account": {"id": borealis.pk, "name": "Borealis"},
        "amount": "1250.50",
        "currency": "USD",
        "campaign": spring.code,
        "channel": "webinar",
        "people": [bo.pk],
    }
    emptied = Api()(
        "PATCH", f"deals/{deal.pk}/", {"account": None, "amount": None, "campaign": "", "people": []}
    ).json()
    assert [emptied[name] for name in ("account", "amount", "campaign", "people", "channel")] == [
        None,
        None,
        None,
        [],
        "",
    ]


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"stage": ""}, {"stage": ["Give the stage it is in, as your CRM calls it."]}),
        ({"closed_at": "2026-03-01T00:00:00Z"}, {"closed_at": ["The deal closes before it opens; correct one of the two."]}),
        ({"closed_at": None}, {"closed_at": ["A deal that is won or lost has the day on which it was; leave this out, and it stays."]}),
        ({"opened_at": "2027-03-01T00:00:00Z"}, {"opened_at": ["The deal closes before it opens; correct one of the two."]}),
        ({"people": [987]}, {"people": ["Nobody has the id 987."]}),
        ({"campaign": "none"}, {"campaign": ["There is no campaign none."]}),
        ({"amount": "12.345"}, {"amount": ["Send a decimal string like “1200.50”, with at most two decimals."]}),
        ({"currency": ""}, {"currency": ["Use a currency code of three letters, like EUR."]}),
    ],
)  # fmt: skip
def test_a_wrong_change_of_a_deal_changes_nothing(sent: Any, errors: dict[str, list[str]]) -> None:
    closed = datetime(2026, 6, 1, tzinfo=UTC)
    deal = make_deal(name="Rollout", stage="Won", state="won", closed_at=closed)
    answer = Api()("PATCH", f"deals/{deal.pk}/", {"name": "Other", **sent})
    assert (answer.status_code, answer.json()["errors"]) == (422, errors)
    deal.refresh_from_db()
    assert (deal.name, deal.stage, deal.closed_at) == ("Rollout", "Won", closed)


def test_what_a_stage_of_a_crm_means_stays_while_the_stage_does() -> None:
    call = Api()
    pk = call("POST", "deals/", {"external_id": "D-1", "name": "Rollout", "stage": "Vertrag"}).json()["id"]
    Deal.objects.filter(pk=pk).update(state="won", closed_at=WON)
    sent = {"external_id": "D-1", "name": "Roll-out", "stage": "Vertrag"}
    assert call("POST", "deals/", sent).json()["state"] == "won"
    assert call("PATCH", f"deals/{pk}/", {"stage": "Vertrag", "region": "EMEA"}).json()["state"] == "won"
    assert call("PATCH", f"deals/{pk}/", {"stage": "Lost"}).json()["state"] == "lost"


def test_the_channel_of_a_deal_follows_its_source() -> None:
    sent = {"name": "Rollout", "stage": "Open", "source": "google"}
    with_source = Api()("POST", "deals/", sent).json()
    assert (with_source["source"], with_source["channel"]) == ("google", "organic_search")


# --- the people on a deal ---


def stages(person: Person) -> tuple[str, list[str]]:
    person.refresh_from_db()
    moves = StageMove.objects.filter(person=person).order_by("at", "pk")
    return person.lifecycle_stage, list(moves.values_list("stage", flat=True))


def lead(**fields: Any) -> Person:
    person = make_person(created_at=datetime(2026, 1, 5, tzinfo=UTC), **fields)
    StageMove.objects.create(person=person, stage="lead", at=person.created_at, reason="Came in")
    return person


def test_a_deal_that_is_sent_moves_its_people_forward_at_once_and_takes_their_source() -> None:
    ana = lead(source="google", channel="paid_search")
    sent = {"external_id": "D-1", "name": "Rollout", "stage": "Open", "opened_at": "2026-02-01T09:00:00Z"}
    shown = Api()("POST", "deals/", {**sent, "people": [ana.pk]}).json()
    assert (shown["source"], shown["channel"], shown["people"]) == ("google", "paid_search", [ana.pk])
    assert stages(ana) == ("opportunity", ["lead", "opportunity"])
    Api()("POST", "deals/", {**sent, "stage": "Won", "closed_at": WON.isoformat()})
    assert stages(ana) == ("customer", ["lead", "opportunity", "customer"])
    latest = StageMove.objects.get(person=ana, stage="customer")
    assert (latest.at, latest.reason, latest.cause, latest.from_stage) == (WON, "A deal was won", "deal", "opportunity")


def test_a_deal_changed_to_won_moves_those_on_it_once() -> None:
    ana, deal = lead(), make_deal(opened_at=datetime(2026, 2, 1, tzinfo=UTC))
    DealPerson.objects.create(deal=deal, person=ana)
    call = Api()
    for _time in range(2):
        assert (
            call("PATCH", f"deals/{deal.pk}/", {"stage": "Closed Won", "closed_at": WON.isoformat()}).status_code == 200
        )
    assert stages(ana) == ("customer", ["lead", "opportunity", "customer"])
    assert call("PATCH", f"deals/{deal.pk}/", {"stage": "Lost"}).status_code == 200
    assert stages(ana)[0] == "customer"


def test_the_lifecycle_in_force_says_where_deals_lead_and_agrees_with_the_refresh() -> None:
    graph = document()
    for stage in graph["stages"]:
        if stage["key"] == "opportunity":
            del stage["on_deal"]
    publish_lifecycle(graph)
    ana = lead()
    sent = {"name": "Rollout", "stage": "Open", "opened_at": "2026-02-01T09:00:00Z", "people": [ana.pk]}
    pk = Api()("POST", "deals/", sent).json()["id"]
    assert stages(ana) == ("lead", ["lead"])
    Api()("PATCH", f"deals/{pk}/", {"stage": "Won", "closed_at": WON.isoformat()})
    refresh_people()
    assert stages(ana) == ("customer", ["lead", "customer"])


def test_an_older_deal_does_not_undo_what_a_colleague_decided() -> None:
    publish_lifecycle()
    ana = lead()
    move_person(person=ana, to="disqualified", reason="A student", actor=make_user())
    sent = {"name": "Rollout", "stage": "Won", "opened_at": "2026-02-01T09:00:00Z", "closed_at": WON.isoformat()}
    Api()("POST", "deals/", {**sent, "people": [ana.pk]})
    refresh_people()
    assert stages(ana) == ("disqualified", ["lead", "disqualified"])


def test_a_deal_that_is_refused_puts_nobody_on_it() -> None:
    ana = lead()
    answer = Api()("POST", "deals/", {"name": "Rollout", "stage": "Won", "people": [ana.pk], "currency": "EURO"})
    assert answer.status_code == 422
    assert not Deal.objects.exists()
    assert stages(ana) == ("lead", ["lead"])


def test_a_deal_that_is_gone_leaves_its_people_where_they_are() -> None:
    ana, deal = lead(), make_deal()
    call = Api()
    call("PATCH", f"deals/{deal.pk}/", {"people": [ana.pk]})
    assert call("DELETE", f"deals/{deal.pk}/").status_code == 204
    assert not DealPerson.objects.exists()
    assert stages(ana)[0] == "opportunity"
