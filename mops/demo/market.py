"""Write the invented market into martech: companies, people, stage moves, deals and touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from governance.models import User
from martech.models import (
    Account,
    Deal,
    DealIdentity,
    DealPerson,
    Person,
    PersonEmail,
    PersonIdentity,
    Stage,
    StageMove,
    Touch,
)
from mops.core.copying import copy_rows, reserve_ids
from mops.demo import story
from mops.demo.phones import Numbers
from mops.demo.population import DAY, NEVER, Company, Population, folded
from planning.models import Campaign

SYSTEM = "demo-crm"
ROUTED_DAYS = 45
"""People of the last days get their owner from the published policy, like everybody who comes later."""

CampaignIndex = Mapping[tuple[str, str, str], Campaign]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def quarter_of(moment: datetime) -> str:
    return f"{moment:%y}Q{(moment.month - 1) // 3 + 1}"


@dataclass
class Market:
    """What the writers share: the population, its ids, the campaigns by (channel, region, quarter), the reps."""

    rng: np.random.Generator
    until: datetime
    firms: Sequence[Company]
    people: Population
    campaigns: CampaignIndex
    reps: Mapping[str, Sequence[User]]
    account_ids: list[int]
    person_ids: list[int]

    def campaign_of(self, index: int, moment: datetime) -> Campaign | None:
        channel = story.CHANNELS[self.people.channel[index]].channel
        return self.campaigns.get((channel, str(self.people.region[index]), quarter_of(moment)))

    def owner_of(self, index: int) -> User | None:
        """The rep who has the person since long; None for those whom the policy will route."""
        if self.people.created[index] > int(self.until.timestamp()) - ROUTED_DAYS * DAY:
            return None
        reps = self.reps[str(self.people.region[index])]
        return reps[index % len(reps)]


def write_accounts(market: Market) -> None:
    rows = []
    for pk, firm in zip(market.account_ids, market.firms, strict=True):
        reps = market.reps[firm.region]
        created = market.until.replace(year=market.until.year - 2)
        rows.append(
            [pk, firm.name, folded(firm.name.rsplit(" ", 1)[0]), f"https://www.{firm.domain}", firm.domain]
            + ["{}", "{}", firm.country, firm.employees, firm.industry, "prospect", reps[pk % len(reps)].pk]
            + ["", "demo", {}, created, created]
        )
    columns = "id name name_key website domain extra_domains former_names country employees industry type owner_id"
    columns += " owner_name source properties created_at updated_at"
    copy_rows(Account, columns.split(), rows)


def stages_of(people: Population, index: int) -> list[tuple[str, int]]:
    """The stages a person entered, with the second, in order."""
    moves = [(Stage.LEAD.value, int(people.created[index]))]
    steps = (Stage.MQL, people.mql), (Stage.SAL, people.sal), (Stage.SQL, people.sql)
    for stage, times in (*steps, (Stage.OPPORTUNITY, people.opportunity)):
        if times[index] < NEVER:
            moves.append((stage.value, int(times[index])))
    if people.won[index]:
        moves.append((Stage.CUSTOMER.value, int(people.closed[index])))
    elif people.left[index] < NEVER:
        last = Stage.RECYCLED if people.recycled[index] else Stage.DISQUALIFIED
        moves.append((last.value, int(people.left[index])))
    return moves


def phones_of(people: Population) -> list[str]:
    """Everybody's number; who was met before may have the same."""
    numbers = Numbers()
    found: list[str] = []
    for index, country in enumerate(people.country):
        own = numbers.next_for(str(country))
        found.append(found[people.phone_of[index]] if index in people.phone_of else own)
    return found


PERSON_COLUMNS = (
    *("id", "email", "first_name", "last_name", "company", "country", "job_title", "source", "medium", "channel"),
    *("campaign_id", "utm", "account_id", "owner_id", "lifecycle_stage", "furthest_stage", "properties"),
    *("created_at", "recorded_at", "updated_at", "phone"),
)
PERSON_BLANKS = {
    "score_fit": 0,
    "score_engagement": 0,
    "grade": "",
    "do_not_route": False,
    **dict.fromkeys(("website", "city", "linkedin_url", "owner_name"), ""),
}
"""What everybody starts with: no points yet, and nothing in fields that the story leaves out."""


def person_row(market: Market, index: int, entered: Sequence[tuple[str, int]], phone: str) -> list[Any]:
    """One person as PERSON_COLUMNS say; `entered` are their stages with the second, in order."""
    people, created = market.people, at(market.people.created[index])
    entry, company = story.CHANNELS[people.channel[index]], int(people.company[index])
    campaign, owner = market.campaign_of(index, created), market.owner_of(index)
    forward = [stage for stage, _second in entered if stage not in (Stage.RECYCLED, Stage.DISQUALIFIED)]
    return [
        *(market.person_ids[index], people.emails[index], *people.names[index]),
        *(market.firms[company].name if company >= 0 else "", str(people.country[index]), people.titles[index]),
        *(entry.source, entry.medium, entry.channel),
        *(campaign.pk if campaign else None, {"campaign": campaign.code} if campaign else {}),
        *(market.account_ids[company] if company >= 0 else None, owner.pk if owner else None),
        *(entered[-1][0], forward[-1], {"landing_page": story.PAGES[index % len(story.PAGES)]}),
        *(created, created, at(entered[-1][1]), phone),
    ]


def write_people(market: Market) -> None:
    """People with their address, their id in the CRM and every stage they entered."""
    people = market.people
    rows, emails, identities, moves = [], [], [], []
    phones = phones_of(people)
    for index, pk in enumerate(market.person_ids):
        created, entered = at(people.created[index]), stages_of(people, index)
        rows.append([*person_row(market, index, entered, phones[index]), *PERSON_BLANKS.values()])
        emails.append([pk, people.emails[index], people.emails[index], created])
        identities.append([pk, SYSTEM, "person", f"P{index + 1:07d}", created])
        previous = ""
        for stage, second in entered:
            moves.append([pk, previous, stage, at(second), ""])
            previous = stage
    copy_rows(Person, [*PERSON_COLUMNS, *PERSON_BLANKS], rows)
    copy_rows(PersonEmail, ["person_id", "address", "key", "created_at"], emails)
    copy_rows(PersonIdentity, ["person_id", "system", "object", "external_id", "created_at"], identities)
    copy_rows(StageMove, ["person_id", "from_stage", "stage", "at", "reason"], moves)


def write_touches(market: Market) -> int:
    """What people did: the first touch brought them; more follow until they are won, lost or quiet."""
    people, rng, now = market.people, market.rng, int(market.until.timestamp())
    depth = 1 + (people.mql < NEVER) * 3 + (people.sql < NEVER) * 3 + (people.opportunity < NEVER) * 4
    counts = rng.poisson(1.6 + depth)
    rows: list[list[Any]] = []
    for index, pk in enumerate(market.person_ids):
        start = int(people.created[index])
        end = min(int(people.closed[index]), int(people.left[index]), now, start + 150 * DAY)
        rows.append(touch_row(market, index, pk, start, int(people.channel[index])))
        waits = np.sort(rng.random(counts[index]) ** 2.2)
        for share in waits:
            other = int(rng.choice(len(story.CHANNELS), p=[entry.share for entry in story.CHANNELS]))
            kept = int(people.channel[index]) if rng.random() < 0.35 else other
            rows.append(touch_row(market, index, pk, start + 60 + int(share * max(end - start, 60)), kept))
    columns = [
        "person_id",
        "at",
        "kind",
        "channel",
        "source",
        "medium",
        "campaign_id",
        "url",
        "properties",
        "recorded_at",
    ]
    copy_rows(Touch, columns, (row for row in rows if row[1] <= market.until))
    return len(rows)


def touch_row(market: Market, index: int, pk: int, second: int, channel: int) -> list[Any]:
    entry, moment = story.CHANNELS[channel], at(second)
    campaign = market.campaigns.get((entry.channel, str(market.people.region[index]), quarter_of(moment)))
    url = f"https://www.brightline.example{story.PAGES[(index + second) % len(story.PAGES)]}"
    pk_campaign = campaign.pk if campaign else None
    return [pk, moment, entry.touch_kind, entry.channel, entry.source, entry.medium, pk_campaign, url, {}, moment]


OPEN_STAGES = ["Discovery", "Solution fit", "Proposal", "Negotiation"]
DEAL_COLUMNS = (
    *("id", "name", "account_id", "amount", "currency", "stage", "state", "owner_id", "owner_name", "region"),
    *("product", "source", "channel", "campaign_id", "opened_at", "closed_at", "properties"),
    *("created_at", "updated_at"),
)


def standing_of(market: Market, index: int) -> tuple[str, str]:
    """Stage and state of the deal of a person; an open one moves on every three weeks."""
    if market.people.won[index]:
        return "Closed won", "won"
    if market.people.closed[index] < NEVER:
        return "Closed lost", "lost"
    age = (int(market.until.timestamp()) - int(market.people.opportunity[index])) / DAY
    return OPEN_STAGES[min(3, int(age // 21))], "open"


def deal_row(market: Market, index: int, pk: int) -> list[Any]:
    """The deal of a person who became an opportunity, as DEAL_COLUMNS say."""
    people, rng = market.people, market.rng
    opened, closed = int(people.opportunity[index]), int(people.closed[index])
    entry, company, region = story.CHANNELS[people.channel[index]], int(people.company[index]), people.region[index]
    product, _share, price = story.PRODUCTS[int(rng.choice(len(story.PRODUCTS), p=[p[1] for p in story.PRODUCTS]))]
    amount = round(float(rng.lognormal(np.log(price), 0.45)), -2)
    firm, campaign = market.firms[company], market.campaign_of(index, at(people.created[index]))
    rep = market.owner_of(index) or market.reps[str(region)][pk % 4]
    return [
        *(pk, f"{firm.name} – {product.split()[-1]}", market.account_ids[company], f"{amount:.2f}"),
        *(story.CURRENCIES.get(firm.country, "EUR"), *standing_of(market, index), rep.pk, "", str(region), product),
        *(entry.source, entry.channel, campaign.pk if campaign else None, at(opened)),
        *(at(closed) if closed < NEVER else None, {}, at(opened), at(min(closed, int(market.until.timestamp())))),
    ]


def contacts_of(market: Market, index: int, known: Sequence[int]) -> list[list[Any]]:
    """Person and role of those on a deal: whom it came by, and up to two of the `known` met before it opened."""
    people, ids = market.people, market.person_ids
    others = [other for other in known if other != index and people.created[other] < people.opportunity[index]]
    influencers = others[: int(market.rng.integers(0, 3))]
    return [[ids[index], "Champion"], *([ids[other], "Influencer"] for other in influencers)]


def write_deals(market: Market) -> int:
    """One deal for every person who became an opportunity, with colleagues who were known before it opened."""
    people = market.people
    indexes = [int(index) for index in np.flatnonzero(people.opportunity < NEVER)]
    known = colleagues_by_company(people)
    deals, contacts, identities = [], [], []
    for pk, index in zip(reserve_ids(Deal, len(indexes)), indexes, strict=True):
        deals.append(deal_row(market, index, pk))
        contacts += [
            [pk, *contact] for contact in contacts_of(market, index, known.get(int(people.company[index]), []))
        ]
        identities.append([pk, SYSTEM, "deal", f"D{pk:06d}", at(people.opportunity[index])])
    copy_rows(Deal, DEAL_COLUMNS, deals)
    copy_rows(DealPerson, ["deal_id", "person_id", "role"], contacts)
    copy_rows(DealIdentity, ["deal_id", "system", "object", "external_id", "created_at"], identities)
    return len(deals)


def colleagues_by_company(people: Population) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for index, company in enumerate(people.company):
        if company >= 0:
            found.setdefault(int(company), []).append(index)
    return found
