"""Personal names in the forms that matching compares: folded, loosened over transliterations, and by their sound."""

import re
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from anyascii import anyascii

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "herr",
        "frau",
        "hr",
        "fr",
        "dipl",
        "ing",
        "mag",
        "sir",
        "dame",
        "lady",
        "don",
        "dona",
        "doña",
        "señor",
        "señora",
        "sr.",
        "sra",
        "monsieur",
        "madame",
        "mme",
        "mlle",
        "signor",
        "signora",
        "phd",
        "md",
        "mba",
        "msc",
        "bsc",
        "ba",
        "ma",
        "llm",
        "esq",
        "cpa",
        "pmp",
        "rn",
        "dds",
        "dvm",
        "cfa",
    ]
)
GENERATIONS = {"jr": "2", "junior": "2", "jun": "2", "ii": "2", "2nd": "2", "iii": "3", "3rd": "3", "iv": "4"}
ELDERS = {"sr": "1", "senior": "1", "sen": "1"}
NO_NAMES = TITLES | GENERATIONS.keys() | ELDERS.keys()
PARTICLES = frozenset(
    [
        "al",
        "el",
        "bin",
        "ibn",
        "de",
        "del",
        "della",
        "da",
        "dal",
        "das",
        "di",
        "do",
        "dos",
        "du",
        "la",
        "las",
        "le",
        "los",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "zu",
        "zur",
        "y",
        "e",
        "i",
    ]
)
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ß": "ss", "æ": "ae", "œ": "oe"})
HAN = re.compile(r"^[\u4e00-\u9fff]{2,4}$")
HANGUL = re.compile(r"^[\uac00-\ud7a3]{2,4}$")
TWO_SIGN_SURNAMES = frozenset({"欧阳", "司马", "上官", "诸葛", "남궁", "황보", "선우", "제갈"})
KOREAN = {
    "gim": "kim",
    "i": "lee",
    "yi": "lee",
    "bag": "park",
    "bak": "park",
    "choe": "choi",
    "jeong": "jung",
    "jo": "cho",
}
LETTERS = re.compile(r"[^a-z0-9]+")
NOT_ASCII_LETTER = re.compile(r"[^A-Za-z]+")

# Ways in which alphabets are written into Latin letters, in the order they are undone.
LOOSENINGS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in [
        (r"shch|schtsch|szcz", "sc"),
        (r"sch|sh|sz", "s"),
        (r"tsch|tch|ch|cz", "c"),
        (r"dzh|dsch|dj", "j"),
        (r"zh", "j"),
        (r"kh|gh", "h"),
        (r"ks", "x"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"ts|tz", "z"),
        (r"ck|k|q", "k"),
        (r"ae", "a"),
        (r"oe", "o"),
        (r"ue", "u"),
        (r"ou", "u"),
        (r"w", "v"),
        (r"(?<=[aeou])[yj](?=$|[^aeiou])", "i"),
        (r"^[yj]e", "e"),
        (r"iy$|ij$|yi$|yy$|ii$", "i"),
        (r"y|j(?=[^aeiou])", "i"),
        (r"ie(?=v|[^aeiouv])", "e"),
        (r"(.)\1+", r"\1"),
    ]
)
SOUNDS = (
    (re.compile(r"[wv]|ph"), "f"),
    (re.compile(r"[ckq]|x"), "k"),
    (re.compile(r"[zs]"), "s"),
    (re.compile(r"[dt]"), "t"),
    (re.compile(r"[gj]"), "j"),
    (re.compile(r"(?<=.)[aeiouyh]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


class Name(NamedTuple):
    """A name taken apart. `first` and `last` are loosened; `parts` are the surnames of a compound one."""

    first: str
    middle: str
    last: str
    parts: tuple[str, ...]
    generation: str
    joined: str
    turned: str
    given: str


NOBODY = Name("", "", "", (), "", "", "", "")


@lru_cache(maxsize=262_144)
def folded(text: str) -> str:
    """Lower-case ASCII words: ä as ae, every other sign as anyascii reads it."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = anyascii(lowered.translate(GERMAN)).lower()
    return LETTERS.sub(" ", lowered.replace("'", "").replace("’", "")).strip()


@lru_cache(maxsize=262_144)
def loosened(word: str) -> str:
    """One spelling for what differs by transliteration alone: Müller, Mueller and Muller; Iouri and Yuri."""
    loose = word
    for pattern, plain in LOOSENINGS:
        loose = pattern.sub(plain, loose)
    return intern(loose or word)


@lru_cache(maxsize=262_144)
def sound_of(word: str) -> str:
    """Consonants by their sound, the first vowel kept; at most five signs."""
    sound = word
    for pattern, plain in SOUNDS:
        sound = pattern.sub(plain, sound)
    return intern(sound[:5])


@lru_cache(maxsize=65_536)
def letters_of(local: str) -> str:
    """The letters of a mailbox name, of any alphabet."""
    if local.isascii():
        return NOT_ASCII_LETTER.sub("", local)
    return "".join(sign for sign in local if sign.isalpha())


def split_signs(first: str, last: str) -> tuple[str, str]:
    """A name in Han or Hangul without spaces is taken apart: the surname stands first."""
    whole = (last + first).strip()
    if not (first and last) and (HAN.match(whole) or HANGUL.match(whole)):
        size = 2 if whole[:2] in TWO_SIGN_SURNAMES and len(whole) > 2 else 1
        first, last = whole[size:], whole[:size]
    if HANGUL.match(last) or (len(last) == 1 and "\uac00" <= last <= "\ud7a3"):
        latin = folded(last).replace(" ", "")
        return first, KOREAN.get(latin, latin)
    return first, last


def words_of(text: str) -> tuple[list[str], str]:
    """The words of a name without titles, and the generation they name."""
    kept: list[str] = []
    generation = ""
    if is_plain(text):
        word = text.lower()
        if word not in NO_NAMES:
            return [word], ""
    for written in text.replace("(", " ").replace(")", " ").replace(".", ". ").split():
        word = folded(written)
        if len(written.rstrip(".")) == 1 and "\u0370" <= written[0] < "\u1200":
            word = word[:1]  # one letter of another alphabet may be two of ours
        if len(pieces := word.split()) > 1:
            kept.extend(piece for piece in pieces if piece not in TITLES)
        elif not word:
            continue
        elif word in GENERATIONS:
            generation = GENERATIONS[word]
        elif word in ELDERS:
            generation = ELDERS[word]
        elif word not in TITLES:
            kept.append(word)
    return kept, generation


@lru_cache(maxsize=524_288)
def read_name(first: str, last: str) -> Name:
    """A name taken apart. A first name left out stays "": nothing is guessed."""
    return (is_plain(first) and is_plain(last) and plain_name(first.lower(), last.lower())) or any_name(first, last)


def is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha()


def plain_name(given: str, surname: str) -> Name | None:
    """Two words of plain letters, as nearly all names are, at a third of the price; None where one is a title."""
    if given in NO_NAMES or surname in NO_NAMES:
        return None
    front, back = loosened(given), loosened(surname)
    return Name(front, "", back, (back,), "", intern(front + back), intern(back + front), intern(given))


def any_name(first: str, last: str) -> Name:
    """Any name of any alphabet, with titles, particles and generations."""
    if "," in last and not first:
        last, _, first = last.partition(",")
    first, last = split_signs(first.strip(), last.strip())
    givens, born_first = words_of(first)
    surnames, born_last = words_of(last)
    if first and any("\u4e00" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3" for sign in first):
        givens = ["".join(givens)]
    core = [word for word in surnames if word not in PARTICLES] or surnames
    if not surnames and len(givens) > 1:
        givens, core = givens[:-1], givens[-1:]
        surnames = core
    elif not givens and born_first and len(surnames) > 1:  # “John Smith, Jr.”
        givens, core = surnames[:-1], surnames[-1:]
        surnames = core
    if "-" in first and givens and len(givens[0]) > 1:
        middle = "".join(word[0] for word in givens[first.count("-") + 1 :])
    else:
        middle = "".join(word[0] for word in givens[1:])
    given = givens[0] if givens else ""
    loose = loosened(given)
    parts = tuple(loosened(word) for word in core)
    whole = loosened("".join(core))
    front, back = loosened("".join(givens)), loosened("".join(surnames))
    return Name(
        loose, middle, whole, parts, born_first or born_last, intern(front + back), intern(back + front), intern(given)
    )
