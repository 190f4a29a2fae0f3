"""Scoring and the lifecycle as people and programs use them: pages, the bulk bar, the API."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from martech.models import LifecycleVersion, Person, ScoringVersion, StageMove
from martech.services.refreshing import refresh_people
from tests.factories import make_person, make_token, make_user
from tests.martech.lifecycle.graphs import at_stage, path
from tests.martech.lifecycle.graphs import publish as publish_lifecycle
from tests.martech.scoring.models import CHIEF, GERMAN, document, fit, publish, scores, touch

pytestmark = pytest.mark.django_db


def signed_in(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def api(client: Client, method: str, url: str, token: str, data: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    body = {"data": json.dumps(data), "content_type": "application/json"} if data is not None else {}
    return getattr(client, method)(f"/api/v1/{url}", headers=headers, **body)


def rule_form(revision: int, **changes: Any) -> dict[str, Any]:
    return {"name": "Chiefs", "when": json.dumps(CHIEF), "points": 30, "group": "", "revision": revision, **changes}


def test_a_rule_is_added_tried_and_published_by_clicks() -> None:
    person = make_person(job_title="Chief of Staff", lifecycle_stage="lead")
    client = signed_in()
    assert client.post("/martech/scoring/fit/new/", rule_form(0)).status_code == 302
    draft = ScoringVersion.objects.get()
    assert draft.document["fit"]["rules"] == [{"key": "chiefs", "name": "Chiefs", "when": CHIEF, "points": 30}]
    assert "<b>1 of 1 people</b> would change grade" in client.get("/martech/scoring/dry-run/").content.decode()
    assert scores(person) == (0, 0, "")
    assert client.post("/martech/scoring/publish/", {"revision": draft.revision}).status_code == 302
    refresh_people()
    assert scores(person) == (30, 0, "C4")
    assert "Chiefs" in client.get(person.get_absolute_url()).content.decode()


def test_a_rule_that_is_refused_stays_on_the_form_and_saves_nothing() -> None:
    client = signed_in()
    assert client.post("/martech/scoring/fit/new/", rule_form(0, points=101)).status_code == 422
    assert client.post("/martech/scoring/fit/new/", rule_form(0, when="{}")).status_code == 422
    assert not ScoringVersion.objects.exists()


def test_an_editor_who_saw_an_older_draft_is_told_and_overwrites_nothing() -> None:
    client = signed_in()
    client.post("/martech/scoring/fit/new/", rule_form(0))
    answer = client.post("/martech/scoring/fit/new/", rule_form(0, name="Late"))
    assert answer.status_code == 422
    assert (
        "Somebody saved this draft meanwhile" in answer.content.decode() or "Load revision 1" in answer.content.decode()
    )
    assert [rule["name"] for rule in ScoringVersion.objects.get().document["fit"]["rules"]] == ["Chiefs"]


def test_grades_and_caps_are_set_on_their_form() -> None:
    publish(document(fit={"rules": [fit("german", 60, GERMAN, "market")], "caps": {}}))
    values = {f"fit_{index}": value for index, value in enumerate([90, 60, 30])}
    values |= {f"engagement_{index}": value for index, value in enumerate([80, 40, 20])}
    form = {"name": "New", **values, "fit_cap_0": 45, "engagement_cap_1": 25, "revision": 1}
    assert signed_in().post("/martech/scoring/settings/", form).status_code == 302
    draft = ScoringVersion.objects.get(state="draft").document
    assert draft["grades"] == {"fit": [90, 60, 30], "engagement": [80, 40, 20]}
    assert (draft["fit"]["caps"], draft["engagement"]["caps"]) == ({"market": 45}, {"mail": 25})


@pytest.mark.parametrize("role", ["leader", "analyst"])
@pytest.mark.parametrize("page", ["scoring/publish/", "scoring/discard/", "lifecycle/publish/", "lifecycle/discard/"])
def test_who_only_reads_cannot_publish_or_drop(role: str, page: str) -> None:
    publish()
    publish(document(name="Second"))
    ScoringVersion.objects.filter(number=2).update(state="draft")
    assert signed_in(role).post(f"/martech/{page}").status_code == 403
    assert sorted(ScoringVersion.objects.values_list("number", "state")) == [(1, "superseded"), (2, "draft")]
    assert not LifecycleVersion.objects.exists()


def test_the_dry_run_counts_who_would_become_an_mql() -> None:
    from martech.lifecycle.document import default_document
    from martech.services.scoring import try_scoring

    at_stage("lead", country="DE")
    at_stage("lead", "mql", "lead", country="DE")
    at_stage("lead", country="FR")
    text = default_document()
    text["stages"][2]["when"] = {"field": "person.grade", "op": "starts_with", "value": "A"}
    publish_lifecycle(text)
    publish()
    refresh_people()
    result = try_scoring(document(fit={"rules": [fit("german", 90, GERMAN)], "caps": {}}))
    assert (result.people, result.moved, result.ways) == (3, 2, (("C4", "A4", 2),))
    assert (result.meet_now, result.would_meet, result.would_enter) == (0, 2, 1)
    assert Person.objects.filter(grade="A4").count() == 0


def test_a_stage_is_changed_in_the_draft_with_its_moves() -> None:
    client = signed_in()
    form = {
        "when": json.dumps(GERMAN),
        "on_deal": "",
        "stuck_after_days": 5,
        "targets": ["sal", "recycled"],
        "revision": 0,
    }
    assert client.post("/martech/lifecycle/mql/", form).status_code == 302
    text = LifecycleVersion.objects.get().document
    assert text["stages"][2] == {"key": "mql", "when": GERMAN, "stuck_after_days": 5}
    assert [end for start, end in text["moves"] if start == "mql"] == ["sal", "recycled"]
    assert "Draft of version 1" in client.get("/martech/lifecycle/").content.decode()


def test_the_number_of_the_stuck_opens_them() -> None:
    publish_lifecycle()
    stuck = at_stage("lead", "mql", days_ago=30)
    page = signed_in().get("/martech/lifecycle/mql/stuck/").content.decode()
    assert str(stuck) in page
    assert signed_in().get("/martech/lifecycle/customer/stuck/").status_code == 404


def test_marked_people_are_moved_from_the_list_with_a_reason() -> None:
    people = [at_stage("lead"), at_stage("mql"), at_stage("customer")]
    client = signed_in()
    marked = {"pk": [person.pk for person in people], "all": "0", "next": "/martech/people/?stage=lead"}
    asked = client.post("/martech/people/move/", marked)
    assert asked.status_code == 200
    assert StageMove.objects.filter(cause="manual").count() == 0
    assert client.post("/martech/people/move/", {**marked, "stage": "recycled", "reason": ""}).status_code == 422
    done = client.post("/martech/people/move/", {**marked, "stage": "recycled", "reason": "Fair is over"})
    assert (done.status_code, done["Location"]) == (302, "/martech/people/?stage=lead")
    assert [path(person)[-1] for person in people] == ["recycled", "recycled", "customer"]


def test_all_that_the_filters_match_are_moved_and_nobody_else() -> None:
    lead, mql = at_stage("lead"), at_stage("mql")
    answer = {"all": "1", "stage": "disqualified", "reason": "Bought list", "next": "https://elsewhere.example/"}
    done = signed_in().post("/martech/people/move/?stage=mql", answer)
    assert done["Location"] == "/martech/people/"
    assert [path(person)[-1] for person in (lead, mql)] == ["lead", "disqualified"]


def test_a_reader_moves_nobody() -> None:
    person = at_stage("lead")
    answer = {"stage": "recycled", "reason": "why", "pk": [person.pk]}
    assert signed_in("analyst").post("/martech/people/move/", answer).status_code == 403
    assert signed_in("analyst").post(f"/martech/people/{person.pk}/move/", answer).status_code == 403
    assert path(person) == ["lead"]


def test_people_are_filtered_by_grade_on_the_page_and_in_the_api(client: Client) -> None:
    good, _bad = make_person(grade="A1", first_name="Greta"), make_person(grade="D4", first_name="Dora")
    page = signed_in().get("/martech/people/?grade=A1").content.decode()
    assert "Greta" in page
    assert "Dora" not in page
    found = api(client, "get", "people/?grade=a1,b1", make_token()).json()["results"]
    assert [person["id"] for person in found] == [good.pk]
    assert found[0]["score"] == {"fit": 0, "engagement": 0, "grade": "A1"}


def test_the_api_explains_a_score_now_and_then(client: Client) -> None:
    person, token = make_person(country="DE"), make_token()
    touch(person, "form", days_ago=30)
    assert api(client, "get", f"people/{person.pk}/score/", token).status_code == 404
    publish()
    refresh_people()
    then = timezone.now()
    Person.objects.filter(pk=person.pk).update(country="FR")
    refresh_people()
    assert api(client, "get", f"people/{person.pk}/score/", token).json() == {
        "version": 1,
        "fit": 0,
        "engagement": 20,
        "grade": "D4",
        "fit_contributions": [],
        "engagement_contributions": [
            {"key": "form", "name": "Form", "group": "", "points": 20.0, "given": 40.0, "touches": 1}
        ],
    }
    past = client.get(
        f"/api/v1/people/{person.pk}/score/", {"at": then.isoformat()}, headers={"Authorization": f"Bearer {token}"}
    )
    assert past.json()["fit"] == 40
    long_ago = (then - timedelta(days=9)).isoformat()
    before = client.get(
        f"/api/v1/people/{person.pk}/score/", {"at": long_ago}, headers={"Authorization": f"Bearer {token}"}
    )
    assert before.status_code == 404


def test_the_api_moves_a_person_with_a_reason_and_refuses_without(client: Client) -> None:
    person, token = at_stage("mql"), make_token()
    refused = api(client, "post", f"people/{person.pk}/stage/", token, {"stage": "recycled"})
    assert (refused.status_code, refused.json()["errors"]) == (422, {"reason": ["Say why; it stays with the person."]})
    assert path(person) == ["mql"]
    moved = api(client, "post", f"people/{person.pk}/stage/", token, {"stage": "recycled", "reason": "No budget"})
    assert (moved.status_code, moved.json()["lifecycle_stage"]) == (200, "recycled")
    assert path(person) == ["mql", "recycled"]
