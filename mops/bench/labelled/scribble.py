"""A second hand: the same facts as another clerk would type them."""

from collections.abc import Callable

from mops.bench.labelled.merge_traps import spaced
from mops.bench.labelled.world import Card, World

Change = Callable[[World, Card], Card]


def scribbled(w: World, card: Card) -> Card:
    """Two or three changes that leave who it is as visible as before."""
    for change in w.random.sample(CHANGES, w.random.randrange(2, 4)):
        card = change(w, card)
    return card


def _phone(w: World, card: Card) -> Card:
    if not card.phone.startswith("+"):
        return card
    return card.but(phone=w.pick([spaced(card.phone), "00" + card.phone[1:], card.phone.replace("+", "+ ")]))


def _title(w: World, card: Card) -> Card:
    return card.but(job_title=w.pick([card.job_title.lower(), f"{card.job_title} EMEA", ""]))


def _shout(w: World, card: Card) -> Card:
    del w
    return card.but(last_name=card.last_name.upper())


def _company(w: World, card: Card) -> Card:
    name = card.company.rsplit(" ", 1)[0] if card.company else ""
    return card.but(company=w.pick([name, name.lower(), card.company.replace(".", "")]))


def _website(w: World, card: Card) -> Card:
    host = card.website.removeprefix("https://www.")
    return card.but(website=w.pick([host, f"http://{host}/kontakt?x=1" if host else "", card.website]))


def _city(w: World, card: Card) -> Card:
    return card.but(city=w.pick([card.city.upper(), ""]))


def _country(w: World, card: Card) -> Card:
    del w
    return card.without("country")


def _profile(w: World, card: Card) -> Card:
    return card.but(linkedin_url=card.linkedin_url.replace("https://www.", w.pick(["", "http://de."])))


def _address(w: World, card: Card) -> Card:
    return card.but(email=w.pick([card.email.upper(), card.email.title()]))


CHANGES: list[Change] = [_phone, _title, _shout, _company, _website, _city, _country, _profile, _address]
