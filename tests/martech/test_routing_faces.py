"""Routing by API, in the browser's pages and from the command line."""

import copy
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from governance.models import User
from martech.models import PolicyVersion, RoutingDecision, RoutingPolicy, RoutingWork, TimeOff, WorkingCalendar
from martech.selectors.decisions import what_for
from martech.services.policies import edit_draft, publish_policy, save_draft
from martech.services.routing import enqueue_routing
from mops.core.errors import ConflictError, DomainError
from tests.api import Api
from tests.factories import make_account, make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

pytestmark = pytest.mark.django_db


def page(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_policy_is_drafted_checked_and_published_by_api() -> None:
    api, reps = Api(), make_reps("Ana", "Bo")
    text = document(reps)
    saved = api("PUT", "routing/policies/inbound/draft/", text)
    assert (saved.status_code, saved.json()) == (200, text)
    assert api("GET", "routing/policies/inbound/draft/").json() == text
    check = api("POST", "routing/policies/inbound/check/").json()
    assert (check["publishable"], [one["level"] for one in check["findings"]]) == (True, ["info"])
    published = api("POST", "routing/policies/inbound/publish/")
    assert (published.status_code, published.json()["version"]) == (200, 1)
    listed = api("GET", "routing/policies/").json()["results"]
    assert [(one["key"], one["published"], one["draft"]) for one in listed] == [("inbound", 1, None)]


def test_a_draft_with_errors_is_kept_but_not_published() -> None:
    api = Api()
    text = {**document(make_reps("Ana")), "otherwise": "nowhere"}
    assert api("PUT", "routing/policies/inbound/draft/", text).status_code == 200
    answer = api("POST", "routing/policies/inbound/publish/")
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"otherwise": ["there is no pool “nowhere”; pools are desk"]}
    assert PolicyVersion.objects.get().state == "draft"


def test_what_is_no_policy_is_not_kept() -> None:
    answer = Api()("PUT", "routing/policies/inbound/draft/", ["rules"])
    assert answer.status_code == 422
    assert not PolicyVersion.objects.exists()


def test_two_editors_do_not_overwrite_one_another() -> None:
    api, text = Api(), document(make_reps("Ana"))
    etag = api("PUT", "routing/policies/inbound/draft/", text)["ETag"]
    assert api("PUT", "routing/policies/inbound/draft/", text, **{"If-Match": etag}).status_code == 200
    late = api("PUT", "routing/policies/inbound/draft/", {**text, "name": "Late"}, **{"If-Match": etag})
    assert late.status_code == 409
    assert PolicyVersion.objects.get().document["name"] == "Inbound"


@pytest.mark.parametrize(
    ("asked", "errors"),
    [
        (
            {"person": {"country": "Germany"}},
            {"person.country": ["Country has no value “Germany”; write DE for Germany"]},
        ),
        (
            {"person": {"country": "Atlantis"}},
            {"person.country": ["Country has no value “Atlantis”; choose one that the rule builder offers"]},
        ),
        (
            {"person": {"account": {"employees": "many"}}},
            {"person.account.employees": ["needs a number, not text; write it without quotes, such as 500"]},
        ),
        (
            {"person": {"country": 49}},
            {"person.country": ['needs text, not a number; write it in quotes, such as "DE"']},
        ),
        (
            {"person": 4711},
            {"person": ["There is nobody with the id 4711, or you may not see them. Send another id, or an object."]},
        ),
        (
            {"person": 10**30},
            {
                "person": [
                    f"There is nobody with the id {10**30}, or you may not see them. Send another id, or an object."
                ]
            },
        ),
        (
            {"person": {"country": "DE"}, "policy": "none"},
            {"policy": ["There is no policy “none”. GET routing/policies/ lists their keys."]},
        ),
    ],
)
def test_a_preview_of_what_cannot_be_meant_names_the_field_the_reason_and_the_remedy(
    asked: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    publish(document(make_reps("Ana")))
    answer = Api()("POST", "routing/preview/", asked)
    assert (answer.status_code, answer.json()["errors"]) == (422, errors)


def test_a_preview_says_who_and_why() -> None:
    publish(document(make_reps("Ana", "Bo")))
    api = Api()
    answer = api("POST", "routing/preview/", {"person": {"country": "DE"}})
    assert answer.status_code == 200
    assert answer.json()["owner"]["name"] == "Ana"
    assert [line["title"] for line in answer.json()["why"]] == [
        "Rule 1 “German” matched",
        "It was Ana’s turn in desk",
    ]
    assert api("POST", "routing/preview/", {"person": {"contry": "DE"}}).json()["errors"] == {
        "person.contry": ["Routing knows no such field; see docs/routing.md for those it knows."]
    }
    assert not RoutingDecision.objects.exists()


def test_decisions_of_a_person_are_answered_newest_first() -> None:
    publish(document(make_reps("Ana")))
    person = make_person(country="FR")
    enqueue_routing([person.pk], cause="created")
    route()
    (found,) = Api()("GET", f"people/{person.pk}/decisions/").json()["results"]
    assert (found["outcome"], found["policy"], found["version"], found["owner"]["name"]) == (
        "assigned",
        "inbound",
        1,
        "Ana",
    )
    assert found["inputs"] == {"person.country": "FR"}
    assert found["why"][1] == {"title": "Rule 1 “German” did not", "detail": "Country is France, asked for: one of "
                               "Germany, Austria"}  # fmt: skip


def test_an_analyst_does_not_read_an_address_in_a_decision() -> None:
    text = document(make_reps("Ana"))
    text["rules"][0]["when"] = {"field": "person.email", "op": "ends_with", "value": "@example.com"}
    publish(text)
    person = make_person(email="secret@example.org")
    enqueue_routing([person.pk], cause="created")
    route()
    answer = Api("analyst")("GET", f"people/{person.pk}/decisions/")
    assert answer.status_code == 200
    assert "secret@example.org" not in answer.content.decode()
    decision = RoutingDecision.objects.get()
    shown = page("analyst").get(f"/martech/routing/decisions/{decision.pk}/").content.decode()
    assert "secret@example.org" not in shown


def test_a_requester_changes_no_policy() -> None:
    assert Api("requester")("PUT", "routing/policies/inbound/draft/", document([])).status_code == 403
    assert not RoutingPolicy.objects.exists()


def routed(countries: str) -> None:
    for country in countries.split():
        person = make_person(country=country)
        enqueue_routing([person.pk], cause="created")
    route()


def test_replaying_the_unchanged_policy_moves_nobody() -> None:
    publish(document(make_reps("Ana", "Bo")))
    routed("DE FR DE")
    answer = Api()("POST", "routing/policies/inbound/replay/", {"days": 7}).json()
    assert (answer["decisions"], answer["moved"], answer["ways"]) == (3, 0, [])


def test_deciding_again_from_what_was_stored_gives_the_same_to_the_last_turn() -> None:
    ana, bo, cy = make_reps("Ana", "Bo", "Cy")
    text = document([ana, bo, cy], [3, 2, 1], when_absent="overflow:late")
    text["pools"]["desk"]["members"][0]["caps"] = {"per_day": 3}
    text["pools"]["late"] = {"strategy": "least_loaded", "members": [{"user": bo.email}, {"user": cy.email}]}
    publish(text)
    for country in ("DE", "FR", "AT", "BR", "DE", "DE", "FR", "DE", "AT"):
        enqueue_routing([make_person(country=country).pk], cause="created")
        route()
    answer = Api()("POST", "routing/policies/inbound/replay/", {"days": 7}).json()
    assert answer["reproduced"] == {"decisions": 9, "differing": []}
    assert answer["sla"] == {"late_before": 0, "late_after": 0}
    forged = RoutingDecision.objects.order_by("pk")[4]
    other = next(rep for rep in (ana, bo, cy) if rep != forged.owner)
    RoutingDecision.objects.filter(pk=forged.pk).update(owner=other)
    answer = Api()("POST", "routing/policies/inbound/replay/", {"days": 7}).json()
    assert answer["reproduced"] == {"decisions": 9, "differing": [forged.pk]}


def test_a_replay_says_who_would_move() -> None:
    ana, bo = make_reps("Ana", "Bo")
    version = publish(document([ana]))
    routed("DE FR DE")
    text = copy.deepcopy(version.document)
    text["pools"]["late"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    text["rules"][0]["to"] = "late"
    save_draft(policy=version.policy, document=text, actor=None)
    answer = Api()("POST", "routing/policies/inbound/replay/", {"days": 7}).json()
    assert answer["ways"] == [{"from": "desk", "to": "late", "leads": 2}]
    assert [(one["user"]["name"], one["before"], one["after"]) for one in answer["shares"]] == [
        ("Ana", 3, 1),
        ("Bo", 0, 2),
    ]
    assert RoutingDecision.objects.filter(owner=bo).count() == 0


def test_whoever_was_passed_over_is_told_what_would_bring_the_lead_to_them() -> None:
    ana, away, full, idle, gone, night, unreached = make_reps("Ana", "Away", "Full", "Idle", "Gone", "Night", "Far")
    loose = make_reps("Loose")[0]
    text = document([ana, away, full, idle, gone, night])
    members = text["pools"]["desk"]["members"]
    members[2]["caps"], members[3]["paused"], members[5]["calendar"] = {"open": 1}, True, "never"
    text["pools"]["far"] = {"strategy": "round_robin", "members": [{"user": unreached.email}]}
    now = timezone.now()
    tomorrow = f"{now + timedelta(days=2):%a}".lower()
    hours = {"zone": "UTC", "hours": {tomorrow: [["09:00", "10:00"]]}}
    WorkingCalendar.objects.create(key="never", name="Never", document=hours)
    publish(text)
    make_person(owner=full)
    TimeOff.objects.create(user=away, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    enqueue_routing([make_person(country="DE").pk], cause="created")
    route()
    decision, viewer = RoutingDecision.objects.get(), make_user()
    assert {
        user.name: what_for(decision, user, viewer) for user in (away, full, idle, gone, night, unreached, loose)
    } == {
        "Away": ["Away was away: Away’s time off would have to end before, or desk to assign anyway."],
        "Full": ["Full was at the cap of open leads: 1 of 1: Full would need a higher cap in desk, or one lead less."],
        "Idle": ["Idle was paused: the pause of Idle in desk would have to end, in the pool of the policy."],
        "Gone": ["Gone was deactivated: an administrator would have to let Gone sign in again."],
        "Night": [
            "Night was outside working hours: Night’s working hours would have to begin before, or desk to assign anyway."
        ],
        "Far": ["No rule sends anybody to far. Send a rule there."],
        "Loose": ["Loose is in no pool of this version. Add Loose to a pool."],
    }
    offered = page().get(decision.get_absolute_url()).context["others"]
    assert loose in offered
    assert {"Away", "Full", "Idle", "Gone", "Night", "Far"} <= {user.name for user in offered}


def test_the_page_asks_what_would_have_to_change() -> None:
    ana, bo = make_reps("Ana", "Bo")
    text = document([ana])
    text["pools"]["big"] = {"strategy": "round_robin", "members": [{"user": bo.email}]}
    large = {"field": "account.employees", "op": "gte", "value": 500}
    text["rules"].insert(0, {"name": "Large", "when": {"all": [large]}, "to": "big"})
    publish(text)
    person = make_person(country="DE", account=make_account(employees=120))
    enqueue_routing([person.pk], cause="created")
    route()
    decision = RoutingDecision.objects.get()
    viewer = make_user()
    assert what_for(decision, bo, viewer) == [
        "Rule 1 “Large” would have to match; now Employees is 120, asked for: at least 500."
    ]
    assert what_for(decision, make_user("sales_rep", name="Eve"), viewer) == [
        "Eve is in no pool of this version. Add Eve to a pool."
    ]
    shown = page().get(f"/martech/routing/decisions/{decision.pk}/").content.decode()
    assert f"Why did Ana get {person}?" in shown


def test_every_routing_page_opens_for_an_ops_manager(django_assert_max_num_queries: Any) -> None:
    version = publish(document(make_reps("Ana", "Bo")))
    person = make_person(country="DE", created_at=timezone.now())
    enqueue_routing([person.pk], cause="created")
    route()
    decision = RoutingDecision.objects.get()
    client, base = page(), "/martech/routing/"
    paths = ["", "new/", "decisions/", f"decisions/{decision.pk}/"]
    paths += [
        f"inbound/{end}" for end in ("", "try/?country=DE", "replay/", "export/", "text/", "settings/", "response/")
    ]
    paths += [f"inbound/{end}" for end in ("rules/new/", "rules/1/", "rules/1/leads/", "pools/new/", "pools/desk/")]
    paths.append("inbound/pools/desk/caps/ana@example.com/")
    for path in paths:
        with django_assert_max_num_queries(37):
            assert client.get(base + path).status_code == 200, path
    assert client.get(f"/martech/people/{person.pk}/").status_code == 200
    assert version.document == json.loads(client.get(base + "inbound/export/?format=json").content)


def test_the_count_of_a_rule_opens_as_many_people() -> None:
    publish(document(make_reps("Ana")))
    for country in ("DE", "AT", "FR"):
        make_person(country=country, created_at=timezone.now() - timedelta(days=3))
    make_person(country="DE", created_at=timezone.now() - timedelta(days=90))
    client = page()
    shown = client.get("/martech/routing/inbound/").content.decode()
    assert "2 leads in 30 days" in shown
    assert "1 lead in 30 days" in shown
    assert client.get("/martech/routing/inbound/rules/1/leads/?export=csv").getvalue().decode().count("\n") == 3


def test_a_policy_is_built_in_the_browser() -> None:
    (ana,) = make_reps("Ana")
    client = page()
    assert client.post("/martech/routing/new/", {"name": "Inbound", "key": "inbound"}).status_code == 302
    pool = {
        "revision": 0,
        "key": "desk",
        "strategy": "weighted",
        "when_absent": "hold",
        "returner": "accrue",
        "m-TOTAL_FORMS": 2,
        "m-INITIAL_FORMS": 0,
        "m-0-user": ana.email,
        "m-0-weight": 2,
        "m-0-per_day": 5,
        "m-1-user": "",
        "m-1-weight": 1,
    }
    assert client.post("/martech/routing/inbound/pools/new/", pool).status_code == 302
    condition = {"all": [{"field": "person.country", "op": "eq", "value": "DE"}]}
    rule = {"revision": 1, "name": "Germany", "when": json.dumps(condition), "to": "desk"}
    assert client.post("/martech/routing/inbound/rules/new/", rule).status_code == 302
    assert (
        client.post("/martech/routing/inbound/rules/new/", {**rule, "revision": 2, "name": "Again"}).status_code == 302
    )
    moved = client.post("/martech/routing/inbound/rules/2/change/", {"revision": 3, "do": "up"})
    assert (moved.status_code, moved.headers["Location"]) == (302, "/martech/routing/inbound/#rule-1-down")
    draft = PolicyVersion.objects.get()
    assert [one["name"] for one in draft.document["rules"]] == ["Again", "Germany"]
    assert draft.document["otherwise"] == "desk"
    assert draft.document["pools"]["desk"]["members"] == [{"user": ana.email, "weight": 2, "caps": {"per_day": 5}}]
    assert client.post("/martech/routing/inbound/publish/", {"revision": 4}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "published"


def test_a_stale_form_is_refused_and_says_so() -> None:
    version = publish(document(make_reps("Ana")))
    edit_draft(policy=version.policy, change=lambda text: text.update(name="Mine"), actor=None, revision=1)
    rule = {"revision": 1, "name": "Late", "when": '{"all": []}', "to": "desk"}
    answer = page().post("/martech/routing/inbound/rules/new/", rule)
    assert answer.status_code == 422
    assert "Your input is kept: save again to put it on top" in answer.content.decode()
    assert PolicyVersion.objects.get(state="draft").document["name"] == "Mine"


def test_who_began_before_there_was_a_version_does_not_save_over_what_was_published_since() -> None:
    (ana,) = make_reps("Ana")
    client = page()
    client.post("/martech/routing/new/", {"name": "Inbound", "key": "inbound"})
    seen = client.get("/martech/routing/inbound/text/").context["form"].initial["revision"]
    version = publish(document([ana]))
    assert seen == 0
    with pytest.raises(ConflictError):
        save_draft(policy=version.policy, document={**version.document, "name": "Mine"}, actor=None, revision=0)
    assert list(PolicyVersion.objects.values_list("state", "document__name")) == [("published", "Inbound")]


def test_publishing_a_draft_that_changed_meanwhile_is_refused() -> None:
    version = publish(document(make_reps("Ana")))
    save_draft(policy=version.policy, document={**version.document, "name": "Two"}, actor=None, revision=1)
    with pytest.raises(ConflictError):
        publish_policy(policy=version.policy, actor=None, revision=7)
    assert PolicyVersion.objects.get(state="published") == version


def test_publishing_a_second_policy_takes_the_first_out_of_force() -> None:
    first = publish(document(make_reps("Ana")))
    second = publish(document(make_reps("Bo")), key="other")
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "published")


def test_an_owner_is_changed_by_hand_on_a_page() -> None:
    (ana,) = make_reps("Ana")
    person = make_person()
    answer = page().post(f"/martech/people/{person.pk}/assign/", {"owner": ana.pk, "reason": "knows her"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.owner == ana
    assert RoutingDecision.objects.get().trace["reason"] == "knows her"


def test_a_lead_handed_back_goes_to_somebody_else_by_the_policy() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    person = make_person(owner=ana)
    address = f"/martech/people/{person.pk}/assign/"
    answer = page().post(address, {"to": "routing", "reason": "not my region"}, follow=True)
    assert "is with routing again" in answer.content.decode()
    route()
    person.refresh_from_db()
    assert person.owner == bo
    by_hand, by_rules = RoutingDecision.objects.order_by("pk")
    assert (by_hand.owner, by_hand.trace["reason"], by_rules.trace["without"]) == (None, "not my region", [ana.pk])


def test_a_lead_is_not_handed_to_an_unnamed_colleague_nor_back_to_no_policy() -> None:
    (ana,) = make_reps("Ana")
    person = make_person(owner=ana)
    address = f"/martech/people/{person.pk}/assign/"
    unnamed = page().post(address, {"to": "colleague", "owner": ""})
    assert unnamed.context["form"].errors == {"owner": ["Choose a colleague, or say that it goes to nobody."]}
    back = page().post(address, {"to": "routing"})
    assert back.context["form"].errors == {"to": ["No policy routes at the moment; choose a colleague."]}
    person.refresh_from_db()
    assert person.owner == ana
    page().post(address, {"to": "nobody", "owner": ana.pk})
    person.refresh_from_db()
    assert person.owner is None


def test_the_command_routes_everybody_and_prints_a_line(capsys: Any) -> None:
    publish(document(make_reps("Ana")))
    make_person()
    call_command("route", "--all")
    line = json.loads(capsys.readouterr().out)
    assert (line["queued"], line["assigned"], line["waiting"]) == (1, 1, 0)
    call_command("route", "--replay", "7")
    assert json.loads(capsys.readouterr().out)["moved"] == 0
    with pytest.raises(CommandError, match="Use a whole number from 1 to 366"):
        call_command("route", "--replay", "0")


def test_the_command_counts_what_a_worker_has_in_hand_as_waiting(capsys: Any) -> None:
    publish(document(make_reps("Ana")))
    lease = timezone.now() + timedelta(minutes=5)
    RoutingWork.objects.create(person=make_person(), state="running", lease_until=lease, lease_token=uuid4())
    call_command("route")
    line = json.loads(capsys.readouterr().out)
    assert (line["assigned"], line["waiting"]) == (0, 1)


def test_the_command_without_a_policy_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="Publish one under Routing"):
        call_command("route")
    assert not RoutingWork.objects.exists()


def test_saving_a_draft_of_the_wrong_shape_changes_nothing() -> None:
    version = publish(document(make_reps("Ana")))
    with pytest.raises(DomainError) as refusal:
        save_draft(policy=version.policy, document={"name": "X", "rules": {}}, actor=None)
    assert refusal.value.errors == {"rules": ["is not a list; write [ … ]"]}
    assert PolicyVersion.objects.count() == 1


def test_a_response_time_with_warning_and_pause_is_built_in_the_browser() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    client = page()
    condition = {"all": [{"field": "person.country", "op": "eq", "value": "DE"}]}
    sent = {
        "revision": 1,
        "respond_within_minutes": 30,
        "warn_at_percent": 50,
        "on_breach": "reassign",
        "max_hops": 2,
        "escalate_to": bo.email,
        "pauses": "on",
        "pause_when": json.dumps(condition),
    }
    said = {
        key: sent[key] for key in ("respond_within_minutes", "warn_at_percent", "on_breach", "max_hops", "escalate_to")
    }
    said["pause_when"] = condition
    address = "/martech/routing/inbound/response/"
    for revision, place in zip((1, 2, 3), ("", "?pool=desk", "?rule=1"), strict=True):
        assert client.post(f"{address}{place}", {**sent, "revision": revision}).status_code == 302
    text = PolicyVersion.objects.get(state="draft").document
    assert [text["sla"], text["pools"]["desk"]["sla"], text["rules"][0]["sla"]] == [said, said, said]
    assert b"Answer within 30 working minutes" in client.get("/martech/routing/inbound/").content
    assert client.post(address, {"revision": 4, "on_breach": "remind"}).status_code == 302
    assert "sla" not in PolicyVersion.objects.get(state="draft").document
    for wrong in ("?pool=none", "?rule=9"):
        assert client.get(f"{address}{wrong}").status_code == 404


def test_every_cap_of_a_member_is_built_in_the_browser() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    client, address = page(), f"/martech/routing/inbound/pools/desk/caps/{ana.email}/"
    condition = {"all": [{"field": "account.employees", "op": "gte", "value": 500}]}
    sent = {
        "revision": 1,
        "per_hour": 2,
        "per_day": 9,
        "rolling_leads": 5,
        "rolling_hours": 24,
        "open": 40,
        "owned_most": 50,
        "owned_when": json.dumps(condition),
    }
    half = client.post(address, {**sent, "rolling_hours": ""})
    assert (half.status_code, PolicyVersion.objects.count()) == (422, 1)
    assert client.post(address, sent).status_code == 302
    member = PolicyVersion.objects.get(state="draft").document["pools"]["desk"]["members"][0]
    assert member["caps"] == {
        "per_hour": 2,
        "per_day": 9,
        "open": 40,
        "rolling": {"hours": 24, "leads": 5},
        "owned": {"most": 50, "when": condition},
    }
    shown = client.get(address).context["form"].initial
    assert (shown["rolling_leads"], shown["owned_most"], shown["owned_when"]) == (5, 50, condition)
    assert client.get("/martech/routing/inbound/pools/desk/caps/nobody@example.com/").status_code == 404


def test_a_rule_is_dragged_to_its_place() -> None:
    version = publish(document(make_reps("Ana")))
    text = {**version.document, "rules": [{**version.document["rules"][0], "name": name} for name in "abc"]}
    save_draft(policy=version.policy, document=text, actor=None, revision=1)
    client, address = page(), "/martech/routing/inbound/rules/3/change/"
    assert client.post(address, {"revision": 2, "do": "place", "place": "1"}).status_code == 302
    assert [rule["name"] for rule in PolicyVersion.objects.get(state="draft").document["rules"]] == ["c", "a", "b"]
    assert client.post(address, {"revision": 3, "do": "place", "place": "x"}).status_code == 404


def test_who_was_overtaken_keeps_the_input_and_goes_on_top_of_it() -> None:
    version = publish(document(make_reps("Ana")))
    other = make_user("ops_manager", name="Olga")
    edit_draft(
        policy=version.policy,
        change=lambda text: text["rules"].insert(0, {**text["rules"][0], "name": "First"}),
        actor=other,
        revision=1,
    )
    client, address = page(), "/martech/routing/inbound/rules/1/"
    sent = {"revision": 1, "was": "German", "name": "German speakers", "when": '{"all": []}', "to": "desk"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "Olga saved revision 2" in answer.content.decode()
    form = answer.context["form"]
    assert (form["name"].value(), form["revision"].value()) == ("German speakers", 2)
    assert client.post(address, {**sent, "revision": 2}).status_code == 302
    rules = PolicyVersion.objects.get(state="draft").document["rules"]
    assert [rule["name"] for rule in rules] == ["First", "German speakers"]
