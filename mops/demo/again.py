"""People whom the demo company met twice without noticing: their second records, for whoever reviews duplicates."""

from collections.abc import Callable, Sequence

from mops.demo.population import Company, Population, folded

EVERY = 100
"""Of so many people who come, the last is somebody who came before."""
BEFORE = 50
"""So many people lie between the two at least."""

Name = tuple[str, str]


def meet_again(people: Population, firms: Sequence[Company]) -> None:
    """Turn every hundredth row into a second record of somebody earlier, each in another of the ways that happens."""
    taken = set(people.emails)
    for number, again in enumerate(range(EVERY - 1, len(people.names), EVERY)):
        earlier = next((i for i in range(again - BEFORE, -1, -1) if people.company[i] >= 0), None)
        if earlier is None:
            continue
        name, keeps_phone = WAYS[number % len(WAYS)](people.names[earlier])
        domain = firms[people.company[earlier]].domain
        at = next(one for one in addresses(people.names[earlier], domain, again) if one not in taken)
        taken.add(at)
        people.names[again], people.emails[again] = name, at
        for column in (people.region, people.country, people.company):
            column[again] = column[earlier]
        if number % 3:
            people.titles[again] = people.titles[earlier]
        if keeps_phone:
            people.phone_of[again] = earlier


def addresses(name: Name, domain: str, number: int) -> list[str]:
    """What else somebody is reached at, the likeliest first; the last is nobody else's."""
    first, last = folded(name[0]), folded(name[1])
    return [f"{first[:1]}.{last}@{domain}", f"{last}@{domain}", f"{first}{last}{number}@freemail.example"]


def as_before(name: Name) -> tuple[Name, bool]:
    return name, True


def with_an_initial(name: Name) -> tuple[Name, bool]:
    return (f"{name[0][:1]}.", name[1]), True


def the_other_way_round(name: Name) -> tuple[Name, bool]:
    return (name[1], name[0]), True


def mistyped(name: Name) -> tuple[Name, bool]:
    """Two letters of the last name have changed places; nobody gave a number."""
    first, last = name
    return (first, last[:-2] + last[-1] + last[-2]), False


def without_a_number(name: Name) -> tuple[Name, bool]:
    return name, False


WAYS: tuple[Callable[[Name], tuple[Name, bool]], ...] = (
    as_before,
    with_an_initial,
    mistyped,
    the_other_way_round,
    without_a_number,
)
