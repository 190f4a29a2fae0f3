"""Our id on a record of the other side: what it looks like there, and what one that is read there means. Pure.

It begins with a tag of the installation, so that the id of another one, or what somebody typed, is never taken for ours.
"""

import re

KEY = "id"
"""The field of ours that is the id."""
FORM = re.compile(r"([0-9a-f]{8})-([1-9]\d{0,17})")


def key_text(tag: str, pk: int) -> str:
    return f"{tag}-{pk}"


def key_pk(tag: str, text: object) -> int | None:
    """The id that a text of ours stands for; None for any other."""
    found = FORM.fullmatch(str(text or "").strip().lower())
    return int(found[2]) if found and found[1] == tag else None
