"""The form of a pool: rows for members are added and taken out without a script, and nothing is saved before Save."""

from typing import Any

import pytest
from django.test import Client

from martech.models import PolicyVersion
from tests.factories import make_user
from tests.martech.policies import document, make_reps, publish

pytestmark = pytest.mark.django_db
POOL = "/martech/routing/inbound/pools/desk/"


def page() -> Client:
    client = Client()
    client.force_login(make_user("ops_manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows(*members: dict[str, Any]) -> dict[str, Any]:
    """The form as a browser sends it, with these rows."""
    sent = {"revision": 1, "strategy": "weighted", "when_absent": "hold", "returner": "accrue"}
    sent |= {"m-TOTAL_FORMS": len(members), "m-INITIAL_FORMS": 0}
    return sent | {f"m-{place}-{name}": value for place, row in enumerate(members) for name, value in row.items()}


def shown(answer: Any) -> list[tuple[Any, Any]]:
    return [(row["user"].value() or "", row["weight"].value()) for row in answer.context["members"]]


def test_a_pool_shows_its_members_and_no_bare_row_and_a_new_one_a_first_row() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    client = page()
    assert shown(client.get(POOL)) == [(ana.email, 1), (bo.email, 1)]
    assert shown(client.get("/martech/routing/inbound/pools/new/")) == [("", 1)]


def test_a_member_is_added_to_what_was_filled_in_and_nothing_is_checked_or_saved() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    sent = rows({"user": ana.email, "weight": "3"}, {"user": bo.email, "weight": "none"})
    answer = page().post(POOL, {**sent, "add-member": "1"})
    assert answer.status_code == 200
    assert shown(answer) == [(ana.email, "3"), (bo.email, "none"), ("", 1)]
    assert answer.context["form"]["strategy"].value() == "weighted"
    assert not PolicyVersion.objects.filter(state="draft").exists()


def test_the_name_of_a_new_pool_stays_open_while_members_are_added() -> None:
    (ana,) = make_reps("Ana")
    publish(document([ana]))
    client, sent = page(), {**rows({"user": ana.email, "weight": 1}), "key": "fresh"}
    added = client.post("/martech/routing/inbound/pools/new/", {**sent, "add-member": "1"})
    field = added.context["form"]["key"]
    assert (field.value(), field.field.disabled) == ("fresh", False)
    assert client.post("/martech/routing/inbound/pools/new/", sent).status_code == 302
    assert PolicyVersion.objects.get(state="draft").document["pools"]["fresh"]["members"] == [{"user": ana.email}]


@pytest.mark.parametrize(("row", "left"), [("0", ["bo"]), ("1", ["ana"]), ("9", ["ana", "bo"]), ("x", ["ana", "bo"])])
def test_a_row_is_taken_out_and_the_others_stay(row: str, left: list[str]) -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana, bo]))
    sent = rows({"user": ana.email, "weight": 2}, {"user": bo.email, "weight": 1})
    answer = page().post(POOL, {**sent, "drop-member": row})
    assert [user.partition("@")[0] for user, _ in shown(answer)] == left
    assert not PolicyVersion.objects.filter(state="draft").exists()


def test_the_key_enter_saves_and_takes_nobody_out() -> None:
    """A browser presses the first button of a form for it."""
    publish(document(make_reps("Ana")))
    text = page().get(POOL).content.decode()
    form = text[text.index('<form method="post" class="stack"') :]
    first = form[form.index("<button") :]
    assert "name=" not in first[: first.index(">")]


def test_only_members_that_are_saved_lead_to_all_their_caps() -> None:
    ana, bo = make_reps("Ana", "Bo")
    publish(document([ana]))
    sent = rows({"user": ana.email, "weight": 1}, {"user": bo.email, "weight": 1})
    text = page().post(POOL, {**sent, "add-member": "1"}).content.decode()
    assert (f"caps/{ana.email}/" in text, f"caps/{bo.email}/" in text) == (True, False)
