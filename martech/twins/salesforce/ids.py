"""Record ids as Salesforce makes them: 15 characters that mind case, 18 with a checksum for those who do not."""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def mint(prefix: str, number: int) -> str:
    """The 18 characters of the `number`-th record of the object with a key prefix."""
    tail = ""
    while number:
        number, digit = divmod(number, 62)
        tail = DIGITS[digit] + tail
    return to_18(f"{prefix}5e0{tail:0>9}")


def to_18(text: str) -> str:
    """The long form of an id of 15 or 18 characters; anything else comes back as it is."""
    if len(text) != 15:
        return text
    groups = (text[at : at + 5] for at in (0, 5, 10))
    return text + "".join(
        SUFFIX[sum(1 << place for place, letter in enumerate(group) if letter.isupper())] for group in groups
    )


def is_id(text: object) -> bool:
    return isinstance(text, str) and len(text) in (15, 18) and text.isalnum()
