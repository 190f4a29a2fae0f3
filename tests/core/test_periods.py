"""The date range of a page, exact to the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mops.core.periods import COMPARISONS, PRESETS, parse_period

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("7d", date(2026, 11, 17), TODAY),
        ("30d", date(2026, 10, 25), TODAY),
        ("90d", date(2026, 8, 26), TODAY),
        ("month", date(2026, 11, 1), TODAY),
        ("quarter", date(2026, 10, 1), TODAY),
        ("year", date(2026, 1, 1), TODAY),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
        ("all", date(2000, 1, 1), TODAY),
    ],
)
def test_presets_begin_and_end_on_their_days(key: str, first: date, last: date) -> None:
    period = parse_period({"range": key}, TODAY)
    assert (period.from_, period.last, period.label) == (first, last, PRESETS[key])


def test_quarters_and_years_follow_the_fiscal_year() -> None:
    quarter = parse_period({"range": "quarter"}, date(2026, 1, 15), year_starts_in=2)
    year = parse_period({"range": "year"}, date(2026, 1, 15), year_starts_in=2)
    assert (quarter.from_, year.from_) == (date(2025, 11, 1), date(2025, 2, 1))


def test_the_previous_period_ends_where_this_one_begins() -> None:
    period = parse_period({"range": "7d", "compare": "previous"}, TODAY)
    assert (period.compare_from, period.compare_to) == (date(2026, 11, 10), date(2026, 11, 17))


def test_last_year_is_the_same_days_a_year_earlier() -> None:
    period = parse_period({"range": "year", "compare": "year"}, TODAY)
    assert (period.compare_from, period.compare_to) == (date(2025, 1, 1), date(2025, 11, 24))


def test_a_leap_day_compares_with_the_first_of_march() -> None:
    period = parse_period({"from": "2024-02-29", "to": "2024-02-29", "compare": "year"}, TODAY)
    assert (period.from_, period.to, period.compare_from) == (date(2024, 2, 29), date(2024, 3, 1), date(2023, 3, 1))


def test_two_dates_make_a_custom_period_with_both_days_in_it() -> None:
    period = parse_period({"from": "2026-03-01", "to": "2026-03-31"}, TODAY)
    assert (period.from_, period.to, period.days, period.range) == (date(2026, 3, 1), date(2026, 4, 1), 31, "custom")
    assert period.label == "Mar 1 – Mar 31, 2026"


def test_all_time_is_compared_with_nothing() -> None:
    period = parse_period({"range": "all", "compare": "previous"}, TODAY)
    assert (period.compare, period.compare_from, period.is_compared) == ("none", None, False)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"from": "yesterday"}, "Dates are written like 2026-11-23."),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "The last day is before the first."),
        ({"to": "9999-12-31"}, "The last day is too far away."),
    ],
)
def test_wrong_dates_are_named_and_the_default_is_used(query: dict[str, str], error: str) -> None:
    period = parse_period(query, TODAY)
    assert (period.error, period.range, period.from_) == (error, "year", date(2026, 1, 1))


def test_an_unknown_preset_is_the_default() -> None:
    assert parse_period({"range": "' or 1=1"}, TODAY, default="30d").range == "30d"


@given(
    st.fixed_dictionaries(
        {},
        optional={"range": st.sampled_from([*PRESETS, "custom", "x"]), "compare": st.sampled_from([*COMPARISONS, "x"])},
    ),
    st.dates(date(2001, 1, 1), date(2100, 1, 1)),
    st.integers(1, 12),
)
def test_every_period_is_a_whole_number_of_days_and_its_query_gives_it_again(
    query: dict[str, str], today: date, month: int
) -> None:
    period = parse_period(query, today, year_starts_in=month)
    again = parse_period(dict(pair.split("=") for pair in period.query.split("&")), today, year_starts_in=month)
    assert period.days >= 1
    assert (again.from_, again.to, again.compare_from) == (period.from_, period.to, period.compare_from)
    if period.compare == "previous":
        assert period.compare_to == period.from_
        assert period.compare_from == period.from_ - timedelta(days=period.days)
