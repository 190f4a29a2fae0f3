"""Earlier versions of a policy: read, compared, and taken up again."""

import json

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils.html import escape

from martech.models import PolicyVersion, RoutingPolicy
from martech.services.policies import discard_draft, publish_policy, save_draft
from martech.services.routing import enqueue_routing
from mops.core.document_text import read_text
from mops.core.errors import ConflictError
from tests.api import Api
from tests.factories import make_person, make_token, make_user
from tests.martech.policies import document, make_reps, publish, route

pytestmark = pytest.mark.django_db
POLICY = "/martech/routing/inbound/"


def page(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def two_versions() -> RoutingPolicy:
    """Version 1 with Ana alone, version 2, which routes, with Bo as well."""
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    publish(document([ana, bo]))
    return RoutingPolicy.objects.get()


def states() -> list[tuple[int, str, int]]:
    return list(PolicyVersion.objects.order_by("number").values_list("number", "state", "revision"))


def test_a_version_says_what_it_changed_against_the_one_before() -> None:
    two_versions()
    shown = page().get(f"{POLICY}versions/2/").content.decode()
    assert escape("+      - user: bo@example.com") in shown
    assert f"{POLICY}versions/1/" in shown
    assert PolicyVersion.objects.get(number=2).get_absolute_url() == f"{POLICY}versions/2/"
    assert "Make it the draft" not in shown


def test_the_policy_leads_to_every_version_and_a_version_to_its_own_decisions() -> None:
    ana, bo = make_reps("Ana", "Bo")
    early, late = make_person(first_name="Early", country="FR"), make_person(first_name="Late", country="FR")
    for users, person in (([ana], early), ([bo], late)):
        publish(document(users))
        enqueue_routing([person.pk], cause="created")
        route()
    client = page()
    assert f'href="{POLICY}versions/1/"' in client.get(POLICY).content.decode()
    decided = client.get("/martech/routing/decisions/?policy=inbound&version=1").content.decode()
    assert ("Early" in decided, "Late" in decided) == (True, False)


def test_an_earlier_version_is_taken_up_as_the_draft_and_routes_only_once_published() -> None:
    policy, client = two_versions(), page()
    answer = client.post(f"{POLICY}versions/1/take-up/", {"revision": "2"})
    assert (answer.status_code, answer["Location"]) == (302, POLICY)
    assert states() == [(1, "superseded", 1), (2, "published", 2), (3, "draft", 3)]
    assert policy.versions.get(number=3).document == policy.versions.get(number=1).document
    client.post(f"{POLICY}publish/", {"revision": "3"})
    assert states() == [(1, "superseded", 1), (2, "superseded", 2), (3, "published", 3)]


def test_taking_up_a_version_never_replaces_a_draft_that_was_not_seen() -> None:
    policy = two_versions()
    kept = {**policy.versions.get(number=2).document, "name": "Theirs"}
    save_draft(policy=policy, document=kept, actor=None)
    answer = page().post(f"{POLICY}versions/1/take-up/", {"revision": "0"})
    assert answer["Location"] == f"{POLICY}versions/1/"
    assert policy.versions.get(number=3).document == kept
    (said,) = get_messages(answer.wsgi_request)
    assert str(said).startswith("Somebody saved this draft meanwhile (revision 3). Somebody saved revision 3 at ")


def test_who_may_not_edit_reads_a_version_and_takes_none_up() -> None:
    two_versions()
    client = page("analyst")
    shown = client.get(f"{POLICY}versions/1/")
    assert (shown.status_code, "Make it the draft" in shown.content.decode()) == (200, False)
    assert client.post(f"{POLICY}versions/1/take-up/", {"revision": "0"}).status_code == 403
    assert [state for _, state, _ in states()] == ["superseded", "published"]


def test_an_earlier_version_is_downloaded_as_it_was() -> None:
    policy = two_versions()
    answer = page().get(f"{POLICY}export/?version=1")
    assert answer["Content-Disposition"] == 'attachment; filename="inbound-v1.yaml"'
    assert read_text(answer.content.decode()).document == policy.versions.get(number=1).document


@pytest.mark.parametrize("number", ["9", "0", "-1", "one", "99999999999999999999"])
def test_a_version_that_is_none_is_not_found(number: str) -> None:
    two_versions()
    assert page().get(f"{POLICY}export/?version={number}").status_code == 404


@pytest.mark.parametrize("revision", ["", "abc", "-1", "1.5", "99999999999999999999"])
def test_a_revision_that_is_no_number_publishes_nothing(revision: str) -> None:
    policy = two_versions()
    save_draft(policy=policy, document={**policy.versions.get(number=2).document, "name": "Next"}, actor=None)
    answer = page().post(f"{POLICY}publish/", {"revision": revision})
    (said,) = get_messages(answer.wsgi_request)
    assert str(said) == (
        "The policy was not published. Somebody saved this draft meanwhile (revision 3). Look at it, then publish."
    )
    assert states() == [(1, "superseded", 1), (2, "published", 2), (3, "draft", 3)]


@pytest.mark.parametrize("character", ["\\u0000", "\\ud800"])
@pytest.mark.parametrize("place", ["name", "rules[0].name"])
def test_a_character_that_no_text_can_keep_is_refused_with_its_place(character: str, place: str) -> None:
    policy = two_versions()
    text = json.dumps({**policy.versions.get(number=2).document, "name": "HERE"})
    if place != "name":
        text = text.replace("HERE", "Inbound").replace("German", "HERE")
    client = Client(headers={"Authorization": f"Bearer {make_token(role='ops_manager')}"})
    sent = text.replace("HERE", f"a{character}b")
    answer = client.put("/api/v1/routing/policies/inbound/draft/", sent, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [place])
    assert [state for _, state, _ in states()] == ["superseded", "published"]


def test_a_button_of_an_old_page_says_who_was_first() -> None:
    policy, client = two_versions(), page()
    save_draft(policy=policy, document=policy.versions.get(number=2).document, actor=None)
    answer = client.post(f"{POLICY}rules/1/change/", {"revision": "0", "do": "remove"})
    (said,) = get_messages(answer.wsgi_request)
    assert str(said).startswith("Somebody saved this draft meanwhile (revision 3). Somebody saved revision 3 at ")
    assert str(said).endswith("Look at it and try again.")
    assert len(policy.versions.get(number=3).document["rules"]) == 1


def test_the_versions_of_a_policy_are_listed_and_read_by_api() -> None:
    policy, api = two_versions(), Api("analyst")
    save_draft(policy=policy, document={**policy.versions.get(number=2).document, "name": "Next"}, actor=None)
    first = api("GET", "routing/policies/inbound/versions/?limit=2").json()
    assert [(one["number"], one["state"], one["revision"]) for one in first["results"]] == [
        (3, "draft", 3),
        (2, "published", 2),
    ]
    assert "document" not in first["results"][0]
    (oldest,) = api.client.get(first["next"]).json()["results"]
    assert (oldest["number"], oldest["state"]) == (1, "superseded")
    read = api("GET", "routing/policies/inbound/versions/1/").json()
    assert read == {**oldest, "document": policy.versions.get(number=1).document}


def test_a_version_as_yaml_is_the_document_that_a_draft_takes() -> None:
    policy, api = two_versions(), Api()
    text = api("GET", "routing/policies/inbound/versions/1/?format=yaml")
    assert text["Content-Type"] == "application/yaml; charset=utf-8"
    document_then = policy.versions.get(number=1).document
    assert read_text(text.content.decode()).document == document_then
    assert api("PUT", "routing/policies/inbound/draft/", document_then).status_code == 200
    assert policy.versions.get(number=3).document == document_then


@pytest.mark.parametrize("path", ["inbound/versions/9/", "inbound/versions/99999999999999999999/", "none/versions/"])
def test_a_version_that_is_none_is_not_found_by_api(path: str) -> None:
    two_versions()
    assert Api()("GET", f"routing/policies/{path}").status_code == 404


def test_who_may_not_see_routing_lists_and_reads_no_version() -> None:
    two_versions()
    api = Api("requester")
    for path in ("versions/", "versions/1/"):
        assert api("GET", f"routing/policies/inbound/{path}").status_code == 403, path


# --- who was first --------------------------------------------------------------------------------------------------


def rewritten(version: PolicyVersion, name: str, revision: int | None = None) -> PolicyVersion:
    document = {**version.document, "name": name}
    return save_draft(policy=version.policy, document=document, actor=None, revision=revision)


def test_who_edits_a_draft_that_was_published_meanwhile_does_not_save_over_the_next_one() -> None:
    first = publish(document(make_reps("Ana")))
    seen = rewritten(first, "As seen").revision
    publish_policy(policy=first.policy, actor=None)
    theirs = rewritten(first, "Theirs")
    with pytest.raises(ConflictError) as refused:
        rewritten(first, "Mine", seen)
    assert refused.value.errors == {"revision": ["Load revision 3, and make your change again."]}
    theirs.refresh_from_db()
    assert (theirs.document["name"], theirs.revision) == ("Theirs", 3)


def test_who_publishes_what_was_published_meanwhile_does_not_publish_the_next_draft_unseen() -> None:
    first = publish(document(make_reps("Ana")))
    seen = rewritten(first, "As seen").revision
    publish_policy(policy=first.policy, actor=None, revision=seen)
    with pytest.raises(ConflictError) as refused:
        publish_policy(policy=first.policy, actor=None, revision=seen)
    reason = "Somebody published or dropped the draft that you saw. Look at what is in force now."
    assert refused.value.errors == {"revision": [reason]}
    rewritten(first, "Theirs")
    with pytest.raises(ConflictError):
        publish_policy(policy=first.policy, actor=None, revision=seen)
    assert states() == [(1, "superseded", 1), (2, "published", 2), (3, "draft", 3)]


def test_who_edits_a_draft_that_was_dropped_meanwhile_does_not_save_over_the_next_one() -> None:
    first = publish(document(make_reps("Ana")))
    seen = rewritten(first, "As seen").revision
    discard_draft(policy=first.policy, actor=None)
    theirs = rewritten(first, "Theirs")
    with pytest.raises(ConflictError):
        rewritten(first, "Mine", seen)
    theirs.refresh_from_db()
    assert theirs.document["name"] == "Theirs"


def test_who_edits_a_draft_that_was_dropped_meanwhile_does_not_bring_it_back() -> None:
    first = publish(document(make_reps("Ana")))
    seen = rewritten(first, "As seen").revision
    discard_draft(policy=first.policy, actor=None)
    with pytest.raises(ConflictError) as refused:
        rewritten(first, "Mine", seen)
    assert refused.value.detail == "Somebody published or dropped the draft meanwhile (revision 3)."
    assert states() == [(1, "published", 3)]


def test_who_began_before_a_version_was_published_makes_no_draft_of_what_it_replaced() -> None:
    """The page, and the API by its ETag, say which version was seen, also where there was no draft."""
    first = publish(document(make_reps("Ana")))
    api = Api()
    seen = api("GET", "routing/policies/inbound/draft/")["ETag"]
    rewritten(first, "Theirs")
    publish_policy(policy=first.policy, actor=None)
    answer = api("PUT", "routing/policies/inbound/draft/", first.document, **{"If-Match": seen})
    assert (seen, answer.status_code) == ('"1.1"', 409)
    assert answer.json()["detail"] == "Somebody published or dropped the draft meanwhile (revision 2)."
    removal = {"revision": "1", "do": "remove"}
    page().post(f"{POLICY}rules/1/change/", removal)
    assert states() == [(1, "superseded", 1), (2, "published", 2)]
