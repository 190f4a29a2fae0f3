"""Canonical values: one form, however a vendor writes it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.connectors.port import FieldType
from martech.sync.values import canonical, digest, same

moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
raw: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: st.text(),
    FieldType.EMAIL: st.emails(),
    FieldType.PHONE: st.from_regex(r"\+?[0-9 /()-]{3,20}", fullmatch=True),
    FieldType.URL: st.text(),
    FieldType.NUMBER: st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=6)),
    FieldType.BOOLEAN: st.sampled_from([True, False, "true", "FALSE", "1", "0", "yes", "No"]),
    FieldType.DATE: st.one_of(st.dates(), moments),
    FieldType.DATETIME: moments,
    FieldType.CHOICE: st.text(),
    FieldType.CHOICES: st.one_of(st.lists(st.sampled_from("abcd")), st.sampled_from(["a;b", "b;a;", ";"])),
    FieldType.REFERENCE: st.text("0123456789", min_size=1),
}


@pytest.mark.parametrize("kind", list(FieldType))
@given(st.data())
def test_canonical_again_is_the_same(kind: FieldType, data: st.DataObject) -> None:
    once = canonical(kind, data.draw(raw[kind]))
    assert canonical(kind, once) == once


@pytest.mark.parametrize(
    ("kind", "forms", "expected"),
    [
        (FieldType.NUMBER, [1200, 1200.0, "1200", "1200.00", "1.2e3", Decimal("1200.0"), " 1200 "], "1200"),
        (FieldType.NUMBER, ["1200.50", 1200.5, Decimal("1200.500")], "1200.5"),
        (FieldType.NUMBER, ["0", -0.0, "0.000", 0], "0"),
        (FieldType.BOOLEAN, [True, "true", "True", "1", "yes"], True),
        (FieldType.BOOLEAN, [False, "false", "FALSE", "0", "no"], False),
        (
            FieldType.DATETIME,
            ["2026-09-10T12:00:00Z", "2026-09-10T12:00:00.000+0000", "2026-09-10T14:00:00+02:00", "1789041600000"],
            "2026-09-10T12:00:00Z",
        ),
        (FieldType.DATE, ["2026-09-10", "2026-09-10T00:00:00Z", "1788998400000"], "2026-09-10"),
        (FieldType.CHOICES, ["b;a", "a;b", ["b", "a"], ["a", "b", "a"], " a ; b ;"], ["a", "b"]),
        (FieldType.TEXT, ["Ana", " Ana ", "Ana\x00"], "Ana"),
        (FieldType.TEXT, [None, "", "  "], None),
    ],
)
def test_the_forms_of_one_value_are_equal(kind: FieldType, forms: list[Any], expected: Any) -> None:
    assert {repr(canonical(kind, form)) for form in forms} == {repr(expected)}
    assert {digest(canonical(kind, form)) for form in forms} == {digest(expected)}


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        (FieldType.NUMBER, "twelve"),
        (FieldType.NUMBER, "NaN"),
        (FieldType.NUMBER, True),
        (FieldType.BOOLEAN, "maybe"),
        (FieldType.DATE, "tomorrow"),
        (FieldType.DATETIME, "10.09.2026"),
    ],
)
def test_what_is_no_value_of_its_type_is_refused(kind: FieldType, refused: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical(kind, refused)


@given(moments, moments)
def test_moments_are_equal_by_the_second(one: datetime, other: datetime) -> None:
    is_same = one.replace(microsecond=0) == other.replace(microsecond=0)
    assert same(FieldType.DATETIME, canonical(FieldType.DATETIME, one), canonical(FieldType.DATETIME, other)) is is_same


@pytest.mark.parametrize("text", ["acme.com", "http://acme.com", "https://www.ACME.com/", "www.acme.com"])
def test_an_address_of_the_web_is_the_same_however_much_of_it_is_written(text: str) -> None:
    assert same(FieldType.URL, "https://acme.com", text)
    assert not same(FieldType.URL, "https://acme.com/de", text)
    assert not same(FieldType.URL, "https://shop.acme.com", text)
    assert same(FieldType.URL, f"{text.rstrip('/')}/In", "acme.com/In")
    assert not same(FieldType.URL, f"{text.rstrip('/')}/In", "acme.com/in")
