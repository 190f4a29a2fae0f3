"""Letting people's data leave: the gate of consent and suppression, asked for chunks of people."""

from collections.abc import Callable

from governance.services.contact_checks import Screening
from martech.models import Person
from martech.selectors.contacting import subjects_of


def screen_of(gate: Screening) -> Callable[[list[Person]], list[Person]]:
    """A screen for chunks of people: those the gate lets leave, in their order."""

    def screen(people: list[Person]) -> list[Person]:
        allowed = gate.allowed(subjects_of([person.pk for person in people]))
        return [person for person in people if person.pk in allowed]

    return screen
