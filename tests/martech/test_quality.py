"""Data-quality monitors: what each kind finds, the score of fields and sources, findings that open and close."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from governance.models import Notification, User
from martech.models import FindingState, Monitor, Person, QualityFinding, QualitySnapshot
from martech.selectors.quality import failing_of, quality_page
from martech.services.quality.findings import accept_finding, assign_finding
from martech.services.quality.monitors import create_monitor, publish_monitor, save_monitor_draft
from martech.services.quality.running import begin_quality_day, enqueue_run, remind_owners, run_monitors
from mops.core import work
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_account, make_person, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def monitor(kind: str, field: str, *, owner: User | None = None, **more: Any) -> Monitor:
    """A published monitor."""
    document = {"name": f"{kind} of {field} {Monitor.objects.count()}", "kind": kind, "field": field, **more}
    actor = make_user()
    made = create_monitor(document=document, actor=actor, owner=owner)
    publish_monitor(monitor=made, actor=actor)
    return made


def figures(made: Monitor, now: datetime = NOW) -> tuple[int, int]:
    """How many were asked and how many failed, by a run at `now`; the people listed are as many."""
    run_monitors(now=now)
    snapshot = QualitySnapshot.objects.get(monitor=made, day=now.date())
    if snapshot.kind != "drift":
        assert failing_of(made.versions.get(state="published"), make_user()).count() == snapshot.failing
    return snapshot.checked, snapshot.failing


def test_completeness_counts_who_lacks_a_value_within_the_scope() -> None:
    make_person(phone="", lifecycle_stage="mql")
    make_person(phone="+49301234567", lifecycle_stage="mql")
    make_person(phone="", lifecycle_stage="lead")
    scope = {"field": "person.lifecycle_stage", "op": "eq", "value": "mql"}
    assert figures(monitor("completeness", "person.phone", scope=scope)) == (2, 1)


def test_a_property_can_be_asked_for() -> None:
    make_person(properties={"plan": "pro"})
    make_person(properties={"plan": ""})
    make_person()
    assert figures(monitor("completeness", "person.properties.plan")) == (3, 2)


@pytest.mark.parametrize(
    ("field", "form", "good", "bad"),
    [
        ("phone", "phone", ["+4930123456"], ["030 123456", "+0301234567", "n/a"]),
        ("country", "country", ["DE", "GB"], ["UK", "de", "XX"]),
        ("email", "email", ["a@b.co", "ü@müller.de"], ["a@b", "a b@c.de", "@c.de"]),
        ("website", "website", ["acme.com", "https://www.acme.co.uk/x?y=1"], ["acme", "http://", "a b.com"]),
        ("last_name", "name", ["O’Neill", "王", "van der Berg"], ["12345", "ada@x.org", "<b>"]),
        ("company", "tidy", ["Acme Ltd"], [" Acme", "Acme  Ltd", "Acme "]),
        ("company", "cased", ["Acme", "IBM", "株式会社", "eBay"], ["ACME CORPORATION", "acme"]),
    ],
)
def test_validity_by_form_judges_only_who_has_a_value(field: str, form: str, good: list[str], bad: list[str]) -> None:
    for value in [*good, *bad, ""]:
        make_person(**{"email": "", field: value})
    assert figures(monitor("validity", f"person.{field}", format=form)) == (len(good) + len(bad), len(bad))


def test_validity_by_condition_and_consistency_of_a_condition_ask_everybody_in_scope() -> None:
    make_person(lifecycle_stage="customer", account=make_account())
    make_person(lifecycle_stage="customer")
    make_person(lifecycle_stage="lead")
    customers = {"field": "person.lifecycle_stage", "op": "eq", "value": "customer"}
    must = {"field": "account.name", "op": "is_not_empty"}
    assert figures(monitor("consistency", "account.name", scope=customers, must=must)) == (2, 1)


def test_uniqueness_compares_without_case_and_only_filled_values() -> None:
    for phone in ("+491", "+491", "+492", "", ""):
        make_person(phone=phone, first_name="Jo", last_name="Doe")
    make_person(phone="+491", first_name="JO ", last_name="DOE")
    made = monitor("uniqueness", "person.phone", together=["person.last_name"])
    assert figures(made) == (4, 3)


def test_consistency_compares_two_fields_where_both_are_filled() -> None:
    german = make_account(country="DE")
    for country in ("DE", "FR", ""):
        make_person(country=country, account=german)
    make_person(country="FR")
    assert figures(monitor("consistency", "person.country", same_as="account.country")) == (2, 1)


def test_freshness_fails_who_was_not_changed_for_longer() -> None:
    now = datetime.now(UTC)
    make_person(updated_at=now - timedelta(days=20))
    make_person(updated_at=now - timedelta(days=40))
    assert figures(monitor("freshness", "person.updated_at", days=30), now) == (2, 1)


def drift(**more: Any) -> dict[str, Any]:
    return {"window_days": 30, "baseline": ["2026-01-01", "2026-03-31"], "minimum": 50, **more}


def newcomers(field: str, values: dict[Any, int], day: datetime) -> None:
    rows = [Person(created_at=day, **{field: value}) for value, number in values.items() for _ in range(number)]
    Person.objects.bulk_create(rows)


def test_drift_stays_silent_for_the_same_spread_and_speaks_up_for_another() -> None:
    newcomers("source", {"web": 60, "event": 40}, datetime(2026, 2, 1, tzinfo=UTC))
    made = monitor("drift", "person.source", drift=drift())
    newcomers("source", {"web": 58, "event": 42}, NOW - timedelta(days=3))
    assert figures(made) == (100, 0)
    newcomers("source", {"bot": 300}, NOW - timedelta(days=2))
    assert figures(made) == (400, 297)
    snapshot = QualitySnapshot.objects.get()
    assert snapshot.detail["buckets"][0] | {"part": 0} == {
        "name": "(others)",
        "before": 0.0049,
        "now": 0.7484,
        "part": 0,
        "people": 300,
    }
    assert QualityFinding.objects.get().state == FindingState.OPEN


def test_drift_of_a_number_uses_the_tenths_of_the_baseline() -> None:
    newcomers("score_fit", dict.fromkeys(range(0, 100, 5), 5), datetime(2026, 2, 1, tzinfo=UTC))
    made = monitor("drift", "person.score_fit", drift=drift(statistic="js", threshold=0.1))
    newcomers("score_fit", dict.fromkeys(range(0, 100, 5), 5), NOW - timedelta(days=3))
    assert figures(made) == (100, 0)
    newcomers("score_fit", {90: 400}, NOW - timedelta(days=2))
    assert figures(made)[1] > 300


def test_too_few_newcomers_give_no_score_and_no_finding() -> None:
    newcomers("source", {"web": 60}, datetime(2026, 2, 1, tzinfo=UTC))
    made = monitor("drift", "person.source", drift=drift())
    newcomers("source", {"bot": 49}, NOW - timedelta(days=2))
    assert figures(made) == (49, 0)
    snapshot = QualitySnapshot.objects.get()
    assert snapshot.score is None
    assert snapshot.detail["too_few"] == {"people": 49, "baseline_people": 60, "minimum": 50}
    assert not QualityFinding.objects.exists()


def test_the_baseline_stays_as_it_was_counted_when_the_monitor_was_published() -> None:
    newcomers("source", {"web": 60}, datetime(2026, 2, 1, tzinfo=UTC))
    made = monitor("drift", "person.source", drift=drift())
    newcomers("source", {"late": 500}, datetime(2026, 2, 1, tzinfo=UTC))
    assert made.versions.get().baseline == {"edges": None, "counts": {"web": 60}}


def test_a_run_twice_a_day_keeps_one_snapshot_and_merged_people_are_nobody() -> None:
    survivor = make_person(country="")
    make_person(country="", merged_into=survivor)
    made = monitor("completeness", "person.country")
    assert figures(made) == (1, 1)
    make_person(country="DE")
    assert figures(made) == (2, 1)
    assert QualitySnapshot.objects.count() == 1


def test_scores_by_field_and_by_source_are_weighted_and_have_a_trend() -> None:
    for source, country in (("Web", "DE"), ("web ", ""), ("event", "DE"), ("", "")):
        make_person(source=source, country=country, phone="")
    monitor("completeness", "person.country", weight=3)
    monitor("completeness", "person.phone")
    run_monitors(now=NOW - timedelta(days=1))
    make_person(source="event", country="FR", phone="+4930123456")
    run_monitors(now=NOW)
    page = quality_page(NOW.date())
    assert [(one.name, round(one.score, 3), len(one.trend)) for one in page.fields] == [
        ("Phone", 0.2, 2),
        ("Country", 0.6, 2),
    ]
    assert [(one.name, round(one.score, 4)) for one in page.sources] == [
        ("(no source)", 0.0),
        ("web", 0.375),
        ("event", 0.875),
    ]
    assert page.score is not None
    assert round(page.score, 3) == 0.5
    assert [round(one, 3) for one in page.trend] == [0.375, 0.5]


def test_a_finding_opens_for_its_owner_and_closes_when_the_monitor_passes_again() -> None:
    owner = make_user()
    person = make_person(country="")
    monitor("completeness", "person.country", owner=owner, due_days=5)
    run_monitors(now=NOW)
    finding = QualityFinding.objects.get()
    assert (finding.owner, finding.opened_on, finding.due_on) == (owner, date(2026, 6, 1), date(2026, 6, 6))
    assert Notification.objects.get().user == owner
    run_monitors(now=NOW + timedelta(days=1))
    assert QualityFinding.objects.count() == Notification.objects.count() == 1
    person.country = "DE"
    person.save()
    run_monitors(now=NOW + timedelta(days=2))
    finding.refresh_from_db()
    assert finding.state == FindingState.RESOLVED


def test_owners_are_reminded_before_on_and_weekly_after_the_due_date() -> None:
    make_person(country="")
    monitor("completeness", "person.country", owner=make_user(), due_days=5)
    run_monitors(now=NOW)
    days = [day for day in range(25) if remind_owners(now=NOW + timedelta(days=day))]
    assert days == [3, 5, 6, 13, 20]


def test_an_accepted_finding_is_not_opened_again_before_its_day() -> None:
    make_person(country="")
    made = monitor("completeness", "person.country")
    run_monitors()
    finding = QualityFinding.objects.get()
    until = date.today() + timedelta(days=10)
    with pytest.raises(DomainError):
        accept_finding(finding=finding, until=until, note=" ", actor=make_user())
    accept_finding(finding=finding, until=until, note="Old list", actor=make_user())
    run_monitors()
    assert QualityFinding.objects.get(monitor=made).state == FindingState.ACCEPTED
    run_monitors(now=datetime.now(UTC) + timedelta(days=12))
    assert QualityFinding.objects.filter(state=FindingState.OPEN).count() == 1
    with pytest.raises(ConflictError):
        assign_finding(finding=finding, owner=None, due_on=until, actor=make_user())


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "completness"}, "kind"),
        ({"field": "person.fone"}, "field"),
        ({"kind": "freshness", "days": 5}, "field"),
        ({"kind": "validity"}, "format"),
        ({"kind": "consistency", "same_as": "person.phone"}, "same_as"),
        ({"kind": "drift", "drift": {"baseline": ["2026-02-01", "2026-01-01"]}}, "drift.baseline"),
        ({"kind": "drift", "drift": {"baseline": ["2026-01-01", "2026-02-01"]}}, "field"),
        ({"scope": {"field": "person.country", "op": "eq", "value": 5}}, "scope.value"),
        ({"target": 101}, "target"),
        ({"name": ""}, "name"),
    ],
)
def test_a_monitor_that_cannot_be_asked_is_not_published(change: dict[str, Any], place: str) -> None:
    document = {"name": "Phone", "kind": "completeness", "field": "person.phone", **change}
    made = create_monitor(document=document, key="phone", actor=make_user())
    with pytest.raises(DomainError) as refused:
        publish_monitor(monitor=made, actor=make_user())
    assert place in refused.value.errors
    assert made.versions.get().state == "draft"


def test_a_new_version_supersedes_the_old_one_and_yesterday_keeps_its_snapshot() -> None:
    make_person(country="", city="")
    made = monitor("completeness", "person.country")
    run_monitors(now=NOW)
    document = {"name": "City", "kind": "completeness", "field": "person.city"}
    save_monitor_draft(monitor=made, document=document, actor=make_user())
    publish_monitor(monitor=made, actor=make_user())
    run_monitors(now=NOW + timedelta(days=1))
    assert list(QualitySnapshot.objects.order_by("day").values_list("field", "version__number")) == [
        ("person.country", 1),
        ("person.city", 2),
    ]


def test_the_day_begins_once_and_runs_in_the_background() -> None:
    make_person(country="")
    monitor("completeness", "person.country")
    begin_quality_day()
    begin_quality_day()
    assert not enqueue_run()
    assert work.run_due("quality") == 1
    begin_quality_day()
    assert work.run_due("quality") == 0
    assert QualitySnapshot.objects.get().failing == 1
