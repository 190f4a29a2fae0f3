"""One person, written down in ways that hide it. Each trap answers the cards of one person."""

from collections.abc import Callable

from mops.bench.labelled.world import FREE, NAMES, Card, World, ascii_word

Trap = Callable[[World], list[Card]]
MUST_MERGE: dict[str, Trap] = {}
SHORT = {
    "Robert": "Bob", "Elizabeth": "Liz", "William": "Bill", "Margaret": "Peggy", "Jennifer": "Jen", "Christopher": "Chris",
    "Katherine": "Kate", "Michael": "Mike", "Patricia": "Trish", "Benjamin": "Ben", "Nicholas": "Nick", "Deborah": "Debbie",
    "Gregory": "Greg", "Timothy": "Tim", "Rebecca": "Becky", "Kenneth": "Ken", "Theodore": "Ted", "Samantha": "Sam",
}  # fmt: skip
RUSSIAN = {
    "Александр": "Sasha",
    "Екатерина": "Katya",
    "Дмитрий": "Dima",
    "Наталья": "Natasha",
    "Михаил": "Misha",
    "Татьяна": "Tanya",
}
CHINESE = [
    ("王", "小明", "Wang", "Xiaoming"),
    ("李", "娜", "Li", "Na"),
    ("张", "伟强", "Zhang", "Weiqiang"),
    ("刘", "海燕", "Liu", "Haiyan"),
    ("陈", "志远", "Chen", "Zhiyuan"),
]


def must_merge(trap: Trap) -> Trap:
    MUST_MERGE[trap.__name__] = trap
    return trap


@must_merge
def crm_and_map_copy(w: World) -> list[Card]:
    card = w.card()
    return [
        card,
        card.but(email=card.email.upper(), phone=spaced(card.phone), source="map").without("linkedin_url", "city"),
    ]


@must_merge
def plus_part(w: World) -> list[Card]:
    card = w.card()
    local, _, domain = card.email.partition("@")
    return [
        card,
        card.but(email=f"{local}+{w.pick('news events demo trial')}@{domain}").without("phone", "linkedin_url"),
    ]


@must_merge
def gmail_dots(w: World) -> list[Card]:
    card = w.card()
    one, two, digits = ascii_word(card.first_name), ascii_word(card.last_name), w.random.randrange(10**6)
    return [
        card.but(email=f"{one}.{two}{digits}@gmail.com").without("company", "website", "phone", "linkedin_url"),
        card.but(email=f"{one}{two}{digits}@googlemail.com").without("phone", "linkedin_url"),
    ]


@must_merge
def nickname_same_company(w: World) -> list[Card]:
    card = w.card("US")
    card = w.named(card, w.pick(list(SHORT)))
    other = card.but(first_name=SHORT[card.first_name], source="map").without("phone", "linkedin_url", "email")
    return [card, other.but(email="")]


@must_merge
def nickname_same_phone(w: World) -> list[Card]:
    card = w.card("US")
    card = w.named(card, w.pick(list(SHORT)))
    other = card.but(first_name=SHORT[card.first_name], email=w.free_address(card.first_name, card.last_name))
    return [card, other.without("company", "website", "linkedin_url")]


@must_merge
def transliterated(w: World) -> list[Card]:
    card = w.card("RU")
    latin = card.but(first_name=ascii_word(card.first_name).title(), last_name=ascii_word(card.last_name).title())
    return [card.without("linkedin_url"), latin.without("email", "phone")]


@must_merge
def russian_short_form(w: World) -> list[Card]:
    card = w.card("RU")
    card = w.named(card, w.pick(list(RUSSIAN)))
    latin = card.but(first_name=RUSSIAN[card.first_name], last_name=ascii_word(card.last_name).title())
    return [card, latin.without("email", "linkedin_url", "city")]


@must_merge
def umlauts_spelled_out(w: World) -> list[Card]:
    card = w.card("DE")
    card = w.named(card, last=w.pick("Müller Schäfer Groß Köhler Möller Rühl Zöller Bäcker"))
    spelled = card.last_name.replace("ü", "ue").replace("ä", "ae").replace("ö", "oe").replace("ß", "ss")
    return [card.without("email"), card.but(last_name=spelled).without("phone", "linkedin_url")]


@must_merge
def umlauts_dropped(w: World) -> list[Card]:
    card = w.card("DE")
    card = w.named(card, last=w.pick("Müller Schäfer Köhler Möller Rühl Zöller Bäcker Brüggemann"))
    plain = card.last_name.replace("ü", "u").replace("ä", "a").replace("ö", "o")
    return [card.without("email", "phone"), card.but(last_name=plain).without("linkedin_url")]


@must_merge
def diacritics_lost(w: World) -> list[Card]:
    card = w.card(w.pick("FR ES PL SE"))
    from anyascii import anyascii

    plain = card.but(first_name=anyascii(card.first_name), last_name=anyascii(card.last_name))
    return [card.without("phone"), plain.without("email", "linkedin_url", "website")]


@must_merge
def swapped_names(w: World) -> list[Card]:
    card = w.card()
    return [card, card.but(first_name=card.last_name, last_name=card.first_name).without("email", "linkedin_url")]


@must_merge
def swapped_names_company_only(w: World) -> list[Card]:
    card = w.card()
    turned = card.but(first_name=card.last_name, last_name=card.first_name)
    return [card, turned.without("email", "phone", "linkedin_url", "website")]


@must_merge
def typo_in_last_name(w: World) -> list[Card]:
    card = w.card(w.pick("US GB DE FR"))
    return [card, card.but(last_name=w.typo(card.last_name)).without("email", "linkedin_url", "city")]


@must_merge
def typo_in_first_name(w: World) -> list[Card]:
    card = w.card("US")
    return [card.without("linkedin_url"), card.but(first_name=w.typo(card.first_name)).without("email", "phone")]


@must_merge
def typo_in_address(w: World) -> list[Card]:
    card = w.card()
    local, _, domain = card.email.partition("@")
    return [card, card.but(email=f"{w.typo(local)}@{domain}").without("phone", "linkedin_url", "city")]


@must_merge
def typo_in_mail_host(w: World) -> list[Card]:
    card = w.card()
    address = w.address(card.first_name, card.last_name, "gmail.com", "{f}.{l}").replace(
        "@", f"{w.random.randrange(9999)}@"
    )
    bare = card.without("phone", "company", "website", "linkedin_url").but(email=address)
    return [bare, bare.but(email=address.replace("gmail.com", w.pick("gmial.com gmai.com gnail.com")))]


@must_merge
def job_change_same_profile(w: World) -> list[Card]:
    card, firm = w.card(), w.firm()
    moved = card.but(
        company=firm.full, website=firm.domain, job_title=w.pick(["CEO", "Advisor"]), phone=w.phone(card.country)
    )
    return [
        card,
        moved.but(email=w.address(card.first_name, card.last_name, firm.domain), linkedin_url=card.linkedin_url + "/"),
    ]


@must_merge
def job_change_same_mobile(w: World) -> list[Card]:
    card, firm = w.card(), w.firm()
    moved = card.but(company=firm.full, website=firm.domain, phone=spaced(card.phone)).without("linkedin_url")
    return [card, moved.but(email=w.address(card.first_name, card.last_name, firm.domain))]


@must_merge
def job_change_same_private_address(w: World) -> list[Card]:
    card, firm = w.card(), w.firm()
    card = card.but(email=w.free_address(card.first_name, card.last_name)).without("linkedin_url")
    return [card, card.but(company=firm.full, website=firm.domain, phone=w.phone(card.country))]


@must_merge
def married_same_address(w: World) -> list[Card]:
    card = w.card()
    return [card, card.but(last_name=other_last(w, card)).without("phone", "linkedin_url")]


@must_merge
def married_same_phone(w: World) -> list[Card]:
    card = w.card()
    last = other_last(w, card)
    domain = card.email.partition("@")[2]
    return [card, card.but(last_name=last, email=w.address(card.first_name, last, domain)).without("linkedin_url")]


@must_merge
def compound_last_name(w: World) -> list[Card]:
    card = w.card(w.pick("ES DE"))
    other = other_last(w, card)
    joint = "-" if card.country == "DE" else " "
    return [card, card.but(last_name=f"{card.last_name}{joint}{other}").without("email", "linkedin_url", "phone")]


@must_merge
def initial_only(w: World) -> list[Card]:
    card = w.card()
    return [card, card.but(first_name=card.first_name[0] + ".").without("email", "phone", "linkedin_url", "city")]


@must_merge
def initial_and_phone(w: World) -> list[Card]:
    card = w.card()
    return [card, card.but(first_name=card.first_name[0]).without("email", "company", "website", "linkedin_url")]


@must_merge
def no_first_name(w: World) -> list[Card]:
    card = w.card()
    return [card, card.but(first_name="", phone=spaced(card.phone)).without("email", "linkedin_url")]


@must_merge
def middle_name(w: World) -> list[Card]:
    card = w.card("US")
    return [
        card,
        card.but(first_name=f"{card.first_name} {w.pick('A. B. J. Lee Ann')}").without("email", "linkedin_url"),
    ]


@must_merge
def titles_and_case(w: World) -> list[Card]:
    card = w.card("DE")
    shouted = card.but(first_name=f"Dr. {card.first_name}".upper(), last_name=card.last_name.upper())
    return [card, shouted.without("email", "phone", "linkedin_url")]


@must_merge
def chinese_order(w: World) -> list[Card]:
    last, first, latin_last, latin_first = w.random.choice(CHINESE)
    card = w.card("US").but(first_name=latin_first, last_name=latin_last)
    domain = card.email.partition("@")[2]
    card = card.but(email=w.address(latin_first, latin_last, domain, "{f}.{l}"))
    return [card, card.but(first_name="", last_name=last + first).without("email", "linkedin_url")]


@must_merge
def mailbox_alias(w: World) -> list[Card]:
    card = w.card()
    domain = card.email.partition("@")[2]
    return [
        card,
        card.but(email=w.address(card.first_name, card.last_name, domain, "{i}{l}")).without("phone", "linkedin_url"),
    ]


@must_merge
def company_written_differently(w: World) -> list[Card]:
    card = w.card()
    bare = card.company.rsplit(" ", 1)[0].upper()
    return [card.without("linkedin_url"), card.but(company=bare).without("email", "phone", "website")]


@must_merge
def company_by_its_domain(w: World) -> list[Card]:
    card = w.card(w.pick("US DE"))
    return [
        card.without("website", "company", "linkedin_url"),
        card.without("email", "phone", "company", "linkedin_url"),
    ]


@must_merge
def personal_and_work_address(w: World) -> list[Card]:
    card = w.card()
    return [card, card.but(email=w.free_address(card.first_name, card.last_name)).without("linkedin_url", "website")]


def spaced(phone: str) -> str:
    """+4915112345678 as people write it."""
    return f"{phone[:3]} {phone[3:6]} {phone[6:9]}-{phone[9:]}"


def other_last(w: World, card: Card) -> str:
    while (last := w.last(card.country)) == card.last_name:
        pass
    return last


__all__ = ["FREE", "MUST_MERGE", "NAMES", "other_last", "spaced"]
