"""A proof that is asked of a part: how many here, how many there, and which ones, each with why."""

from typing import Any

import pytest

from governance.models import Suppression
from governance.subjects import subject_of
from martech.models import Account as Company
from martech.models import DeadLetter, Person, PlannedWrite, ProofSide, Segment, SyncDifference, SyncObject, SyncRun
from martech.services.segments import create_segment
from martech.services.sync.course import course_of, open_line
from martech.services.sync.questions import asked_for, carried
from martech.services.sync.rounds import Round, do_round
from mops.core.errors import DomainError
from tests.factories import make_person
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account

WORDS = [["lead", "lead"], ["mql", "mql"], ["sql", "qualified"], ["sal", "qualified"]]
STAGE = {"ours": "lifecycle_stage", "theirs": "stage", "truth": "ours", "values": WORDS}
EMAIL = {"ours": "email", "theirs": "email"}
JOB = {"ours": "job_title", "theirs": "jobtitle"}


@pytest.fixture
def staged(rig: Rig) -> Rig:
    rig.map(contacts_mapping(EMAIL, STAGE, JOB))
    return rig


def prove(rig: Rig, object: str = "contacts", **asked: Any) -> SyncRun:
    found = rig.object(object)
    course = course_of(found)
    assert course is not None
    rig.hours_later(object)
    return rig.compare(object, asked_for(course, asked))


def told(run: SyncRun) -> set[tuple[str, str, str]]:
    """(side, whose, why) of every difference; whose is our address, or their id."""
    people = dict(Person.objects.values_list("pk", "email"))
    rows = SyncDifference.objects.filter(run=run)
    return {(row.side, people.get(row.local_id or 0, row.external_id).split("@")[0], row.reason) for row in rows}


def adds_up(run: SyncRun) -> bool:
    sides = run.plan["sides"]
    only = {side: sum(sides.get(side, {}).values()) for side in ProofSide.values}
    numbers = run.plan["numbers"]
    return bool(numbers["here"] - only["here"] + only["there"] == numbers["there"])


def somebody(rig: Rig, name: str, stage: str, there: str | None = None) -> str:
    """Somebody on both sides, of one stage here and maybe another one over there."""
    one = rig.account.put("contacts", {"email": f"{name}@example.org", "stage": stage})
    rig.sync()
    if there is not None:
        rig.account.objects["contacts"][one].values["stage"] = there
    return one


def refused(rig: Rig, object: str = "contacts", **asked: Any) -> str:
    course = course_of(rig.object(object))
    assert course is not None
    with pytest.raises(DomainError) as error:
        asked_for(course, asked)
    return " ".join(reason for reasons in error.value.errors.values() for reason in reasons)


def test_as_many_here_as_there_and_nothing_differs(staged: Rig) -> None:
    somebody(staged, "ana", "mql")
    somebody(staged, "bo", "lead")
    run = prove(staged, stage="mql")
    assert run.plan["numbers"] == {"here": 1, "there": 1}
    assert run.plan["sides"] == {}
    assert run.plan["roots"]["here"] == run.plan["roots"]["there"]
    assert run.plan["question"]["words"] == "Lifecycle stage is MQL"
    assert (run.state, run.read, run.unchanged, run.conflicted) == ("done", 2, 2, 0)


def test_each_of_those_on_one_side_only_is_named_with_why(staged: Rig, account: Account) -> None:
    for name in ("same", "silent", "waits", "gone"):
        somebody(staged, name, "mql")
    ids = {row.values["email"].split("@")[0]: id for id, row in account.objects["contacts"].items()}
    account.objects["contacts"][ids["silent"]].values["stage"] = "lead"  # changed over there without a word
    Person.objects.filter(email="waits@example.org").update(lifecycle_stage="lead")
    Person.objects.create(email="never@example.org", lifecycle_stage="mql")
    new = account.put("contacts", {"email": "new@example.org", "stage": "mql"})  # no round since
    del account.objects["contacts"][ids["gone"]]
    run = prove(staged, stage="mql")
    assert told(run) == {
        ("here", "silent", "change_missed"),
        ("here", "never", "not_made"),
        ("here", "gone", "gone_there"),
        ("there", "waits", "waits_to_be_sent"),
        ("there", new, "missed"),
    }
    assert run.plan["numbers"] == {"here": 4, "there": 3}
    assert run.plan["sides"]["here"] == {"change_missed": 1, "not_made": 1, "gone_there": 1}
    assert adds_up(run)
    assert run.differences.get(reason="change_missed").fields == {"lifecycle_stage": ["mql", "lead"]}


def test_what_is_in_both_with_other_values_is_told_apart(staged: Rig, account: Account) -> None:
    one = somebody(staged, "ana", "mql")
    account.objects["contacts"][one].values["jobtitle"] = "CEO"
    run = prove(staged, stage="mql")
    assert run.plan["numbers"] == {"here": 1, "there": 1}
    assert told(run) == {("both", "ana", "change_missed")}
    assert run.differences.get().fields == {"job_title": [None, "CEO"]}


def test_one_here_that_is_two_there_is_counted_on_each_side(staged: Rig, account: Account) -> None:
    somebody(staged, "ana", "mql")
    account.put("contacts", {"email": "ana@example.org", "stage": "mql"})
    staged.sync()
    assert Person.objects.count() == 1
    run = prove(staged, stage="mql")
    assert run.plan["numbers"] == {"here": 1, "there": 2}
    assert told(run) == {("there", "ana", "twice_there")}
    assert adds_up(run)


def test_one_of_two_records_that_agrees_is_enough(staged: Rig, account: Account) -> None:
    somebody(staged, "ana", "mql")
    second = account.put("contacts", {"email": "ana@example.org", "stage": "mql"})
    staged.sync()
    account.objects["contacts"][second].values["stage"] = "lead"
    run = prove(staged, stage="mql")
    assert run.plan["numbers"] == {"here": 1, "there": 1}
    assert told(run) == {("both", "ana", "change_missed")}
    assert adds_up(run)


def test_words_that_are_one_over_there_are_asked_for_together_or_not_at_all(staged: Rig) -> None:
    somebody(staged, "ana", "qualified")
    Person.objects.update(lifecycle_stage="sal")
    assert "“SQL” and “SAL” are one over there (“qualified”)" in refused(staged, stage="sal")
    both = {"field": "person.lifecycle_stage", "op": "in", "value": ["sal", "sql"]}
    run = prove(staged, condition=both)
    assert run.plan["numbers"] == {"here": 1, "there": 1}
    assert told(run) == set()


def test_a_segment_is_asked_by_its_condition_also_where_it_names_another(staged: Rig) -> None:
    somebody(staged, "ana", "mql")
    somebody(staged, "bo", "mql")
    Person.objects.filter(email="ana@example.org").update(job_title="CEO")
    inner = create_segment(
        name="Qualified", condition={"field": "person.lifecycle_stage", "op": "eq", "value": "mql"}, actor=None
    ).segment
    outer = {
        "all": [
            {"field": "person.segment", "op": "eq", "value": inner.key},
            {"field": "person.job_title", "op": "is_empty"},
        ]
    }
    made = create_segment(name="Untitled", condition=outer, actor=None).segment
    run = prove(staged, segment=made.key)
    assert run.plan["numbers"] == {"here": 1, "there": 2}
    assert told(run) == {("there", "ana", "waits_to_be_sent")}
    assert run.plan["question"]["words"].startswith("Segment “Untitled”: ")


def test_what_the_mapping_does_not_carry_is_refused_with_why(staged: Rig) -> None:
    def about(field: str, op: str = "eq", value: Any = "x") -> str:
        return refused(staged, condition={"field": field, "op": op, "value": value})

    assert about("person.city") == "“City” is not in the mapping of contacts. Map it there, or leave it out."
    assert about("person.medium") == "“Medium” is kept only here, so main cannot be asked. Leave it out."
    assert about("account.name") == "“Account” is about the account: ask it of that object, or leave it out."
    did = about("person.touches", "gte", {"times": 2})
    assert did == "“Did” is kept only here, so main cannot be asked. Leave it out."
    object = staged.object()
    SyncObject.objects.filter(pk=object.pk).update(set_aside={"jobtitle": "It is gone over there."})
    assert about("person.job_title") == (
        "“Job title” is put aside in the mapping of contacts: It is gone over there. Repair the mapping first."
    )


def test_a_static_segment_and_an_unknown_one_are_refused(staged: Rig) -> None:
    create_segment(name="Guests", condition={"any": []}, kind="static", actor=None)
    key = Segment.objects.get(name="Guests").key
    assert "a list that only we keep" in refused(staged, segment=key)
    assert "does not exist" in refused(staged, segment="nobody")
    assert "Send only one of these." in refused(staged, stage="mql", segment=key)
    assert "Use one of" in refused(staged, stage="prospect")


def test_a_builder_offers_only_what_can_be_asked(staged: Rig) -> None:
    course = course_of(staged.object())
    assert course is not None
    assert set(carried(course).fields) == {"person.job_title", "person.email", "person.lifecycle_stage"}


def test_a_value_that_means_nothing_here_is_a_value_all_the_same(staged: Rig, account: Account) -> None:
    one = somebody(staged, "ana", "mql")
    account.objects["contacts"][one].values["stage"] = "evangelist"
    empty = {"field": "person.lifecycle_stage", "op": "is_empty"}
    run = prove(staged, condition=empty)
    assert run.plan["numbers"] == {"here": 0, "there": 0}


def test_deals_are_asked_by_what_their_stage_means_there(rig: Rig, account: Account) -> None:
    fields = [
        {"ours": "name", "theirs": "dealname"},
        {"ours": "amount", "theirs": "amount"},
        {"ours": "stage", "theirs": "dealstage"},
    ]
    rig.map({"fields": fields, "match": [], "create_here": True, "create_there": False}, "deals")
    won = account.put("deals", {"dealname": "Fleet", "amount": "900", "dealstage": "Won"})
    account.put("deals", {"dealname": "Small", "amount": "100", "dealstage": "Won"})
    account.put("deals", {"dealname": "Open", "amount": "900", "dealstage": "Offer"})
    rig.sync()
    account.objects["deals"][won].values["dealstage"] = "Offer"
    big = {
        "all": [
            {"field": "deal.state", "op": "eq", "value": "won"},
            {"field": "deal.amount", "op": "gte", "value": 500},
        ]
    }
    run = prove(rig, "deals", condition=big)
    assert run.plan["numbers"] == {"here": 1, "there": 0}
    assert [(row.side, row.external_id, row.reason) for row in run.differences.all()] == [
        ("here", won, "change_missed")
    ]
    assert refused(rig, "deals", stage="mql") == "Ask a condition of these records."


def test_accounts_have_a_language_of_their_own(rig: Rig, account: Account) -> None:
    fields = [{"ours": "name", "theirs": "name"}, {"ours": "industry", "theirs": "industry"}]
    rig.map({"fields": fields, "match": ["name"], "create_here": True, "create_there": False}, "companies")
    account.put("companies", {"name": "Helio", "industry": "Solar"})
    rig.sync()
    Company.objects.create(name="Nord", industry="Solar")
    run = prove(rig, "companies", condition={"field": "account.industry", "op": "eq", "value": "solar"})
    assert run.plan["numbers"] == {"here": 2, "there": 1}
    assert run.plan["sides"] == {"here": {"not_made": 1}}
    assert "“Employees” is not in the mapping of companies." in refused(
        rig, "companies", condition={"field": "account.employees", "op": "gte", "value": 5}
    )


def test_whom_the_mapping_would_make_there_are_told_by_what_keeps_them(staged: Rig, account: Account) -> None:
    wanted = {"field": "person.job_title", "op": "eq", "value": "CEO"}
    staged.map(contacts_mapping(EMAIL, STAGE, JOB, create_there=wanted))
    staged.sync()
    Person.objects.create(email="ceo@example.org", lifecycle_stage="mql", job_title="CEO")
    Person.objects.create(email="cfo@example.org", lifecycle_stage="mql", job_title="CFO")
    Person.objects.create(email="", first_name="No", lifecycle_stage="mql", job_title="CEO")
    make_person(email="stop@example.org", lifecycle_stage="mql", job_title="CEO")
    Suppression.objects.create(subject=subject_of("stop@example.org"), kind="email", reason="complaint")
    run = prove(staged, stage="mql")
    reasons = run.plan["sides"]["here"]
    assert reasons == {"only_here": 1, "not_wanted": 1, "no_address": 1, "suppressed": 1}
    with open_line(staged.connection) as line:
        staged.connection.pushes_alone = False
        staged.connection.save()
        line.connection.refresh_from_db()
        do_round(Round(line))
    assert prove(staged, stage="mql").plan["sides"]["here"] == {
        "waits_for_approval": 1,
        "not_wanted": 1,
        "no_address": 1,
        "suppressed": 1,
    }


def test_whether_a_write_was_held_back_by_suppression_is_kept_as_a_code_beside_its_words(
    staged: Rig, account: Account
) -> None:
    staged.map(contacts_mapping(EMAIL, STAGE, create_there=True))
    make_person(email="stop@example.org", lifecycle_stage="mql")
    Suppression.objects.create(subject=subject_of("stop@example.org"), kind="email", reason="complaint")
    staged.sync()
    row = PlannedWrite.objects.get()
    assert (row.state, row.reason, row.message) == ("denied", "suppressed", "On the suppression list")
    PlannedWrite.objects.update(message="In other words")
    assert prove(staged, stage="mql").plan["sides"]["here"] == {"suppressed": 1}


def test_a_value_of_theirs_without_a_word_here_is_shown_as_it_is_and_said_so(staged: Rig, account: Account) -> None:
    somebody(staged, "ana", "mql")
    account.put("contacts", {"stage": "evangelist"}, "1")
    staged.sync()
    run = prove(staged, stage="mql")
    DeadLetter.objects.update(resolved_at=run.created_at)
    run = prove(staged, stage="mql")
    assert told(run) == {("here", "ana", "no_word")}
    assert run.differences.get().fields == {"lifecycle_stage": ["mql", "evangelist"]}
