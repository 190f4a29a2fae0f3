"""What goes out: planned, held where it must be, written once, and taken back on demand."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from governance.models import ContactCheck
from governance.policies import Role
from governance.services.consents import record_consents
from martech.connectors.errors import RetryNow, Throttled
from martech.models import (
    Connection,
    DeadLetter,
    Person,
    PersonEmail,
    PersonIdentity,
    PlannedWrite,
    RunState,
    SyncEcho,
    SyncObject,
    SyncRun,
    WriteState,
)
from martech.services.people import update_person
from martech.services.person_consents import refresh_consents
from martech.services.refreshing import refresh_people
from martech.services.sync.course import open_line
from martech.services.sync.rehearsing import rehearse
from martech.services.sync.rounds import approve_run, reject_run, work_through
from martech.services.sync.sendings import sendings
from martech.services.sync.undoing import request_undo
from mops.core.errors import ConflictError
from tests.factories import make_person, make_user
from tests.martech.lifecycle.graphs import CHIEF
from tests.martech.lifecycle.graphs import document as lifecycle
from tests.martech.lifecycle.graphs import publish as publish_lifecycle
from tests.martech.scoring.models import publish as publish_scoring
from tests.martech.sync.conftest import FIELDS, Rig, contacts_mapping
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db


def known_contact(rig: Rig, account: Account, **values: Any) -> tuple[Person, str]:
    one = account.put("contacts", {"email": "ana@example.org", "firstname": "Ana", "jobtitle": "CMO", **values})
    rig.sync()
    return Person.objects.get(email="ana@example.org"), one


def test_a_change_of_ours_is_written_over_there_once(rig: Rig, account: Account) -> None:
    person, one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    run = rig.sync()["push contacts"]
    assert (run.updated, run.read, run.state) == (1, 1, RunState.DONE)
    assert account.objects["contacts"][one].values["jobtitle"] == "CEO"
    assert [write.values for write in account.writes] == [{"jobtitle": "CEO"}]
    assert "push contacts" not in rig.sync()
    assert len(account.writes) == 1


def test_stages_of_ours_that_share_a_word_over_there_agree_with_it(rig: Rig, account: Account) -> None:
    words = {"lead": "lead", "disqualified": "other", "recycled": "other", "customer": "customer"}
    stage = {"ours": "lifecycle_stage", "theirs": "stage", "truth": "ours", "values": words}
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, stage))
    person, _one = known_contact(rig, account, stage="lead")

    def enter(name: str) -> list[dict[str, Any]]:
        Person.objects.filter(pk=person.pk).update(lifecycle_stage=name, updated_at=timezone.now())
        account.writes.clear()
        rig.sync()
        rig.sync()
        person.refresh_from_db()
        assert person.lifecycle_stage == name
        return [dict(write.values) for write in account.writes]

    assert enter("recycled") == [{"stage": "other"}]
    assert enter("disqualified") == []
    assert enter("customer") == [{"stage": "customer"}]
    assert not DeadLetter.objects.exists()


def test_a_plan_shows_each_field_and_writes_nothing(rig: Rig, account: Account) -> None:
    person, one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    with open_line(rig.connection) as line:
        found = {object.name: (plan, rows) for object, plan, rows in rehearse(line)}
    plan, rows = found["contacts"]
    assert [(row.external_id, row.before, row.after) for row in rows] == [
        (one, {"jobtitle": "CMO"}, {"jobtitle": "CEO"})
    ]
    assert (plan["updates"], plan["by_field"]) == (1, {"jobtitle": 1})
    assert not account.writes
    assert not SyncRun.objects.filter(kind="push").exists()


def test_people_the_mapping_wants_are_made_over_there_and_linked(rig: Rig, account: Account) -> None:
    make_person(email="cy@example.org", first_name="Cy", lifecycle_stage="mql")
    make_person(email="di@example.org", first_name="Di")
    rig.map(contacts_mapping(create_there={"field": "person.lifecycle_stage", "op": "eq", "value": "mql"}))
    run = rig.sync()["push contacts"]
    assert run.created == 1
    stored = next(iter(account.objects["contacts"].values()))
    assert (stored.values["email"], stored.values["firstname"]) == ("cy@example.org", "Cy")
    identity = PersonIdentity.objects.get(system="main")
    assert (identity.person.email, identity.object) == ("cy@example.org", "contacts")
    assert rig.sync()["pull contacts"].created == 0
    assert Person.objects.count() == 2


def test_a_call_that_may_have_worked_is_read_back_and_not_repeated(rig: Rig, account: Account) -> None:
    make_person(email="cy@example.org", first_name="Cy")
    rig.map(contacts_mapping(create_there=True))
    account.faults = [("after write", None)]
    run = rig.sync()["push contacts"]
    assert (run.created, run.unknown) == (1, 0)
    assert len(account.objects["contacts"]) == 1
    assert len(account.writes) == 1


def test_a_call_that_surely_did_not_work_is_repeated(rig: Rig, account: Account) -> None:
    person, _one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    account.faults = [("write", RetryNow("locked")), ("write", RetryNow("locked"))]
    assert rig.sync()["push contacts"].updated == 1
    assert len(account.writes) == 1


def test_a_row_that_poisons_its_batch_leaves_a_letter_and_the_others_go(rig: Rig, account: Account) -> None:
    for name in ("a", "b", "c"):
        account.put("contacts", {"email": f"{name}@example.org", "jobtitle": "x"})
    rig.sync()
    for person in Person.objects.all():
        title = "poison" if person.email == "b@example.org" else "CEO"
        update_person(person=person, data={"job_title": title}, actor=None)
    run = rig.sync()["push contacts"]
    assert (run.updated, run.failed) == (2, 1)
    letter = DeadLetter.objects.get()
    assert (letter.reason, letter.field, letter.direction) == ("validation_rule", "jobtitle", "push")


def test_a_record_changed_over_there_since_the_plan_is_not_overwritten(rig: Rig, account: Account) -> None:
    rig.connection.pushes_alone = False
    rig.connection.save()
    person, one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    held = rig.sync()["push contacts"]
    assert (held.state, held.plan["held_by"]) == (RunState.HELD, ["This connection writes nothing without approval."])
    account.put("contacts", {"jobtitle": "Founder"}, one)
    approve_run(run=held, actor=make_user())
    run = rig.sync(pulls=False)["push contacts"]
    assert (run.conflicted, account.objects["contacts"][one].values["jobtitle"]) == (1, "Founder")
    assert not account.writes


def test_a_plan_that_was_tampered_with_writes_nothing(rig: Rig, account: Account) -> None:
    rig.connection.pushes_alone = False
    rig.connection.save()
    person, _one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    held = rig.sync()["push contacts"]
    PlannedWrite.objects.filter(run=held).update(after={"jobtitle": "Intern"})
    approve_run(run=held, actor=make_user())
    run = rig.sync(pulls=False)["push contacts"]
    assert run.state == RunState.CANCELLED
    assert "not those that were approved" in run.problem["detail"]
    assert not account.writes


def test_a_guard_rail_holds_a_mass_change_until_somebody_says_yes(rig: Rig, account: Account) -> None:
    rig.connection.guard = {"rows": 2}
    rig.connection.save()
    for number in range(3):
        account.put("contacts", {"email": f"p{number}@example.org", "jobtitle": "x"})
    rig.sync()
    for person in Person.objects.all():
        update_person(person=person, data={"job_title": "CEO"}, actor=None)
    held = rig.sync()["push contacts"]
    assert (held.state, held.plan["held_by"]) == (
        RunState.HELD,
        ["3 records would be written (at most 2 without approval)."],
    )
    assert not account.writes
    run = rig.sync(is_approved=True)["push contacts"]
    assert (run.pk, run.updated) == (held.pk, 3)
    with pytest.raises(ConflictError):
        approve_run(run=run, actor=None)


def test_nobody_without_consent_is_sent_and_the_denial_is_on_record(rig: Rig, account: Account) -> None:
    make_person(email="cy@example.org")
    rig.map(contacts_mapping(create_there=True, purpose="newsletter"))
    run = rig.sync()["push contacts"]
    assert (run.skipped, run.created) == (1, 0)
    row = PlannedWrite.objects.get()
    assert (row.state, row.reason, row.message) == (WriteState.DENIED, "consent", "No consent on record")
    assert not account.objects["contacts"]
    assert ContactCheck.objects.get().denied == 1


def grant(person: Person) -> None:
    said = {"purpose": "newsletter", "channel": "email", "state": "granted", "origin": "person"}
    record_consents(email_key=person.email, consents=[said], source="form", actor=None)
    refresh_consents([person.pk])


def test_who_was_denied_is_asked_about_again_tomorrow_or_once_they_grant_it(rig: Rig, account: Account) -> None:
    person = make_person(email="cy@example.org")
    rig.map(contacts_mapping(create_there=True, purpose="newsletter"))
    assert rig.sync()["push contacts"].skipped == 1
    assert "push contacts" not in rig.sync()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        assert rig.sync()["push contacts"].skipped == 1
    grant(person)
    assert rig.sync()["push contacts"].created == 1


def test_a_change_of_who_was_denied_rests_and_goes_once_they_grant_it(rig: Rig, account: Account) -> None:
    person, one = known_contact(rig, account)
    rig.map(contacts_mapping(purpose="newsletter"))
    rig.sync()
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    assert rig.sync()["push contacts"].skipped == 1
    SyncObject.objects.update(pushed_at=timezone.now() + timedelta(minutes=2))  # the change itself is long past
    assert "push contacts" not in rig.sync()
    grant(person)
    assert rig.sync()["push contacts"].updated == 1
    assert account.objects["contacts"][one].values["jobtitle"] == "CEO"


def test_having_to_wait_is_no_failure_and_the_next_round_goes_on(rig: Rig, account: Account) -> None:
    for number in range(7):
        account.put("contacts", {"email": f"p{number}@example.org"})
    account.faults = [("read", Throttled("A file is being written.", policy="queue", seconds=1))] * 4
    run = rig.sync()["backfill companies"]
    assert (run.state, run.problem["detail"]) == (RunState.DEFERRED, "A file is being written.")
    rig.connection.refresh_from_db()
    assert rig.connection.problem["detail"] == "A file is being written."
    assert rig.sync()["backfill contacts"].created == 7
    rig.connection.refresh_from_db()
    assert rig.connection.problem == {}


def test_our_own_voice_coming_back_is_no_news(rig: Rig, account: Account) -> None:
    person, one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    rig.sync()
    assert SyncEcho.objects.filter(external_id=one, field="jobtitle").count() == 1
    update_person(person=person, data={"job_title": "Chair"}, actor=None)
    account.objects["contacts"][one].modified_at = account.tick()  # the echo of “CEO” arrives after our next change
    rig.sync()
    person.refresh_from_db()
    assert (person.job_title, account.objects["contacts"][one].values["jobtitle"]) == ("Chair", "Chair")


def test_a_push_is_taken_back_where_it_still_is_as_we_wrote_it(rig: Rig, account: Account) -> None:
    ids = [account.put("contacts", {"email": f"p{n}@example.org", "jobtitle": "x"}) for n in range(2)]
    rig.sync()
    for person in Person.objects.all():
        update_person(person=person, data={"job_title": "CEO"}, actor=None)
    run = rig.sync()["push contacts"]
    account.put("contacts", {"jobtitle": "Founder"}, ids[1])
    undo = request_undo(run=run, actor=make_user())
    work_through([undo.work.get()])
    undo.refresh_from_db()
    assert (undo.state, undo.plan["rows"]) == (RunState.HELD, 2)
    approve_run(run=undo, actor=make_user())
    rig.sync()
    undo.refresh_from_db()
    titles = [account.objects["contacts"][one].values["jobtitle"] for one in ids]
    assert (undo.state, titles, undo.updated, undo.conflicted) == (RunState.DONE, ["x", "Founder"], 1, 1)


def undone(rig: Rig, run: SyncRun) -> SyncRun:
    """The undo of a push, approved and applied by the next round."""
    undo = request_undo(run=run, actor=None)
    work_through([undo.work.get()])
    approve_run(run=undo, actor=None)
    rig.sync(pulls=False)
    undo.refresh_from_db()
    return undo


def test_what_was_taken_back_is_written_again_only_when_ours_becomes_another_value(rig: Rig, account: Account) -> None:
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, {**FIELDS[2], "truth": "ours"}))
    person, one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    undo = undone(rig, rig.sync()["push contacts"])
    assert (undo.state, undo.updated) == (RunState.DONE, 1)
    account.put("contacts", {"firstname": "Anna"}, one)  # a pull looks at the record again
    rig.sync()
    rig.sync(backfills=True)
    person.refresh_from_db()
    assert (person.job_title, account.objects["contacts"][one].values["jobtitle"]) == ("CEO", "CMO")
    (sending,) = sendings(make_user(Role.OPS_MANAGER), person)
    assert (sending.values, sending.note) == (
        {},
        "Taken back by an undo, and not sent before it changes here: Job title.",
    )
    update_person(person=person, data={"job_title": "Chair"}, actor=None)
    rig.sync()
    assert account.objects["contacts"][one].values["jobtitle"] == "Chair"
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    rig.sync()
    assert account.objects["contacts"][one].values["jobtitle"] == "CEO"


def test_an_undo_is_taken_back_as_any_run_and_asked_for_once_at_a_time(rig: Rig, account: Account) -> None:
    person, one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO"}, actor=None)
    run = rig.sync()["push contacts"]
    waiting = request_undo(run=run, actor=None)
    with pytest.raises(ConflictError, match="An undo of this run is under way"):
        request_undo(run=run, actor=None)
    assert list(run.undone_by.all()) == [waiting]
    work_through([waiting.work.get()])
    reject_run(run=waiting, actor=None)
    again = undone(rig, undone(rig, run))
    assert (again.updated, account.objects["contacts"][one].values["jobtitle"]) == (1, "CEO")
    assert "push contacts" not in rig.sync()


def test_a_plan_that_waits_gives_way_to_a_new_one_when_the_mapping_changes(rig: Rig, account: Account) -> None:
    Connection.objects.update(pushes_alone=False)
    person, _one = known_contact(rig, account)
    update_person(person=person, data={"job_title": "CEO", "company": "Helio"}, actor=None)
    held = rig.sync()["push contacts"]
    rig.map(contacts_mapping(*(field for field in FIELDS if field["ours"] != "company")))
    new = rig.sync()["push contacts"]
    held.refresh_from_db()
    assert (held.state, new.state, new.plan["by_field"]) == (RunState.CANCELLED, RunState.HELD, {"jobtitle": 1})


def test_a_pull_is_taken_back_field_by_field(rig: Rig, account: Account) -> None:
    person, one = known_contact(rig, account)
    account.put("contacts", {"jobtitle": "CEO", "firstname": "Anna"}, one)
    run = rig.sync()["pull contacts"]
    update_person(person=person, data={"first_name": "Anne"}, actor=None)
    undo = request_undo(run=run, actor=make_user())
    work_through([undo.work.get()])
    undo.refresh_from_db()
    person.refresh_from_db()
    assert (undo.state, undo.conflicted) == (RunState.DONE, 1)
    assert (person.job_title, person.first_name) == ("CMO", "Anne")


def test_an_address_that_is_known_over_there_is_joined_not_doubled(rig: Rig, account: Account) -> None:
    person = make_person(email="cy@example.org", first_name="Cy")
    rig.map(contacts_mapping(create_there=True, create_here=False))
    account.put("contacts", {"email": "CY@example.org", "firstname": ""})
    rig.sync(pulls=False)
    assert len(account.objects["contacts"]) == 1
    assert PersonIdentity.objects.get(system="main").person == person
    assert PersonEmail.objects.filter(person=person).count() == 1


def test_a_further_word_of_theirs_is_read_agrees_and_is_not_written_over(rig: Rig, account: Account) -> None:
    words = [["customer", "customer"], ["customer", "evangelist"], ["recycled", "customer"]]
    stage = {"ours": "lifecycle_stage", "theirs": "stage", "truth": "ours", "values": words}
    rig.map(contacts_mapping(FIELDS[0], stage))
    _person, one = known_contact(rig, account, stage="evangelist")
    assert (Person.objects.get().lifecycle_stage, account.writes) == ("customer", [])
    account.put("contacts", {"stage": "customer"}, one)
    rig.sync()
    Person.objects.update(lifecycle_stage="recycled")
    assert rig.compare("contacts").plan["reasons"] == {}


def test_a_stage_and_a_score_that_mops_works_out_itself_are_written_however_long_ago_anybody_touched_the_person(
    rig: Rig, account: Account
) -> None:
    words = [["lead", "open"], ["mql", "qualified"]]
    stage = {"ours": "lifecycle_stage", "theirs": "stage", "truth": "ours", "values": words}
    score = {"ours": "score_fit", "theirs": "score", "truth": "ours", "direction": "push"}
    rig.map(contacts_mapping(*FIELDS, stage, score))
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        _person, one = known_contact(rig, account, stage="open", jobtitle="Chief Marketing Officer")
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        rig.sync()
    publish_lifecycle(lifecycle(mql=CHIEF))
    publish_scoring()
    refresh_people()
    rig.sync()
    there = account.objects["contacts"][one].values
    assert (there["stage"], there["score"]) == ("qualified", str(Person.objects.get().score_fit))
    assert Person.objects.get().score_fit > 0
