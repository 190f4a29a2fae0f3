"""A plan is approved in part: records are left out of it, are not proposed again as they are, and can be put back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.models import Connection, Person, PlannedWrite, RunState, SyncRun, WriteState
from martech.selectors.sync_absences import absences
from martech.services.people import update_person
from martech.services.sync import planning_push
from martech.services.sync.rounds import approve_run, reject_run
from tests.factories import make_user
from tests.martech.sync.conftest import FIELDS, Rig, contacts_mapping
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(rig: Rig, account: Account) -> SyncRun:
    """A plan of three new titles that waits."""
    Connection.objects.update(pushes_alone=False)
    rig.map(contacts_mapping(*FIELDS))
    for name in ("Ana", "Ben", "Cleo"):
        values = {"email": f"{name.lower()}@example.org", "firstname": name, "lastname": "Roe", "jobtitle": "CMO"}
        account.put("contacts", values)
    rig.sync()
    for person in Person.objects.all():
        update_person(person=person, data={"job_title": "CEO"}, actor=None)
    return rig.sync()["push contacts"]


def client_of(role: str, name: str = "Omar Haddad") -> Client:
    client = Client()
    client.force_login(make_user(role, name=name))
    return client


def row_of(run: SyncRun, name: str) -> PlannedWrite:
    return PlannedWrite.objects.get(run=run, local_id=Person.objects.get(first_name=name).pk)


def ask(client: Client, run: SyncRun, wish: str, *rows: PlannedWrite) -> Any:
    return client.post(f"{run.get_absolute_url()}writes/{wish}/", {"pk": [row.pk for row in rows]}, follow=True)


def titles(account: Account) -> dict[str, Any]:
    return {one.values["firstname"]: one.values["jobtitle"] for one in account.objects["contacts"].values()}


def test_the_rest_of_a_plan_is_written_and_what_was_left_out_is_counted(
    held: SyncRun, rig: Rig, account: Account
) -> None:
    client = client_of(Role.OPS_MANAGER)
    assert "1 record was left out." in ask(client, held, "leave-out", row_of(held, "Ben")).content.decode()
    page = client.get(held.get_absolute_url()).content.decode()
    assert "1 by Omar Haddad" in page
    assert "Write 2 records to main?" in page
    held.refresh_from_db()
    approve_run(run=held, actor=None)
    rig.sync()
    assert titles(account) == {"Ana": "CEO", "Ben": "CMO", "Cleo": "CEO"}
    held.refresh_from_db()
    assert (held.state, held.read, held.updated, held.skipped) == (RunState.DONE, 3, 2, 1)


def test_what_was_left_out_is_not_proposed_again_before_it_changes(held: SyncRun, rig: Rig, account: Account) -> None:
    ask(client_of(Role.OPS_MANAGER), held, "leave-out", row_of(held, "Ben"))
    approve_run(run=SyncRun.objects.get(pk=held.pk), actor=None)
    rig.sync()
    assert "push contacts" not in rig.sync()
    update_person(person=Person.objects.get(first_name="Ben"), data={"job_title": "CFO"}, actor=None)
    again = rig.sync()["push contacts"]
    assert row_of(again, "Ben").after == {"jobtitle": "CFO"}
    assert again.plan["rows"] == 1


def test_what_was_left_out_goes_into_the_next_plan_when_it_is_put_back(
    held: SyncRun, rig: Rig, account: Account
) -> None:
    client = client_of(Role.OPS_MANAGER)
    ask(client, held, "leave-out", row_of(held, "Ben"))
    approve_run(run=SyncRun.objects.get(pk=held.pk), actor=None)
    rig.sync()
    assert "1 record was put back." in ask(client, held, "put-back", row_of(held, "Ben")).content.decode()
    assert row_of(rig.sync()["push contacts"], "Ben").after == {"jobtitle": "CEO"}
    held.refresh_from_db()
    assert (held.read, held.skipped) == (3, 1)


def test_a_record_is_put_back_into_a_plan_that_still_waits(held: SyncRun, rig: Rig, account: Account) -> None:
    client = client_of(Role.OPS_MANAGER)
    ask(client, held, "leave-out", row_of(held, "Ben"), row_of(held, "Ana"))
    ask(client, held, "put-back", row_of(held, "Ana"))
    assert {one.state for one in (row_of(held, "Ana"), row_of(held, "Cleo"))} == {WriteState.PLANNED}
    assert row_of(held, "Ben").state == WriteState.LEFT_OUT


def test_a_rejected_plan_leaves_nothing_out_for_good(held: SyncRun, rig: Rig, account: Account) -> None:
    ask(client_of(Role.OPS_MANAGER), held, "leave-out", row_of(held, "Ben"))
    reject_run(run=SyncRun.objects.get(pk=held.pk), actor=None)
    assert rig.sync()["push contacts"].plan["rows"] == 3


def test_nothing_is_left_out_of_a_plan_that_was_approved(held: SyncRun) -> None:
    approve_run(run=held, actor=None)
    said = ask(client_of(Role.OPS_MANAGER), held, "leave-out", row_of(held, "Ben")).content.decode()
    assert "This plan does not wait any more; nothing was left out." in said
    assert row_of(held, "Ben").state == WriteState.PLANNED


def test_rows_of_another_plan_are_not_touched(held: SyncRun) -> None:
    other = SyncRun.objects.create(connection=held.connection, object=held.object, kind="push", state="held")
    ask(client_of(Role.OPS_MANAGER), other, "leave-out", row_of(held, "Ben"))
    assert row_of(held, "Ben").state == WriteState.PLANNED


def test_who_may_not_approve_leaves_nothing_out_and_is_told_whom_to_ask(held: SyncRun) -> None:
    make_user(Role.OPS_MANAGER, name="Omar Haddad")
    reader = client_of(Role.CAMPAIGN_OWNER, "Lena Vogt")
    assert ask(reader, held, "leave-out", row_of(held, "Ben")).status_code == 403
    assert row_of(held, "Ben").state == WriteState.PLANNED
    assert "Leave out" not in reader.get(f"{held.get_absolute_url()}writes/").content.decode()
    page = reader.get(held.get_absolute_url()).content.decode()
    assert "Your role does not include approving it: ask Omar Haddad." in page
    assert 'value="approve"' not in page


def test_who_was_left_out_of_being_made_says_so_and_is_made_once_they_change(rig: Rig, account: Account) -> None:
    plan, person = left_out_of_being_made(rig)
    assert account.objects["contacts"] == {}
    assert "push contacts" not in rig.sync()
    [absence] = absences("person", person.pk)
    assert absence.why.text == "Somebody left it out of a plan; it is proposed again when it changes."
    update_person(person=person, data={"job_title": "CFO"}, actor=None)
    assert row_of(rig.sync()["push contacts"], "Dan").action == plan.writes.get().action


def left_out_of_being_made(rig: Rig) -> tuple[SyncRun, Person]:
    Connection.objects.update(pushes_alone=False)
    rig.map(contacts_mapping(*FIELDS, create_there=True))
    rig.sync()
    person = Person.objects.create(email="dan@example.org", first_name="Dan")
    plan = rig.sync()["push contacts"]
    ask(client_of(Role.OPS_MANAGER), plan, "leave-out", row_of(plan, "Dan"))
    approve_run(run=SyncRun.objects.get(pk=plan.pk), actor=None)
    rig.sync()
    long_ago = timezone.now() - timedelta(hours=1)
    Person.objects.filter(pk=person.pk).update(updated_at=long_ago)
    return plan, person


def test_who_was_left_out_of_being_made_is_not_looked_at_with_every_round(rig: Rig, monkeypatch: Any) -> None:
    _plan, person = left_out_of_being_made(rig)
    looked_at: list[list[int]] = []
    monkeypatch.setattr(planning_push, "plan_creates", lambda draft, ids: looked_at.append(list(ids)))
    rig.sync()
    assert looked_at == []
    Person.objects.filter(pk=person.pk).update(updated_at=timezone.now())
    rig.sync()
    assert looked_at == [[person.pk]]


def test_who_was_left_out_is_made_when_they_are_put_back_however_long_they_did_not_change(rig: Rig) -> None:
    plan, _person = left_out_of_being_made(rig)
    ask(client_of(Role.OPS_MANAGER), plan, "put-back", row_of(plan, "Dan"))
    assert row_of(rig.sync()["push contacts"], "Dan").after["firstname"] == "Dan"


def test_who_was_left_out_is_looked_at_again_by_another_mapping(rig: Rig) -> None:
    left_out_of_being_made(rig)
    rig.map(contacts_mapping(*FIELDS, {"ours": "last_name", "theirs": "lastname"}, create_there=True))
    Person.objects.update(last_name="Roe", updated_at=timezone.now() - timedelta(hours=1))
    assert row_of(rig.sync()["push contacts"], "Dan").after["lastname"] == "Roe"


def test_who_was_left_out_once_and_whose_next_plan_was_rejected_is_proposed_again(rig: Rig) -> None:
    _plan, person = left_out_of_being_made(rig)
    update_person(person=person, data={"job_title": "CFO"}, actor=None)
    reject_run(run=rig.sync()["push contacts"], actor=None)
    Person.objects.filter(pk=person.pk).update(updated_at=timezone.now() - timedelta(hours=1))
    assert row_of(rig.sync()["push contacts"], "Dan").after["jobtitle"] == "CFO"


def test_what_is_left_out_stands_last_and_who_is_made_anew_takes_one_line(held: SyncRun, rig: Rig) -> None:
    client = client_of(Role.OPS_MANAGER)
    ask(client, held, "leave-out", row_of(held, "Ana"))
    shown = [line.name for line in client.get(held.get_absolute_url()).context["planned"]]
    assert shown == ["Ben", "Cleo", "Ana"]
    reject_run(run=SyncRun.objects.get(pk=held.pk), actor=None)
    rig.map(contacts_mapping(*FIELDS, create_there=True))
    Person.objects.create(email="dan@example.org", first_name="Dan")
    plan = rig.sync()["push contacts"]
    page = " ".join(client.get(f"{plan.get_absolute_url()}writes/?q=dan").content.decode().split())
    assert "email: dan@example.org · firstname: Dan" in page
