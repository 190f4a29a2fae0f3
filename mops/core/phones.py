"""Phone numbers as E.164, with the country of the person as the default region."""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

INTERNATIONAL = re.compile(r"\+[1-9](?:[ .()-]{0,2}[0-9]){6,14}")
SIGNS = str.maketrans("", "", "+ .()-")


@lru_cache(maxsize=65_536)
def phone_number(text: str, country: str = "") -> str:
    """E.164 of a valid number; any other text as it was given, cleaned of outer space.

    `country` is ISO 3166-1 alpha-2 and needed for numbers without a leading +. A “(0)” after the country code is an
    European habit that no dialler takes, so it is dropped.
    """
    kept = text.strip()[:40]
    return plain_number(kept) or parsed_number(kept, country)


def parsed_number(kept: str, country: str) -> str:
    """What phonenumbers makes of it: some 25 µs."""
    if not any(letter.isdigit() for letter in kept):
        return kept
    try:
        number = phonenumbers.parse(kept.replace("(0)", ""), country or None)
    except phonenumbers.NumberParseException:
        return kept
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        return kept
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def plain_number(kept: str) -> str | None:
    """E.164 of a number in international form whose parts are plain to see: 2 µs. None says “ask phonenumbers”.

    It answers only where the library could do nothing but keep the digits: a calling code it knows, no trunk prefix
    behind it, and a number that the main region of that code has. Where the code has no other region, one that this has
    not is a number of nobody, and stays as it was given.
    """
    if not INTERNATIONAL.fullmatch(kept) or "(0)" in kept:
        return None
    digits = kept.translate(SIGNS)
    code = calling_code(digits[:3])
    is_number = code.has(digits[code.length :]) if code else None
    if is_number:
        return "+" + digits
    return kept if is_number is False and code is not None and code.is_of_one_region else None


class CallingCode(NamedTuple):
    """So many digits, and whether others are a number of its main region; None where they may carry a prefix."""

    length: int
    has: Callable[[str], bool | None]
    is_of_one_region: bool


@cache
def calling_code(start: str) -> CallingCode | None:
    """The calling code that three digits begin with; None for none."""
    for length in (1, 2, 3):
        if regions := phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(start[:length])):
            return CallingCode(length, subscribers(regions[0]), len(regions) == 1)
    return None


def subscribers(region: str) -> Callable[[str], bool | None]:
    metadata = None if region == "001" else PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None or metadata.leading_digits is not None:
        return lambda _digits: None
    prefix = re.compile(metadata.national_prefix_for_parsing or "(?!)")
    general = by_length([metadata.general_desc])
    kinds = by_length(
        [
            *(metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.premium_rate, metadata.shared_cost),
            *(metadata.voip, metadata.personal_number, metadata.pager, metadata.uan, metadata.voicemail),
        ]
    )

    def is_subscriber(digits: str) -> bool | None:
        if digits[0] == "0" or prefix.match(digits):
            return None
        length = len(digits)
        return general[length].fullmatch(digits) is not None and kinds[length].fullmatch(digits) is not None

    return is_subscriber


def by_length(descriptions: Iterable[PhoneNumberDesc | None]) -> list[re.Pattern[str]]:
    """For each number of digits one pattern: that of every description which has numbers so long."""
    known = [one for one in descriptions if one is not None and one.national_number_pattern]
    found = []
    for length in range(16):
        patterns = [one.national_number_pattern for one in known if is_length_of(one, length)]
        found.append(re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)"))
    return found


def is_length_of(description: PhoneNumberDesc, length: int) -> bool:
    return not description.possible_length or length in description.possible_length
