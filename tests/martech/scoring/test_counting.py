"""What a score is made of, as properties of the pure count."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.condition_fields import person_catalogue, touch_catalogue
from martech.scoring.counting import Event, Score, score
from martech.scoring.document import HIGHEST, MILLI, ScoringModel
from martech.scoring.reading import Reading, read_model
from tests.martech.scoring.models import CHIEF, FORM, GERMAN, MAIL, document, engagement, fit

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
KINDS = ("form", "email_click", "email_open", "page")


def read(text: Any) -> Reading:
    return read_model(text, person_catalogue(), touch_catalogue())


def model(**changes: Any) -> ScoringModel:
    reading = read(document(**changes))
    assert reading.findings == ()
    return reading.model


def event(kind: str, days_ago: int) -> Event:
    return Event(NOW + timedelta(hours=9, days=-days_ago), {"touch.kind": kind})


def count(found: ScoringModel, hits: set[str], events: list[Event], day: date = DAY) -> Score:
    return score(found, hits, events, day, NOW)


events = st.lists(st.builds(event, st.sampled_from(KINDS), st.integers(0, 200)), max_size=30)
points = st.integers(1, 100)


@st.composite
def engagement_models(draw: st.DrawFn) -> ScoringModel:
    rules = [
        engagement(
            f"rule-{index}",
            draw(points),
            draw(st.sampled_from([FORM, MAIL])),
            draw(st.integers(1, 90)),
            draw(st.integers(1, 200)),
            draw(st.sampled_from(["web", "mail"])),
        )
        for index in range(draw(st.integers(1, 5)))
    ]
    groups = sorted({rule["group"] for rule in rules})
    caps = {group: draw(points) for group in groups if draw(st.booleans())}
    return model(engagement={"rules": rules, "caps": caps})


def test_fit_does_not_fade_and_engagement_is_halved_by_its_half_life() -> None:
    found = model()
    today = count(found, {"german", "chief"}, [event("form", 0)])
    later = count(found, {"german", "chief"}, [event("form", 0)], DAY + timedelta(days=30))
    assert (today.fit, today.engagement, today.grade) == (75, 40, "A3")
    assert (later.fit, later.engagement, later.grade) == (75, 20, "A4")


def test_a_touch_is_worth_nothing_from_the_end_of_its_window_on() -> None:
    found = model()
    last, gone = [count(found, set(), [event("email_click", days)]).engagement_lines for days in (59, 60)]
    assert [line.rule.key for line in last] == ["mail"]
    assert gone == ()


def test_a_group_gives_no_more_than_its_cap_and_says_what_it_lost() -> None:
    found = count(model(), set(), [event("email_click", 0)] * 4 + [event("form", 0)])
    assert found.engagement == 65
    assert [(group.name, group.lost) for group in found.engagement_groups] == [("", 0.0), ("mail", 15.0)]


def test_a_touch_is_counted_by_every_rule_it_satisfies() -> None:
    both = [engagement("one", 10, FORM), engagement("two", 5, FORM)]
    assert count(model(engagement={"rules": both, "caps": {}}), set(), [event("form", 0)]).engagement == 15


def test_points_against_somebody_never_lead_below_nothing() -> None:
    found = model(fit={"rules": [fit("german", 10, GERMAN), fit("chief", -50, CHIEF)], "caps": {}})
    assert count(found, {"german", "chief"}, []).fit == 0


@given(engagement_models(), events, st.integers(0, 400))
def test_without_a_new_touch_engagement_never_grows(found: ScoringModel, done: list[Event], days: int) -> None:
    now, later = (count(found, set(), done, DAY + timedelta(days=step)).engagement for step in (days, days + 1))
    assert later <= now


@given(engagement_models(), events)
def test_caps_and_bounds_hold_and_the_lines_add_up(found: ScoringModel, done: list[Event]) -> None:
    counted = count(found, set(), done)
    caps = found.engagement.caps
    assert 0 <= counted.engagement <= HIGHEST
    assert all(group.kept <= caps.get(group.name, 10**9) * MILLI for group in counted.engagement_groups)
    assert sum(group.milli for group in counted.engagement_groups) == sum(
        line.milli for line in counted.engagement_lines
    )
    assert all(line.milli == sum(worth for _event, worth in line.events) for line in counted.engagement_lines)
    assert all(0 < line.milli <= line.given for line in counted.engagement_lines)


@given(engagement_models(), events, st.randoms())
def test_the_order_of_touches_changes_nothing(found: ScoringModel, done: list[Event], random: Any) -> None:
    shuffled = list(done)
    random.shuffle(shuffled)
    assert count(found, set(), shuffled).engagement == count(found, set(), done).engagement


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_better_score_never_makes_a_worse_grade(fit_score: int, engaged: int) -> None:
    found = model()
    grade, better = found.grade(fit_score, engaged), found.grade(min(fit_score + 1, 100), min(engaged + 1, 100))
    assert better[0] <= grade[0]
    assert better[1] <= grade[1]


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"fit": {"rules": [fit("x", 101, GERMAN)]}}, "fit.rules[0].points", "101 is not allowed"),
        ({"engagement": {"rules": [engagement("x", -1, FORM)]}}, "engagement.rules[0].points", "-1 is not allowed"),
        ({"engagement": {"rules": [engagement("x", 1, GERMAN)]}}, "engagement.rules[0].when.field", "person.country"),
        ({"fit": {"rules": [fit("x", 1, GERMAN), fit("x", 2, CHIEF)]}}, "fit.rules[1].key", "used twice"),
        ({"fit": {"rules": [], "caps": {"role": 3}}}, "fit.caps.role", "no rule is in"),
        ({"grades": {"fit": [25, 50, 75]}}, "grades.fit", "three falling thresholds"),
        (
            {"fit": {"rules": [fit("x", 1, {"field": "person.grade", "op": "eq", "value": "A1"})]}},
            "fit.rules[0].when",
            "depend on itself",
        ),
        (
            {"fit": {"rules": [fit("x", 1, {"all": [GERMAN, {"not": GERMAN}]})]}},
            "fit.rules[0].when",
            "can never be true",
        ),
        ({"fit": {"rules": []}, "engagement": {"rules": []}}, "", "has no rule"),
    ],
)
def test_what_is_wrong_with_a_model_is_said_where_it_stands(changes: dict[str, Any], path: str, reason: str) -> None:
    reading = read(document(**changes))
    assert not reading.is_usable
    assert [path] == [finding.path for finding in reading.findings if reason in finding.reason]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["name", "fit", "engagement", "grades", "rules", "caps", "key", "points"]), inner
            )
        ),
    )
)
def test_no_document_breaks_the_reader(text: Any) -> None:
    read(text)
