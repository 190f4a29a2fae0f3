"""What changed in the other side's schema: only the field it touches is put aside, and it stays so until somebody acts."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.connectors.port import FieldType, RemoteField
from martech.models import Person, SyncObject
from martech.services.sync.mappings import let_go_on
from martech.sync.drift import GONE
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import CONTACTS, Account

PAGE = "/martech/sync/to/main/contacts/mapping/"
CHANGED = {"jobtitle": "Its type changed from text to choice."}


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def change(rig: Rig, **fields: RemoteField | None) -> None:
    """The other side changes fields, and we read its schema with the next round."""
    now = {**CONTACTS, **fields}
    rig.account.schema["contacts"] = {name: field for name, field in now.items() if field is not None}
    SyncObject.objects.update(schema_at=None)
    rig.sync()


CHOICE = RemoteField("jobtitle", "Title", FieldType.CHOICE, options=("CMO", "CEO"))


@pytest.fixture
def changed(rig: Rig, account: Account) -> Rig:
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "CMO"}, "1")
    rig.sync()
    change(rig, jobtitle=CHOICE)
    return rig


def test_a_type_that_changed_stays_put_aside_however_often_the_schema_is_read(changed: Rig) -> None:
    for _again in range(2):
        assert changed.object().set_aside == CHANGED
        change(changed, jobtitle=CHOICE)
    assert changed.object().set_aside == CHANGED


def test_a_type_that_is_again_what_it_was_goes_on_and_what_it_said_meanwhile_is_read(
    changed: Rig, account: Account
) -> None:
    account.put("contacts", {"jobtitle": "CEO", "company": "Helio"}, "1")
    changed.sync()
    assert (Person.objects.get().job_title, Person.objects.get().company) == ("CMO", "Helio")
    change(changed)
    object = changed.object()
    assert (object.set_aside, object.backfilled_at is not None) == ({}, True)
    held = object.held_values.get()
    assert (held.field, held.ours, held.theirs) == ("job_title", "CMO", "CEO")


def test_somebody_looks_and_lets_it_go_on(changed: Rig, account: Account) -> None:
    client = client_of(Role.OPS_MANAGER)
    page = text(client.get(PAGE))
    assert "Title (jobtitle) is put aside." in page
    assert "Its type changed from text to choice. Where it still fits, let it go on" in page
    assert "Put aside" in page
    answer = client.post(f"{PAGE}go-on/", {"theirs": "jobtitle"})
    assert (answer.status_code, changed.object().set_aside) == (302, {})
    assert changed.object().backfilled_at is None
    changed.sync()
    change(changed, jobtitle=CHOICE)
    assert changed.object().set_aside == {}
    account.put("contacts", {"jobtitle": "CEO"}, "1")
    changed.sync()
    assert Person.objects.get().job_title == "CEO"
    with pytest.raises(ConflictError):
        let_go_on(object=changed.object(), theirs="jobtitle", actor=None)


def test_publishing_agrees_to_the_type_and_reads_everything_again(changed: Rig) -> None:
    changed.map(contacts_mapping({"ours": "email", "theirs": "email"}, {"ours": "job_title", "theirs": "jobtitle"}))
    assert (changed.object().set_aside, changed.object().backfilled_at) == ({}, None)
    change(changed, jobtitle=CHOICE)
    assert changed.object().set_aside == {}


@pytest.mark.parametrize(
    ("field", "why", "remedy"),
    [
        (None, GONE, "choose another of its fields, or take it out of the mapping"),
        (
            replace(CONTACTS["jobtitle"], is_writable=False),
            "It can no longer be written over there.",
            "let its values go from there to here only",
        ),
    ],
)
def test_what_cannot_go_on_as_it_is_says_what_to_do_and_is_refused(
    rig: Rig, account: Account, field: RemoteField | None, why: str, remedy: str
) -> None:
    rig.sync()
    change(rig, jobtitle=field)
    page = text(client_of(Role.OPS_MANAGER).get(PAGE))
    again = "Where that is put right over there, test the connection: it goes on by itself."
    assert f"{why} {again} Or {remedy}, and publish." in page
    assert f'href="{PAGE}3/">Open the field' in page
    assert "Let it go on" not in page
    with pytest.raises(DomainError, match=why):
        let_go_on(object=rig.object(), theirs="jobtitle", actor=None)
    assert rig.object().set_aside == {"jobtitle": why}


def test_an_option_that_a_value_map_uses_and_that_is_lost_names_it(rig: Rig) -> None:
    options = RemoteField("stage", "Stage", FieldType.CHOICE, options=("open", "mql"), is_restricted=True)
    words = [["lead", "open"], ["mql", "mql"]]
    change(rig, stage=options)
    rule = {"ours": "lifecycle_stage", "theirs": "stage", "truth": "ours", "values": words}
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, rule))
    change(rig, stage=replace(options, options=("open",)))
    assert rig.object().set_aside == {"stage": "The option “mql” is gone over there."}
    assert "Or say in its values what takes its place, and publish." in text(client_of(Role.OPS_MANAGER).get(PAGE))


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("b a", "The options “a” and “b” are gone over there."),
        ("a b c d e", "The options “a”, “b”, “c”, “d” and “e” are gone over there."),
        ("a b c d e f g", "The options “a”, “b”, “c”, “d”, “e” and 2 more are gone over there."),
    ],
)
def test_several_options_that_are_lost_are_named_or_counted(rig: Rig, lost: str, said: str) -> None:
    gone = lost.split()
    options = RemoteField("jobtitle", "Title", FieldType.CHOICE, options=("z", *gone), is_restricted=True)
    change(rig, jobtitle=options)
    rule = {"ours": "job_title", "theirs": "jobtitle", "values": [["Head", "z"], *([one, one] for one in gone)]}
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, rule))
    change(rig, jobtitle=replace(options, options=("z",)))
    assert rig.object().set_aside == {"jobtitle": said}
    page = text(client_of(Role.OPS_MANAGER).get(PAGE))
    assert "Or say in its values what takes their place, and publish." in page
    assert said.replace("The options ", "").replace("are gone over there.", "are no options of Title") in page
    rows = text(client_of(Role.OPS_MANAGER).get(f"{PAGE}2/"))
    assert [f"Gone: {one}</option>" in rows for one in gone] == [True] * len(gone)


def test_who_may_only_look_lets_nothing_go_on(changed: Rig) -> None:
    assert client_of(Role.LEADER).post(f"{PAGE}go-on/", {"theirs": "jobtitle"}).status_code == 403
    assert changed.object().set_aside == CHANGED
