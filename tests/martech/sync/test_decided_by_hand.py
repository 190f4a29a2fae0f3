"""A field of which the mapping says that somebody decides: nothing moves, the difference is shown, and a choice is done."""

from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import DeadLetter, HeldValue, Person
from martech.selectors.sync import freshness
from martech.selectors.sync_health import health_by_itself
from martech.services.people import update_person
from martech.services.sync.deciding import decide_held
from tests.factories import make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db
MANUAL = {"ours": "job_title", "theirs": "jobtitle", "truth": "manual"}
EMAIL = {"ours": "email", "theirs": "email"}


@pytest.fixture
def one(rig: Rig, account: Account) -> str:
    """Both say CMO; then it becomes CEO over there."""
    rig.map(contacts_mapping(EMAIL, MANUAL))
    id = account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"})
    rig.sync()
    account.put("contacts", {"jobtitle": "CEO"}, id)
    assert rig.sync()["pull contacts"].conflicted == 1
    return id


def title_there(account: Account, id: str) -> Any:
    return account.objects["contacts"][id].values["jobtitle"]


def both(account: Account, id: str) -> tuple[Any, Any]:
    return Person.objects.get().job_title, title_there(account, id)


def test_nothing_moves_and_the_difference_is_to_be_decided(rig: Rig, account: Account, one: str) -> None:
    assert both(account, one) == ("CMO", "CEO")
    assert [(held.field, held.ours, held.theirs) for held in HeldValue.objects.all()] == [("job_title", "CMO", "CEO")]
    assert not DeadLetter.objects.exists()
    found = health_by_itself(rig.connection, freshness("connection")[rig.connection.pk])
    assert (found.word, found.url) == ("Waits for a decision", "/martech/sync/first-contact/?connection=main")
    rig.sync()
    assert both(account, one) == ("CMO", "CEO")


def test_theirs_is_taken_in_the_browser(rig: Rig, account: Account, one: str, client: Client) -> None:
    client.force_login(make_user(Role.OPS_MANAGER))
    page = client.get("/martech/sync/first-contact/").content.decode()
    assert "CEO" in page
    client.post("/martech/sync/first-contact/theirs/", {"all": "1"})
    rig.sync()
    assert (both(account, one), HeldValue.objects.count()) == (("CEO", "CEO"), 0)


def test_ours_is_kept_and_written_by_the_next_plan(rig: Rig, account: Account, one: str) -> None:
    decide_held(rows=HeldValue.objects.all(), choice="ours", actor=None)
    assert not HeldValue.objects.undecided().exists()
    assert rig.sync()["push contacts"].updated == 1
    assert (both(account, one), HeldValue.objects.count()) == (("CMO", "CMO"), 0)
    assert "push contacts" not in rig.sync()


def test_what_changes_after_ours_was_chosen_is_decided_anew(rig: Rig, account: Account, one: str) -> None:
    decide_held(rows=HeldValue.objects.all(), choice="ours", actor=None)
    account.put("contacts", {"jobtitle": "CTO"}, one)
    runs = rig.sync()
    assert ("push contacts" in runs, both(account, one)) == (False, ("CMO", "CTO"))
    assert [(held.ours, held.theirs) for held in HeldValue.objects.undecided()] == [("CMO", "CTO")]


def test_an_edit_here_is_not_written_before_somebody_says_so(rig: Rig, account: Account, one: str) -> None:
    decide_held(rows=HeldValue.objects.all(), choice="theirs", actor=None)
    update_person(person=Person.objects.get(), data={"job_title": "Founder"}, actor=None)
    rig.sync()
    assert both(account, one) == ("Founder", "CEO")
    decide_held(rows=HeldValue.objects.undecided(), choice="ours", actor=None)
    rig.sync()
    assert both(account, one) == ("Founder", "Founder")


def test_a_field_that_is_only_read_keeps_ours_for_good(rig: Rig, account: Account, one: str) -> None:
    rig.map(contacts_mapping(EMAIL, {**MANUAL, "direction": "pull"}))
    rig.sync()
    decide_held(rows=HeldValue.objects.undecided(), choice="ours", actor=None)
    rig.sync()
    assert (both(account, one), HeldValue.objects.undecided().count()) == (("CMO", "CEO"), 0)


def test_a_choice_is_forgotten_when_the_rule_decides_by_itself(rig: Rig, account: Account, one: str) -> None:
    decide_held(rows=HeldValue.objects.all(), choice="ours", actor=None)
    rig.map(contacts_mapping(EMAIL, {**MANUAL, "truth": "theirs"}))
    rig.sync()
    assert (both(account, one), HeldValue.objects.count()) == (("CEO", "CEO"), 0)
