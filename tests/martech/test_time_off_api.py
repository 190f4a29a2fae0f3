"""Time off by API: a system of human resources tells whose, a person their own; nobody overwrites what was not seen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from governance.models import User
from martech.models import TimeOff
from tests.api import Api
from tests.martech.policies import make_reps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
ABSENCES = "routing/time-off/"
WEEK = {"first": "2026-03-02", "last": "2026-03-06", "reason": "Annual leave"}


@pytest.fixture
def monday(db: None) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def ana() -> User:
    (ana,) = make_reps("Ana")
    User.objects.filter(pk=ana.pk).update(time_zone="America/New_York")
    return User.objects.get(pk=ana.pk)


def as_rep(user: User) -> Api:
    return Api(user=user)


def test_a_system_tells_a_colleague_s_days_in_the_colleague_s_clock(ana: User) -> None:
    answer = Api("integration")("POST", ABSENCES, {**WEEK, "user": ana.email, "since": "13:00"})
    assert answer.status_code == 201
    told = answer.json()
    assert answer["ETag"] == f'"{TimeOff.objects.get().updated_at.isoformat()}"'
    assert (told["starts_at"], told["ends_at"]) == ("2026-03-02T18:00:00Z", "2026-03-07T05:00:00Z")
    days = {name: told[name] for name in ("first", "last", "since", "until", "time_zone", "reason")}
    assert days == {**WEEK, "since": "13:00", "until": None, "time_zone": "America/New_York"}
    assert told["user"] == {"id": ana.pk, "email": ana.email, "name": "Ana"}


def test_a_rep_tells_their_own_and_nobody_else_s_and_reads_only_that(ana: User) -> None:
    (bo,) = make_reps("Bo")
    refused = as_rep(ana)("POST", ABSENCES, {**WEEK, "user": bo.email})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["user"])
    assert not TimeOff.objects.exists()
    assert as_rep(ana)("POST", ABSENCES, WEEK).json()["user"]["email"] == ana.email
    Api()("POST", ABSENCES, {**WEEK, "user": bo.email})
    assert [one["user"]["email"] for one in as_rep(ana)("GET", ABSENCES).json()["results"]] == [ana.email]
    theirs = TimeOff.objects.get(user=bo)
    for method, body in (("GET", None), ("PUT", WEEK), ("DELETE", None)):
        assert as_rep(ana)(method, f"{ABSENCES}{theirs.pk}/", body).status_code == 404
    assert TimeOff.objects.count() == 2


def test_absences_are_narrowed_to_a_colleague_and_a_time(ana: User) -> None:
    (bo,) = make_reps("Bo")
    api = Api()
    for user, first, last in (
        (ana, "2026-03-02", "2026-03-06"),
        (ana, "2026-04-01", "2026-04-01"),
        (bo, *["2026-04-02"] * 2),
    ):
        assert api("POST", ABSENCES, {"user": user.email, "first": first, "last": last}).status_code == 201

    def found(asked: str) -> list[str]:
        return [one["first"] for one in api("GET", f"{ABSENCES}?{asked}").json()["results"]]

    assert found(f"user={ana.email}") == ["2026-04-01", "2026-03-02"]
    assert found("from=2026-03-08") == ["2026-04-02", "2026-04-01"]
    assert found("from=2026-03-08&to=2026-04-02") == ["2026-04-01"]
    assert api("GET", f"{ABSENCES}?from=soon").json()["errors"]["from"][0].startswith("“soon” is no moment")


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"last": "2026-03-01"}, "last", "Choose 2 March 2026 or a later day."),
        ({"first": "2026-02-02", "last": "2026-02-27"}, "last", "This is over"),
        ({"last": "9999-12-31"}, "last", "Check the year"),
        ({"last": "2026-03-02", "since": "15:00", "until": "14:00"}, "until", "Choose a later time"),
        ({"first": "Monday"}, "first", "Send a day, like 2026-11-30."),
        ({"user": "nobody@example.com"}, "user", "There is none whose email is “nobody@example.com”."),
    ],
)
def test_what_is_no_absence_is_refused_at_its_field(ana: User, wrong: Any, field: str, words: str) -> None:
    answer = Api()("POST", ABSENCES, {**WEEK, "user": ana.email, **wrong})
    errors = answer.json()["errors"]
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert not TimeOff.objects.exists()


def test_a_change_names_what_it_saw_and_never_overwrites_another(ana: User) -> None:
    api, path = Api(), ABSENCES
    seen = api("POST", ABSENCES, {**WEEK, "user": ana.email})["ETag"]
    path = f"{ABSENCES}{TimeOff.objects.get().pk}/"
    with time_machine.travel(datetime(2026, 3, 2, 11, tzinfo=UTC), tick=False):
        changed = api("PUT", path, {**WEEK, "last": "2026-03-05"}, **{"If-Match": seen})
    assert (changed.status_code, changed.json()["last"]) == (200, "2026-03-05")
    for method, body in (("PUT", WEEK), ("DELETE", None)):
        late = api(method, path, body, **{"If-Match": seen})
        assert (late.status_code, late.json()["detail"]) == (409, "Somebody changed this time off meanwhile.")
    assert api("PUT", path, WEEK, **{"If-Match": "yesterday"}).json()["errors"]["If-Match"] == [
        "Send the ETag as GET answered it."
    ]
    assert api("GET", path).json()["last"] == "2026-03-05"
    assert api("DELETE", path, None, **{"If-Match": changed["ETag"]}).status_code == 204
    assert not TimeOff.objects.exists()


def test_days_that_overlap_are_refused_with_what_is_there(ana: User) -> None:
    api = Api()
    api("POST", ABSENCES, {**WEEK, "user": ana.email})
    answer = api("POST", ABSENCES, {"user": ana.email, "first": "2026-03-06", "last": "2026-03-09"})
    assert answer.status_code == 422
    assert answer.json()["errors"]["first"][0].startswith(
        "Ana is away from 2 March 2026 to 6 March 2026 (Annual leave)"
    )
    assert TimeOff.objects.count() == 1


def test_the_same_call_with_its_key_is_told_once_and_a_read_token_tells_nothing(ana: User) -> None:
    api = Api()
    body = {**WEEK, "user": ana.email}
    first, again = (api("POST", ABSENCES, body, **{"Idempotency-Key": "leave-1"}) for _ in range(2))
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert Api(scope="read")("POST", ABSENCES, body).status_code == 403
    assert TimeOff.objects.count() == 1
