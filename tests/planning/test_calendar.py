"""The month calendar: bars that never overlap in a lane, and what runs all month apart from them."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from governance.policies import Role
from planning.calendar import all_month, lay_out
from tests.factories import make_campaign, make_user

MARCH = date(2026, 3, 1)


@dataclass(frozen=True)
class Item:
    starts_on: date
    ends_on: date


def item(first: str, last: str) -> Item:
    return Item(date.fromisoformat(first), date.fromisoformat(last))


def test_what_covers_the_month_to_the_day_runs_all_month() -> None:
    exact, longer = item("2026-03-01", "2026-03-31"), item("2025-01-01", "2027-01-01")
    late, short = item("2026-03-02", "2026-04-30"), item("2026-01-01", "2026-03-30")
    assert all_month(MARCH, [exact, late, longer, short]) == ([exact, longer], [late, short])


@given(
    st.lists(
        st.tuples(st.dates(date(2026, 2, 1), date(2026, 4, 30)), st.integers(0, 60)).map(
            lambda drawn: Item(drawn[0], drawn[0] + timedelta(days=drawn[1]))
        ),
        max_size=20,
    )
)
def test_every_day_of_every_item_has_its_bar_and_no_two_share_a_place(items: list[Item]) -> None:
    for week in lay_out(MARCH, items):
        places = [(bar.lane, bar.start + offset) for bar in week.bars for offset in range(bar.span)]
        assert len(places) == len(set(places))
        due = sum(one.starts_on <= day <= one.ends_on for one in items for day in week.days)
        assert len(places) == due


@pytest.mark.django_db
@time_machine.travel("2026-03-10")
def test_the_page_names_what_runs_all_month_once() -> None:
    make_campaign(code="26Q1-EMEA-SRCH-0001", name="Always on", starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    make_campaign(code="26Q1-EMEA-WEB-0001", name="A day", starts_on=date(2026, 3, 4), ends_on=date(2026, 3, 5))
    client = Client()
    client.force_login(make_user(Role.CAMPAIGN_OWNER), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/planning/calendar/").content.decode()
    grid = page.partition('id="calendar"')[2].partition('class="card2 agenda"')[0]
    assert grid.count(">Always on<") == grid.count(">A day<") == 1
    assert grid.index("All month") < grid.index(">Always on<") < grid.index("month-head") < grid.index(">A day<")
    assert "2 campaigns run in March 2026" in page
