"""Phone numbers as E.164, with the country of the person as the default region."""

from functools import lru_cache

import phonenumbers


@lru_cache(maxsize=65_536)
def phone_number(text: str, country: str = "") -> str:
    """E.164 of a valid number; any other text as it was given, cleaned of outer space.

    `country` is ISO 3166-1 alpha-2 and needed for numbers without a leading +. A “(0)” after the country code is an
    European habit that no dialler takes, so it is dropped.
    """
    kept = text.strip()[:40]
    if not any(letter.isdigit() for letter in kept):
        return kept
    try:
        number = phonenumbers.parse(kept.replace("(0)", ""), country or None)
    except phonenumbers.NumberParseException:
        return kept
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        return kept
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
