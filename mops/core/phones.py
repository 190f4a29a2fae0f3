"""Phone numbers as E.164, with the country of the person as the default region."""

import re
from collections.abc import Callable
from functools import cache, lru_cache

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

INTERNATIONAL = re.compile(r"\+[1-9](?:[ .()-]{0,2}[0-9]){6,14}")
NOT_DIGIT = re.compile(r"[^0-9]+")


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
    behind it, and a number that the main region of that code has.
    """
    if not INTERNATIONAL.fullmatch(kept) or "(0)" in kept:
        return None
    digits = NOT_DIGIT.sub("", kept)
    for length in (1, 2, 3):
        if is_subscriber := subscribers(int(digits[:length])):
            return "+" + digits if is_subscriber(digits[length:]) else None
    return None


@cache
def subscribers(calling_code: int) -> Callable[[str], bool] | None:
    """Whether digits are a number of the main region of a calling code and carry no prefix; None for no such code."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(calling_code)
    if not regions:
        return None
    metadata = None if regions[0] == "001" else PhoneMetadata.metadata_for_region(regions[0], None)
    if metadata is None or metadata.general_desc is None or metadata.leading_digits is not None:
        return lambda _digits: False
    prefix = re.compile(metadata.national_prefix_for_parsing or "(?!)")
    general = matcher(metadata.general_desc)
    kinds = [
        *(metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.premium_rate, metadata.shared_cost),
        *(metadata.voip, metadata.personal_number, metadata.pager, metadata.uan, metadata.voicemail),
    ]
    matchers = [matcher(kind) for kind in kinds if kind is not None]

    def is_subscriber(digits: str) -> bool:
        if digits[0] == "0" or prefix.match(digits) or not general(digits):
            return False
        return any(matches(digits) for matches in matchers)

    return is_subscriber


def matcher(description: PhoneNumberDesc) -> Callable[[str], bool]:
    """Whether digits have a length and a pattern of the description."""
    lengths = frozenset(description.possible_length)
    pattern = re.compile(description.national_number_pattern or "(?!)")
    return lambda digits: (not lengths or len(digits) in lengths) and pattern.fullmatch(digits) is not None
