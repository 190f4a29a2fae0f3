"""A mapping is built field by field; nothing goes by it before it is published."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.connectors.port import FieldType, RemoteField, RemoteSchema
from martech.models import MappingVersion, SyncObject
from martech.models.person import Stage
from martech.services.sync.mappings import publish_mapping, save_mapping_draft
from martech.sync.document import read_mapping
from martech.sync.drift import as_json
from tests.factories import make_user
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import CONTACTS

pytestmark = pytest.mark.django_db
PAGE = "/martech/sync/to/main/contacts/mapping/"
SEEN = 2
"""The revision of what is in force in the rig, from which a draft counts on."""
EMAIL = {"ours": "email", "theirs": "email"}
NO_ROWS = {"v-TOTAL_FORMS": 0, "v-INITIAL_FORMS": 0}
COUNTRY: dict[str, Any] = {
    "ours": "country",
    "theirs": "country",
    "direction": "both",
    "truth": "newest",
    "revision": SEEN,
}
COUNTRY |= NO_ROWS


def rows(*pairs: tuple[str, str]) -> dict[str, Any]:
    """The rows of values as the page posts them."""
    found: dict[str, Any] = {"v-TOTAL_FORMS": len(pairs), "v-INITIAL_FORMS": 0}
    for index, (ours, theirs) in enumerate(pairs):
        found |= {f"v-{index}-ours": ours, f"v-{index}-theirs": theirs}
    return found


@pytest.fixture
def operator(rig: Rig) -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER))
    return client


def draft(rig: Rig) -> MappingVersion:
    return rig.object().versions.get(state="draft")


def document_in_force(rig: Rig) -> Any:
    return rig.object().versions.get(state="published").document


def test_a_field_is_mapped_changed_and_taken_out_in_the_draft_alone(rig: Rig, operator: Client) -> None:
    before = document_in_force(rig)
    page = operator.get(PAGE).content.decode()
    assert "E-mail" in page
    assert "Drop the draft" not in page
    answer = operator.post(f"{PAGE}new/", COUNTRY)
    assert answer.status_code == 302, answer.context["form"].errors
    row = draft(rig).document["fields"][-1]
    assert row == {"ours": "country", "theirs": "country", "direction": "both", "truth": "newest", "values": []}
    number = len(draft(rig).document["fields"])
    given = {**COUNTRY, "truth": "ours", "blank_wins": "on", "revision": 3, **rows(("DE", "Germany"), ("FR", ""))}
    operator.post(f"{PAGE}{number}/", given)
    row = draft(rig).document["fields"][-1]
    assert (row["truth"], row["values"], row["blank_wins"]) == ("ours", [["DE", "Germany"]], True)
    kept = operator.get(f"{PAGE}{number}/").context["values"].initial
    assert kept[0] == {"ours": "DE", "theirs": "Germany"}
    operator.post(f"{PAGE}{number}/remove/", {"revision": 4})
    assert draft(rig).document["fields"] == before["fields"]
    assert document_in_force(rig) == before


def test_a_draft_is_published_or_dropped(rig: Rig, operator: Client) -> None:
    operator.post(f"{PAGE}new/", COUNTRY)
    operator.post(f"{PAGE}publish/", {"revision": 3})
    assert [row["ours"] for row in document_in_force(rig)["fields"]][-1] == "country"
    operator.post(
        f"{PAGE}new/", {**COUNTRY, "ours": "properties.", "property": "plan", "theirs": "company", "revision": 3}
    )
    assert draft(rig).document["fields"][-1]["ours"] == "properties.plan"
    operator.post(f"{PAGE}discard/", {"revision": 3})
    assert draft(rig).document["fields"][-1]["ours"] == "properties.plan"
    operator.post(f"{PAGE}discard/", {"revision": draft(rig).revision})
    assert not rig.object().versions.filter(state="draft").exists()


def test_who_saves_on_top_of_a_colleague_is_told_and_keeps_the_input(rig: Rig, operator: Client) -> None:
    operator.post(f"{PAGE}new/", COUNTRY)
    answer = operator.post(f"{PAGE}new/", {**COUNTRY, "ours": "phone", "theirs": "phone"})
    assert answer.status_code == 422
    assert "Your input is kept" in answer.content.decode()
    assert answer.context["form"]["ours"].value() == "phone"
    assert answer.context["form"]["revision"].value() == 3
    assert draft(rig).document["fields"][-1]["ours"] == "country"


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"ours": "colour"}, "ours", "Choose one of the list; “colour” is not in it."),
        ({"ours": "properties."}, "property", "Enter the name of the property, such as plan."),
        (rows(("", "lead")), "__all__", "Some values need your attention; nothing was saved."),
        (rows(("a", "b"), ("a", "b")), "__all__", "Some values need your attention; nothing was saved."),
    ],
)
def test_a_wrong_field_says_what_would_be_right_and_nothing_is_kept(
    rig: Rig, operator: Client, wrong: dict[str, Any], field: str, reason: str
) -> None:
    answer = operator.post(f"{PAGE}new/", {**COUNTRY, **wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [reason]
    assert not rig.object().versions.filter(state="draft").exists()


def test_which_records_are_made_where_is_said_without_touching_the_fields(rig: Rig, operator: Client) -> None:
    fields = document_in_force(rig)["fields"]
    given = {"match": ["email"], "create_here": "on", "made_there": "some", "revision": SEEN}
    refused = operator.post(f"{PAGE}records/", given)
    assert refused.context["form"].errors == {"create_there": ["Say who is made there."]}
    condition = '{"field": "person.country", "op": "in", "value": ["DE"]}'
    answer = operator.post(f"{PAGE}records/", {**given, "create_there": condition})
    assert answer.status_code == 302, answer.context["form"].errors
    document = draft(rig).document
    assert (document["fields"], document["match"], document["create_here"]) == (fields, ["email"], True)
    assert document["create_there"] == {"all": [{"field": "person.country", "op": "in", "value": ["DE"]}]} or (
        document["create_there"]["field"] == "person.country"
    )


def test_an_object_that_is_not_mapped_has_no_such_page_and_an_analyst_may_not_open_it(rig: Rig) -> None:
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    for address in (PAGE, f"{PAGE}new/", f"{PAGE}1/", f"{PAGE}records/"):
        assert client.get(address).status_code == 403


@pytest.fixture
def stages(rig: Rig) -> None:
    """Their stage has options of its own."""
    options, labels = ("lead", "marketingqualifiedlead", "evangelist"), {"marketingqualifiedlead": "MQL"}
    stage = RemoteField("stage", "Stage", FieldType.CHOICE, options=options, labels=labels)
    schema = RemoteSchema("contacts", "Contacts", (stage, RemoteField("country", "Country", FieldType.TEXT)))
    SyncObject.objects.filter(name="contacts").update(schema=as_json(schema))


@pytest.mark.usefixtures("stages")
def test_values_of_both_sides_are_there_to_choose_from_when_two_fields_are_chosen(operator: Client) -> None:
    asked = {"ours": "lifecycle_stage", "theirs": "stage"}
    answer = operator.get(f"{PAGE}new/", asked, headers={"HX-Request": "true", "HX-Target": "values"})
    page, form = answer.content.decode(), answer.context["values"]
    assert "<html" not in page
    words = {row["ours"].value(): row["theirs"].value() for row in form}
    assert set(words) == {None, *Stage.values}  # a spare row, as a further word is left
    assert {ours: theirs for ours, theirs in words.items() if theirs} == {
        "lead": "lead",
        "mql": "marketingqualifiedlead",
    }
    assert list(form[0].fields["theirs"].widget.choices) == [
        ("", "—"),
        ("lead", "lead"),
        ("marketingqualifiedlead", "MQL"),
        ("evangelist", "evangelist"),
    ]
    assert "Theirs that none of ours means: evangelist." in page
    asked = {"ours": "country", "theirs": "country"}
    answer = operator.get(f"{PAGE}new/", asked, headers={"HX-Request": "true", "HX-Target": "values"})
    assert "Values that are called otherwise there</h2>" not in answer.content.decode()


@pytest.mark.usefixtures("stages")
def test_rows_that_contradict_are_told_at_the_row_and_kept(rig: Rig, operator: Client) -> None:
    given = {**COUNTRY, "ours": "lifecycle_stage", "theirs": "stage", **rows(("mql", "lead"), ("mql", "lead"))}
    answer = operator.post(f"{PAGE}new/", given)
    assert answer.status_code == 422
    assert answer.context["values"][1].errors == {"theirs": ["“mql” with “lead” stands twice: keep one of the two."]}
    assert answer.context["values"][1]["theirs"].value() == "lead"
    assert not rig.object().versions.filter(state="draft").exists()
    operator.post(f"{PAGE}new/", {**given, **rows(("mql", "marketingqualifiedlead"), ("lead", ""))})
    assert draft(rig).document["fields"][-1]["values"] == [["mql", "marketingqualifiedlead"]]


SHARED = rows(("recycled", "lead"), ("lead", "lead"), ("mql", "marketingqualifiedlead"))


def said(document: Any) -> list[list[str]]:
    """The pairs of the field that was mapped last."""
    pairs: list[list[str]] = document["fields"][-1]["values"]
    return pairs


@pytest.mark.usefixtures("stages")
def test_of_several_words_of_ours_that_share_one_the_user_says_which_it_comes_back_as(
    rig: Rig, operator: Client
) -> None:
    given = {**COUNTRY, "ours": "lifecycle_stage", "theirs": "stage", **SHARED}
    operator.post(f"{PAGE}new/", given)
    assert said(draft(rig).document)[:2] == [["recycled", "lead"], ["lead", "lead"]]
    number = len(draft(rig).document["fields"])
    assert "“lead” comes back as Recycled" in operator.get(PAGE).content.decode()
    form = operator.get(f"{PAGE}{number}/").context["values"]
    assert [(row["ours"].value(), row.marks[0]["is_this"]) for row in form.forms[:2]] == [
        ("recycled", True),
        ("lead", False),
    ]
    operator.post(f"{PAGE}{number}/", {**given, "revision": 3, "v-INITIAL_FORMS": 3, "v-back-lead": "lead"})
    assert said(draft(rig).document) == [["lead", "lead"], ["recycled", "lead"], ["mql", "marketingqualifiedlead"]]
    rule = read_mapping(draft(rig).document, "person").mapping.rules[-1]
    assert (rule.pulled("lead"), rule.pushed("recycled")) == ("lead", "lead")


@pytest.mark.usefixtures("stages")
def test_of_several_words_of_theirs_for_one_of_ours_the_user_says_which_is_written(rig: Rig, operator: Client) -> None:
    several = rows(("lead", "lead"), ("lead", "evangelist"), ("mql", "marketingqualifiedlead"))
    given = {**COUNTRY, "ours": "lifecycle_stage", "theirs": "stage", **several, "v-INITIAL_FORMS": 3}
    operator.post(f"{PAGE}new/", given)
    number = len(draft(rig).document["fields"])
    assert "Lead is written as “lead”" in operator.get(PAGE).content.decode()
    page = operator.get(f"{PAGE}{number}/").content.decode()
    assert '<input type="radio" class="form-check-input" name="v-sent-lead" value="lead" checked>' in page
    operator.post(f"{PAGE}{number}/", {**given, "revision": 3, "v-sent-lead": "evangelist"})
    assert said(draft(rig).document) == [["lead", "evangelist"], ["lead", "lead"], ["mql", "marketingqualifiedlead"]]
    rule = read_mapping(draft(rig).document, "person").mapping.rules[-1]
    assert (rule.pulled("lead"), rule.pulled("evangelist"), rule.pushed("lead")) == ("lead", "lead", "evangelist")


@pytest.mark.usefixtures("stages")
def test_a_mapping_as_text_keeps_its_order_whether_values_are_pairs_or_an_object(rig: Rig, operator: Client) -> None:
    fields = document_in_force(rig)["fields"]
    stage = {"ours": "lifecycle_stage", "theirs": "stage", "values": {"recycled": "lead", "lead": "lead"}}
    operator.post(PAGE, {"document": json.dumps({"fields": [*fields, stage]}), "revision": SEEN})
    assert said(draft(rig).document) == [["recycled", "lead"], ["lead", "lead"]]
    text = operator.get(PAGE).context["form"]["document"].value()
    assert '"values": [["recycled", "lead"], ["lead", "lead"]]' in text
    operator.post(PAGE, {"document": text, "revision": 3})
    assert said(draft(rig).document) == [["recycled", "lead"], ["lead", "lead"]]


@pytest.mark.parametrize(
    ("values", "reason"),
    [([["a", "b"], ["a", "b"]], "“a” with “b” stands twice"), ([["a"]], "is no pair"), ("a", "is not a list")],
)
def test_a_value_map_that_is_none_says_where(values: Any, reason: str) -> None:
    found = read_mapping({"fields": [{"ours": "country", "theirs": "country", "values": values}]}, "person").findings
    assert [one.reason for one in found] == [reason]
    assert found[0].path.startswith("fields[0].values")


def test_rules_that_never_come_to_rest_are_told_step_by_step(rig: Rig, operator: Client) -> None:
    """Two objects of one connection that are both always right about a field."""
    theirs = {"ours": "job_title", "theirs": "jobtitle", "truth": "theirs", "direction": "pull"}
    document = {"fields": [{"ours": "email", "theirs": "email"}, theirs], "match": ["email"]}
    other = SyncObject.objects.create(connection=rig.connection, name="leads", kind="person", schema={})
    save_mapping_draft(object=other, document=document, actor=None)
    publish_mapping(object=other, actor=None)
    answer = operator.post(PAGE, {"document": json.dumps(document), "revision": SEEN})
    assert answer.status_code == 302
    found = next(one for one in operator.get(PAGE).context["findings"] if one.steps)
    reason = "Job title goes to and fro without end where somebody is in main contacts and in main leads at once"
    assert (found.path, found.reason, found.parties) == ("fields[1]", reason, ("main leads",))
    page = operator.get(PAGE).content.decode()
    assert '<a class="go" href="/martech/sync/to/main/leads/mapping/">Mapping of main leads</a>' in page
    assert page.count('<li class="then">') == sum(step.startswith(" ") for step in found.steps) > 1
    assert "… and so on without end" in page


def test_a_pair_that_the_other_side_does_not_take_says_what_would_be_right_in_the_words_of_the_page(
    rig: Rig, operator: Client
) -> None:
    fields = (
        RemoteField("hs_id", "Record ID", FieldType.TEXT, is_writable=False),
        RemoteField("email", "Email", FieldType.EMAIL),
    )
    schema = as_json(RemoteSchema("contacts", "Contacts", fields))
    SyncObject.objects.filter(connection=rig.connection, name="contacts").update(schema=schema)
    pairs = [("email", "email"), ("city", "hs_id"), ("grade", "hs_id")]
    document = {
        "fields": [{"ours": ours, "theirs": theirs, "truth": "ours"} for ours, theirs in pairs],
        "match": ["email"],
    }
    for row in document["fields"][1:]:
        row["direction"] = "push"  # type: ignore[index]
    save_mapping_draft(object=rig.object(), document=document, actor=None)
    page = operator.get(PAGE).content.decode()
    assert page.count("“Record ID” cannot be written over there") == 2
    assert "Let values go from there to here only (pull)" in page
    assert "Choose another of its fields" in page


def test_one_of_ours_that_is_read_from_a_field_is_not_mapped_to_a_second_one_that_would_never_be_written() -> None:
    rows = [{"ours": "country", "theirs": "country"}, {"ours": "country", "theirs": "status", "direction": "push"}]
    [found] = read_mapping({"fields": rows}, "person").findings
    assert (found.path, found.level) == ("fields[1].ours", "error")
    assert found.reason == "“Country” is read from “country”, and what is read from there is not written to “status”"
    both = [{**row, "direction": "push"} for row in rows]
    assert read_mapping({"fields": both}, "person").findings == []


def test_a_field_that_is_mapped_twice_is_called_as_people_call_it_on_both_sides() -> None:
    schema = {
        "fit": RemoteField("fit", "Fit of the lead", FieldType.NUMBER),
        "city": RemoteField("city", "Town", FieldType.TEXT),
    }
    push, pull = {"direction": "push", "truth": "ours"}, {"direction": "pull"}
    written = [
        {"ours": "score_fit", "theirs": "fit", **push},
        {"ours": "score_engagement", "theirs": "fit", **push},
        {"ours": "score_fit", "theirs": "fit", **push},
    ]
    found = read_mapping({"fields": written}, "person", schema).findings
    assert [one.reason for one in found] == [
        "“Fit of the lead” is written by “Fit score” and by “Engagement score”",
        "“Fit of the lead” is written twice by “Fit score”",
    ]
    read = [{"ours": "city", "theirs": "city", **pull}, {"ours": "city", "theirs": "fit", **pull}]
    [found_read] = read_mapping({"fields": read}, "person", schema).findings
    assert found_read.reason == "“City” is read from “Town” and from “Fit of the lead”"
    assert found_read.remedy == "keep one of the two"


def test_a_text_that_is_written_into_a_choice_untranslated_is_warned_of_and_may_be_published(
    rig: Rig, operator: Client
) -> None:
    status = RemoteField("status", "Lead status", FieldType.CHOICE, options=("NEW", "OPEN"))
    rig.account.schema["contacts"] = {**CONTACTS, "status": status}
    rig.connection.sync_objects.update(schema_at=None)
    rig.sync()
    field = {"ours": "city", "theirs": "status", "direction": "push", "truth": "ours"}
    save_mapping_draft(object=rig.object(), document=contacts_mapping(EMAIL, field), actor=None)
    page = operator.get(PAGE).content.decode()
    assert "“Lead status” takes only its options (NEW, OPEN …), and no value is translated" in page
    assert "must be cleared" not in page
    publish_mapping(object=rig.object(), actor=None)
    translated = contacts_mapping(EMAIL, {**field, "values": [["Graz", "NEW"]]})
    save_mapping_draft(object=rig.object(), document=translated, actor=None)
    assert "no value is translated" not in operator.get(PAGE).content.decode()
