"""Two systems that meet: nothing that anybody agreed on is replaced before somebody decides."""

from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import HeldValue, Person, RunKind, RunState, SyncChange, SyncRun
from martech.selectors.sync_health import health_by_itself
from martech.selectors.sync_held import held_lines
from martech.services.people import update_person
from martech.services.sync.deciding import Decided, decide_held
from martech.services.sync.rounds import approve_run, reject_run, work_through
from martech.services.sync.undoing import request_undo
from tests.factories import make_person, make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db
JOB, STAGE = {"ours": "job_title", "theirs": "jobtitle"}, {"ours": "lifecycle_stage", "theirs": "stage"}
EMAIL = {"ours": "email", "theirs": "email"}


def titled(account: Account, title: str | None, **more: Any) -> str:
    return account.put("contacts", {"email": "ana@example.org", "firstname": "Ana", "jobtitle": title, **more})


def counts(run: SyncRun) -> dict[str, int]:
    names = ("read", "unchanged", "created", "updated", "conflicted")
    return {name: number for name in names if (number := getattr(run, name))}


def decide(choice: str) -> Decided:
    return decide_held(rows=HeldValue.objects.all(), choice=choice, actor=None)


def test_a_second_system_replaces_nothing_that_the_first_agreed_on(
    both: tuple[Rig, Rig], account: Account, second: Account
) -> None:
    one, other = both
    there, elsewhere = titled(account, "CMO"), titled(second, "Chief Marketing Officer", company="Helio")
    one.sync()
    assert counts(other.sync()["backfill contacts"]) == {"read": 1, "conflicted": 1}
    one.sync()
    person = Person.objects.get()
    assert (person.job_title, person.company) == ("CMO", "Helio")
    assert account.objects["contacts"][there].values["jobtitle"] == "CMO"
    assert second.objects["contacts"][elsewhere].values["jobtitle"] == "Chief Marketing Officer"
    held = HeldValue.objects.get()
    assert (held.field, held.ours, held.theirs) == ("job_title", "CMO", "Chief Marketing Officer")
    assert [(line.number, line.field, line.is_theirs) for line in held_lines(other.connection)] == [
        (1, "Job title", False)
    ]


def test_an_edit_that_waits_for_the_first_system_survives_the_second(
    both: tuple[Rig, Rig], account: Account, second: Account
) -> None:
    one, other = both
    there = titled(account, "CMO")
    one.sync()
    update_person(person=Person.objects.get(), data={"job_title": "CEO"}, actor=None)
    titled(second, "CMO")
    other.sync()
    one.sync()
    assert (Person.objects.get().job_title, account.objects["contacts"][there].values["jobtitle"]) == ("CEO", "CEO")


def test_whose_value_counts_is_decided_before_it_is_taken_and_can_be_taken_back(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping(EMAIL, JOB))
    person = make_person(email="ana@example.org", job_title="CMO")
    titled(account, "CEO")
    rig.sync()
    person.refresh_from_db()
    assert person.job_title == "CMO"
    assert decide("theirs") == Decided(number=1)
    person.refresh_from_db()
    assert (person.job_title, HeldValue.objects.count()) == ("CEO", 0)
    run = SyncRun.objects.get(kind=RunKind.DECISION)
    change = SyncChange.objects.get(run=run)
    assert (change.before, change.after, counts(run)) == (
        {"job_title": "CMO"},
        {"job_title": "CEO"},
        {"read": 1, "updated": 1},
    )
    undo(rig, run)
    assert "push contacts" not in rig.sync()
    person.refresh_from_db()
    assert (person.job_title, HeldValue.objects.get().theirs, account.writes) == ("CMO", "CEO", [])


def undo(rig: Rig, run: SyncRun) -> None:
    request_undo(run=run, actor=None)
    work_through(list(rig.connection.work.filter(run__kind=RunKind.UNDO)))


def test_a_system_that_owns_a_field_is_believed_at_once_and_its_run_can_be_taken_back(
    rig: Rig, account: Account
) -> None:
    rig.map(contacts_mapping(EMAIL, {**JOB, "truth": "theirs"}))
    make_person(email="ana@example.org", job_title="CMO")
    titled(account, "CEO")
    read = rig.sync()["backfill contacts"]
    change = SyncChange.objects.get(run=read)
    assert (Person.objects.get().job_title, change.before["job_title"], HeldValue.objects.count()) == ("CEO", "CMO", 0)
    undo(rig, read)
    rig.sync()
    assert (Person.objects.get().job_title, HeldValue.objects.get().theirs) == ("CMO", "CEO")


def test_what_an_undo_of_a_pull_took_back_does_not_come_back_by_itself(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping(EMAIL, {**JOB, "truth": "theirs"}))
    one = titled(account, "CMO", company="Helio")
    rig.sync()
    account.put("contacts", {"jobtitle": "CEO"}, one)
    pulled = rig.sync()["pull contacts"]
    assert Person.objects.get().job_title == "CEO"
    undo(rig, pulled)
    rig.sync()
    assert (Person.objects.get().job_title, HeldValue.objects.get().ours) == ("CMO", "CMO")
    account.put("contacts", {"jobtitle": "Chair"}, one)
    rig.sync()
    assert (Person.objects.get().job_title, HeldValue.objects.count()) == ("Chair", 0)


def test_what_is_kept_here_is_written_over_there(rig: Rig, account: Account) -> None:
    make_person(email="ana@example.org", job_title="CMO", first_name="Ana")
    one = titled(account, "CEO")
    rig.sync()
    assert decide("ours") == Decided(number=1)
    assert rig.sync()["push contacts"].updated == 1
    assert account.objects["contacts"][one].values["jobtitle"] == "CMO"
    assert (HeldValue.objects.count(), Person.objects.get().job_title) == (0, "CMO")


def test_ours_is_not_kept_where_the_mapping_says_that_theirs_counts(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping(EMAIL, {**JOB, "truth": "theirs"}))
    make_person(email="ana@example.org", job_title="CMO")
    titled(account, "CEO")
    undo(rig, rig.sync()["backfill contacts"])
    assert decide("ours") == Decided(stayed=1)
    assert (HeldValue.objects.count(), Person.objects.get().job_title) == (1, "CMO")


@pytest.mark.parametrize("side", ["here", "there"])
def test_an_edit_on_either_side_decides(rig: Rig, account: Account, side: str) -> None:
    person = make_person(email="ana@example.org", job_title="CMO", first_name="Ana")
    one = titled(account, "CEO")
    rig.sync()
    if side == "here":
        update_person(person=person, data={"job_title": "Chair"}, actor=None)
    else:
        account.put("contacts", {"jobtitle": "Chair"}, one)
    rig.sync()
    rig.sync()
    person.refresh_from_db()
    assert (person.job_title, account.objects["contacts"][one].values["jobtitle"]) == ("Chair", "Chair")
    assert HeldValue.objects.count() == 0


def test_a_value_that_changed_since_it_was_shown_is_not_decided(rig: Rig, account: Account) -> None:
    person = make_person(email="ana@example.org", job_title="CMO", first_name="Ana")
    titled(account, "CEO")
    rig.sync()
    update_person(person=person, data={"job_title": "Chair"}, actor=None)
    assert decide("theirs") == Decided(changed=1)
    person.refresh_from_db()
    assert person.job_title == "Chair"


def test_a_field_that_is_mapped_later_meets_for_the_first_time(rig: Rig, account: Account) -> None:
    make_person(email="ana@example.org", job_title="CMO", first_name="Ana")
    titled(account, "CEO")
    rig.map(contacts_mapping(EMAIL))
    rig.sync()
    rig.map()
    rig.sync()
    assert (Person.objects.get().job_title, HeldValue.objects.get().field) == ("CMO", "job_title")
    rig.map(contacts_mapping(EMAIL, {**JOB, "truth": "fill"}))
    assert HeldValue.objects.count() == 0


def test_once_two_systems_know_each_other_records_meet_by_the_rule(rig: Rig, account: Account) -> None:
    rig.sync()
    make_person(email="ana@example.org", job_title="CMO", first_name="Ana")
    titled(account, "CEO")
    rig.sync()
    assert (Person.objects.get().job_title, HeldValue.objects.count()) == ("CEO", 0)


def test_a_stage_that_is_reached_goes_forward_and_a_switch_nobody_touched_gives_way(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping(EMAIL, STAGE, {"ours": "do_not_route", "theirs": "score"}))
    make_person(email="ana@example.org", lifecycle_stage="lead")
    titled(account, None, stage="customer", score="true")
    rig.sync()
    person = Person.objects.get()
    assert (person.lifecycle_stage, person.do_not_route, HeldValue.objects.count()) == ("customer", True, 0)


def test_a_stage_that_leads_aside_is_held(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping(EMAIL, STAGE))
    make_person(email="ana@example.org", lifecycle_stage="customer")
    titled(account, None, stage="disqualified")
    rig.sync()
    assert (Person.objects.get().lifecycle_stage, HeldValue.objects.get().theirs) == ("customer", "disqualified")


def test_the_first_plan_that_replaces_what_stands_there_waits_and_so_does_the_one_after_a_no(
    rig: Rig, account: Account
) -> None:
    rig.map(contacts_mapping(EMAIL, {**JOB, "truth": "ours"}))
    make_person(email="ana@example.org", job_title="CMO")
    one = titled(account, "CEO")
    for _time in range(2):
        run = rig.sync()["push contacts"]
        assert (run.state, account.writes) == (RunState.HELD, [])
        assert run.plan["held_by"] == ["1 value that stands over there, and was never agreed on, would be replaced."]
        reject_run(run=run, actor=None)
    run = rig.sync()["push contacts"]
    approve_run(run=run, actor=None)
    rig.sync()
    assert account.objects["contacts"][one].values["jobtitle"] == "CMO"


def test_the_proof_and_the_health_say_what_waits(rig: Rig, account: Account) -> None:
    make_person(email="ana@example.org", job_title="CMO", first_name="Ana")
    titled(account, "CEO")
    rig.sync()
    assert rig.compare("contacts").plan["reasons"] == {"undecided": 1}
    rig.connection.refresh_from_db()
    found = health_by_itself(rig.connection, rig.connection.updated_at)
    assert (found.word, found.url) == ("Waits for a decision", "/martech/sync/first-contact/?connection=main")


def test_they_are_decided_in_the_browser_field_by_field(rig: Rig, account: Account, client: Client) -> None:
    person = make_person(email="ana@example.org", job_title="CMO", company="Helio", first_name="Ana")
    titled(account, "CEO", company="Helios")
    rig.sync()
    client.force_login(make_user(Role.OPS_MANAGER))
    page = client.get(rig.connection.get_absolute_url()).content.decode()
    address = "/martech/sync/first-contact/?connection=main&amp;object=contacts&amp;field=job_title"
    assert f'href="{address}"' in page
    rows = client.get(address.replace("&amp;", "&")).content.decode()
    assert "CEO" in rows
    assert "Helios" not in rows
    query = "connection=main&object=contacts&field=job_title"
    client.post(f"/martech/sync/first-contact/theirs/?{query}", {"all": "1"})
    person.refresh_from_db()
    assert (person.job_title, person.company) == ("CEO", "Helio")
    assert "Company: Helio here, Helios there" in client.get(person.get_absolute_url()).content.decode()


def test_who_may_only_look_decides_nothing(rig: Rig, account: Account, client: Client) -> None:
    person = make_person(email="ana@example.org", job_title="CMO", first_name="Ana")
    titled(account, "CEO")
    rig.sync()
    client.force_login(make_user(Role.ANALYST))
    assert client.post("/martech/sync/first-contact/theirs/", {"all": "1"}).status_code == 403
    person.refresh_from_db()
    assert (person.job_title, HeldValue.objects.count()) == ("CMO", 1)


def test_the_proof_tells_what_the_next_plan_writes_from_what_differs_on_purpose(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping(EMAIL, {**JOB, "truth": "fill"}, {"ours": "company", "theirs": "company"}))
    make_person(email="ana@example.org", job_title="CMO")
    titled(account, "CEO", company="Helio")
    rig.sync()
    assert rig.compare("contacts").plan["reasons"] == {"differs_by_rule": 1}
    update_person(person=Person.objects.get(), data={"company": "Helios"}, actor=None)
    assert rig.compare("contacts").plan["reasons"] == {"waits_to_be_sent": 1}
