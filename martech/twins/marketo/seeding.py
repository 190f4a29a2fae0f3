"""A population as Marketo sees it: leads with their history, programs with costs and members, a static list."""

from datetime import UTC, datetime, time

from martech.twins.marketo.programs import join
from martech.twins.marketo.state import CLICKED, FORM, OPENED, VISIT, Program, State, StaticList
from martech.twins.population import Campaign, Person, Population, Touch

KINDS = {"form": FORM, "page": VISIT, "email_open": OPENED, "email_click": CLICKED, "ad_click": VISIT, "webinar": FORM}
CHANNELS = {
    "webinar": "Webinar",
    "event": "Event",
    "email": "Email Send",
    "paid_search": "Online Advertising",
    "paid_social": "Online Advertising",
    "display": "Online Advertising",
    "content": "Content",
}


def fill(state: State, population: Population) -> None:
    """Everything in the order in which it happened, so that the feed is in the order of its dates."""
    leads: dict[int, int] = {}
    companies = {one.number: one for one in population.companies}
    owners = {one.number: one.email for one in population.owners}
    for campaign in population.campaigns:
        state.programs[campaign.number] = program_of(campaign)
    for person in sorted(population.people, key=lambda one: (one.created_at, one.number)):
        company = companies.get(person.company or 0)
        values = {
            **values_of(person),
            "company": company.name if company else None,
            "website": company.domain if company else None,
            "industry": company.industry if company else None,
            "numberOfEmployees": company.employees if company else None,
            "leadOwnerEmail": owners.get(person.owner or 0),
        }
        kept = {name: value for name, value in values.items() if value not in (None, "")}
        leads[person.number] = state.add_lead(kept, person.created_at)
        state.leads[leads[person.number]]["updatedAt"] = person.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for member in population.members:
        if member.person in leads and member.campaign in state.programs:
            status, at = ("Responded", member.responded_at) if member.responded_at else ("Member", member.added_at)
            join(state, state.programs[member.campaign], leads[member.person], status, at or member.added_at)
    for touch in population.touches:
        if touch.person in leads:
            note_touch(state, leads[touch.person], touch)
    everybody = StaticList(1_001, "Newsletter", state.clock.now(), {n for n in leads.values() if n % 3 == 0})
    state.lists[everybody.id] = everybody
    state.happenings.sort(key=lambda one: one.at)


def values_of(person: Person) -> dict[str, str]:
    return {
        "email": person.email,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "title": person.job_title,
        "phone": person.phone,
        "country": person.country,
        "city": person.city,
        "leadSource": person.source,
        "mopsStage": person.stage,
    }


def program_of(campaign: Campaign) -> Program:
    return Program(
        campaign.number,
        f"{campaign.code} {campaign.name}",
        campaign.name,
        CHANNELS.get(campaign.channel, "Content"),
        campaign.created_at,
        datetime.combine(campaign.starts_on, time(), UTC),
        [{"startDate": one.day.isoformat(), "cost": round(one.amount), "note": one.name} for one in campaign.costs],
        [{"tagType": "Currency", "tagValue": campaign.currency}],
    )


def note_touch(state: State, lead: int, touch: Touch) -> None:
    type, said = KINDS.get(touch.kind, VISIT), (("Webpage URL", touch.url), ("Referrer URL", ""))
    program = state.programs.get(touch.campaign or 0)
    more = (("Program", program.name),) if program else ()
    state.note(lead, type, touch.at, touch.number, touch.url or touch.kind, (*said, *more))
