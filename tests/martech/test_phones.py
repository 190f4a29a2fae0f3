"""The short way through a phone number gives what phonenumbers gives, or gives no answer."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mops.core.phones import parsed_number, phone_number, plain_number

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers of every region: right, nearly right, with prefixes and with the signs people put between digits."""
    region = draw(st.sampled_from(REGIONS))
    kind = draw(st.sampled_from([0, 1, 2, 3, 4, 6, 99]))
    example = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
    digits = list(phonenumbers.national_significant_number(example)) if example else list("5551234567")
    for place in draw(st.lists(st.integers(0, len(digits) - 1), max_size=3)):
        digits[place] = draw(st.sampled_from("0123456789"))
    digits = [*draw(st.sampled_from(["", "0", "1", "00"])), *digits, *draw(st.sampled_from(["", "", "7", "77"]))]
    signs = draw(st.lists(st.sampled_from(["", "", "", " ", "-", ".", "(", ")", ") "]), min_size=3, max_size=3))
    places = sorted(draw(st.lists(st.integers(1, len(digits) - 1), min_size=3, max_size=3)))
    for place, sign in zip(reversed(places), signs, strict=True):
        digits.insert(place, sign)
    return f"+{phonenumbers.country_code_for_region(region)}{draw(st.sampled_from(['', ' ', ' (']))}{''.join(digits)}"


@given(text=numbers())
def test_the_short_way_and_the_library_agree(text: str) -> None:
    short = plain_number(text[:40])
    assert short is None or short == parsed_number(text[:40], "")


@given(text=st.text(alphabet="+0123456789 -().x/", max_size=24), country=st.sampled_from(["", "DE", "US", "GB", "IT"]))
def test_any_text_is_what_the_library_makes_of_it(text: str, country: str) -> None:
    assert phone_number(text, country) == parsed_number(text.strip()[:40], country)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+49 30 90123456", "+493090123456"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("+44 20 7946 0018", "+442079460018"),
        ("+39 06 69812345", None),  # an Italian zero belongs to the number: the library's business
        ("+49 (0)30 90123456", None),
        ("030 90123456", None),
        ("+999 123456789", None),
        ("+33 0912345", None),  # may carry a trunk prefix
        ("+33 123", None),
        ("+33 91 234 567", "+33 91 234 567"),  # too short for the one country of its code: nobody's
        ("+1 555 123 4567", None),  # not of the United States, but the code is of others as well
    ],
)
def test_the_short_way_answers_only_what_is_plain(text: str, expected: str | None) -> None:
    assert plain_number(text) == expected
