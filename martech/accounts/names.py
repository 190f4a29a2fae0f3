"""A company's name in the forms that matching compares."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from martech.normalisation import company_key
from martech.normalisation.countries import known_names

CONNECTORS = frozenset(
    [
        "and",
        "und",
        "et",
        "e",
        "y",
        "i",
        "og",
        "och",
        "en",
        "the",
        "of",
        "der",
        "die",
        "das",
        "le",
        "la",
        "les",
        "des",
        "du",
        "de",
        "del",
        "di",
        "for",
        "für",
        "pour",
        "para",
    ]
)
GENERIC = frozenset(
    [
        "group",
        "groupe",
        "gruppe",
        "grupo",
        "gruppo",
        "holding",
        "holdings",
        "international",
        "intl",
        "global",
        "worldwide",
        "company",
        "companies",
        "co",
        "corp",
        "corporation",
        "enterprise",
        "enterprises",
        "industries",
        "partners",
        "consulting",
        "solutions",
        "services",
        "systems",
        "technologies",
        "tech",
        "digital",
        "media",
        "software",
        "labs",
        "studio",
        "studios",
        "bank",
        "capital",
        "ventures",
        "trading",
        "logistics",
        "energy",
        "health",
        "foods",
        "design",
        "management",
        "marketing",
        "engineering",
        "construction",
        "university",
        "institute",
        "foundation",
        "association",
        "national",
        "first",
        "general",
        "united",
        "american",
        "european",
        "europe",
    ]
)
"""Words that many companies share; a name of nothing else says little."""
LOOSE = frozenset(
    [
        "group",
        "groupe",
        "gruppe",
        "grupo",
        "gruppo",
        "holding",
        "holdings",
        "international",
        "intl",
        "global",
        "worldwide",
        "company",
        "companies",
        "co",
    ]
)
"""Words that come and go in one company's name."""
SAME_WORD = {
    **dict.fromkeys(("technologies", "technology", "technologie", "technologien"), "tech"),
    **dict.fromkeys(("solution",), "solutions"),
    **dict.fromkeys(("system", "systeme"), "systems"),
    **dict.fromkeys(("service", "svcs", "svc"), "services"),
    **dict.fromkeys(("intl", "internat", "internacional", "internationale"), "international"),
    **dict.fromkeys(("univ", "universität", "universitat", "universite", "universidad"), "university"),
    **dict.fromkeys(("natl",), "national"),
    **dict.fromkeys(("bros",), "brothers"),
    **dict.fromkeys(("assoc", "associates"), "associates"),
    **dict.fromkeys(("mfg",), "manufacturing"),
    **dict.fromkeys(("pharmaceuticals", "pharmaceutical"), "pharma"),
}
LEADING_FORMS = re.compile(
    r"^(?:ab|as|a s|ooo|oao|pao|zao|ао|ооо|pt|cv|ets|sa|sarl|sas|spa|nv|bv|株式会社|有限会社)\s+"
)
ASIAN_FORMS = re.compile(r"株式会社|有限会社|有限公司|股份有限公司|주식회사")
LONG_FORMS = re.compile(
    r"\b(?:aktiengesellschaft|aktiebolag|gesellschaft mbh|gesellschaft mit beschrankter haftung|naamloze vennootschap)\b"
)
PARENTHESES = re.compile(r"\(([^)]*)\)")
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"})
NO_COMPANY = frozenset(
    [
        "self employed",
        "selfemployed",
        "self",
        "freelance",
        "freelancer",
        "freelancing",
        "student",
        "private",
        "privat",
        "retired",
        "unemployed",
        "none",
        "na",
        "n a",
        "individual",
        "home",
        "personal",
        "myself",
        "me",
        "independent",
        "selbstandig",
        "freiberuflich",
        "autonomo",
        "particular",
        "particulier",
        "no company",
        "company",
        "my company",
        "test",
        "unknown",
        "not applicable",
        "looking for work",
        "seeking opportunities",
        "stealth startup",
        "stealth",
    ]
)


@dataclass(frozen=True)
class Name:
    """`compact` forms are equal for one spelling of one name; `core` is order-free and without words that come and go;
    `places` are the countries the name itself speaks of."""

    text: str
    tokens: tuple[str, ...]
    compact: frozenset[str]
    core: str
    places: frozenset[str]
    acronyms: frozenset[str]

    @property
    def is_distinctive(self) -> bool:
        """Two words that are more than “Global Solutions”."""
        return sum(token not in GENERIC and len(token) > 1 for token in self.tokens) >= 2

    @property
    def is_generic(self) -> bool:
        return all(token in GENERIC for token in self.tokens)

    @property
    def skeleton(self) -> str:
        """The first consonants, doubled ones once: a name with a slip of the finger keeps it."""
        letters = re.sub(r"[^a-z0-9]", "", self.core)
        return re.sub(r"(.)\1+", r"\1", letters[:1] + re.sub(r"[aeiouy]", "", letters[1:]))[:4]


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=131_072)
def read_name(text: str) -> Name | None:
    """The name in its forms, or None where the text names no company (“self-employed”, “n/a”)."""
    bare = ASIAN_FORMS.sub(" ", PARENTHESES.sub(" ", text)).strip() or text
    key = without_forms(company_key(bare))
    if not key or key in NO_COMPANY or key.replace(" ", "") in NO_COMPANY:
        return None
    tokens = tuple(key.split())
    words = [token for token in tokens if token not in CONNECTORS] or list(tokens)
    rest, places = without_places(words)
    places |= {place_names()[inner] for part in PARENTHESES.findall(text) if (inner := fold(part)) in place_names()}
    canonical = [SAME_WORD.get(word, word) for word in rest]
    core = " ".join(sorted(word for word in canonical if word not in LOOSE) or sorted(canonical))
    return Name(text, tuple(words), spellings(bare, words), core, places, acronyms_of(text, words))


def without_forms(key: str) -> str:
    """Legal forms that stand in front, or are spelled out; the whole key where nothing else is left."""
    return LEADING_FORMS.sub("", LONG_FORMS.sub("", key)).strip() or key


def spellings(text: str, words: Sequence[str]) -> frozenset[str]:
    """One string without spaces for each way to write it: accents dropped, umlauts spelled out, in Latin letters."""
    found = {"".join(words)}
    if not text.isascii():
        for other in (text.casefold().translate(GERMAN), anyascii(text)):
            key = without_forms(company_key(other))
            found.add("".join(word for word in key.split() if word not in CONNECTORS))
    return frozenset(one for one in found if one)


@lru_cache(maxsize=1)
def place_names() -> dict[str, str]:
    """Countries as one or two folded words, long enough not to be somebody's name."""
    return {fold(name): code for name, code in known_names().items() if len(name) > 3 or name in ("uk", "usa")}


def without_places(words: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The words without a country at their end, and that country; a name that is only a country keeps it."""
    for size in (2, 1):
        tail = " ".join(words[-size:])
        # “Bank of America” is no bank that happens to be in America.
        if tail in place_names() and any(word not in GENERIC for word in words[:-size]):
            return list(words[:-size]), frozenset({place_names()[tail]})
    return list(words), frozenset()


def acronyms_of(text: str, words: Sequence[str]) -> frozenset[str]:
    """The first letters of three words or more, and what stands in parentheses in capitals."""
    found = {inner.casefold() for inner in PARENTHESES.findall(text) if inner.isupper() and 2 < len(inner) < 7}
    if len(words) >= 3:
        found.add("".join(word[0] for word in words))
    return frozenset(found)
