"""How two names, companies or addresses relate. Small closed scales, not numbers: they are explained to people."""

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from martech.identity.lexicon import given_names, short_forms

OTHER, UNKNOWN, INITIAL, TYPO, PART, NICK, SAME = range(7)


@lru_cache(maxsize=1_000_000)
def first_relation(one: str, other: str, one_given: str, other_given: str) -> int:
    """Of given names: `one` and `other` loosened, `…_given` as folded."""
    if not one or not other:
        return UNKNOWN
    if one == other and not _gender_pair(one_given, other_given):
        return SAME
    if len(one_given) == 1 or len(other_given) == 1:
        return INITIAL if one_given[0] == other_given[0] or one[0] == other[0] else OTHER
    if is_short_for(one, other):
        return NICK
    names = given_names()
    if _is_variant(one, other):
        return NICK
    if one in names and other in names:
        return OTHER
    if _gender_pair(one_given, other_given):
        return OTHER
    return TYPO if is_typo(one, other) or is_typo(one_given, other_given) else OTHER


def _gender_pair(one: str, other: str) -> bool:
    """Alexander and Alexandra, Mario and Maria: only the ending differs, and by the vowel that tells them apart."""
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return one[:-1] == other[:-1] and {one[-1:], other[-1:]} in ({"o", "a"}, {"e", "a"}, {"i", "a"}, {"e", "o"})
    return long in (short + "a", short + "e", short + "ia", short + "ina", short + "ine", short + "na", short + "tte")


def is_short_for(one: str, other: str) -> bool:
    """A pair test on loosened names: Bob and Robert. Two names are never rewritten to a third, except two short forms of one name."""
    shorts = short_forms()
    if other in shorts.get(one, ()) or one in shorts.get(other, ()):
        return True
    return one not in shorts and other not in shorts and bool(_long_forms(one) & _long_forms(other))


@lru_cache(maxsize=65_536)
def _long_forms(short: str) -> frozenset[str]:
    return frozenset(name for name, shorts in short_forms().items() if short in shorts)


def _is_variant(one: str, other: str) -> bool:
    """Spellings of one name (Stephen and Steven): the same consonants, at least four letters, the same ending."""
    if min(len(one), len(other)) < 4 or (one[0] != other[0] and {one[0], other[0]} != {"c", "k"}):
        return False
    return _skeleton(one) == _skeleton(other) and JaroWinkler.similarity(one, other) >= 0.8


@lru_cache(maxsize=65_536)
def _skeleton(word: str) -> str:
    plain = word.replace("ph", "f").replace("v", "f").replace("c", "k").replace("x", "ks").replace("z", "s")
    plain = plain.rstrip("h")
    ending = plain[-1] if plain[-1:] in "aeiou" else ""
    return "".join(sign for sign in plain if sign not in "aeiouyh") + ending.replace("y", "i")


def is_typo(one: str, other: str) -> bool:
    """One slip in four letters or more, two in nine or more."""
    short = min(len(one), len(other))
    if short < 4:
        return False
    return OSA.distance(one, other, score_cutoff=2) <= (2 if short >= 9 else 1)


@lru_cache(maxsize=1_000_000)
def last_relation(one: str, other: str, one_parts: tuple[str, ...], other_parts: tuple[str, ...]) -> int:
    """Of surnames: PART where a compound surname shares one with the other."""
    if not one or not other:
        return UNKNOWN
    if one == other:
        return SAME
    if len(one) == 1 or len(other) == 1:
        return INITIAL if one[0] == other[0] else OTHER
    if (len(one_parts) > 1 or len(other_parts) > 1) and any(
        len(part) > 2 and part in other_parts for part in one_parts
    ):
        return PART
    return TYPO if is_typo(one, other) else OTHER


GENERIC = frozenset(
    [
        "group",
        "holding",
        "global",
        "international",
        "solutions",
        "services",
        "consulting",
        "systems",
        "partners",
        "company",
    ]
)


@lru_cache(maxsize=500_000)
def company_relation(one: str, other: str) -> int:
    """SAME for one name or a slip in it, PART for an acronym or one name inside the other (a subsidiary, perhaps)."""
    if one == other:
        return SAME
    plain, other_plain = one.replace(" ", ""), other.replace(" ", "")
    if plain == other_plain:
        return SAME
    words, other_words = one.split(), other.split()
    if _acronym(words) == other_plain or _acronym(other_words) == plain:
        return PART
    if (
        _same_but_generic(words, other_words)
        or words[: len(other_words)] == other_words
        or other_words[: len(words)] == words
    ):
        return PART
    return SAME if _is_slip_of_name(words, other_words) else OTHER


def _is_slip_of_name(words: list[str], others: list[str]) -> bool:
    """Word by word the same but for slips: of the whole name a long common ending would say too much.

    “Rubin Networks Nordic” and “Orbit Networks Nordic” are two companies.
    """
    if len(words) != len(others) or min(len("".join(words)), len("".join(others))) < 6:
        return False
    slips = [(one, other) for one, other in zip(words, others, strict=True) if one != other]
    return len(slips) <= 2 and all(is_typo(one, other) for one, other in slips)


def _acronym(words: list[str]) -> str:
    return "".join(word[0] for word in words) if len(words) > 2 else "-"


def _same_but_generic(words: list[str], others: list[str]) -> bool:
    kept, other_kept = [w for w in words if w not in GENERIC], [w for w in others if w not in GENERIC]
    return bool(kept) and kept == other_kept
