"""Exact money: parts that add up, minor units per currency, strict reading."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mops.core.money import MoneyError, format_money, is_currency_code, minor_unit, parse_amount, quantize, split

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


def test_minor_units_follow_iso_4217() -> None:
    assert [minor_unit(code) for code in ("EUR", "JPY", "KWD")] == [Decimal("0.01"), Decimal(1), Decimal("0.001")]
    assert quantize(Decimal("2.345"), "EUR") == Decimal("2.34")
    with pytest.raises(MoneyError, match="'XYZ' is not a currency"):
        minor_unit("XYZ")


def test_a_hundred_in_three_gives_the_cent_to_the_first() -> None:
    parts = split(Decimal("100.00"), [1, 1, 1], currency="EUR")
    assert parts == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split(Decimal("-0.01"), [1, 3], currency="EUR") == [Decimal("0.00"), Decimal("-0.01")]
    assert split(Decimal(10), [0, 1, 2], currency="JPY") == [0, 3, 7]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [Decimal("NaN")]])
def test_weights_without_a_share_are_refused(weights: list[Decimal]) -> None:
    with pytest.raises(MoneyError, match="weights must be"):
        split(Decimal(1), weights, currency="EUR")


def test_an_amount_finer_than_the_minor_unit_is_not_split() -> None:
    with pytest.raises(MoneyError, match="finer than 1"):
        split(Decimal("1.5"), [1], currency="JPY")


@given(CURRENCIES, st.integers(-(10**18), 10**18), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_parts_add_up_and_are_within_a_unit_of_the_ideal(currency: str, units: int, weights: list[int]) -> None:
    weights = [*weights, 1]
    unit = minor_unit(currency)
    amount = units * unit
    parts = split(amount, weights, currency=currency)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - amount * weight) < unit * sum(weights)
        assert weight or not part


@pytest.mark.parametrize(
    ("amount", "currency", "compact", "shown"),
    [
        ("8021400", "EUR", True, "€8.02m"),
        ("412300", "EUR", True, "€412,300"),
        ("1184", "EUR", False, "€1,184"),
        ("1184.5", "EUR", False, "€1,184.50"),
        ("-12", "USD", False, "−$12"),
        ("2500000000", "USD", True, "$2.50bn"),
        ("1000", "CHF", False, "CHF\N{NO-BREAK SPACE}1,000"),
        ("1.5", "KWD", False, "KWD\N{NO-BREAK SPACE}1.500"),
    ],
)
def test_money_is_shown_as_in_the_look(amount: str, currency: str, compact: bool, shown: str) -> None:
    assert format_money(Decimal(amount), currency, compact) == shown


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1,234.56", ".", "1234.56"),
        ("1.234,56", ",", "1234.56"),
        ("1 234 567,8", ",", "1234567.8"),
        ("1'234.50", ".", "1234.50"),
        ("(12.50)", ".", "-12.50"),
        ("-€5", ".", "-5"),
        ("1.429999948", ".", "1.429999948"),
        ("12,50 €", ",", "12.50"),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, decimal: str, value: str) -> None:
    assert parse_amount(text, decimal) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "-", "1,23", "1.234,56", "1,234,56", "1 2", "12a", "1..2", "NaN", "1e5", ".5", "٣", "--1", "5."]
)
def test_garbage_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(MoneyError, match=r"with decimal sign '\.'. Write it as 1,234\.56"):
        parse_amount(text)


@given(st.decimals(-(10**12), 10**12, places=2))
def test_a_shown_amount_reads_back(amount: Decimal) -> None:
    assert parse_amount(format_money(amount, "EUR")) == amount


def test_a_code_of_a_currency_is_three_capitals() -> None:
    texts = ["EUR", "eur", "EU", "EURO", "U1D", "U$D", "ÄÖÜ", ""]
    assert [text for text in texts if is_currency_code(text)] == ["EUR"]
