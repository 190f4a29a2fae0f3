"""Short texts for what every decision stores: thousands of them are written a second, and most are never read."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from mops.core.conditions import NO_LEAF

MATCHED = "="
NOTHING = "-"


def pack_rules(blamed: Sequence[int | None]) -> str:
    """Per rule its first failing leaf, "=" where it matched, "-" where no leaf is to blame: (0, 0, 1, None) is "0*2 1 ="."""
    return " ".join(_times(_word(leaf), len(list(run))) for leaf, run in groupby(blamed))


def unpack_rules(text: str) -> list[int | None]:
    found: list[int | None] = []
    for part in text.split():
        word, _, times = part.partition("*")
        found += [_leaf(word)] * int(times or 1)
    return found


def _word(leaf: int | None) -> str:
    return MATCHED if leaf is None else NOTHING if leaf == NO_LEAF else str(leaf)


def _leaf(word: str) -> int | None:
    return None if word == MATCHED else NO_LEAF if word == NOTHING else int(word)


def _times(word: str, times: int) -> str:
    return word if times == 1 else f"{word}*{times}"


def pack_seat(user: int, pointer: int, weight: int, open_leads: int | None) -> str:
    """ "12:5", "12:5*2" with a weight of two, "12:5*2/7" with seven open leads where they count."""
    text = f"{user}:{pointer}" if weight == 1 else f"{user}:{pointer}*{weight}"
    return text if open_leads is None else f"{text}/{open_leads}"


def unpack_seat(text: str) -> tuple[int, int, int, int]:
    """(user, pointer, weight, open leads)"""
    rest, _, open_leads = text.partition("/")
    rest, _, weight = rest.partition("*")
    user, _, pointer = rest.partition(":")
    return int(user), int(pointer), int(weight or 1), int(open_leads or 0)


def users_of_seats(texts: Iterable[str]) -> set[int]:
    """The users of packed wheels."""
    return {int(seat.partition(":")[0]) for text in texts for seat in text.split()}
