"""What two records say for and against being one person: a bit mask of signals."""

from collections.abc import Container

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio, token_set_ratio, token_sort_ratio

from martech.identity import likeness
from martech.identity.addresses import Mail
from martech.identity.keys import EMAIL, PHONE, Key, is_distinctive, name_key
from martech.identity.likeness import INITIAL, NICK, OTHER, PART, SAME, TYPO, UNKNOWN
from martech.identity.names import Name, letters_of, loosened
from martech.identity.record import Record
from martech.identity.signals import Signal

# Plain integers: IntFlag arithmetic costs twenty times as much, and this runs millions of times.
FIRST = {
    SAME: int(Signal.FIRST_SAME),
    NICK: int(Signal.FIRST_NICK),
    INITIAL: int(Signal.FIRST_INITIAL),
    TYPO: int(Signal.FIRST_TYPO),
    UNKNOWN: int(Signal.FIRST_UNKNOWN),
    OTHER: int(Signal.FIRST_OTHER),
}
LAST = {
    SAME: int(Signal.LAST_SAME),
    PART: int(Signal.LAST_PART),
    TYPO: int(Signal.LAST_TYPO),
    INITIAL: int(Signal.LAST_UNKNOWN),
    UNKNOWN: int(Signal.LAST_UNKNOWN),
    OTHER: int(Signal.LAST_OTHER),
}
NAMED_ALIKE = int(Signal.FIRST_SAME | Signal.LAST_SAME)
APART = int(Signal.FIRST_OTHER | Signal.LAST_OTHER)
TURNED = int(Signal.TURNED)
OF_NAMES = (
    sum(set(FIRST.values()) | set(LAST.values())) | TURNED | int(Signal.GENERATION_DIFFERS | Signal.MIDDLE_DIFFERS)
)
"""Every signal that the names alone decide."""
GMAIL_HOST = "gmail.com"
NO_HUBS: frozenset[Key] = frozenset()


def name_signals(one: Name, other: Name) -> int:
    """How the names relate, also when first and last changed places or the split differs."""
    first = likeness.first_relation(one.first, other.first, one.given, other.given)
    last = likeness.last_relation(one.last, other.last, one.parts, other.parts)
    bits = FIRST[first] | LAST[last]
    if bits & APART and one.joined and other.joined:
        bits = _other_readings(one, other, bits)
    if one.generation != other.generation and (one.generation or other.generation):
        known = one.generation and other.generation
        bits |= int(Signal.GENERATION_DIFFERS) if known or one.generation > "1" or other.generation > "1" else 0
    if one.middle and other.middle and one.middle[0] != other.middle[0] and one.first and other.first:
        bits |= int(Signal.MIDDLE_DIFFERS)
    return bits


def _other_readings(one: Name, other: Name, bits: int) -> int:
    if one.joined == other.joined:
        return NAMED_ALIKE
    if one.joined == other.turned or one.turned == other.joined:
        return NAMED_ALIKE | TURNED
    if not (one.first and other.first and one.last and other.last):
        return bits
    first = likeness.last_relation(one.first, other.last, (one.first,), other.parts)
    last = likeness.last_relation(one.last, other.first, one.parts, (other.first,))
    if {first, last} in ({SAME}, {SAME, TYPO}):
        return FIRST[first] | LAST[last] | TURNED
    return bits


def org_signals(a: Record, b: Record) -> int:
    """One verdict on the company, from names and domains together."""
    if not (a.domains or a.companies) or not (b.domains or b.companies):
        return 0
    for domain in a.domains:
        if domain in b.domains:
            return int(Signal.ORG_SAME)
    best = OTHER
    for company in a.companies:
        for other in b.companies:
            best = max(best, likeness.company_relation(company, other))
    if best == SAME:
        return int(Signal.ORG_SAME)
    if (not a.companies or not b.companies) and _named_by_domain(a, b):
        return int(Signal.ORG_SAME)
    if best == PART or _domains_related(a, b):
        return int(Signal.ORG_RELATED)
    return int(Signal.ORG_DIFFERS)


def _named_by_domain(a: Record, b: Record) -> bool:
    """The company of the one is the domain of the other: “Acme Robotics” and acme-robotics.com."""
    for this, that in ((a, b), (b, a)):
        labels = {domain.partition(".")[0].replace("-", "") for domain in that.domains}
        if any(company.replace(" ", "") in labels for company in this.companies):
            return True
    return False


def _domains_related(a: Record, b: Record) -> bool:
    """acme.de and acme.com, or a slip in one of them."""
    for one in a.domains:
        label = one.partition(".")[0]
        for other in b.domains:
            other_label = other.partition(".")[0]
            if label == other_label or (
                min(len(one), len(other)) >= 7 and OSA.distance(one, other, score_cutoff=1) <= 1
            ):
                return True
    return False


def mail_signals(a: Record, b: Record, hubs: Container[Key]) -> int:
    """What the addresses say; one address in common ends the comparison."""
    bits = 0
    for one in a.mails:
        for other in b.mails:
            found = _mail_pair(one, other, a, b, hubs)
            if found & int(Signal.EMAIL_SAME):
                return found | _belongs_to_other(one, a, b)
            bits |= found
    if bits & int(Signal.EMAIL_SLIP):
        bits &= ~int(Signal.MAILBOX_DIFFERS | Signal.MAILBOX_OWN_NAME | Signal.EMAIL_DIFFERS)
    return bits


def _mail_pair(one: Mail, other: Mail, a: Record, b: Record, hubs: Container[Key]) -> int:
    if one.local == other.local or (one.domain != other.domain and _is_host_slip(one, other)):
        if one.domain == other.domain:
            shared = one.is_role or (EMAIL, f"{one.local}@{one.domain}") in hubs
            return int(Signal.EMAIL_SHARED) if shared else int(Signal.EMAIL_SAME)
        if one.is_role:
            return 0
        if OSA.distance(one.domain, other.domain, score_cutoff=2) <= (2 if one.is_free or other.is_free else 1):
            return int(Signal.EMAIL_SLIP)
        return int(Signal.LOCAL_SAME if is_distinctive(one.local, a.name) else Signal.EMAIL_DIFFERS)
    if one.is_role or other.is_role:
        return 0
    if one.domain == other.domain:
        return _two_mailboxes(one, other, a.name, b.name)
    return int(Signal.EMAIL_DIFFERS)


def _is_host_slip(one: Mail, other: Mail) -> bool:
    """a.b@gmial.com and ab@gmail.com: the dots are dropped only where the host is spelled right."""
    return GMAIL_HOST in (one.domain, other.domain) and one.local.replace(".", "") == other.local.replace(".", "")


def _two_mailboxes(one: Mail, other: Mail, name: Name, other_name: Name) -> int:
    """Two addresses at one host: numbered, a slip apart, or simply two; free hosts give no company away."""
    plain, other_plain = letters_of(one.local), letters_of(other.local)
    if plain == other_plain and _digits(one.local) != _digits(other.local):
        return int(Signal.MAILBOX_NUMBERED | Signal.EMAIL_DIFFERS)
    bits = int(Signal.EMAIL_DIFFERS) | (0 if one.is_free else int(Signal.MAILBOX_DIFFERS))
    if plain == other_plain:
        return int(Signal.EMAIL_SLIP)
    if (
        _spells(plain, name)
        and _spells(other_plain, other_name)
        and not (_spells(plain, other_name) or _spells(other_plain, name))
    ):
        return bits | int(Signal.MAILBOX_OWN_NAME)
    is_slip = len(plain) > 4 and OSA.distance(plain, other_plain, score_cutoff=1) <= 1
    if is_slip and _digits(one.local) == _digits(other.local) and not _is_initialled(plain, other_plain):
        return int(Signal.EMAIL_SLIP)
    return bits


def _is_initialled(one: str, other: str) -> bool:
    """a.smith and b.smith: the first letter is an initial, so another one is another person."""
    return len(one) == len(other) and one[1:] == other[1:]


def _digits(local: str) -> str:
    return "".join(sign for sign in local if sign.isdigit())


def _spells(letters: str, name: Name) -> bool:
    loose = loosened(letters)
    return (
        len(name.last) > 2
        and name.last in loose
        and (not name.first or name.first in loose or name.first[0] in loose[:1])
    )


def _belongs_to_other(mail: Mail, a: Record, b: Record) -> int:
    """The address spells the name of one of the two and not of the other: an assistant's, perhaps."""
    letters = letters_of(mail.local)
    mine = [any(len(p) > 2 and p in letters for p in (r.name.given, r.name.last, r.name.first)) for r in (a, b)]
    return int(Signal.MAILBOX_OF_OTHER) if mine[0] != mine[1] else 0


def contact_signals(a: Record, b: Record, hubs: Container[Key]) -> int:
    bits = mail_signals(a, b, hubs) if a.mails and b.mails else 0
    if a.phones and b.phones:
        bits |= _phone_signals(a.phones, b.phones, hubs)
    if a.profiles and b.profiles:
        same = any(profile in b.profiles for profile in a.profiles)
        bits |= int(Signal.PROFILE_SAME if same else Signal.PROFILE_DIFFERS)
    if a.ids and any(number in b.ids for number in a.ids):
        bits |= int(Signal.ID_SAME)
    return bits


def _phone_signals(phones: tuple[str, ...], others: tuple[str, ...], hubs: Container[Key]) -> int:
    for phone in phones:
        if phone in others:
            return int(Signal.PHONE_SHARED if (PHONE, phone) in hubs else Signal.PHONE_SAME)
    if any(OSA.distance(one, other, score_cutoff=1) <= 1 for one in phones for other in others):
        return 0
    return int(Signal.PHONE_DIFFERS)


def place_signals(a: Record, b: Record) -> int:
    bits = 0
    if a.country and b.country:
        bits |= int(Signal.COUNTRY_SAME if a.country == b.country else Signal.COUNTRY_DIFFERS)
    if a.city and b.city:
        bits |= int(Signal.CITY_SAME if a.city == b.city or ratio(a.city, b.city) >= 85 else Signal.CITY_DIFFERS)
    if a.title and b.title:
        likeness_of_titles = 100 if a.title == b.title else token_set_ratio(a.title, b.title)
        bits |= int(Signal.TITLE_SAME if likeness_of_titles >= 90 else Signal.TITLE_DIFFERS)
    return bits


def consumer_signals(a: Record, b: Record) -> int:
    bits = 0
    if a.born and b.born:
        slips = OSA.distance(a.born, b.born, score_cutoff=2)
        bits |= int((Signal.BORN_SAME, Signal.BORN_NEAR, Signal.BORN_NEAR)[slips] if slips < 3 else Signal.BORN_DIFFERS)
    if a.number and b.number:
        slips = OSA.distance(a.number, b.number, score_cutoff=2)
        bits |= int((Signal.NUMBER_SAME, Signal.NUMBER_NEAR, Signal.NUMBER_NEAR)[slips]) if slips < 3 else 0
    if a.street and b.street and token_sort_ratio(a.street, b.street) >= 75:
        bits |= int(Signal.STREET_SAME)
    if a.postcode and a.postcode == b.postcode:
        bits |= int(Signal.POSTCODE_SAME)
    return bits


def signals(a: Record, b: Record, hubs: Container[Key] = NO_HUBS, common: Container[str] = ()) -> int:
    """Every signal of a pair. `hubs` are keys that many people share, `common` joined names that many bear."""
    return named(a, b) | beyond_names(a, b, hubs, common)


def named(a: Record, b: Record) -> int:
    """What the names say, the former ones too where the present ones are apart."""
    bits = name_signals(a.name, b.name)
    if bits & APART and (a.former or b.former):
        bits = min((name_signals(x, y) for x in (a.name, *a.former) for y in (b.name, *b.former)), key=_distance)
    return bits


def beyond_names(a: Record, b: Record, hubs: Container[Key], common: Container[str]) -> int:
    bits = contact_signals(a, b, hubs) | org_signals(a, b) | place_signals(a, b)
    if common and name_key(a.name) in common:
        bits |= int(Signal.NAME_COMMON)
    if a.born or a.street or a.number:
        bits |= consumer_signals(a, b)
    return bits


def _distance(bits: int) -> tuple[int, int]:
    return (bits & APART).bit_count(), -(bits & NAMED_ALIKE).bit_count()
