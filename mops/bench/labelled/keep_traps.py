"""Two people who look like one. Each trap answers the cards of different people."""

from collections.abc import Callable

from mops.bench.labelled.merge_traps import other_last, spaced
from mops.bench.labelled.world import Card, World, ascii_word

Trap = Callable[[World], list[Card]]
MUST_NOT: dict[str, Trap] = {}
PAIRS = [
    ("Alexander", "Alexandra"),
    ("Mario", "Maria"),
    ("Daniel", "Daniela"),
    ("Christian", "Christina"),
    ("Stefan", "Stefanie"),
    ("Andre", "Andrea"),
    ("Erik", "Erika"),
    ("Simon", "Simone"),
    ("Martin", "Martina"),
    ("Jan", "Jana"),
    ("Paul", "Paula"),
]
NEIGHBOURS = [
    ("Hansen", "Jansen"),
    ("Schmidt", "Schmitz"),
    ("Meier", "Meser"),
    ("Keller", "Kessler"),
    ("Brandt", "Brands"),
    ("Hoffman", "Kaufman"),
    ("Larsen", "Carsen"),
    ("Walter", "Wolter"),
]


def must_not(trap: Trap) -> Trap:
    MUST_NOT[trap.__name__] = trap
    return trap


def colleague(w: World, card: Card, **changes: str) -> Card:
    """Somebody else at the same company, with an address, a number and a profile of their own."""
    first, last = changes.get("first_name", card.first_name), changes.get("last_name", card.last_name)
    domain = card.email.partition("@")[2]
    own = {"email": w.address(first, last, domain, "{f}.{l}"), "phone": w.phone(card.country), "linkedin_url": ""}
    return card.but(**{**own, "job_title": w.pick(["Trainee", "Controller"]), **changes})


@must_not
def junior_and_senior(w: World) -> list[Card]:
    card = w.card("US")
    return [
        card.but(last_name=f"{card.last_name} Sr."),
        card.but(last_name=f"{card.last_name} Jr.", email="").without("linkedin_url"),
    ]


@must_not
def junior_shares_all(w: World) -> list[Card]:
    card = w.card("US").without("linkedin_url")
    return [card, card.but(last_name=f"{card.last_name} {w.pick(['Jr', 'II', 'III'])}", phone=spaced(card.phone))]


@must_not
def numbered_mailboxes(w: World) -> list[Card]:
    card = w.card().without("linkedin_url")
    return [card, card.but(email=card.email.replace("@", f"{w.random.randrange(2, 9)}@"), phone="")]


@must_not
def namesakes_in_one_firm(w: World) -> list[Card]:
    card = w.card().without("linkedin_url")
    other = card.but(
        email=card.email.replace("@", "2@"), phone=w.phone(card.country), job_title=w.pick(["Welder", "Intern"])
    )
    return [card, other]


@must_not
def namesakes_with_two_profiles(w: World) -> list[Card]:
    card = w.card()
    return [
        card,
        card.but(linkedin_url=w.profile(card.first_name, card.last_name), email="", phone=w.phone(card.country)),
    ]


@must_not
def namesakes_elsewhere(w: World) -> list[Card]:
    card = w.card()
    other = w.card(card.country)
    domain = other.email.partition("@")[2]
    return [
        card,
        other.but(
            first_name=card.first_name,
            last_name=card.last_name,
            email=w.address(card.first_name, card.last_name, domain, "{f}.{l}"),
        ),
    ]


@must_not
def namesakes_abroad(w: World) -> list[Card]:
    card, other = w.card("US"), w.card("GB")
    return [
        card.without("linkedin_url"),
        other.but(first_name=card.first_name, last_name=card.last_name).without("email", "linkedin_url", "phone"),
    ]


@must_not
def namesakes_with_private_addresses(w: World) -> list[Card]:
    card = w.card("US").without("company", "website", "linkedin_url", "phone", "job_title", "city")
    return [
        card.but(email=w.free_address(card.first_name, card.last_name)),
        card.but(email=w.free_address(card.first_name, card.last_name)),
    ]


@must_not
def gender_pair(w: World) -> list[Card]:
    one, two = w.random.choice(PAIRS)
    card = w.card("DE").but(first_name=one).without("email", "linkedin_url")
    return [card.without("phone"), card.but(first_name=two, phone=w.phone("DE"))]


@must_not
def gender_pair_with_mailboxes(w: World) -> list[Card]:
    one, two = w.random.choice(PAIRS)
    card = colleague(w, w.card("DE"), first_name=one)
    return [card, colleague(w, card, first_name=two)]


@must_not
def family_phone(w: World) -> list[Card]:
    card = w.card().without("company", "website", "linkedin_url")
    first = other_first(w, card)
    return [
        card.but(email=w.free_address(card.first_name, card.last_name)),
        card.but(first_name=first, email=w.free_address(first, card.last_name)),
    ]


@must_not
def family_address(w: World) -> list[Card]:
    card = w.card("US").without("linkedin_url", "company", "website").but(phone="")
    card = card.but(email=f"{ascii_word(card.last_name)}.family{w.random.randrange(9999)}@gmail.com")
    return [card, card.but(first_name=other_first(w, card))]


@must_not
def family_firm(w: World) -> list[Card]:
    card = w.card("DE")
    return [card, colleague(w, card, first_name=other_first(w, card), phone=card.phone)]


@must_not
def switchboard(w: World) -> list[Card]:
    firm = w.firm()
    phone = w.phone(firm.country)
    return distinct_names([w.card(firm=firm).but(phone=phone).without("linkedin_url") for _ in range(6)])


@must_not
def switchboard_same_first_name(w: World) -> list[Card]:
    firm = w.firm()
    cards = [w.card(firm=firm).but(phone="").without("linkedin_url") for _ in range(5)]
    first, phone = cards[0].first_name, w.phone(firm.country)
    return distinct_names(
        [
            card.but(first_name=first, phone=phone, email=w.address(first, card.last_name, firm.domain, "{f}.{l}"))
            for card in cards
        ]
    )


@must_not
def shared_inbox(w: World) -> list[Card]:
    firm = w.firm()
    box = f"{w.pick('info sales office kontakt einkauf marketing hello team')}@{firm.domain}"
    return distinct_names([w.card(firm=firm).but(email=box, phone="").without("linkedin_url") for _ in range(4)])


@must_not
def assistants_address(w: World) -> list[Card]:
    boss = w.card().without("linkedin_url")
    helper = colleague(w, boss, first_name=other_first(w, boss), last_name=other_last(w, boss))
    return [boss.but(email=helper.email), helper]


@must_not
def assistants_phone(w: World) -> list[Card]:
    boss = w.card().without("linkedin_url")
    helper = colleague(w, boss, first_name=other_first(w, boss), last_name=other_last(w, boss), phone=boss.phone)
    return [boss, helper]


@must_not
def same_initial(w: World) -> list[Card]:
    """John, Jane and the J. who may be either; she is nobody's."""
    card = w.card("GB").but(first_name="Oliver").without("linkedin_url")
    other = colleague(w, card, first_name="Olivia")
    return [colleague(w, card), other, card.but(first_name="O.").without("email", "phone", "city", "job_title")]


@must_not
def neighbouring_last_names(w: World) -> list[Card]:
    one, two = w.random.choice(NEIGHBOURS)
    card = colleague(w, w.card("DE"), last_name=one)
    return [card, colleague(w, card, last_name=two)]


@must_not
def subsidiaries_in_two_countries(w: World) -> list[Card]:
    card = w.card("DE")
    name, domain = card.company.rsplit(" ", 1)[0], card.email.partition("@")[2]
    abroad = card.but(company=f"{name} Iberia S.L.", country="ES", website="", phone=w.phone("ES"), city="Madrid")
    return [
        card.without("linkedin_url"),
        abroad.but(email=w.address(card.first_name, card.last_name, domain.replace(".de", ".es"), "{f}.{l}")).without(
            "linkedin_url"
        ),
    ]


@must_not
def middle_initials(w: World) -> list[Card]:
    card = w.card("US").without("linkedin_url", "email")
    return [
        card.but(first_name=f"{card.first_name} B.", phone=""),
        card.but(first_name=f"{card.first_name} T.", phone=w.phone("US")),
    ]


@must_not
def placeholder_numbers(w: World) -> list[Card]:
    one, two = w.card("US"), w.card("US")
    return [
        one.but(phone="+1 111 111 1111").without("linkedin_url"),
        two.but(first_name=one.first_name, last_name=one.last_name, phone="1111111111", email="").without(
            "linkedin_url"
        ),
    ]


@must_not
def same_mailbox_name_at_two_hosts(w: World) -> list[Card]:
    one, two = w.card("GB").without("linkedin_url"), w.card("US").without("linkedin_url")
    box = f"thebigboss{w.number}"
    return [one.but(email=f"{box}@gmail.com"), two.but(email=f"{box}@yahoo.com")]


def other_first(w: World, card: Card) -> str:
    while (first := w.first(card.country))[0] == card.first_name[0]:
        pass
    return first


def distinct_names(cards: list[Card]) -> list[Card]:
    """The first card of each name, so that chance makes no namesakes."""
    return list({(card.first_name, card.last_name): card for card in cards}.values())
