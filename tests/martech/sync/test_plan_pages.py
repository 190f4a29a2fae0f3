"""The page of a plan: what it would do, to whom, and who would be held back; all rows of a run, and of a proof."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.models import Suppression
from governance.policies import Role
from governance.subjects import subject_of
from martech.connectors.port import FieldType, RemoteField
from martech.models import Connection, DeadLetter, Person, RemoteOwner, SyncObject, SyncRun
from martech.selectors.sync import freshness
from martech.selectors.sync_health import health_by_itself
from martech.services.people import update_person
from martech.services.sync.rounds import approve_run, reject_run
from martech.sync.guard import Guard, PlanCounts, held_by
from tests.factories import make_user
from tests.martech.sync.conftest import FIELDS, Rig, contacts_mapping
from tests.martech.sync.scripted import CONTACTS, Account

pytestmark = pytest.mark.django_db


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def held(rig: Rig, account: Account) -> SyncRun:
    """A plan that waits: three titles and one number change, one of the people is on the suppression list."""
    Connection.objects.update(pushes_alone=False)
    rig.map(contacts_mapping(*FIELDS, {"ours": "phone", "theirs": "phone"}))
    for name in ("Ana", "Ben", "Cleo"):
        values = {"email": f"{name.lower()}@example.org", "firstname": name, "lastname": "Roe", "jobtitle": "CMO"}
        account.put("contacts", values)
    rig.sync()
    for person in Person.objects.all():
        update_person(person=person, data={"job_title": "CEO"}, actor=None)
    update_person(person=Person.objects.get(first_name="Ana"), data={"phone": "+49 30 901820"}, actor=None)
    Suppression.objects.create(subject=subject_of("ben@example.org"), kind="email", reason="complaint")
    return rig.sync()["push contacts"]


def test_a_plan_says_to_whom_it_does_what_and_who_would_be_held_back(held: SyncRun) -> None:
    plan = held.plan
    assert (plan["rows"], plan["denied"], plan["denied_for"]) == (3, 1, {"On the suppression list": 1})
    assert plan["moves"]["jobtitle"] == [["CMO", "CEO", 3]]
    page = text(client_of(Role.OPS_MANAGER).get(held.get_absolute_url()))
    assert "CMO → CEO: 3" in page
    assert "On the suppression list: 1" in page
    assert "Would be held back: On the suppression list" in page
    ana = Person.objects.get(first_name="Ana")
    assert f'<a href="{ana.get_absolute_url()}">Ana</a>' in page
    assert "+4930901820" in page


def test_a_plan_that_is_held_leads_to_its_limits_which_count_for_the_next(held: SyncRun, rig: Rig) -> None:
    settings = "/martech/sync/to/main/settings/"
    manager = client_of(Role.OPS_MANAGER)
    assert f'<a class="link" href="{settings}">settings of main</a>' in text(manager.get(held.get_absolute_url()))
    assert settings not in text(client_of(Role.LEADER).get(held.get_absolute_url()))
    page = manager.get(settings)
    limits = {"rows": 2_000, "blank_outs": 50, "creates": 1_000, "percent": 20, "sensitive": 500}
    assert {name: page.context["form"].initial[name] for name in limits} == limits
    given = {"every_seconds": 300, **limits, "percent": 10, "sensitive": 3}
    assert manager.post(settings, {**given, "percent": 101}).status_code == 422
    assert manager.post(settings, {**given, "pushes_alone": "on"}).status_code == 302
    rig.connection.refresh_from_db()
    guard = Guard.of(rig.connection.guard)
    assert (guard.share, guard.sensitive, guard.rows, guard.deletes) == (0.1, 3, 2_000, 0)
    held.refresh_from_db()
    assert held.state == "held"


def test_the_reasons_of_a_hold_count_one_as_one() -> None:
    none = Guard(rows=0, creates=0, blank_outs=0, deletes=0, sensitive=0)
    said = held_by(none, PlanCounts(rows=1, creates=2, blank_outs=1, deletes=1, sensitive=1))
    least = "(at most 0 without approval)."
    assert said == [
        f"1 record would be written {least}",
        f"2 records would be created {least}",
        f"1 value would be emptied {least}",
        f"1 record would be deleted {least}",
        f"1 lifecycle or routing value would change {least}",
    ]


def test_all_rows_of_a_plan_are_listed_filtered_by_field_and_taken_out_as_a_file(held: SyncRun) -> None:
    client, page = client_of(Role.OPS_MANAGER), f"{held.get_absolute_url()}writes/"
    assert client.get(page).context["total"].number == 3
    assert client.get(f"{page}?field=phone").context["total"].number == 1
    assert client.get(f"{page}?q=cleo").context["total"].number == 1
    rows = b"".join(client.get(f"{page}?export=csv")).decode().splitlines()  # type: ignore[arg-type]
    assert len(rows) == 4
    assert any("jobtitle: CMO → CEO" in row and "+4930901820" in row for row in rows)


def test_who_is_on_the_suppression_list_was_held_back_by_that_and_not_by_consent(held: SyncRun, rig: Rig) -> None:
    approve_run(run=held, actor=None)
    rig.sync()
    client = client_of(Role.OPS_MANAGER)
    page = text(client.get(held.get_absolute_url()))
    assert 'Held back<div class="m">On the suppression list</div>' in page
    assert "consent" not in text(client.get(f"{held.get_absolute_url()}writes/?state=denied")).split("<main")[1].lower()


def test_who_may_not_see_numbers_sees_none_in_a_plan(held: SyncRun) -> None:
    client = client_of(Role.ANALYST)
    for address in (held.get_absolute_url(), f"{held.get_absolute_url()}writes/"):
        page = text(client.get(address))
        assert "••••" in page
        assert "+4930901820" not in page
    rows = b"".join(client.get(f"{held.get_absolute_url()}writes/?export=csv"))  # type: ignore[arg-type]
    assert b"901820" not in rows


def test_nothing_is_green_while_a_plan_waits_or_a_record_did_not_go_through(rig: Rig, held: SyncRun) -> None:
    def word() -> tuple[str, str]:
        connection = Connection.objects.get()
        health = health_by_itself(connection, freshness("connection")[connection.pk])
        return health.level, health.word

    assert word() == ("warn", "Waits for approval")
    page = text(client_of(Role.OPS_MANAGER).get("/martech/sync/"))
    assert "in step</b>" not in page
    assert "3 records to write" in page
    SyncRun.objects.filter(pk=held.pk).update(state="cancelled")
    DeadLetter.objects.create(object=rig.object(), direction="pull", external_id="9", reason="other")
    assert word() == ("warn", "Not all went through")
    DeadLetter.objects.all().delete()
    assert word() == ("good", "In step")


def test_a_proof_leads_to_the_records_of_each_reason(rig: Rig, account: Account) -> None:
    one = account.put("contacts", {"email": "ana@example.org", "firstname": "Ana"})
    rig.sync()
    del account.objects["contacts"][one]
    proof = rig.compare("contacts")
    client = client_of(Role.OPS_MANAGER)
    page = text(client.get(proof.get_absolute_url()))
    assert "1 × Known here, and gone over there" in page
    assert "Nothing here was deleted." in page
    listed = client.get(f"{proof.get_absolute_url()}differences/?reason=gone_there")
    assert listed.context["total"].number == 1
    assert "Ana" in text(listed)
    assert client.get(f"{proof.get_absolute_url()}differences/?reason=missed").context["total"].number == 0


def test_owners_are_told_by_name(rig: Rig) -> None:
    rig.map(contacts_mapping(*FIELDS, {"ours": "owner", "theirs": "owner"}))
    RemoteOwner.objects.create(connection=rig.connection, external_id="70", name="Ana Roe", email="ana@helio.example")
    run = SyncRun.objects.create(connection=rig.connection, object=rig.object(), kind="push", state="held")
    run.mapping, run.plan_hash = rig.object().versions.get(state="published"), "x"
    run.plan = {"rows": 1, "by_field": {"owner": 1}, "moves": {"owner": [["", "70", 2]]}}
    run.save()
    run.writes.create(local_id=1, external_id="9", action="update", before={"owner": "71"}, after={"owner": "70"})
    client = client_of(Role.OPS_MANAGER)
    page = text(client.get(run.get_absolute_url()))
    assert "owner: <del>71</del> → Ana Roe" in page
    assert "nothing → Ana Roe: 2" in page
    assert "owner: <del>71</del> → Ana Roe" in text(client.get(f"{run.get_absolute_url()}writes/"))


def test_a_plan_is_read_in_the_labels_of_the_other_side(rig: Rig, account: Account, client: Client) -> None:
    labels = {"open": "Open to talk", "mql": "Qualified"}
    stage = RemoteField("stage", "Lead status", FieldType.CHOICE, options=("open", "mql"), labels=labels)
    account.schema["contacts"] = {**CONTACTS, "stage": stage}
    SyncObject.objects.update(schema_at=None)
    rig.sync()
    words = [["lead", "open"], ["mql", "mql"]]
    rule = {"ours": "lifecycle_stage", "theirs": "stage", "truth": "ours", "values": words}
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, rule))
    account.put("contacts", {"email": "ana@example.org", "stage": "open"})
    rig.sync()
    Connection.objects.update(pushes_alone=False)
    Person.objects.update(lifecycle_stage="mql", updated_at=timezone.now())
    run = rig.sync()["push contacts"]
    client.force_login(make_user(Role.OPS_MANAGER))
    for page in (run.get_absolute_url(), f"{run.get_absolute_url()}writes/"):
        assert "Lead status: <del>Open to talk</del> → Qualified" in text(client.get(page))


def names_in(answer: Any) -> set[str]:
    return {name for name in ("Ana", "Ben", "Cleo") if f">{name}</a>" in text(answer)}


def test_what_a_plan_empties_and_whom_it_holds_back_open_as_lists(rig: Rig, held: SyncRun) -> None:
    reject_run(run=held, actor=make_user("ops_manager"))
    update_person(person=Person.objects.get(first_name="Cleo"), data={"job_title": ""}, actor=None)
    run = rig.sync()["push contacts"]
    assert (run.state, run.plan["blank_outs"], run.plan["emptied"]) == ("held", 1, {"jobtitle": 1})
    client, writes = client_of(Role.OPS_MANAGER), f"{run.get_absolute_url()}writes/"
    page = text(client.get(run.get_absolute_url()))
    assert f'{writes}?empties=true"' in page
    assert f'{writes}?field=jobtitle&amp;empties=true">1 emptied' in page
    assert names_in(client.get(f"{writes}?empties=true")) == {"Cleo"}
    assert names_in(client.get(f"{writes}?field=jobtitle&empties=true")) == {"Cleo"}
    assert names_in(client.get(f"{writes}?field=phone&empties=true")) == set()
    assert names_in(client.get(f"{writes}?held_back=true")) == {"Ben"}


def test_what_came_of_a_push_opens_its_records_by_outcome(held: SyncRun, rig: Rig) -> None:
    approve_run(run=held, actor=make_user("ops_manager"))
    rig.sync()
    held.refresh_from_db()
    assert (held.state, held.updated, held.skipped) == ("done", 2, 1)
    client, writes = client_of(Role.OPS_MANAGER), f"{held.get_absolute_url()}writes/"
    page = text(client.get(held.get_absolute_url()))
    assert "Held back, left out or nothing left to do" in page
    assert f'{writes}?state=denied&amp;state=skipped&amp;state=left_out"' in page
    assert page.index("Held back, left out or nothing left to do") < page.index("What was planned")
    assert names_in(client.get(f"{writes}?state=denied&state=skipped")) == {"Ben"}
    assert names_in(client.get(f"{writes}?state=updated")) == {"Ana", "Cleo"}
