"""A push that the vendor cuts short loses nothing: its plan goes on, or the next plan looks at the same records."""

from datetime import timedelta

import pytest
from django.utils import timezone

from martech.connectors.errors import BudgetExhausted, Misconfigured, SignInRefused, VendorDown, VendorError
from martech.models import Connection, ConnectionState, Person, RunState, SyncObject, SyncRun
from martech.services.people import update_person
from martech.services.sync.rounds import reject_run
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(hours=2)


@pytest.fixture
def ids(rig: Rig, account: Account) -> list[str]:
    """Three contacts whose title was changed here two hours ago."""
    made = [account.put("contacts", {"email": f"p{n}@example.org", "jobtitle": "CMO"}) for n in range(3)]
    rig.sync()
    for person in Person.objects.all():
        update_person(person=person, data={"job_title": "CEO"}, actor=None)
    Person.objects.update(updated_at=timezone.now() - LONG_AGO)
    SyncObject.objects.update(pushed_at=timezone.now() - LONG_AGO)
    return made


def titles(account: Account, ids: list[str]) -> list[object]:
    return [account.objects["contacts"][one].values["jobtitle"] for one in ids]


def resume() -> None:
    Connection.objects.update(state=ConnectionState.ACTIVE, paused_until=None)


@pytest.mark.parametrize(
    "error",
    [
        VendorDown("It is down."),
        SignInRefused("The token was revoked.", remedy="Enter a new one."),
        BudgetExhausted("Used up.", policy="day", until=timezone.now()),
    ],
)
def test_an_approved_plan_goes_on_when_the_connection_does(
    rig: Rig, account: Account, ids: list[str], error: VendorError
) -> None:
    account.faults = [("read", error)] * 4
    run = rig.sync(pulls=False)["push contacts"]
    assert (run.state, run.problem["detail"], run.finished_at) == (RunState.APPROVED, error.detail, None)
    assert Connection.objects.get().problem["detail"] == error.detail
    assert titles(account, ids) == ["CMO"] * 3
    account.faults = []
    resume()
    again = rig.sync()["push contacts"]
    assert (again.pk, again.state, again.updated, again.read) == (run.pk, RunState.DONE, 3, 3)
    assert titles(account, ids) == ["CEO"] * 3
    assert len(account.writes) == 3
    assert Connection.objects.get().problem == {}


def test_the_calls_of_a_push_that_was_gone_on_with_are_those_of_all_its_parts(
    rig: Rig, account: Account, ids: list[str]
) -> None:
    account.faults = [("write", VendorDown("It is down."))] * 4
    first = rig.sync(pulls=False)["push contacts"]
    assert (first.state, first.updated, first.calls) == (RunState.APPROVED, 0, 2)
    account.faults = []
    resume()
    again = rig.sync(pulls=False)["push contacts"]
    assert (again.pk, again.state, again.updated, again.calls) == (first.pk, RunState.DONE, 3, 4)


def test_what_a_failed_plan_did_not_write_is_in_the_next(rig: Rig, account: Account, ids: list[str]) -> None:
    account.faults = [("read", Misconfigured("No such field."))]
    run = rig.sync(pulls=False)["push contacts"]
    assert (run.state, titles(account, ids)) == (RunState.FAILED, ["CMO"] * 3)
    again = rig.sync(pulls=False)["push contacts"]
    assert (again.pk != run.pk, again.updated, titles(account, ids)) == (True, 3, ["CEO"] * 3)


def test_a_change_in_a_plan_that_was_rejected_is_in_the_next_however_old_it_is(
    rig: Rig, account: Account, ids: list[str]
) -> None:
    Connection.objects.update(pushes_alone=False)
    held = rig.sync(pulls=False)["push contacts"]
    assert held.state == RunState.HELD
    SyncRun.objects.filter(pk=held.pk).update(created_at=timezone.now())
    reject_run(run=held, actor=None)
    again = rig.sync(pulls=False)["push contacts"]
    assert (again.state, again.plan["rows"]) == (RunState.HELD, 3)
    assert titles(account, ids) == ["CMO"] * 3
