"""Text and names as people wrote them, without what cannot be stored or seen."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What no name has: control characters, line separators, overrides of the direction (a name that reads as another),
and halves of characters, which cannot be stored. Marks of direction that right-to-left text needs stay."""
SPACE = re.compile(r"\s+")


class TextRefused(ValueError):
    """The value cannot be taken; the message says why and what would be right."""


def clean_text(value: str, limit: int) -> str:
    """Without control characters and outer space, inner runs of space as one. Raises TextRefused when too long."""
    if value.isascii() and value.isprintable() and "  " not in value:
        text = value.strip()
    else:
        text = SPACE.sub(" ", CONTROL.sub("", value)).strip()
    if len(text) > limit:
        raise TextRefused(f"It has {len(text):,} characters; {limit} are the most.")
    return text


def split_name(full: str) -> tuple[str, str]:
    """First and last name of a full name: “Last, First” is turned round, a single word is the last name.

    Particles stay with the last name (“Ludwig van Beethoven” → “Ludwig”, “van Beethoven”).
    """
    if "," in full:
        last, _, first = full.partition(",")
        return first.strip(), last.strip()
    words = full.split()
    if len(words) < 2:
        return "", full.strip()
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].lower().rstrip(".") in PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


PARTICLES = frozenset(
    [
        "al",
        "bin",
        "da",
        "dal",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "las",
        "le",
        "los",
        "st",
        "ten",
        "ter",
        "van",
        "von",
        "y",
        "zu",
    ]
)
