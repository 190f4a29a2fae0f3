"""Match keys: what two records must share to be compared at all. About eight a person, each a kind and a value."""

from collections.abc import Iterable
from typing import Final

from martech.identity.names import Name, letters_of, sound_of
from martech.identity.record import LABEL, Record

Key = tuple[str, str]

EMAIL, PHONE, PROFILE, ID, LOCAL = "email", "phone", "profile", "id", "local"
NAME, LAST_ORG, FIRST_ORG, PAIR_ORG, BORN, NUMBER, PLACE = (
    "name",
    "last+org",
    "first+org",
    "pair+org",
    "born",
    "number",
    "place",
)
HUB_KINDS: Final = (EMAIL, PHONE, PROFILE, ID)
"""Kinds whose values belong to one person; one that many share is a hub and says nothing."""

BLOCK_LIMIT: Final = 100
"""More records than this under one key are not compared over it: it does not narrow anything."""


def labels_of(record: Record) -> set[str]:
    """The beginnings of the company's names and domains: acme.de, acme.com and “Acme GmbH” meet under one."""
    labels = {domain.partition(".")[0].replace("-", "")[:LABEL] for domain in record.domains}
    labels.update(company.replace(" ", "")[:LABEL] for company in record.companies)
    labels.discard("")
    return labels


def is_distinctive(local: str, name: Name) -> bool:
    """A mailbox name that does not follow from the person's name, so that sharing it elsewhere means something."""
    letters = letters_of(local)
    if len(local) < 5 or len(letters) < 3:
        return False
    return not any(len(part) > 2 and part in letters for part in (name.given, name.first, name.last, *name.parts))


def match_keys(record: Record) -> set[Key]:
    """Every key of a record."""
    keys: set[Key] = {(PHONE, phone) for phone in record.phones}
    keys.update((PROFILE, profile) for profile in record.profiles)
    keys.update((ID, number) for number in record.ids)
    for mail in record.mails:
        if not mail.is_role:
            keys.add((EMAIL, f"{mail.local}@{mail.domain}"))
            if is_distinctive(mail.local, record.name):
                keys.add((LOCAL, mail.local))
    labels = labels_of(record)
    for name in (record.name, *record.former):
        keys.update(name_keys(name, labels))
    if record.born or record.number or record.street:
        keys.update(consumer_keys(record))
    return keys


def name_key(name: Name) -> str:
    """The whole name in either order; "" where half of it is missing."""
    return min(name.joined, name.turned) if name.first and name.last else ""


def name_keys(name: Name, labels: Iterable[str]) -> Iterable[Key]:
    """The name alone, and its halves together with the company, so that a slip in either half still meets."""
    if not name.last:
        return
    first, sounds = sound_of(name.first), [sound_of(part) for part in (name.last, *name.parts) if len(part) > 1]
    if name.first:
        yield NAME, name_key(name)
    for label in labels:
        for sound in sounds:
            yield LAST_ORG, f"{sound}|{label}"
        if name.first:
            yield FIRST_ORG, f"{name.first}{name.last[0]}|{label}"
            yield PAIR_ORG, f"{'+'.join(sorted((first, sound_of(name.last))))}|{label}"


def consumer_keys(record: Record) -> Iterable[Key]:
    """Where files of consumers give a date of birth, a personal number or a street."""
    name = record.name
    if record.born:
        yield BORN, record.born
    if record.number:
        yield NUMBER, record.number
    if record.street:
        yield PLACE, f"{min(record.street.split())}|{record.postcode}"
    if record.born or record.street:
        pair = "+".join(sorted((sound_of(name.first)[:3], sound_of(name.last)[:3])))
        yield PLACE, f"{pair}|{record.postcode}"
        yield PLACE, f"{pair}|{record.born[:4]}"
