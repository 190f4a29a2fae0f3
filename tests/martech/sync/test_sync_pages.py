"""The pages of synchronisation, as an operator walks through them."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.models import Connection, DeadLetter, Person, RemoteOwner, RunState, SyncObject, SyncRun, SyncWork
from martech.services.people import update_person
from martech.services.sync.sealed import open_secrets
from mops.core.kept_secrets import KEPT_FOR
from tests.factories import make_person, make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_runs_and_mappings_are_called_by_what_people_call_the_object(rig: Rig, operator: Client) -> None:
    run = SyncRun.objects.create(
        connection=rig.connection, object=rig.object(), kind="pull", state=RunState.DONE, read=1, created=1
    )
    label = "Contacts"
    title = f"Pull: {label}"
    assert f'<a href="{run.get_absolute_url()}">{title}</a>' in text(operator.get("/martech/sync/"))
    assert f'<a href="{run.get_absolute_url()}">{title}</a>' in text(operator.get("/martech/sync/to/main/"))
    assert operator.get(run.get_absolute_url()).context["title"] == title
    assert f">{label}<" in operator.get("/martech/sync/runs/").content.decode()
    assert f",main,{label},Done," in b"".join(operator.get("/martech/sync/runs/?export=csv")).decode()  # type: ignore[arg-type]
    assert operator.get("/martech/sync/to/main/contacts/mapping/").context["title"] == f"Mapping of {label}"


def test_runs_that_found_nothing_new_are_one_line_and_leave_the_others_in_sight(rig: Rig, operator: Client) -> None:
    def ran(**counts: int) -> SyncRun:
        return SyncRun.objects.create(
            connection=rig.connection, object=rig.object(), kind="pull", state=RunState.DONE, **counts
        )

    did = ran(read=2, updated=1, unchanged=1)
    looks = [ran(read=2_000, unchanged=2_000) for _ in range(12)] + [ran()]
    SyncRun.objects.filter(pk=looks[0].pk).update(created_at=timezone.now() - timedelta(days=2))
    for address in ("/martech/sync/", "/martech/sync/to/main/"):
        page = text(operator.get(address))
        assert did.get_absolute_url() in page
        assert not [run for run in looks if f'"{run.get_absolute_url()}"' in page]
        assert "12 looks within a day found nothing new, the last one" in page


def test_refused_credentials_make_entering_new_ones_the_first_thing_to_do(rig: Rig, operator: Client) -> None:
    problem = {"class": "SignInRefused", "detail": "It does not accept the token.", "remedy": "Make a new one."}
    Connection.objects.update(state="broken", problem=problem)
    page = text(operator.get("/martech/sync/to/main/"))
    assert page.count("btn2 pri") == 1
    assert '<a class="btn2 pri" href="/martech/sync/to/main/edit/">' in page
    Connection.objects.update(problem={**problem, "class": "ScopeMissing"})
    page = text(operator.get("/martech/sync/to/main/"))
    assert '<button class="btn2 pri" name="do" value="resume">' in page
    assert "New credentials" not in page


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ({"class": "VendorDown", "detail": "No answer.", "remedy": ""}, "No answer. It goes on by itself on 2 Sep at "),
        (
            {"class": "BudgetExhausted", "detail": "Used up.", "remedy": "Later."},
            "Used up. It goes on by itself on 2 Sep",
        ),
        (
            {"class": "VendorDown", "detail": "Down.", "remedy": "Look there."},
            "Down. Look there. It goes on by itself on",
        ),
    ],
)
def test_a_connection_that_waits_says_when_it_goes_on(rig: Rig, problem: dict[str, str], told: str) -> None:
    with time_machine.travel("2026-09-01T12:00:00Z", tick=False):
        Connection.objects.update(paused_until=timezone.now() + timedelta(days=1), problem=problem)
        client = Client()
        client.force_login(make_user(Role.OPS_MANAGER))
        assert told in text(client.get("/martech/sync/to/main/"))


def test_an_empty_installation_says_what_to_connect(operator: Client) -> None:
    page = text(operator.get("/martech/sync/"))
    assert "Nothing is connected yet" in page
    assert "/martech/sync/new/hubspot/" in page


def test_the_list_shows_health_and_what_waits(rig: Rig, account: Account, operator: Client) -> None:
    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    page = text(operator.get("/martech/sync/"))
    assert "In step" in page
    assert "Backfill: Contacts" in page
    page = text(operator.get("/martech/sync/to/main/"))
    assert "Contacts" in page
    assert "Version 2" in page


def test_in_the_middle_of_the_first_round_nothing_is_green(rig: Rig, account: Account, operator: Client) -> None:
    rig.sync()
    SyncRun.objects.filter(object__name="companies").delete()
    for address in ("/martech/sync/", "/martech/sync/to/main/"):
        page = text(operator.get(address))
        assert "First round under way" in page
        assert ">In step</span>" not in page
    assert "Not read to the end yet: Companies." in page
    rig.sync()
    assert "First round under way" not in text(operator.get("/martech/sync/"))


def test_the_part_that_renews_itself_does_not_empty_what_somebody_chooses(rig: Rig, operator: Client) -> None:
    RemoteOwner.objects.create(connection=rig.connection, external_id="9", name="Zoe", email="zoe@else.example")
    page = operator.get("/martech/sync/to/main/").content.decode()
    assert page.index("Who Zoe is here") < page.index('id="health"')
    part = operator.get("/martech/sync/to/main/", headers={"HX-Request": "true", "HX-Target": "health"})
    assert "Who Zoe is here" not in part.content.decode()


def test_a_connection_that_is_broken_says_so_and_what_to_do(rig: Rig, operator: Client) -> None:
    problem = {"detail": "The token was revoked.", "remedy": "Enter a new one."}
    Connection.objects.update(state="broken", problem=problem)
    for address in ("/martech/sync/", "/martech/sync/to/main/"):
        page = text(operator.get(address))
        assert "Needs attention" in page
        assert "Enter a new one." in page


def test_a_round_that_cannot_begin_is_not_said_to(rig: Rig, operator: Client) -> None:
    action = "/martech/sync/to/main/do/"
    for values, said in (
        ({"state": "broken", "problem": {"detail": "The token was revoked."}}, "The token was revoked."),
        ({"state": "paused", "problem": {}}, "The connection is paused."),
        ({"state": "active", "paused_until": timezone.now() + timedelta(hours=1)}, "The connection waits."),
    ):
        Connection.objects.update(**values)
        page = text(operator.post(action, {"do": "sync"}, follow=True))
        assert f"No round can begin. {'The connection needs attention. ' if 'token' in said else ''}{said}" in page
        assert not SyncWork.objects.exists()
    Connection.objects.update(state="broken")
    page = text(operator.get("/martech/sync/to/main/"))
    assert ("Sync now" in page, "Try again" in page) == (False, True)


def test_a_held_plan_is_looked_at_and_approved(rig: Rig, account: Account, operator: Client) -> None:
    Connection.objects.update(pushes_alone=False)
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    rig.sync()
    update_person(person=Person.objects.get(), data={"job_title": "CEO"}, actor=None)
    held = rig.sync()["push contacts"]
    page = text(operator.get(held.get_absolute_url()))
    assert "<del>CMO</del> → CEO" in page
    assert "This connection writes nothing without approval." in page
    operator.post(f"/martech/sync/runs/{held.pk}/decide/", {"do": "approve"})
    held.refresh_from_db()
    assert (held.state, held.approved_by is not None) == (RunState.APPROVED, True)


def test_somebody_without_the_right_approves_nothing(rig: Rig, account: Account) -> None:
    run = SyncRun.objects.create(connection=rig.connection, object=rig.object(), kind="push", state="held")
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    assert client.get(run.get_absolute_url()).status_code == 200
    assert client.post(f"/martech/sync/runs/{run.pk}/decide/", {"do": "approve"}).status_code == 403
    run.refresh_from_db()
    assert run.state == RunState.HELD


def test_a_mapping_that_ping_pongs_is_not_published(rig: Rig, operator: Client) -> None:
    before = rig.object().versions.get(state="published")
    loop = {"ours": "job_title", "theirs": "jobtitle", "values": {"a": "x", "b": "x"}}
    document = contacts_mapping({"ours": "email", "theirs": "email"}, loop | {"truth": "theirs"})
    page = "/martech/sync/to/main/contacts/mapping/"
    assert operator.post(page, {"document": json.dumps(document), "revision": before.revision}).status_code == 302
    draft = rig.object().versions.get(state="draft")
    shown = text(operator.get(page))
    operator.post(f"{page}publish/", {"revision": draft.revision})
    is_refused = "must be cleared" in shown
    assert (rig.object().versions.get(state="published").pk == before.pk) is is_refused


def test_a_letter_is_tried_again_and_dropped(rig: Rig, account: Account, operator: Client) -> None:
    letter = DeadLetter.objects.create(object=rig.object(), direction="pull", external_id="9", reason="other")
    page = text(operator.get("/martech/sync/letters/"))
    assert "Something unexpected" in page
    operator.post("/martech/sync/letters/retry/", {"pk": [letter.pk]})
    letter.refresh_from_db()
    assert letter.retry_at is not None
    operator.post("/martech/sync/letters/drop/", {"pk": [letter.pk]})
    letter.refresh_from_db()
    assert letter.resolved_at is not None


def test_a_letter_names_the_record_says_what_to_do_and_has_somebody_who_looks_after_it(
    rig: Rig, operator: Client
) -> None:
    person = make_person(email="ana@example.org", first_name="Ana", last_name="Lind")
    letter = DeadLetter.objects.create(
        object=rig.object(), direction="push", external_id="9", local_id=person.pk, reason="read_only_field"
    )
    page = text(operator.get("/martech/sync/letters/"))
    assert f'<a href="/martech/people/{person.pk}/">Ana Lind</a>' in page
    assert "Let the field go only from there to here in the mapping" in page
    operator.post("/martech/sync/letters/take/", {"pk": [letter.pk]})
    letter.refresh_from_db()
    assert letter.owner is not None
    assert letter.owner.name in text(operator.get("/martech/sync/letters/?owner=" + str(letter.owner_id)))
    analyst = Client()
    analyst.force_login(make_user(Role.ANALYST))
    assert analyst.post("/martech/sync/letters/take/", {"pk": [letter.pk]}).status_code == 403


def test_letters_stand_by_reason_with_what_to_do_said_once(rig: Rig, operator: Client) -> None:
    for number, reason in enumerate(("too_long", "too_long", "locked")):
        DeadLetter.objects.create(object=rig.object(), direction="push", external_id=f"9{number}", reason=reason)
    every = text(operator.get("/martech/sync/letters/"))
    assert '<a href="?reason=too_long&amp;view=too_long" >A text that is too long 2</a>' in every
    assert "The record was locked 1" in every
    one = text(operator.get("/martech/sync/letters/?reason=too_long&view=too_long"))
    assert one.count("Shorten the value.") == 1
    assert "Wait: it is tried again by itself." not in one
    assert '<a href="/martech/sync/letters/?connection=main">3</a>' in text(operator.get("/martech/sync/to/main/"))


def test_the_open_secrets_a_connection_are_sealed_and_never_shown(operator: Client) -> None:
    given = {"name": "crm", "sign_in": "token", "token": "pat-secret", "api_version": "v3", "tier": "professional"}
    answer = operator.post("/martech/sync/new/hubspot/", given)
    assert answer.status_code == 302
    found = Connection.objects.get(name="crm")
    assert "pat-secret" not in found.sealed + str(found.options)
    assert "pat-secret" not in text(operator.get("/martech/sync/to/crm/edit/"))
    assert SyncObject.objects.count() == 0


@pytest.mark.parametrize(
    ("vendor", "given", "missing"),
    [
        ("hubspot", {}, {"token"}),
        ("hubspot", {"sign_in": "oauth", "client_id": "x"}, {"client_secret"}),
        ("salesforce", {"domain": "acme.my", "sign_in": "jwt"}, {"consumer_key", "private_key", "username"}),
        ("marketo", {}, {"munchkin_id", "client_id", "client_secret"}),
    ],
)
def test_a_connection_without_what_its_sign_in_needs_is_not_saved(
    operator: Client, vendor: str, given: dict[str, str], missing: set[str]
) -> None:
    first = {f.name: f.initial or "" for f in operator.get(f"/martech/sync/new/{vendor}/").context["form"]}
    answer = operator.post(f"/martech/sync/new/{vendor}/", {**first, "name": "crm", **given})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == missing
    assert not Connection.objects.exists()


def test_a_persons_page_says_where_they_also_are_and_why_a_value_changed(
    rig: Rig, account: Account, operator: Client
) -> None:
    one = account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    rig.sync()
    account.put("contacts", {"jobtitle": "CEO"}, one)
    rig.sync()
    page = text(operator.get(Person.objects.get().get_absolute_url()))
    assert "In other systems" in page
    assert f">main</a> · Contacts {one}" in page or f"{one}</a>" in page
    assert "changed there only" in page


def test_a_secret_typed_beside_an_error_is_kept_and_never_sent_back(operator: Client) -> None:
    path, secret = "/martech/sync/new/hubspot/", "pat-secret"
    given = {"name": "crm", "sign_in": "token", "token": secret, "api_version": "v3", "tier": "professional"}
    refused = operator.post(path, {**given, "base_url": "no address at all"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["base_url"])
    page = text(refused)
    assert secret not in page
    assert "What you typed is kept sealed for a few minutes; leave it empty to use it." in page
    assert secret not in json.dumps(dict(operator.session))
    again = operator.post(path, {**given, "token": ""})
    assert again.status_code == 302
    found = Connection.objects.get(name="crm")
    assert open_secrets(found)["token"] == secret
    assert not list(filter(lambda key: key.startswith("kept:"), dict(operator.session)))


def test_a_kept_secret_is_forgotten_after_a_while_and_when_the_form_is_opened_anew(operator: Client) -> None:
    path = "/martech/sync/new/hubspot/"
    given = {"name": "crm", "sign_in": "token", "token": "", "api_version": "v3", "tier": "professional"}
    wrong = {**given, "token": "pat-secret", "base_url": "no address at all"}
    operator.post(path, wrong)
    with time_machine.travel(timezone.now() + KEPT_FOR):
        assert list(operator.post(path, given).context["form"].errors) == ["token"]
    operator.post(path, wrong)
    operator.get(path)
    assert list(operator.post(path, given).context["form"].errors) == ["token"]
    assert not Connection.objects.exists()


def test_a_connection_is_removed_by_its_name_and_our_records_stay(rig: Rig, account: Account, operator: Client) -> None:
    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    page = f"{rig.connection.get_absolute_url()}remove/"
    said = text(operator.post(page, {"typed": "mian"}, follow=True))
    assert "Nothing was removed. Type main to remove it." in said
    run = rig.connection.runs.order_by("pk")[0]
    rig.connection.runs.filter(pk=run.pk).update(state="running")
    assert "A run is under way." in text(operator.post(page, {"typed": "main"}, follow=True))
    assert rig.connection.sync_objects.exists()
    rig.connection.runs.filter(pk=run.pk).update(state="done")
    assert "main was removed. Your records stay." in text(operator.post(page, {"typed": "main"}, follow=True))
    assert not Connection.objects.exists()
    person = Person.objects.get()
    assert list(person.identities.values_list("system", "external_id")) == [("main", "1")]
    assert operator.get(page.removesuffix("remove/")).status_code == 404
