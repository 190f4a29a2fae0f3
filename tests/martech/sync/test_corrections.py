"""Dead letters of one cause are corrected together: proposed, looked at, applied, tried again."""

from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.connectors.port import FieldType, RemoteField
from martech.models import DeadLetter, Person, RemoteOwner, SyncObject
from martech.services.people import update_person
from martech.services.sync.corrections import Correction, apply_correction, corrections, preview
from martech.services.sync.dead_letters import retry_letters
from martech.sync.corrections import Cause, Way, corrected, likely, ways_of
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import CONTACTS, Account

pytestmark = pytest.mark.django_db
FIELDS = [{"ours": "email", "theirs": "email"}, {"ours": "job_title", "theirs": "jobtitle", "truth": "ours"}]


@pytest.fixture
def refused(rig: Rig, account: Account) -> Rig:
    """Three people whose title the other side has no option for, and one whose it has."""
    options = RemoteField("jobtitle", "Title", FieldType.CHOICE, options=("Chief", "Staff"))
    account.schema["contacts"] = {**CONTACTS, "jobtitle": options}
    SyncObject.objects.update(schema_at=None)
    rig.sync()  # the changed field is put aside until a mapping says that it may go on
    rig.map(contacts_mapping(*FIELDS))
    for number in range(4):
        account.put("contacts", {"email": f"p{number}@example.org"})
    rig.sync()
    for person in Person.objects.all():
        title = "Staff" if person.email == "p3@example.org" else "Cheif"
        update_person(person=person, data={"job_title": title}, actor=None)
    rig.sync()
    return rig


def only() -> Correction:
    [found] = corrections()
    return found


def test_one_correction_is_proposed_for_all_letters_of_a_cause(refused: Rig) -> None:
    found = only()
    assert (found.way, found.cause.value, len(found.letters)) == (Way.VALUE, "Cheif", 3)
    assert (list(found.choices), found.suggested) == (["Chief", "Staff"], "Chief")


def test_a_look_tells_what_is_written_and_what_the_option_is_called(refused: Rig, account: Account) -> None:
    labels = {"Chief": "C-level", "Staff": "Staff"}
    options = RemoteField("jobtitle", "Title", FieldType.CHOICE, options=("Chief", "Staff"), labels=labels)
    account.schema["contacts"] = {**CONTACTS, "jobtitle": options}
    SyncObject.objects.update(schema_at=None)
    refused.sync()
    user = make_user(Role.OPS_MANAGER)
    assert {one.then for one in preview(only(), "Chief", user)} == {"Chief (called C-level there)"}
    assert {one.then for one in preview(only(), "Staff", user)} == {"Staff"}
    assert apply_correction(key=only().key, choice="Chief", actor=None) == 3
    assert sorted(Person.objects.values_list("job_title", flat=True)) == ["Chief", "Chief", "Chief", "Staff"]


def test_an_applied_correction_goes_through_with_the_next_round(refused: Rig, account: Account) -> None:
    assert apply_correction(key=only().key, choice="Chief", actor=None) == 3
    assert corrections() == []
    refused.sync()
    titles = sorted(str(row.values.get("jobtitle")) for row in account.objects["contacts"].values())
    assert titles == ["Chief", "Chief", "Chief", "Staff"]
    assert not DeadLetter.objects.filter(resolved_at=None).exists()
    assert corrections() == []
    assert Person.objects.filter(job_title="Chief").count() == 3


def test_a_letter_whose_record_has_nothing_left_to_write_is_closed_when_it_is_tried_again(refused: Rig) -> None:
    for person in Person.objects.filter(job_title="Cheif"):
        update_person(person=person, data={"job_title": ""}, actor=None)
    assert retry_letters(DeadLetter.objects.all()) == 3
    refused.sync()
    assert set(DeadLetter.objects.values_list("resolution", flat=True)) == {"Nothing is left to be written"}
    assert not DeadLetter.objects.filter(resolved_at=None).exists()


def test_instead_of_our_records_the_mapping_can_say_what_a_value_means(refused: Rig, account: Account) -> None:
    """The options of the field go on as themselves."""
    found = only()
    assert found.others == (Way.MAP,)
    apply_correction(key=found.key, choice="Chief", actor=None, way="map")
    refused.sync()
    titles = sorted(str(row.values.get("jobtitle")) for row in account.objects["contacts"].values())
    assert titles == ["Chief", "Chief", "Chief", "Staff"]
    assert Person.objects.filter(job_title="Cheif").count() == 3
    assert not DeadLetter.objects.filter(resolved_at=None).exists()


def test_what_is_counted_here_is_never_written_over_here(refused: Rig, account: Account) -> None:
    status = RemoteField("status", "Status", FieldType.CHOICE, options=("HOT", "COLD"))
    account.schema["contacts"] = {**CONTACTS, "status": status}
    SyncObject.objects.update(schema_at=None)
    refused.sync()
    Person.objects.update(grade="A1")
    grade = {"ours": "grade", "theirs": "status", "direction": "push", "truth": "ours"}
    refused.map(contacts_mapping(FIELDS[0], grade))
    refused.sync()
    found = only()
    assert (found.way, found.others, len(found.letters)) == (Way.MAP, (), 4)
    with pytest.raises(DomainError):
        apply_correction(key=found.key, choice="HOT", actor=None, way="value")
    apply_correction(key=found.key, choice="HOT", actor=None)
    refused.sync()
    assert {row.values.get("status") for row in account.objects["contacts"].values()} == {"HOT"}
    assert set(Person.objects.values_list("grade", flat=True)) == {"A1"}


def test_a_choice_that_is_none_changes_nothing(refused: Rig) -> None:
    with pytest.raises(DomainError):
        apply_correction(key=only().key, choice="King", actor=None)
    with pytest.raises(ConflictError):
        apply_correction(key="0|push|x|y|z", choice="Chief", actor=None)
    assert Person.objects.filter(job_title="Cheif").count() == 3


def test_a_field_that_cannot_be_written_becomes_one_that_is_only_read(rig: Rig, account: Account) -> None:
    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    person = Person.objects.get()
    letter = {"direction": "push", "external_id": "1", "local_id": person.pk, "field": "jobtitle"}
    DeadLetter.objects.create(object=rig.object(), reason="read_only_field", **letter)
    found = only()
    assert found.way == Way.PULL_ONLY
    apply_correction(key=found.key, choice="", actor=None)
    document = rig.object().versions.get(state="published").document
    assert {row["theirs"]: row.get("direction") for row in document["fields"]}["jobtitle"] == "pull"


def test_an_owner_who_is_nobody_over_there_is_said_to_be_somebody(rig: Rig, account: Account) -> None:
    user = make_user(email="bo@example.org")
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, {"ours": "owner", "theirs": "owner"}))
    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    RemoteOwner.objects.create(connection=rig.connection, external_id="7", email="bo@other.example", name="Bo")
    person = Person.objects.get()
    person.owner = user
    person.save()
    DeadLetter.objects.create(
        object=rig.object(), direction="push", reason="unknown_owner", field="owner", local_id=person.pk
    )
    found = only()
    assert (found.way, found.choices) == (Way.OWNER, {"7": "Bo bo@other.example"})
    apply_correction(key=found.key, choice="7", actor=None)
    assert RemoteOwner.objects.get(external_id="7").user == user


def test_the_page_shows_what_changes_before_it_is_applied(refused: Rig, account: Account) -> None:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    page = client.get("/martech/sync/corrections/").content.decode()
    assert "3 × A value that is no option" in page
    assert "Apply to" not in page
    given = {"key": only().key, "choice": "Chief"}
    page = client.post("/martech/sync/corrections/", {**given, "do": "look"}).content.decode()
    assert "<del>Cheif</del> → Chief" in page
    first = Person.objects.order_by("pk")[0]
    assert f'<a href="{first.get_absolute_url()}">p0@example.org</a>' in page
    assert Person.objects.filter(job_title="Cheif").count() == 3
    client.post("/martech/sync/corrections/", {**given, "do": "apply"})
    assert Person.objects.filter(job_title="Chief").count() == 3
    assert "Nothing to correct" in client.get("/martech/sync/corrections/").content.decode()


def test_a_word_of_theirs_may_mean_one_of_ours_that_others_mean_already(rig: Rig, account: Account) -> None:
    words = [["lead", "lead"], ["customer", "customer"]]
    rig.map(contacts_mapping(FIELDS[0], {"ours": "lifecycle_stage", "theirs": "stage", "values": words}))
    account.put("contacts", {"email": "ana@example.org", "stage": "evangelist"})
    rig.sync()
    found = only()
    assert (found.way, found.cause.value, found.choices["customer"]) == (Way.MAP, "evangelist", "Customer")
    apply_correction(key=found.key, choice="customer", actor=None)
    rig.sync()
    assert (Person.objects.get().lifecycle_stage, account.writes) == ("customer", [])
    assert not DeadLetter.objects.filter(resolved_at=None).exists()


def test_a_retired_option_that_records_keep_means_what_is_written_as_another(rig: Rig, account: Account) -> None:
    options = RemoteField("jobtitle", "Title", FieldType.CHOICE, options=("Chief", "Staff"), is_restricted=True)
    account.schema["contacts"] = {**CONTACTS, "jobtitle": options}
    SyncObject.objects.update(schema_at=None)
    rig.sync()
    rig.map(contacts_mapping(FIELDS[0], {"ours": "job_title", "theirs": "jobtitle", "values": [["CEO", "Chief"]]}))
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "Boss"})
    rig.sync()
    found = only()
    assert (found.way, found.cause.value, found.choices) == (Way.MAP, "Boss", {"CEO": "CEO"})
    apply_correction(key=found.key, choice="CEO", actor=None)
    rig.sync()
    assert (Person.objects.get().job_title, account.writes) == ("CEO", [])
    assert not DeadLetter.objects.filter(resolved_at=None).exists()
    SyncObject.objects.update(schema_at=None)
    rig.sync()
    assert rig.object().set_aside == {}


def test_where_a_field_is_only_read_a_retired_option_may_stand_for_itself(rig: Rig, account: Account) -> None:
    options = RemoteField("jobtitle", "Title", FieldType.CHOICE, options=("Chief",), is_restricted=True)
    account.schema["contacts"] = {**CONTACTS, "jobtitle": options}
    SyncObject.objects.update(schema_at=None)
    rig.sync()
    rule = {"ours": "job_title", "theirs": "jobtitle", "direction": "pull", "values": [["CEO", "Chief"]]}
    rig.map(contacts_mapping(FIELDS[0], rule))
    account.put("contacts", {"email": "ana@example.org", "jobtitle": "Boss"})
    rig.sync()
    assert list(only().choices) == ["Boss", "CEO"]
    apply_correction(key=only().key, choice="Boss", actor=None)
    rig.sync()
    assert Person.objects.get().job_title == "Boss"


def test_what_a_correction_changes_of_a_mapping() -> None:
    rows: list[Any] = [{"ours": "stage", "theirs": "s", "values": {"a": "x"}}, {"ours": "b", "theirs": "c"}]
    document = {"fields": rows, "match": []}
    push, pull = Cause("push", "unknown_option", "s", "stage", "q"), Cause("pull", "unknown_option", "s", "stage", "y")
    assert ways_of(push, rows[0], is_ours_free=True) == (Way.MAP, Way.VALUE)
    assert ways_of(push, rows[0], is_ours_free=False) == ways_of(pull, rows[0], is_ours_free=True) == (Way.MAP,)
    assert corrected(document, push, Way.MAP, "x")["fields"][0]["values"] == [["a", "x"], ["q", "x"]]
    assert corrected(document, pull, Way.MAP, "b")["fields"][0]["values"] == [["a", "x"], ["b", "y"]]
    assert corrected(document, Cause("push", "unknown_field", "c"), Way.LEAVE_OUT, "")["fields"] == rows[:1]
    assert document["fields"] == rows
    assert ways_of(Cause("push", "duplicate", "s"), rows[0], is_ours_free=True) == ()
    assert (likely("Sofware", ["Software", "Hardware"]), likely("Zzz", ["Software"])) == ("Software", "")


def test_while_the_fields_over_there_are_not_read_yet_the_page_says_that_more_is_proposed_soon(rig: Rig) -> None:
    rig.sync()
    object = rig.object()
    DeadLetter.objects.create(object=object, direction="push", local_id=1, reason="unknown_option", field="jobtitle")
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    said = "fields changed over there: Contacts in main."
    assert said not in client.get("/martech/sync/corrections/").content.decode()
    assert "1 record did not go through" in client.get("/martech/sync/corrections/").content.decode()
    SyncObject.objects.filter(pk=object.pk).update(schema_at=None)
    page = client.get("/martech/sync/corrections/").content.decode()
    assert said in page
    assert "Nothing can be proposed yet" in page
    assert "Nothing to correct" not in page


def test_a_country_of_ours_is_a_code_and_is_only_said_in_the_value_map(rig: Rig, account: Account) -> None:
    options = RemoteField("country", "Country", FieldType.CHOICE, options=("Germany", "France"))
    account.schema["contacts"] = {**CONTACTS, "country": options}
    SyncObject.objects.update(schema_at=None)
    rig.sync()
    country = {"ours": "country", "theirs": "country", "truth": "ours"}
    rig.map(contacts_mapping({"ours": "email", "theirs": "email"}, country))
    account.put("contacts", {"email": "ana@example.org"})
    rig.sync()
    update_person(person=Person.objects.get(), data={"country": "AT"}, actor=None)
    rig.sync()
    found = only()
    assert (found.way, found.cause.value, list(found.others)) == (Way.MAP, "AT", [])
    with pytest.raises(DomainError):
        apply_correction(key=found.key, choice="Germany", way="value", actor=None)
    assert Person.objects.get().country == "AT"


def test_a_word_over_there_that_does_not_fit_here_is_refused(refused: Rig, account: Account) -> None:
    long = "x" * 201
    options = RemoteField("jobtitle", "Title", FieldType.CHOICE, options=("Chief", "Staff", long))
    account.schema["contacts"] = {**CONTACTS, "jobtitle": options}
    SyncObject.objects.update(schema_at=None)
    refused.sync()
    with pytest.raises(DomainError) as error:
        apply_correction(key=only().key, choice=long, actor=None)
    assert error.value.errors == {"choice": ["It has 201 characters; Job title takes 200."]}
    assert not Person.objects.filter(job_title=long).exists()
