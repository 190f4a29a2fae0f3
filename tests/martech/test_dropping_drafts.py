"""A draft is dropped as it was seen: what a colleague saved a moment ago is never dropped unseen."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client

from martech.lifecycle.document import default_document
from martech.models import LifecycleVersion, PolicyVersion
from martech.services.lifecycle import save_lifecycle_draft
from martech.services.policies import save_draft
from tests.api import Api
from tests.factories import make_user
from tests.martech.policies import document, make_reps, publish

pytestmark = pytest.mark.django_db
POLICY, DRAFT = "/martech/routing/inbound/", "routing/policies/inbound/draft/"
SAVED = "The draft was not dropped. Somebody saved this draft meanwhile (revision 3). Look at it, then drop it."
GONE = "Somebody published or dropped the draft that you saw. Look at what is in force now."


def page(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def drafted(*names: str) -> PolicyVersion:
    """Version 1 in force, and a draft of version 2 saved once for each name: its revision is one more than their number."""
    first = publish(document(make_reps("Ana")))
    for name in names:
        draft = save_draft(policy=first.policy, document={**first.document, "name": name}, actor=None)
    return draft


def drafts(model: type[Model] = PolicyVersion) -> list[tuple[int, int]]:
    found = model._default_manager.filter(state="draft").order_by("number")
    return list(found.values_list("number", "revision"))


def told(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_the_button_drops_the_draft_that_the_page_showed() -> None:
    drafted("Mine")
    client = page()
    assert '<input type="hidden" name="revision" value="2"><button class="btn2 quiet"' in (
        client.get(POLICY).content.decode()
    )
    assert told(client.post(f"{POLICY}discard/", {"revision": 2})) == ["The draft is gone; nothing else changed."]
    assert (drafts(), PolicyVersion.objects.get().state) == ([], "published")


@pytest.mark.parametrize("revision", ["2", "", "many"])
def test_what_a_colleague_saved_meanwhile_is_not_dropped_by_the_page(revision: str) -> None:
    drafted("Seen", "Theirs")
    assert told(page().post(f"{POLICY}discard/", {"revision": revision})) == [SAVED]
    assert drafts() == [(2, 3)]
    assert PolicyVersion.objects.get(state="draft").document["name"] == "Theirs"


def test_who_drops_what_is_gone_already_is_told_to_look_at_what_is_in_force() -> None:
    drafted("Seen")
    client = page()
    client.post(f"{POLICY}discard/", {"revision": 2})
    assert told(client.post(f"{POLICY}discard/", {"revision": 2}))[-1] == f"The draft was not dropped. {GONE}"
    assert list(PolicyVersion.objects.values_list("number", "state")) == [(1, "published")]


def test_the_api_drops_the_draft_whose_etag_it_names() -> None:
    drafted("Seen")
    api = Api()
    seen = api("GET", DRAFT)["ETag"]
    assert (seen, api("DELETE", DRAFT, **{"If-Match": seen}).status_code, drafts()) == ('"2.2"', 204, [])
    assert api("DELETE", DRAFT).status_code == 404


def test_the_api_refuses_to_drop_what_was_saved_meanwhile() -> None:
    theirs = drafted("Seen", "Theirs")
    answer = Api()("DELETE", DRAFT, **{"If-Match": '"2.2"'})
    assert (answer.status_code, answer.json()["detail"]) == (409, "The draft was not dropped.")
    theirs.refresh_from_db()
    assert (drafts(), theirs.document["name"]) == ([(2, 3)], "Theirs")


@pytest.mark.parametrize("role", ["leader", "sales_rep"])
def test_who_may_not_edit_routing_drops_nothing(role: str) -> None:
    drafted("Mine")
    assert page(role).post(f"{POLICY}discard/", {"revision": 2}).status_code == 403
    assert Api(role)("DELETE", DRAFT).status_code == 403
    assert drafts() == [(2, 2)]


def test_stages_that_a_colleague_saved_meanwhile_are_not_dropped() -> None:
    for revision in (0, 1):
        save_lifecycle_draft(document=default_document(), actor=None, revision=revision)
    answer = page().post("/martech/lifecycle/discard/", {"revision": 1})
    assert told(answer) == [SAVED.replace("3", "2")]
    assert drafts(LifecycleVersion) == [(1, 2)]


def test_a_version_is_called_by_its_policy_and_number() -> None:
    assert str(drafted("Mine")) == "Inbound, version 2"
