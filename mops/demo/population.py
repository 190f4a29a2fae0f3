"""Invented people, companies and what became of them, as arrays; the same seed gives the same story."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mops.demo import story

Seconds = NDArray[np.int64]
DAY = 86_400
NEVER = np.iinfo(np.int64).max
MAYBE_LATER_DAYS = 45


def folded(text: str) -> str:
    """Lower-case ASCII letters and digits of a name, for addresses and domains."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


@dataclass(frozen=True)
class Company:
    name: str
    domain: str
    region: str
    country: str
    employees: int
    industry: str


@dataclass
class Progress:
    """How far each person went. Times are Unix seconds; NEVER where it did not (yet) happen."""

    mql: Seconds
    sal: Seconds
    sql: Seconds
    opportunity: Seconds
    closed: Seconds
    won: NDArray[np.bool_]
    left: Seconds
    recycled: NDArray[np.bool_]


@dataclass
class Population(Progress):
    """Row i is one person; `company` is their row among the companies, or -1."""

    region: NDArray[np.str_]
    country: NDArray[np.str_]
    channel: NDArray[np.int64]
    company: NDArray[np.int64]
    created: Seconds
    names: list[tuple[str, str]]
    emails: list[str]
    titles: list[str]
    phone_of: dict[int, int] = field(default_factory=dict)
    """Whose number somebody has who was met before."""


def pick(rng: np.random.Generator, choices: list[tuple[Any, float]], size: int) -> NDArray[Any]:
    values, weights = zip(*choices, strict=True)
    shares = np.array(weights) / sum(weights)
    return np.array(values)[rng.choice(len(values), size, p=shares)]


def arrivals(rng: np.random.Generator, size: int, months: int, until: datetime) -> Seconds:
    """When people come: growing 2.5 % a month, quiet in August, at Christmas and at weekends, by day."""
    days = months * 30
    last = int(until.timestamp()) // DAY
    day = np.arange(last - days, last)
    dates = [datetime.fromtimestamp(int(number) * DAY, tz=until.tzinfo) for number in day]
    weight = np.array([1.025 ** (index / 30) for index in range(days)])
    weight *= np.array([0.35 if date.weekday() >= 5 else 1.0 for date in dates])
    weight *= np.array([0.8 if date.month == 8 or (date.month, date.day) > (12, 18) else 1.0 for date in dates])
    chosen = rng.choice(day, size, p=weight / weight.sum())
    second = np.clip(rng.normal(12.5 * 3600, 3 * 3600, size), 0, DAY - 1).astype(np.int64)
    return np.sort(chosen * DAY + second)


def companies(rng: np.random.Generator, size: int) -> list[Company]:
    """Companies with unique names and domains in the three regions."""
    regions = pick(rng, list(story.REGION_SHARES.items()), size)
    names = [f"{first} {second}" for first in story.COMPANY_FIRST for second in story.COMPANY_SECOND]
    rng.shuffle(names)
    employees = np.clip(rng.lognormal(5.2, 1.2, size), 4, 60_000).astype(int)
    found = []
    for index in range(size):
        country = str(pick(rng, story.COUNTRIES[regions[index]], 1)[0])
        base = names[index % len(names)]
        number = index // len(names)
        label = (
            base if number == 0 else f"{base} {['Group', 'Nordic', 'Digital', 'Works', 'Partners'][(number - 1) % 5]}"
        )
        suffix = "" if number < 6 else str(number)
        form = story.LEGAL_FORMS.get(country, story.LEGAL_FORM_ELSEWHERE)
        domain = "-".join(folded(word) for word in label.split()) + suffix + ".example"
        industry = story.INDUSTRIES[int(rng.integers(len(story.INDUSTRIES)))]
        name = f"{label}{suffix} {form}"
        found.append(Company(name, domain, str(regions[index]), country, int(employees[index]), industry))
    return found


def addresses(names: list[tuple[str, str]], company: NDArray[np.int64], firms: list[Company]) -> list[str]:
    """One unique address a person: at their company, or at a free mail service."""
    taken: dict[str, int] = {}
    found = []
    for (first, last), index in zip(names, company, strict=True):
        domain = firms[index].domain if index >= 0 else "freemail.example"
        local = f"{folded(first)}.{folded(last)}"
        number = taken.get(f"{local}@{domain}", 0)
        taken[f"{local}@{domain}"] = number + 1
        found.append(f"{local}{number + 1 if number else ''}@{domain}")
    return found


def after(rng: np.random.Generator, start: Seconds, happens: NDArray[np.bool_], mean_days: float) -> Seconds:
    """`start` plus a gamma-distributed wait where it happens, NEVER elsewhere."""
    wait = (rng.gamma(1.8, mean_days / 1.8, len(start)) * DAY).astype(np.int64) + 600
    return np.where(happens & (start < NEVER), start + np.where(start < NEVER, wait, 0), NEVER)


def accepted(rng: np.random.Generator, mql: Seconds, sql: Seconds, left: Seconds, now: int) -> Seconds:
    """When sales took a lead on: everybody who became an SQL, and some who never did."""
    alone = (mql < NEVER) & (sql == NEVER) & (rng.random(len(mql)) < story.ACCEPTED_IN_VAIN)
    until = np.where(sql < NEVER, sql, np.minimum(left, mql + 6 * DAY))
    found = np.where(alone | (sql < NEVER), mql + (until - mql) // 3, NEVER)
    return np.where(found > now, NEVER, found)


def employers(rng: np.random.Generator, region: NDArray[np.str_], firms: list[Company]) -> NDArray[np.int64]:
    """A company of the person's region, as its row in `firms`; -1 for one in seven, who name none."""
    by_region = {name: [i for i, firm in enumerate(firms) if firm.region == name] for name in story.REGION_SHARES}
    found = np.array([rng.choice(by_region[name]) if by_region[name] else -1 for name in region])
    found[rng.random(len(region)) < 0.14] = -1
    return found


def homes(
    rng: np.random.Generator, region: NDArray[np.str_], company: NDArray[np.int64], firms: list[Company]
) -> NDArray[np.str_]:
    """The country of everybody's company; without one, a country of their region."""
    return np.array(
        [
            firms[i].country if i >= 0 else pick(rng, story.COUNTRIES[name], 1)[0]
            for i, name in zip(company, region, strict=True)
        ]
    )


def full_names(rng: np.random.Generator, size: int) -> list[tuple[str, str]]:
    firsts, lasts = rng.choice(story.FIRST_NAMES, size), rng.choice(story.LAST_NAMES, size)
    return [(str(first), str(last)) for first, last in zip(firsts, lasts, strict=True)]


def advance(
    rng: np.random.Generator, created: Seconds, channel: NDArray[np.int64], is_employed: NDArray[np.bool_], now: int
) -> Progress:
    """How far everybody went by `now`: it depends on the channel they came by, and on whether a company is known."""
    size = len(created)
    chance = np.array([entry.becomes_mql for entry in story.CHANNELS])[channel] * np.where(is_employed, 1.1, 0.35)
    mql = after(rng, created, rng.random(size) < chance, 6)
    sql = after(rng, mql, rng.random(size) < story.MQL_TO_SQL, 7)
    opportunity = after(rng, sql, (rng.random(size) < story.SQL_TO_OPPORTUNITY) & is_employed, 6)
    closed = after(rng, opportunity, np.ones(size, bool), 58)
    for times in (mql, sql, opportunity, closed):
        times[times > now] = NEVER
    stalled = (mql < NEVER) & (opportunity == NEVER)
    left = after(rng, np.where(sql < NEVER, sql, mql), stalled, MAYBE_LATER_DAYS)
    left[left > now] = NEVER
    sal = accepted(rng.spawn(1)[0], mql, sql, left, now)
    won = (closed < NEVER) & (rng.random(size) < story.OPPORTUNITY_TO_WON)
    return Progress(mql, sal, sql, opportunity, closed, won, left, recycled=rng.random(size) < 0.62)


def populate(rng: np.random.Generator, size: int, months: int, until: datetime, firms: list[Company]) -> Population:
    """`size` people, each with a channel, a company (most of them) and how far they went by `until`."""
    # The order of the draws is part of the story: the same seed must tell the same one.
    created = arrivals(rng, size, months, until)
    channel = rng.choice(len(story.CHANNELS), size, p=[entry.share for entry in story.CHANNELS])
    region = pick(rng, list(story.REGION_SHARES.items()), size)
    company = employers(rng, region, firms)
    country = homes(rng, region, company, firms)
    names = full_names(rng, size)
    progress = advance(rng, created, channel, company >= 0, int(until.timestamp()))
    return Population(
        **vars(progress),
        region=region,
        country=country,
        channel=channel,
        company=company,
        created=created,
        names=names,
        emails=addresses(names, company, firms),
        titles=[str(title) for title in pick(rng, story.TITLES, size)],
    )
