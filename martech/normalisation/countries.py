"""Countries as ISO 3166-1 alpha-2, from codes and from names in the languages a file may be in."""

from functools import cache, lru_cache

import pycountry
from babel import Locale

LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "hu",
    "ro",
    "tr",
    "ru",
    "uk",
    "el",
    "ja",
    "zh",
    "ko",
]
OTHERS = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "usa": "US",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "america": "US",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "uae": "AE",
    "korea": "KR",
    "south korea": "KR",
    "russia": "RU",
}


@cache
def known_names() -> dict[str, str]:
    """Every name of a country we know, in lower case, with its code."""
    codes = {country.alpha_2 for country in pycountry.countries}
    names: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        territories = Locale.parse(language).territories
        names.update({name.lower(): code for code, name in territories.items() if code in codes})
    for country in pycountry.countries:
        names[country.alpha_2.lower()] = names[country.alpha_3.lower()] = names[country.name.lower()] = country.alpha_2
        names[getattr(country, "official_name", country.name).lower()] = country.alpha_2
    return names | OTHERS


@lru_cache(maxsize=4_096)
def country_code(text: str) -> str | None:
    """The code of a country given by code or name; "" for nothing, None when nobody knows the name."""
    key = text.strip().lower()
    return known_names().get(key) if key else ""


@lru_cache(maxsize=512)
def country_name(code: str) -> str:
    """The English name of an ISO code, as most systems list it; the code itself when it is none."""
    found = pycountry.countries.get(alpha_2=code.upper())
    return str(getattr(found, "common_name", found.name)) if found else code
