"""A population as this portal's records."""

from typing import Any

from martech.twins import population as people
from martech.twins.hubspot.campaigns import identity, item_of
from martech.twins.hubspot.schema import CREATED, DEAL_STAGES, DEFAULT_LINKS, MODIFIED, PRIMARY
from martech.twins.hubspot.stamps import to_ms, to_text
from martech.twins.hubspot.store import Record, Store

CONTACTS, COMPANIES, DEALS, ACTIVITIES, OWNERS = 10_000, 200_000_000, 40_000_000, 60_000_000, 70_000_000
"""What is added to a number to make an id, so that ids of two objects are never taken for each other."""

STAGES = {
    "subscriber": "subscriber",
    "lead": "lead",
    "mql": "marketingqualifiedlead",
    "sal": "salesqualifiedlead",
    "sql": "salesqualifiedlead",
    "opportunity": "opportunity",
    "customer": "customer",
    "recycled": "other",
    "disqualified": "other",
}
SOURCES = {
    "paid_search": "PAID_SEARCH",
    "content": "ORGANIC_SEARCH",
    "organic_search": "ORGANIC_SEARCH",
    "email": "EMAIL_MARKETING",
    "paid_social": "PAID_SOCIAL",
    "social": "SOCIAL_MEDIA",
    "referral": "REFERRALS",
    "direct": "DIRECT_TRAFFIC",
}
DEAL_STAGE = {ours: id for id, _label, _odds, _closed, ours in DEAL_STAGES}
ACTIVITY_OBJECT = {"call": "calls", "meeting": "meetings", "email": "emails", "task": "tasks"}
TITLES = {
    "call": "hs_call_title",
    "meeting": "hs_meeting_title",
    "email": "hs_email_subject",
    "task": "hs_task_subject",
}


def record(object: str, id: int, values: dict[str, str | None], created: Any, updated: Any) -> Record:
    made, changed = to_ms(created), to_ms(updated)
    stamps = {"hs_object_id": str(id), CREATED[object]: to_text(made), MODIFIED[object]: to_text(changed)}
    return Record(id, {**{name: value for name, value in values.items() if value}, **stamps}, made, changed)


def owner_id(number: int | None) -> str | None:
    return None if number is None else str(OWNERS + number)


def owners_of(population: people.Population) -> list[dict[str, Any]]:
    stamps = {"createdAt": "2024-01-01T08:00:00.000Z", "updatedAt": "2024-01-01T08:00:00.000Z"}
    return [
        {
            "id": str(OWNERS + owner.number),
            "email": owner.email,
            "type": "PERSON",
            "firstName": owner.first_name,
            "lastName": owner.last_name,
            "userId": 9_000 + owner.number,
            "userIdIncludingInactive": 9_000 + owner.number,
            **stamps,
            "archived": not owner.is_active,
        }
        for owner in population.owners
    ]


def plant(store: Store, population: people.Population) -> None:
    codes = {campaign.number: campaign.code for campaign in population.campaigns}
    employers = {company.number: company for company in population.companies}
    store.load("companies", (company_record(row) for row in population.companies))
    store.load("contacts", (contact_record(row, employers.get(row.company or 0), codes) for row in population.people))
    store.load("deals", (deal_record(row, codes) for row in population.deals))
    for kind, object in ACTIVITY_OBJECT.items():
        store.load(object, (activity_record(row, object) for row in population.activities if row.kind == kind))
    connect(store, population)


def company_record(row: people.Company) -> Record:
    values = {
        "name": row.name,
        "domain": row.domain,
        "website": row.domain,
        "industry": row.industry,
        "numberofemployees": None if row.employees is None else str(row.employees),
        "country": row.country,
        "city": row.city,
        "phone": row.phone,
        "hubspot_owner_id": owner_id(row.owner),
    }
    return record("companies", COMPANIES + row.number, values, row.created_at, row.updated_at)


def contact_record(row: people.Person, employer: people.Company | None, codes: dict[int, str]) -> Record:
    values = {
        "email": row.email,
        "firstname": row.first_name,
        "lastname": row.last_name,
        "phone": row.phone,
        "jobtitle": row.job_title,
        "company": employer.name if employer else None,
        "website": employer.domain if employer else None,
        "country": row.country,
        "city": row.city,
        "lifecyclestage": STAGES[row.stage],
        "hs_analytics_source": SOURCES.get(row.channel, "OFFLINE"),
        "hubspot_owner_id": owner_id(row.owner),
        "campaign_code": codes.get(row.campaign or 0),
    }
    return record("contacts", CONTACTS + row.number, values, row.created_at, row.updated_at)


def deal_record(row: people.Deal, codes: dict[int, str]) -> Record:
    values = {
        "dealname": row.name,
        "amount": None if row.amount is None else f"{row.amount:.2f}",
        "deal_currency_code": row.currency,
        "pipeline": "default",
        "dealstage": DEAL_STAGE[row.stage],
        "closedate": to_text(to_ms(row.closed_at)) if row.closed_at else None,
        "hs_is_closed_won": "true" if row.stage == "won" else "false",
        "hubspot_owner_id": owner_id(row.owner),
        "campaign_code": codes.get(row.campaign or 0),
    }
    return record("deals", DEALS + row.number, values, row.opened_at, row.updated_at)


def activity_record(row: people.Activity, object: str) -> Record:
    values: dict[str, str | None] = {
        "hs_timestamp": to_text(to_ms(row.at)),
        TITLES[row.kind]: row.subject,
        "hubspot_owner_id": owner_id(row.owner),
    }
    more = {"email": ("hs_email_direction", "EMAIL"), "call": ("hs_call_direction", "OUTBOUND")}
    more["task"] = ("hs_task_status", "COMPLETED")
    if row.kind in more:
        values[more[row.kind][0]] = more[row.kind][1]
    return record(object, ACTIVITIES + row.number, values, row.at, row.at)


def connect(store: Store, population: people.Population) -> None:
    def link(first: str, from_id: int, second: str, to_id: int, types: tuple[int | None, ...]) -> None:
        store.link(first, from_id, second, to_id, [number for number in types if number])

    for person in population.people:
        if person.company is not None:
            types = (DEFAULT_LINKS["contacts", "companies"], PRIMARY["contacts", "companies"])
            link("contacts", CONTACTS + person.number, "companies", COMPANIES + person.company, types)
    for deal in population.deals:
        if deal.company is not None:
            types = (DEFAULT_LINKS["deals", "companies"], PRIMARY["deals", "companies"])
            link("deals", DEALS + deal.number, "companies", COMPANIES + deal.company, types)
        for number in deal.people:
            link("deals", DEALS + deal.number, "contacts", CONTACTS + number, (DEFAULT_LINKS["deals", "contacts"],))
    for row in population.activities:
        object = ACTIVITY_OBJECT[row.kind]
        link(object, ACTIVITIES + row.number, "contacts", CONTACTS + row.person, (DEFAULT_LINKS[object, "contacts"],))


def campaign_rows(population: people.Population) -> dict[str, dict[str, Any]]:
    rows, number = {}, 0
    for campaign in population.campaigns:
        at = to_ms(campaign.created_at)
        budget = [item_of(number + 1, "Plan", campaign.budget, 0, at)] if campaign.budget else []
        spend = [
            item_of(number + 2 + order, cost.name, cost.amount, order, at, cost.day.isoformat())
            for order, cost in enumerate(campaign.costs)
        ]
        number += 1 + len(spend)
        rows[identity(campaign.number)] = {
            "properties": {
                "hs_name": f"{campaign.code} {campaign.name}",
                "hs_start_date": campaign.starts_on.isoformat(),
                "hs_end_date": campaign.ends_on.isoformat(),
                "hs_currency_code": campaign.currency,
                "hs_utm": campaign.code.lower(),
                "hs_campaign_status": "active",
                "hs_owner": owner_id(campaign.owner) or "",
            },
            "created": at,
            "modified": at,
            "budget": budget,
            "spend": spend,
        }
    return rows
