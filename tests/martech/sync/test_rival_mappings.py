"""Two connections that write one and the same field: only that field stops, and the page says with whom it clashes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from governance.policies import Role
from martech.connectors.offers import Suggestion
from martech.models import Connection
from martech.services.sync.connections import check_connection
from martech.services.sync.mappings import check_mapping
from tests.martech.sync.conftest import Rig, contacts_mapping
from tests.martech.sync.scripted import Account, scripted, scripted_vendor
from tests.martech.sync.test_plan_pages import client_of

pytestmark = pytest.mark.django_db
EMAIL, TITLE = {"ours": "email", "theirs": "email"}, {"ours": "job_title", "theirs": "jobtitle", "truth": "theirs"}


@pytest.fixture
def beside(rig: Rig, second: Account, monkeypatch: Any) -> Iterator[Connection]:
    """A second system whose suggested mapping says that it is right about the job title, as the first one does."""
    rig.map(contacts_mapping(EMAIL, TITLE))
    suggestions = {
        "contacts": (Suggestion("email", "email"), Suggestion("job_title", "jobtitle", owner="theirs")),
    }
    with scripted(monkeypatch, main=rig.account, second=second):
        vendor = replace(scripted_vendor({"main": rig.account, "second": second}), suggestions=suggestions)
        monkeypatch.setattr("martech.services.sync.course.vendor_of", lambda key: vendor)
        yield Connection.objects.create(name="second", vendor="hubspot", options={"account": "second"})


def test_a_system_that_is_connected_begins_without_the_field_that_another_is_right_about(beside: Connection) -> None:
    steps = {step.title: step for step in check_connection(beside)}
    assert all(step.is_ok for step in steps.values())
    assert "Left out: Job title goes to and fro without end between second and main." in steps["Contacts"].detail
    beside.refresh_from_db()
    document = beside.sync_objects.get(name="contacts").versions.get(state="published").document
    mapped = {row["ours"] for row in document["fields"]}
    assert (beside.state, "email" in mapped, "job_title" in mapped) == ("active", True, False)


def test_the_clash_names_the_other_mapping_and_what_would_be_right(both: tuple[Rig, Rig]) -> None:
    one, other = both
    one.map(contacts_mapping(EMAIL, TITLE))
    found = [f for f in check_mapping(other.object(), contacts_mapping(EMAIL, TITLE)).findings if f.level == "error"]
    assert [(f.path, f.parties) for f in found] == [("fields[1]", ("main",))]
    choice = "choose “The newest change” in place of “Theirs” under “Whose word counts” here, and it comes to rest"
    assert found[0].remedy.startswith(f"{choice}; in main it is “Theirs”. You can also change that one instead")
    followed = check_mapping(other.object(), contacts_mapping(EMAIL, {**TITLE, "truth": "newest"})).findings
    assert [f for f in followed if f.level == "error"] == []
    newest = {**TITLE, "truth": "newest"}
    assert check_mapping(other.object(), contacts_mapping(EMAIL, newest)).findings == []


def test_the_page_says_beside_each_field_whose_word_counts_elsewhere(both: tuple[Rig, Rig]) -> None:
    one, other = both
    one.map(contacts_mapping(EMAIL, TITLE))
    other.map(contacts_mapping(EMAIL, {**TITLE, "truth": "newest"}, {"ours": "company", "theirs": "company"}))
    address, client = "/martech/sync/to/second/contacts/mapping/", client_of(Role.OPS_MANAGER)
    page = client.get(address)
    assert {row["ours"]: row["others"] for row in page.context["rows"]} == {
        "E-mail": ["as in 1 other mapping"],
        "Job title": ["in main: theirs"],
        "Company": [],
    }
    assert '<div class="m">in main: theirs</div>' in page.content.decode()
    one.object().versions.all().delete()
    assert [row["others"] for row in client.get(address).context["rows"]] == [[], [], []]
