"""Numbers, names and moments as pages show them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import TemplateSyntaxError
from django.utils import timezone

from mops.core.templatetags import mops as tags


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"), (0, "0"), (950, "950"), (999.9, "1k"), (999_600, "1m"), (1_234, "1.23k"), (742_123, "742k"),
        (8_020_000, "8.02m"), (14_600_000, "14.6m"), (-2_310_000, "−2.31m"), (3_000_000_000, "3bn"), (1.8, "1.8"), (100, "100"),
        (12_000, "12k"), (100_000, "100k"),
    ],
)  # fmt: skip
def test_compact_keeps_three_digits(value: float | None, text: str) -> None:
    assert tags.compact(value) == text


def test_money_carries_its_sign_and_minus() -> None:
    assert tags.money(412_300) == "€412,300"
    assert tags.money_exact(-1_234.5, "USD") == "−$1,234.50"
    assert tags.money(5, "SEK") == "SEK 5"
    assert tags.money(None) == "—"


def test_a_share_is_shown_in_percent() -> None:
    assert tags.percent(0.225, 1) == "22.5%"
    assert tags.percent(None) == "—"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Priya Raman", "PR"), ("ana@example.com", "A"), ("Ana María de Souza", "AS"), ("", "?"), ("—", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert tags.initials(name) == letters


def test_moments_are_short() -> None:
    now = timezone.now()
    assert tags.ago(now) == "just now"
    assert tags.ago(now - timedelta(minutes=42, seconds=5)) == "42 min ago"
    assert tags.ago(now - timedelta(hours=3, seconds=5)) == "3 h ago"
    assert tags.ago(now - timedelta(days=2, seconds=5)) == "2 d ago"
    assert tags.ago(None) == "never"
    assert tags.when(datetime(2020, 11, 20, 12, tzinfo=UTC)) == "20 Nov 2020"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (None, "—"),
        (datetime(2026, 11, 26, 8, 30, tzinfo=UTC), "09:30"),
        (datetime(2026, 11, 27, 8, 30, tzinfo=UTC), "Fri 09:30"),
        (datetime(2026, 12, 4, 8, 30, tzinfo=UTC), "4 Dec 09:30"),
        (datetime(2027, 1, 4, 8, 30, tzinfo=UTC), "4 Jan 2027 09:30"),
    ],
)
def test_a_deadline_is_told_to_the_minute(moment: datetime | None, words: str) -> None:
    with time_machine.travel(datetime(2026, 11, 26, 12, tzinfo=UTC), tick=False):
        assert tags.moment(moment) == words


def test_an_icon_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="There is no icon named 'no-such-thing'"):
        tags.icon("no-such-thing")


def test_an_icon_is_hidden_unless_it_says_something() -> None:
    assert 'aria-hidden="true"' in tags.icon("home")
    assert 'role="img" aria-label="&lt;b&gt;"' in tags.icon("home", "<b>")


def test_small_drawings_stay_inside_their_box() -> None:
    assert 'points="1.0,16.0 63.0,2.0"' in tags.sparkline([1, 5])
    assert tags.sparkline([1]) == ""
    assert 'class="done" y="3" width="100.0%"' in tags.pace(1.7)
    assert tags.pace(None) == ""
    assert 'x="29.0" width="29.0"' in tags.bar(0.5)
