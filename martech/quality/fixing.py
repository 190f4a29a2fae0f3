"""What a value should have been: pure answers per distinct value, so that a fix looks at values and never at people."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from martech.normalisation import TextRefused, clean_text, country_code, phone_number

FIXES = {
    "tidy": "Remove outer and double spaces and invisible characters",
    "case": "Write capitals as in a name",
    "country": "Countries as ISO codes",
    "phone": "Phone numbers as E.164",
    "company": "One spelling for each company",
    "near": "Rare spellings to the usual one",
    "account": "Fill from the account",
    "property": "Fill from a property",
}
LIMITS = {
    "first_name": 150,
    "last_name": 150,
    "company": 300,
    "website": 500,
    "phone": 40,
    "country": 2,
    "city": 120,
    "job_title": 200,
    "source": 120,
    "medium": 120,
}
"""The columns that can be fixed, with the most characters each holds."""
WORDS = ("first_name", "last_name", "company", "city", "job_title", "source", "medium")
FIELDS_OF = {
    "tidy": (*WORDS, "website", "phone"),
    "case": ("first_name", "last_name", "company", "city"),
    "country": ("country",),
    "phone": ("phone",),
    "company": ("company",),
    "near": ("city", "job_title", "source", "medium"),
    "account": ("country", "company", "website"),
    "property": tuple(LIMITS),
}
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
PARTICLES = frozenset(
    [
        "von",
        "van",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "du",
        "la",
        "le",
        "ten",
        "ter",
        "und",
        "and",
        "of",
        "y",
        "e",
        "af",
        "av",
        "zu",
    ]
)
LEGAL = {"gmbh": "GmbH", "mbh": "mbH", "ug": "UG", "ag": "AG", "kg": "KG", "ohg": "OHG", "se": "SE", "ltd": "Ltd"} | {
    "ltd.": "Ltd.",
    "inc": "Inc",
    "inc.": "Inc.",
    "llc": "LLC",
    "llp": "LLP",
    "plc": "PLC",
    "corp": "Corp",
    "corp.": "Corp.",
    "co": "Co",
    "co.": "Co.",
    "bv": "BV",
    "b.v.": "B.V.",
    "nv": "NV",
    "sa": "SA",
    "s.a.": "S.A.",
    "sas": "SAS",
    "sarl": "SARL",
    "srl": "SRL",
    "s.r.l.": "S.r.l.",
    "ab": "AB",
    "as": "AS",
    "oy": "Oy",
    "kft": "Kft",
}
USUAL = 5
"""A spelling is the usual one when it is so many times as frequent."""
MOST_VALUES = 3_000


@dataclass(frozen=True)
class Answer:
    """What a value becomes; without `after` it stays, and `reason` says why. `is_sure` ones are chosen at first."""

    after: str = ""
    reason: str = ""
    is_sure: bool = True


Fixer = Callable[[str, str], Answer]


def fixer_of(kind: str, field: str, options: Mapping[str, str]) -> Fixer:
    """`fixer(value, context)` for the kinds that judge a value alone."""
    if kind == "case":
        of_word = company_case if field == "company" else name_case
        return lambda value, _context: Answer(of_word(value))
    if kind == "phone":
        return lambda value, context: _phone(value, context or options.get("default_country", ""))
    if kind == "country":
        return lambda value, _context: _country(value)
    if kind == "property":
        return lambda _value, context: _filled(context, field, options)
    return lambda value, _context: _clean(value, LIMITS[field])


def _clean(value: str, limit: int) -> Answer:
    try:
        return Answer(clean_text(value, limit))
    except TextRefused as refused:
        return Answer(reason=str(refused))


def _country(value: str) -> Answer:
    code = country_code(value)
    return Answer(code) if code else Answer(reason="Nobody knows this country.")


def _phone(value: str, country: str) -> Answer:
    number = phone_number(value, country)
    if E164.fullmatch(number):
        return Answer(number)
    return Answer(reason="It is no valid number" + (f" in {country}." if country else "; its country is not known."))


def _filled(found: str, field: str, options: Mapping[str, str]) -> Answer:
    if field == "country":
        return _country(found)
    if field == "phone":
        return _phone(found, options.get("default_country", ""))
    return _clean(found, LIMITS[field])


def name_case(value: str) -> str:
    """“MARIA VAN DER BERG-O'NEILL” → “Maria van der Berg-O'Neill”; a particle that begins the name is written large."""
    words = value.lower().split(" ")
    return " ".join(
        word if word in PARTICLES and (place or len(words) > 1) and place < len(words) - 1 else _capital(word)
        for place, word in enumerate(words)
    )


def _capital(word: str) -> str:
    return re.sub(r"(^|[-'’.(/])(\w)", lambda found: found.group(1) + found.group(2).upper(), word)


def company_case(value: str) -> str:
    """“ACME MACHINES GMBH” → “Acme Machines GmbH”; short words in capitals (IBM, SAP) stay."""
    is_upper = value == value.upper()
    words = []
    for word in value.split(" "):
        small = word.lower()
        if small in LEGAL:
            words.append(LEGAL[small])
        elif is_upper and len(word) <= 3:
            words.append(word)
        else:
            words.append(small if small in PARTICLES and words else _capital(small))
    return " ".join(words)


def company_spelling(name: str) -> str:
    """What two spellings of one company share: letters and digits without accents and case, legal form included."""
    # Taking a letter apart may bring a capital (mathematical bold alpha), and folding one that comes apart; so twice.
    plain = name
    for _pass in range(2):
        plain = unicodedata.normalize("NFKD", plain).casefold()
    plain = unicodedata.normalize("NFKD", plain)
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())


def one_spelling(counts: Mapping[str, int]) -> dict[str, Answer]:
    """Every spelling of a company to the most frequent one; of equally frequent ones to that in neither all capitals
    nor all small letters."""
    groups: dict[str, list[str]] = {}
    for name in counts:
        groups.setdefault(company_spelling(name), []).append(name)
    found: dict[str, Answer] = {}
    for key, names in groups.items():
        if key and len(names) > 1:
            best = min(names, key=lambda name: (-counts[name], name in (name.upper(), name.lower()), name))
            found |= {name: Answer(best) for name in names if name != best}
    return found


def near_spellings(counts: Mapping[str, int]) -> dict[str, Answer]:
    """Rare values to the usual ones they resemble: the same but for case and accents, or one letter apart (two from
    ten letters on), with the same first letter and digits. The latter are proposals that somebody has to choose."""
    ranked = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_VALUES]
    by_letter: dict[str, list[tuple[str, str]]] = {}
    found = {}
    for value in ranked:
        plain = company_spelling(value)
        if not plain:
            continue
        if answer := _usual(value, plain, by_letter.get(plain[0], []), counts):
            found[value] = answer
        else:
            by_letter.setdefault(plain[0], []).append((value, plain))
    return found


def _usual(value: str, plain: str, known: Iterable[tuple[str, str]], counts: Mapping[str, int]) -> Answer | None:
    allowed = 0 if len(plain) < 5 else 1 if len(plain) < 10 else 2
    best: tuple[int, str] | None = None
    for other, spelling in known:
        distance = DamerauLevenshtein.distance(plain, spelling, score_cutoff=allowed)
        is_usual = distance == 0 or counts[other] >= USUAL * counts[value]
        if distance <= allowed and is_usual and _digits(plain) == _digits(spelling):
            best = min(best, (distance, other), key=lambda one: one[0]) if best else (distance, other)
    return Answer(best[1], is_sure=best[0] == 0) if best else None


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
