"""A mapping is read and a draft of it checked by API, with the rights and refusals of its page."""

from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from martech.models import MappingVersion, SyncObject
from martech.services.sync.mappings import publish_mapping, save_mapping_draft
from tests.api import Api
from tests.martech.sync.conftest import Rig, contacts_mapping

CHECK = "sync/mappings/main/contacts/check/"
EMAIL = {"ours": "email", "theirs": "email"}
THEIRS = {"ours": "job_title", "theirs": "jobtitle", "truth": "theirs", "direction": "pull"}


@pytest.fixture
def rival(rig: Rig) -> Rig:
    """A second object of the connection that is always right about the job title."""
    rig.map(contacts_mapping(EMAIL))
    other = SyncObject.objects.create(connection=rig.connection, name="leads", kind="person", schema={})
    save_mapping_draft(object=other, document={"fields": [EMAIL, THEIRS], "match": ["email"]}, actor=None)
    publish_mapping(object=other, actor=None)
    return rig


def test_a_draft_that_never_comes_to_rest_is_told_with_its_story_and_nothing_is_stored(rival: Rig) -> None:
    before = list(MappingVersion.objects.values())
    answer = Api()("POST", CHECK, {"document": contacts_mapping(EMAIL, THEIRS)})
    found = answer.json()
    assert (answer.status_code, found["publishable"]) == (200, False)
    [endless] = [one for one in found["findings"] if one["steps"]]
    assert (endless["level"], endless["path"], endless["parties"]) == ("error", "fields[1]", ["main leads"])
    assert endless["steps"][-1] == "… and so on without end"
    newest = Api()("POST", CHECK, {"document": contacts_mapping(EMAIL, {**THEIRS, "truth": "newest"})}).json()
    assert newest["publishable"] is True
    assert list(MappingVersion.objects.values()) == before


def test_without_a_document_the_draft_is_checked_else_what_is_in_force(rival: Rig) -> None:
    assert Api()("POST", CHECK, {}).json() == {"publishable": True, "findings": []}
    save_mapping_draft(object=rival.object(), document=contacts_mapping(EMAIL, THEIRS), actor=None)
    assert Api()("POST", CHECK, {}).json()["publishable"] is False
    shown = Api()("GET", "sync/mappings/main/contacts/").json()
    assert (shown["is_draft"], shown["in_force"], shown["document"]["fields"][1]["ours"]) == (
        True,
        rival.object().versions.count() - 1,
        "job_title",
    )


@pytest.mark.parametrize(
    "document", [[], "text", {"fields": [{"ours": "telepathy", "theirs": "email"}]}, {"fields": 7}]
)
def test_what_is_no_mapping_is_a_finding_with_its_remedy(rival: Rig, document: Any) -> None:
    found = Api()("POST", CHECK, {"document": document}).json()
    assert found["publishable"] is False
    assert all(one["reason"] and one["remedy"] for one in found["findings"])


def test_who_may_not_change_connections_neither_reads_nor_checks_and_an_unknown_object_is_none(rival: Rig) -> None:
    analyst = Api(role=Role.ANALYST)
    assert analyst("GET", "sync/mappings/main/contacts/").status_code == 403
    assert analyst("POST", CHECK, {}).status_code == 403
    assert Api()("POST", "sync/mappings/main/nothing/check/", {}).status_code == 404
    assert Api()("GET", "sync/mappings/other/contacts/").status_code == 404
    assert Client().post(f"/api/v1/{CHECK}").status_code == 401
