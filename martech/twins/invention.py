"""Invents a population: coherent, and the same for the same number of people, seed and end of the story."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from martech.twins import names
from martech.twins.population import (
    Activity,
    Campaign,
    Company,
    Cost,
    Deal,
    Member,
    Owner,
    Person,
    Population,
    Touch,
)

STORY_ENDS = datetime(2026, 9, 1, tzinfo=UTC)
MONTHS = 18
DEAL_CHANCE = {"opportunity": 1.0, "customer": 1.0, "recycled": 0.4}
FOLDED = str.maketrans({"é": "e", "ö": "oe", "í": "i", "Ü": "ue", "ü": "ue", "'": ""})


class Inventor:
    """One population in the making; the order of the draws is what makes it repeatable."""

    def __init__(self, people: int, seed: int, until: datetime, months: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 (a story, not a secret)
        self.count, self.until, self.months = people, until, months
        self.start = until - timedelta(days=30 * months)

    def moment(self, since: datetime) -> datetime:
        """A whole-millisecond moment between `since` and the story's end."""
        span = max(int((self.until - since).total_seconds() * 1000), 1)
        return since + timedelta(milliseconds=int(self.random.random() * span))

    def pick(self, rows: Sequence[tuple[Any, ...]], total: list[float]) -> tuple[Any, ...]:
        return self.random.choices(rows, cum_weights=total)[0]

    def owners(self) -> tuple[Owner, ...]:
        made: list[Owner] = []
        for number, name in enumerate(names.OWNERS, 1):
            first, last = name.split()
            made.append(Owner(number, f"{first}.{last}@brightline.example".lower(), first, last, number < 7))
        return tuple(made)

    def companies(self) -> tuple[Company, ...]:
        weights = running(names.PLACES)
        return tuple(self.company(number, weights) for number in range(1, max(self.count // 6, 2) + 1))

    def company(self, number: int, weights: list[float]) -> Company:
        draw = self.random
        first, second = draw.choice(names.COMPANY_FIRST), draw.choice(names.COMPANY_SECOND)
        country, city, top, dial, _currency, _weight = self.pick(names.PLACES, weights)
        created = self.moment(self.start)
        return Company(
            number=number,
            name=f"{first} {second} {number}",
            domain=f"{first}-{second}{number}.{top}".lower(),
            industry=draw.choice(names.INDUSTRIES),
            employees=int(10 ** (1 + 3 * draw.random())),
            country=country,
            city=city,
            phone=f"{dial}{draw.randrange(10**6, 10**7)}",
            owner=draw.randint(1, len(names.OWNERS)) if draw.random() < 0.8 else None,
            created_at=created,
            updated_at=self.moment(created),
        )

    def campaigns(self) -> tuple[Campaign, ...]:
        made: list[Campaign] = []
        for month in range(self.months):
            begins = (self.start + timedelta(days=30 * month)).date()
            for channel, _source, _kind, code, _weight in names.CHANNELS:
                made.append(self.campaign(len(made) + 1, begins, channel, code))
        return tuple(made)

    def campaign(self, number: int, begins: date, channel: str, code: str) -> Campaign:
        budget = float(self.random.randrange(20, 200) * 100)
        costs = tuple(
            Cost(f"Invoice {week + 1}", begins + timedelta(days=7 * week), round(budget * self.random.random() / 4, 2))
            for week in range(4)
        )
        return Campaign(
            number=number,
            code=f"{begins:%y}Q{(begins.month + 2) // 3}-GLOB-{code}-{number:04d}",
            name=f"{channel.replace('_', ' ').capitalize()} {begins:%B %Y}",
            channel=channel,
            starts_on=begins,
            ends_on=begins + timedelta(days=29),
            budget=budget,
            currency="EUR",
            costs=costs,
            owner=self.random.randint(1, len(names.OWNERS)),
            created_at=datetime(begins.year, begins.month, begins.day, tzinfo=UTC) - timedelta(days=20),
        )

    def people(self, companies: Sequence[Company]) -> tuple[Person, ...]:
        stages = (*names.STAGE_SHARES, *names.END_SHARES)
        weights = (running(stages), running(names.CHANNELS))
        return tuple(self.person(n, companies, stages, *weights) for n in range(1, self.count + 1))

    def person(
        self,
        number: int,
        companies: Sequence[Company],
        stages: Sequence[tuple[str, int]],
        stage_weights: list[float],
        channel_weights: list[float],
    ) -> Person:
        draw = self.random
        first, last = draw.choice(names.FIRST_NAMES), draw.choice(names.LAST_NAMES)
        company = companies[int(draw.random() * len(companies))]
        channel = self.pick(names.CHANNELS, channel_weights)
        created = self.moment(self.start)
        month = min((created - self.start).days // 30, self.months - 1)
        local = f"{first}.{last}{number}".lower().translate(FOLDED)
        return Person(
            number=number,
            email=f"{local}@{company.domain}",
            first_name=first,
            last_name=last,
            phone=f"{company.phone[:-3]}{draw.randrange(100, 1000)}" if draw.random() < 0.6 else "",
            job_title=draw.choice(names.TITLES),
            company=company.number,
            country=company.country,
            city=company.city,
            source=channel[1],
            channel=channel[0],
            stage=self.pick(stages, stage_weights)[0],
            owner=company.owner,
            campaign=month * len(names.CHANNELS) + names.CHANNELS.index(channel) + 1,  # type: ignore[arg-type]
            created_at=created,
            updated_at=self.moment(created),
        )

    def deals(self, people: Sequence[Person], companies: Sequence[Company]) -> tuple[Deal, ...]:
        made: list[Deal] = []
        for person in people:
            if self.random.random() < DEAL_CHANCE.get(person.stage, 0):
                made.append(self.deal(len(made) + 1, person, companies[(person.company or 1) - 1]))
        return tuple(made)

    def deal(self, number: int, person: Person, company: Company) -> Deal:
        draw = self.random
        opened = self.moment(person.created_at)
        stage = {"customer": "won", "recycled": "lost"}.get(person.stage) or draw.choice(
            ("qualification", "evaluation", "proposal", "negotiation")
        )
        closed = self.moment(opened) if stage in {"won", "lost"} else None
        return Deal(
            number=number,
            name=f"{company.name}: {draw.choice(('Core', 'Plus', 'Enterprise'))}",
            company=company.number,
            people=(person.number,),
            amount=float(draw.randrange(30, 900) * 100),
            currency=next(place[4] for place in names.PLACES if place[0] == company.country),
            stage=stage,
            owner=person.owner,
            campaign=person.campaign,
            opened_at=opened,
            closed_at=closed,
            updated_at=closed or self.moment(opened),
        )

    def members(self, people: Sequence[Person]) -> tuple[Member, ...]:
        made = []
        for person in people:
            if person.campaign is not None:
                answered = person.created_at if self.random.random() < 0.7 else None
                made.append(Member(person.campaign, person.number, person.created_at, answered))
        return tuple(made)

    def touches(self, people: Sequence[Person]) -> tuple[Touch, ...]:
        kinds = {channel[0]: channel[2] for channel in names.CHANNELS}
        made: list[Touch] = []
        for person in people:
            first, page = len(made) + 1, self.random.choice(names.PAGES)
            made.append(Touch(first, person.number, kinds[person.channel], person.created_at, person.campaign, page))
            if self.random.random() < 0.5:
                later = self.moment(person.created_at)
                made.append(Touch(first + 1, person.number, "page", later, None, self.random.choice(names.PAGES)))
        return tuple(made)

    def activities(self, people: Sequence[Person]) -> tuple[Activity, ...]:
        made: list[Activity] = []
        for person in people:
            if person.owner is not None and person.stage not in {"subscriber", "lead"}:
                kind = self.random.choice(("call", "meeting", "email", "task"))
                at = person.created_at + timedelta(minutes=5 + int(self.random.expovariate(1 / 240)))
                subject = f"{kind.capitalize()} with {person.first_name} {person.last_name}"
                at = min(at, self.until)
                made.append(Activity(len(made) + 1, kind, person.number, person.owner, subject, at))
        return tuple(made)


def running(rows: Sequence[tuple[Any, ...]]) -> list[float]:
    """The running sum of the weights that end each row."""
    total, sums = 0.0, []
    for row in rows:
        total += row[-1]
        sums.append(total)
    return sums


def invented(people: int, *, seed: int = 1, until: datetime = STORY_ENDS, months: int = MONTHS) -> Population:
    """About as many deals, companies and activities as such a market has; 100,000 people take a few seconds."""
    inventor = Inventor(people, seed, until, months)
    owners, companies, campaigns = inventor.owners(), inventor.companies(), inventor.campaigns()
    found = inventor.people(companies)
    return Population(
        owners=owners,
        companies=companies,
        people=found,
        deals=inventor.deals(found, companies),
        campaigns=campaigns,
        members=inventor.members(found),
        touches=inventor.touches(found),
        activities=inventor.activities(found),
    )
