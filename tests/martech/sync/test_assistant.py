"""The assistant for new connections: what it says of each thing that can be wrong, and what a failed test leaves behind."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.connectors.answers import CheckStep
from martech.models import Connection
from martech.services.sync.connections import check_connection, save_connection
from martech.services.sync.course import budget_of
from martech.services.sync.sealed import open_secrets
from tests.factories import make_user
from tests.martech.sync.practising import connected
from tests.martech.sync.test_hubspot_round import HubSpot

pytestmark = pytest.mark.django_db
NOBODY = "http://127.0.0.1:9"
TEST = "/martech/sync/to/hubspot/test/"
PAGE = "/martech/sync/to/hubspot/"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"


@pytest.fixture
def hub(monkeypatch: Any, db: None) -> Iterator[HubSpot]:
    with connected(HubSpot, "hubspot", monkeypatch) as practice:
        yield practice


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def failed(connection: Connection) -> CheckStep:
    """The one step of a test that did not go well."""
    [step] = [step for step in check_connection(connection) if not step.is_ok]
    return step


def new(vendor: str, base_url: str = "", **given: str) -> Connection:
    return save_connection(vendor=vendor, name=vendor, given=given, base_url=base_url, actor=None)[0]


def test_a_test_while_the_calls_of_the_day_are_used_up_lets_a_working_connection_wait(
    hub: HubSpot, operator: Client
) -> None:
    hub.control("limits", on=True, daily=0)
    page = text(operator.post(TEST))
    assert "The connection goes on by itself at" in page
    assert "The connection waits." in page
    assert ">Go on</a>" not in page
    found = Connection.objects.get()
    assert (found.state, found.problem["class"]) == ("active", "BudgetExhausted")
    assert found.paused_until is not None
    assert found.paused_until > timezone.now()
    assert 'value="resume"' in text(operator.get(PAGE))


def test_a_test_asks_again_with_one_call_whether_the_day_is_still_used_up_and_ends_the_wait_when_it_is_not(
    hub: HubSpot, operator: Client
) -> None:
    hub.control("limits", on=True, daily=0)
    operator.post(TEST)
    hub.control("counts", reset=True)
    assert "The connection waits." in text(operator.post(TEST))
    assert hub.control("counts")["refused"] == {"DAILY": 1}
    hub.control("limits", on=True, daily=5_000)
    assert "The connection waits." not in text(operator.post(TEST))
    found = Connection.objects.get()
    assert (found.state, found.problem, found.paused_until) == ("active", {}, None)
    assert hub.sync()["pull contacts"].state == "done"


def test_try_now_asks_again_whether_the_day_is_still_used_up(hub: HubSpot, operator: Client) -> None:
    hub.control("limits", on=True, daily=0)
    operator.post(TEST)
    hub.control("limits", on=True, daily=5_000)
    operator.post(f"{PAGE}do/", {"do": "resume"})
    assert hub.sync()["pull contacts"].state == "done"


def test_a_test_of_one_that_does_not_answer_lets_a_working_connection_wait_two_minutes(
    hub: HubSpot, operator: Client
) -> None:
    Connection.objects.update(base_url=NOBODY)
    operator.post(TEST)
    found = Connection.objects.get()
    assert (found.state, found.problem["class"]) == ("active", "VendorDown")
    assert found.paused_until is not None
    assert timedelta(seconds=90) < found.paused_until - timezone.now() <= timedelta(minutes=2)
    shown = text(operator.get(PAGE))
    assert ("Try now" in shown, "Sync now" in shown) == (True, False)
    Connection.objects.update(base_url=hub.url)
    operator.post(TEST)
    found = Connection.objects.get()
    assert (found.state, found.paused_until, found.problem) == ("active", None, {})


def test_a_test_that_nobody_answers_keeps_the_longer_wait_for_calls(hub: HubSpot, operator: Client) -> None:
    hub.control("limits", on=True, daily=0)
    operator.post(TEST)
    waits_until = Connection.objects.get().paused_until
    Connection.objects.update(base_url=NOBODY)
    shown = text(operator.post(TEST))
    assert "127.0.0.1:9 does not answer." in shown
    assert "The connection waits." in shown
    found = Connection.objects.get()
    assert (found.state, found.problem["class"], found.paused_until) == ("active", "BudgetExhausted", waits_until)
    assert list(budget_of(found).forget_refusals()) == ["DAILY"]


def test_credentials_that_are_refused_still_need_somebody(hub: HubSpot) -> None:
    hub.control("revoke")
    assert failed(hub.connection).title == "Sign in"
    found = Connection.objects.get()
    assert (found.state, found.paused_until) == ("broken", None)


def test_one_that_never_worked_says_why_and_what_to_do_next(operator: Client) -> None:
    new("hubspot", NOBODY, token="pat-wrong")
    assert "Not tested yet" in text(operator.get(PAGE))
    assert failed(Connection.objects.get()).remedy == "Check the address and the network."
    page = text(operator.get(PAGE))
    assert "Does not work yet" in page
    assert "Reach HubSpot: 127.0.0.1:9 does not answer. Check the address and the network." in page
    assert "Nothing was read or written yet." in page
    assert "Every record went through." not in page
    assert 'aria-label="Objects"' not in page
    assert Connection.objects.get().state == "new"


def test_refused_credentials_of_a_new_one_lead_to_new_credentials(hub: HubSpot, operator: Client) -> None:
    Connection.objects.update(state="new")
    hub.control("revoke")
    page = text(operator.post(TEST))
    assert "HubSpot does not accept the token." in page
    assert "New credentials" in page
    assert "New credentials" in text(operator.get(PAGE))


def test_an_app_that_nobody_signed_in_with_leads_to_the_sign_in_and_not_to_new_credentials(
    hub: HubSpot, operator: Client
) -> None:
    given = {"sign_in": "oauth", "client_id": "practice-client", "client_secret": "practice-secret"}
    save_connection(vendor="hubspot", name="app", given=given, base_url=hub.url, actor=None)
    for page in (text(operator.post("/martech/sync/to/app/test/")), text(operator.get("/martech/sync/to/app/"))):
        assert "Nobody has signed in over there yet." in page
        assert "Sign in over there" in page
        assert "New credentials" not in page
        assert "revoked" not in page


def test_a_server_that_is_not_hubspot_is_said_to_be_none(live_server: Any) -> None:
    step = failed(new("hubspot", live_server.url, token="pat-any"))
    assert step.detail == "What answers there is not HubSpot (status 404)."
    assert step.remedy == "Check the address under Credentials."


@pytest.mark.parametrize("host", ["https://login.salesforce.com", "test.salesforce.com"])
def test_the_address_where_everybody_signs_in_is_no_my_domain(host: str) -> None:
    step = failed(new("salesforce", domain=host, consumer_key="k", consumer_secret="s"))
    assert step.detail.endswith("is where everybody signs in, not your org's own address.")
    assert "Setup → My Domain" in step.remedy


def test_a_salesforce_behind_another_address_that_does_not_answer_leads_to_that_address() -> None:
    step = failed(new("salesforce", NOBODY, domain="acme.my", consumer_key="k", consumer_secret="s"))
    assert (step.detail, step.cause) == ("Salesforce cannot be reached.", "VendorDown")
    assert step.remedy == "Check “Another address” under Credentials and the network, then test again."


def test_a_marketo_behind_another_address_that_does_not_answer_leads_to_that_address() -> None:
    step = failed(new("marketo", NOBODY, munchkin_id="123-ABC-456", client_id="c", client_secret="s"))
    assert step.remedy == "Check “Another address” under Credentials, and that this server may reach Marketo."


@pytest.mark.parametrize(
    ("vendor", "given", "told"),
    [
        (
            "marketo",
            {"munchkin_id": "https://123-ABC-456.mktorest.com", "client_id": "c", "client_secret": "s"},
            "Write the account id alone, such as 123-ABC-456.",
        ),
        (
            "salesforce",
            {"domain": "acme.my", "sign_in": "jwt", "consumer_key": "k", "username": "u", "private_key": "no key"},
            "Paste the whole file, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.",
        ),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field_and_not_kept(
    operator: Client, vendor: str, given: dict[str, str], told: str
) -> None:
    base = {"name": vendor, "environment": "production"}
    answer = operator.post(f"/martech/sync/new/{vendor}/", {**base, **given})
    assert answer.status_code == 422
    assert told in text(answer)
    assert "no key" not in text(answer)
    assert not Connection.objects.exists()


def test_only_secrets_that_are_kept_are_said_to_be_and_the_others_are_still_asked_for(operator: Client) -> None:
    new("salesforce", domain="acme.my", consumer_key="k", consumer_secret="s")
    form = operator.get("/martech/sync/to/salesforce/edit/").context["form"]
    kept = [name for name, field in form.fields.items() if "Kept sealed" in field.help_text]
    assert kept == ["consumer_key", "consumer_secret"]
    typed = {"domain": "acme.my", "sign_in": "jwt", "username": "ops@acme.example", "private_key": PEM}
    answer = operator.post("/martech/sync/to/salesforce/edit/", {**typed, "environment": "production"})
    assert answer.status_code == 302
    assert open_secrets(Connection.objects.get()) == {"consumer_key": "k", "consumer_secret": "s", "private_key": PEM}


def test_what_a_choice_can_do_without_is_shown_with_that_choice_alone(operator: Client) -> None:
    def shown_with(vendor: str, name: str) -> str:
        form = operator.get(f"/martech/sync/new/{vendor}/").context["form"]
        return str(form.fields[name].widget.attrs.get("data-when", ""))

    assert shown_with("salesforce", "security_token") == "sign_in=soap"
    assert shown_with("hubspot", "refresh_token") == "sign_in=oauth"
    assert shown_with("hubspot", "token") == "sign_in=token"
    assert shown_with("hubspot", "client_secret") == ""


def test_a_new_connection_under_a_name_that_is_taken_changes_nothing_of_the_one_that_has_it(
    hub: HubSpot, operator: Client
) -> None:
    before = Connection.objects.values().get()
    given = {"name": "hubspot", "sign_in": "token", "token": "pat-other", "base_url": NOBODY}
    first = {f.name: f.initial or "" for f in operator.get("/martech/sync/new/hubspot/").context["form"]}
    answer = operator.post("/martech/sync/new/hubspot/", {**first, **given})
    assert answer.status_code == 422
    assert "enter other credentials on the page of hubspot." in text(answer)
    assert Connection.objects.values().get() == before


def test_who_goes_back_to_correct_their_own_attempt_goes_on_with_it_and_a_colleague_does_not(operator: Client) -> None:
    first = {f.name: f.initial or "" for f in operator.get("/martech/sync/new/hubspot/").context["form"]}
    given = {**first, "name": "crm", "sign_in": "token", "base_url": NOBODY}
    assert operator.post("/martech/sync/new/hubspot/", {**given, "token": "pat-wrong"}).status_code == 302
    assert operator.post("/martech/sync/new/hubspot/", {**given, "token": "pat-right"}).status_code == 302
    colleague = Client()
    colleague.force_login(make_user(Role.OPS_MANAGER))
    assert colleague.post("/martech/sync/new/hubspot/", {**given, "token": "pat-mine"}).status_code == 422
    assert open_secrets(Connection.objects.get())["token"] == "pat-right"
