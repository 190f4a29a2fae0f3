"""What can be said about two records: one bit each, with the words a person reads."""

from enum import IntFlag, auto


class Signal(IntFlag):
    """Company, website and mail domain are one piece of evidence (`ORG_…`), however many of them agree."""

    FIRST_SAME = auto()
    FIRST_NICK = auto()
    FIRST_INITIAL = auto()
    FIRST_TYPO = auto()
    FIRST_UNKNOWN = auto()
    FIRST_OTHER = auto()
    LAST_SAME = auto()
    LAST_PART = auto()
    LAST_TYPO = auto()
    LAST_UNKNOWN = auto()
    LAST_OTHER = auto()
    TURNED = auto()
    GENERATION_DIFFERS = auto()
    MIDDLE_DIFFERS = auto()
    EMAIL_SAME = auto()
    EMAIL_SHARED = auto()
    EMAIL_SLIP = auto()
    LOCAL_SAME = auto()
    MAILBOX_DIFFERS = auto()
    MAILBOX_NUMBERED = auto()
    MAILBOX_OWN_NAME = auto()
    MAILBOX_OF_OTHER = auto()
    PHONE_SAME = auto()
    PHONE_SHARED = auto()
    PHONE_DIFFERS = auto()
    PROFILE_SAME = auto()
    PROFILE_DIFFERS = auto()
    ID_SAME = auto()
    ORG_SAME = auto()
    ORG_RELATED = auto()
    ORG_DIFFERS = auto()
    COUNTRY_SAME = auto()
    COUNTRY_DIFFERS = auto()
    CITY_SAME = auto()
    CITY_DIFFERS = auto()
    TITLE_SAME = auto()
    TITLE_DIFFERS = auto()
    NAME_COMMON = auto()
    BORN_SAME = auto()
    BORN_NEAR = auto()
    BORN_DIFFERS = auto()
    STREET_SAME = auto()
    POSTCODE_SAME = auto()
    EMAIL_DIFFERS = auto()
    NUMBER_SAME = auto()
    NUMBER_NEAR = auto()


WORDS: dict[Signal, str] = {
    Signal.FIRST_SAME: "the same first name",
    Signal.FIRST_NICK: "one first name is short for the other, or another spelling of it",
    Signal.FIRST_INITIAL: "the first name begins with the given initial",
    Signal.FIRST_TYPO: "first names a slip apart",
    Signal.FIRST_UNKNOWN: "a first name is missing",
    Signal.FIRST_OTHER: "different first names",
    Signal.LAST_SAME: "the same last name",
    Signal.LAST_PART: "compound last names that share a part",
    Signal.LAST_TYPO: "last names a slip apart",
    Signal.LAST_UNKNOWN: "a last name is missing",
    Signal.LAST_OTHER: "different last names",
    Signal.TURNED: "first and last name change places",
    Signal.GENERATION_DIFFERS: "one is junior, the other is not",
    Signal.MIDDLE_DIFFERS: "different middle names",
    Signal.EMAIL_SAME: "the same personal e-mail address",
    Signal.EMAIL_SHARED: "an e-mail address that several people share",
    Signal.EMAIL_SLIP: "e-mail addresses a slip apart",
    Signal.LOCAL_SAME: "the same unusual mailbox name at two hosts",
    Signal.MAILBOX_DIFFERS: "two mailboxes at one company",
    Signal.MAILBOX_NUMBERED: "two mailboxes at one domain that differ by a number",
    Signal.MAILBOX_OWN_NAME: "each mailbox spells its own name",
    Signal.MAILBOX_OF_OTHER: "the address spells somebody else's name",
    Signal.PHONE_SAME: "the same phone number",
    Signal.PHONE_SHARED: "a phone number that several people share",
    Signal.PHONE_DIFFERS: "different phone numbers",
    Signal.PROFILE_SAME: "the same LinkedIn profile",
    Signal.PROFILE_DIFFERS: "different LinkedIn profiles",
    Signal.ID_SAME: "the same id in another system",
    Signal.ORG_SAME: "the same company",
    Signal.ORG_RELATED: "companies that may belong together",
    Signal.ORG_DIFFERS: "different companies",
    Signal.COUNTRY_SAME: "the same country",
    Signal.COUNTRY_DIFFERS: "different countries",
    Signal.CITY_SAME: "the same city",
    Signal.CITY_DIFFERS: "different cities",
    Signal.TITLE_SAME: "the same job title",
    Signal.TITLE_DIFFERS: "different job titles",
    Signal.NAME_COMMON: "a common name",
    Signal.BORN_SAME: "the same date of birth",
    Signal.BORN_NEAR: "dates of birth a slip apart",
    Signal.BORN_DIFFERS: "different dates of birth",
    Signal.STREET_SAME: "the same street",
    Signal.POSTCODE_SAME: "the same postcode",
    Signal.EMAIL_DIFFERS: "different e-mail addresses",
    Signal.NUMBER_SAME: "the same personal number",
    Signal.NUMBER_NEAR: "personal numbers a slip apart",
}

BY_KEY: dict[str, Signal] = {signal.name.lower(): signal for signal in Signal if signal.name}


def in_words(bits: int) -> list[str]:
    """The signals of a pair as sentences' ends, in their fixed order."""
    return [words for signal, words in WORDS.items() if bits & signal.value]


def keys_of(bits: int) -> list[str]:
    return [key for key, signal in BY_KEY.items() if bits & signal.value]
