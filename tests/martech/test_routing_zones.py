"""Pools whose members live in several zones, shifts over midnight, and both changes of the clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from governance.models import User
from martech.models import Person, PolicyVersion, RoutingDecision, RoutingPolicy, WorkingCalendar
from martech.selectors.outlook import outlooks
from martech.selectors.replaying import replay_version
from martech.selectors.routing import check_document
from martech.services.calendars import add_calendar
from martech.services.policies import publish_policy, save_draft
from martech.services.routing import enqueue_routing
from mops.core.errors import DomainError
from tests.factories import make_person, make_user
from tests.martech.policies import document, make_reps, publish, route

pytestmark = pytest.mark.django_db
WEEK = ("mon", "tue", "wed", "thu", "fri")
ZONES = {"berlin": "Europe/Berlin", "new-york": "America/New_York", "singapore": "Asia/Singapore"}


def hours(name: str, zone: str, **days: list[list[str]]) -> WorkingCalendar:
    week = days or {day: [["09:00", "17:00"]] for day in WEEK}
    return add_calendar(name=name, document={"zone": zone, "hours": week}, actor=None)


def around_the_world(**pool: Any) -> dict[str, Any]:
    """A pool in Berlin's hours, in which Bo works in New York's and Cy in Singapore's."""
    for name, zone in ZONES.items():
        hours(name, zone)
    text = document(make_reps("Ana", "Bo", "Cy"), calendar="berlin", **pool)
    _ana, bo, cy = text["pools"]["desk"]["members"]
    bo["calendar"], cy["calendar"] = "new-york", "singapore"
    return text


def given_at(moment: datetime) -> str:
    with time_machine.travel(moment, tick=False):
        person = make_person(created_at=timezone.now())
        enqueue_routing([person.pk], cause="created")
        route()
        person.refresh_from_db()
        return str(person.owner) if person.owner else "nobody"


@pytest.mark.parametrize(
    ("moment", "owner"),
    [
        (datetime(2026, 10, 23, 7, 30, tzinfo=UTC), "Ana"),  # 09:30 in Berlin, 15:30 in Singapore: Ana is first
        (datetime(2026, 10, 23, 2, 0, tzinfo=UTC), "Cy"),
        (datetime(2026, 10, 23, 18, 0, tzinfo=UTC), "Bo"),
        # Between both changes New York is five hours behind Berlin, not six.
        (datetime(2026, 10, 26, 16, 30, tzinfo=UTC), "Bo"),  # 17:30 in Berlin, 12:30 in New York
        (datetime(2026, 10, 26, 20, 30, tzinfo=UTC), "Bo"),  # 16:30
        (datetime(2026, 10, 26, 21, 30, tzinfo=UTC), "nobody"),  # 17:30
        (datetime(2026, 11, 2, 21, 30, tzinfo=UTC), "Bo"),  # 16:30 again
        (datetime(2027, 3, 29, 15, 30, tzinfo=UTC), "Bo"),  # 17:30 in Berlin again, 11:30 in New York
        (datetime(2027, 3, 26, 15, 30, tzinfo=UTC), "Ana"),  # 16:30
    ],
)
def test_each_member_gets_leads_in_hours_of_their_own(moment: datetime, owner: str) -> None:
    with time_machine.travel(moment - timedelta(minutes=5), tick=False):
        publish(around_the_world())
    assert given_at(moment) == owner


def test_a_lead_that_nobody_is_there_for_waits_for_whoever_begins_first() -> None:
    late = datetime(2026, 10, 26, 21, 30, tzinfo=UTC)
    with time_machine.travel(late - timedelta(minutes=5), tick=False):
        publish(around_the_world(when_absent="hold"))
    assert given_at(late) == "nobody"
    with time_machine.travel(datetime(2026, 10, 27, 1, 0, 1, tzinfo=UTC), tick=False):
        route()
        assert str(Person.objects.get().owner) == "Cy"
    held = RoutingDecision.objects.get(outcome="held")
    shown = page().get(held.get_absolute_url()).content.decode()
    assert shown.count("Outside working hours") == 3


def test_the_unchanged_policy_replays_hours_of_members_and_a_draft_without_them_moves_leads() -> None:
    night = datetime(2026, 10, 23, 2, 0, tzinfo=UTC)
    with time_machine.travel(night - timedelta(minutes=5), tick=False):
        version = publish(around_the_world())
    assert given_at(night) == "Cy"
    with time_machine.travel(night + timedelta(days=1), tick=False):
        result, _absent = replay_version(version, 7)
        assert (result.own, result.differing, result.handed) == (1, [], [])
        text = {**version.document}
        members = [{"user": one["user"]} for one in text["pools"]["desk"]["members"]]
        text["pools"] = {"desk": {**text["pools"]["desk"], "members": members}}
        draft = save_draft(policy=version.policy, document=text, actor=None)
        changed, _absent = replay_version(draft, 7)
        assert len(changed.handed) == 1


def test_the_outlook_counts_who_works_by_their_own_hours() -> None:
    night = datetime(2026, 10, 22, 2, 0, tzinfo=UTC)
    with time_machine.travel(night - timedelta(minutes=5), tick=False):
        publish(around_the_world())
    given_at(night)
    with time_machine.travel(night + timedelta(hours=4), tick=False):
        (desk,) = outlooks().pools
    staffed = {hour.start.astimezone(UTC): hour.staffed for hour in desk.hours}
    assert staffed[datetime(2026, 10, 23, 2, tzinfo=UTC)] == 1
    assert staffed[datetime(2026, 10, 23, 7, tzinfo=UTC)] == 2
    assert staffed[datetime(2026, 10, 26, 22, tzinfo=UTC)] == 0


def page(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or make_user("ops_manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_hours_of_a_member_are_chosen_in_the_builder_and_kept_by_its_other_forms() -> None:
    hours("singapore", ZONES["singapore"])
    (ana,) = make_reps("Ana")
    version = publish(document([ana]))
    client, base = page(), "/martech/routing/inbound/pools/desk/"
    form = client.get(f"{base}caps/{ana.email}/")
    assert "Works in the hours of" in form.content.decode()
    sent = {"revision": 1, "calendar": "singapore", "per_day": 5}
    assert client.post(f"{base}caps/{ana.email}/", sent).status_code == 302
    draft = PolicyVersion.objects.get(state="draft")
    kept = {"user": ana.email, "caps": {"per_day": 5}, "calendar": "singapore"}
    assert draft.document["pools"]["desk"]["members"] == [kept]
    shown = client.get(base).content.decode()
    assert "Hours and caps" in shown
    assert RoutingPolicy.objects.get() == version.policy


def test_hours_that_are_none_are_refused_where_they_stand() -> None:
    text = document(make_reps("Ana"))
    text["pools"]["desk"]["members"][0]["calendar"] = "atlantis"
    policy = publish(document(make_reps("Bo"))).policy
    draft = save_draft(policy=policy, document=text, actor=None)
    (finding,) = [one for one in check_document(draft.document) if one.level == "error"]
    assert (finding.path, finding.reason) == ("pools.desk.members[0].calendar", "there is no calendar “atlantis”")
    with pytest.raises(DomainError):
        publish_policy(policy=policy, actor=None)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_shift_over_midnight_on_the_night_the_clocks_go_back_has_an_hour_more() -> None:
    """From 22:00 to 06:00 there are nine hours; eight of them are over at 05:00."""
    hours("night", ZONES["berlin"], sat=[["22:00", "24:00"]], sun=[["00:00", "06:00"]])
    sla = {"respond_within_minutes": 480, "calendar": "night", "on_breach": "remind"}
    evening = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
    with time_machine.travel(evening, tick=False):
        publish({**document(make_reps("Ana"), calendar="night"), "sla": sla})
        person = make_person(created_at=timezone.now())
        enqueue_routing([person.pk], cause="created")
        route()
        decision = RoutingDecision.objects.get()
        assert decision.respond_by == datetime(2026, 10, 25, 4, 0, tzinfo=UTC)
        assert "05:00" in page().get(decision.get_absolute_url()).content.decode()
