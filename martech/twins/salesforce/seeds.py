"""A population as the records of this org."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from martech.twins import population as people
from martech.twins.salesforce.picklists import STAGES
from martech.twins.salesforce.store import Store, stamp

LEAD_STATUS = {
    "mql": "Working - Contacted",
    "sal": "Working - Contacted",
    "sql": "Working - Contacted",
    "recycled": "Closed - Not Converted",
    "disqualified": "Closed - Not Converted",
}
WAY = ("Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review")
DEAL_STAGE = {
    "qualification": "Qualification",
    "evaluation": "Needs Analysis",
    "proposal": "Proposal/Price Quote",
    "negotiation": "Negotiation/Review",
    "won": "Closed Won",
    "lost": "Closed Lost",
}
CAMPAIGN_TYPES = {"webinar": "Webinar", "event": "Conference", "email": "Email"}
SUBTYPES = {"call": "Call", "email": "Email", "task": "Task"}
IN_HAND = timedelta(days=45)
"""Until when an open deal is expected to close, behind its last change."""


class Planter:
    """Fills a store; each map leads from a number of the population to an id of this org."""

    def __init__(self, store: Store, population: people.Population) -> None:
        self.store, self.population = store, population
        self.owners: dict[int, str] = {}
        self.companies: dict[int, str] = {}
        self.names = {company.number: company.name for company in population.companies}
        self.sites = {company.number: company.domain for company in population.companies}
        self.campaigns: dict[int, str] = {}
        self.people: dict[int, str] = {}
        self.accounts_of: dict[int, str | None] = {}

    def plant(self) -> None:
        self.plant_owners()
        self.plant_stages()
        self.plant_accounts()
        self.plant_campaigns()
        self.plant_people()
        self.plant_deals()
        self.plant_members()
        self.plant_activities()

    def add(self, object: str, values: dict[str, Any], made: datetime, changed: datetime | None = None) -> str:
        """A record that was made and last changed at these moments."""
        stamps = {"CreatedDate": stamp(made)}
        return self.store.insert(object, {**values, **stamps}, at=stamp(changed or made)).id

    def owner(self, number: int | None) -> str:
        return self.owners.get(number or 0, self.store.user_id)

    def plant_owners(self) -> None:
        start = datetime.fromisoformat("2024-01-01T08:00:00+00:00")
        for one in self.population.owners:
            names = {
                "FirstName": one.first_name,
                "LastName": one.last_name,
                "Name": f"{one.first_name} {one.last_name}",
            }
            reach = {"Email": one.email, "Username": one.email, "IsActive": one.is_active, "UserType": "Standard"}
            self.owners[one.number] = self.add("User", {**names, **reach}, start)

    def plant_stages(self) -> None:
        start = datetime.fromisoformat("2024-01-01T08:00:00+00:00")
        for order, (name, (probability, category)) in enumerate(STAGES.items(), 1):
            ends = {"IsClosed": category in ("Closed", "Omitted"), "IsWon": category == "Closed"}
            names = {"MasterLabel": name, "ApiName": name, "IsActive": True, "SortOrder": order}
            odds = {"DefaultProbability": probability, "ForecastCategoryName": category}
            self.add("OpportunityStage", {**names, **ends, **odds}, start)

    def plant_accounts(self) -> None:
        for one in self.population.companies:
            values = {
                "Name": one.name,
                "Website": one.domain,
                "Industry": one.industry,
                "NumberOfEmployees": one.employees,
                "BillingCity": one.city,
                "BillingCountry": one.country,
                "Phone": one.phone,
                "OwnerId": self.owner(one.owner),
            }
            self.companies[one.number] = self.add("Account", values, one.created_at, one.updated_at)

    def plant_campaigns(self) -> None:
        for one in self.population.campaigns:
            values = {
                "Name": one.name,
                "Mops_Id__c": one.code,
                "Type": CAMPAIGN_TYPES.get(one.channel, "Other"),
                "Status": _campaign_status(one, self.store.clock.now().date()),
                "IsActive": True,
                "StartDate": one.starts_on.isoformat(),
                "EndDate": one.ends_on.isoformat(),
                "BudgetedCost": one.budget,
                "ActualCost": round(sum(cost.amount for cost in one.costs), 2),
                "OwnerId": self.owner(one.owner),
            }
            self.campaigns[one.number] = id = self.add("Campaign", values, one.created_at)
            for order, (label, responded) in enumerate([("Sent", False), ("Responded", True)], 1):
                status = {"CampaignId": id, "Label": label, "SortOrder": order, "HasResponded": responded}
                self.add("CampaignMemberStatus", {**status, "IsDefault": order == 1}, one.created_at)

    def plant_people(self) -> None:
        """Who is on a deal or at a customer is a contact; every second of them was a lead before."""
        known = {number for deal in self.population.deals for number in deal.people}
        for one in self.population.people:
            account = self.companies.get(one.company or 0)
            self.accounts_of[one.number] = account
            if account is None or not (one.number in known or one.stage in ("opportunity", "customer")):
                self.people[one.number] = self.add("Lead", self._lead(one), one.created_at, one.updated_at)
                continue
            place = {"AccountId": account, "MailingCity": one.city, "MailingCountry": one.country}
            values = {**self._person(one), **place}
            self.people[one.number] = contact = self.add("Contact", values, one.created_at, one.updated_at)
            if one.number % 2 == 0:
                became = {"ConvertedContactId": contact, "ConvertedAccountId": account, "IsConverted": True}
                day = {"ConvertedDate": stamp(one.updated_at)[:10], "Status": "Closed - Converted"}
                self.add("Lead", {**self._lead(one), **became, **day}, one.created_at, one.updated_at)

    def _person(self, one: people.Person) -> dict[str, Any]:
        return {
            "FirstName": one.first_name,
            "LastName": one.last_name or one.email,
            "Name": f"{one.first_name} {one.last_name}".strip() or one.email,
            "Email": one.email or None,
            "Phone": one.phone or None,
            "Title": one.job_title or None,
            "LeadSource": one.source or None,
            "OwnerId": self.owner(one.owner),
        }

    def _lead(self, one: people.Person) -> dict[str, Any]:
        company = self.names.get(one.company or 0) or "[not provided]"
        status = LEAD_STATUS.get(one.stage, "Open - Not Contacted")
        place = {"City": one.city or None, "Country": one.country or None}
        site = {"Website": self.sites.get(one.company or 0) or None}
        return {**self._person(one), "Company": company, "Status": status, "IsConverted": False, **place, **site}

    def plant_deals(self) -> None:
        for one in self.population.deals:
            stage, close = DEAL_STAGE[one.stage], one.closed_at or one.updated_at + IN_HAND
            probability, category = STAGES[stage]
            contacts = [number for number in one.people if self.people.get(number, "").startswith("003")]
            values = {
                "Name": one.name,
                "AccountId": self.companies.get(one.company or 0),
                "StageName": stage,
                "Amount": one.amount,
                "CurrencyIsoCode": one.currency,
                "CloseDate": close.date().isoformat(),
                "Probability": probability,
                "ForecastCategory": category,
                "IsClosed": one.closed_at is not None,
                "IsWon": one.stage == "won",
                "CampaignId": self.campaigns.get(one.campaign or 0),
                "OwnerId": self.owner(one.owner),
            }
            id = self.add("Opportunity", values, one.opened_at, one.updated_at)
            for passed, at in _way(one, stage):
                probability, category = STAGES[passed]
                figures = {"Probability": probability, "ForecastCategory": category, "Amount": one.amount}
                entry = {"OpportunityId": id, "StageName": passed, "CloseDate": values["CloseDate"], **figures}
                self.add("OpportunityHistory", entry, at)
            for place, number in enumerate(contacts):
                role = {"OpportunityId": id, "ContactId": self.people[number], "IsPrimary": place == 0}
                self.add(
                    "OpportunityContactRole", {**role, "Role": "Decision Maker" if place == 0 else None}, one.opened_at
                )

    def plant_members(self) -> None:
        for one in self.population.members:
            person, responded = self.people[one.person], one.responded_at
            values = {
                "CampaignId": self.campaigns[one.campaign],
                "ContactId" if person.startswith("003") else "LeadId": person,
                "Status": "Responded" if responded else "Sent",
                "HasResponded": responded is not None,
                "FirstRespondedDate": stamp(responded)[:10] if responded else None,
            }
            self.add("CampaignMember", values, one.added_at, responded)

    def plant_activities(self) -> None:
        for one in self.population.activities:
            values: dict[str, Any] = {
                "WhoId": self.people[one.person],
                "OwnerId": self.owner(one.owner),
                "Subject": one.subject,
            }
            values |= {"AccountId": self.accounts_of.get(one.person)}
            if one.kind == "meeting":
                when = {"StartDateTime": stamp(one.at), "EndDateTime": stamp(one.at + timedelta(minutes=30))}
                self.add("Event", {**values, **when, "DurationInMinutes": 30, "EventSubtype": "Event"}, one.at)
                continue
            done = {"Status": "Completed", "Priority": "Normal", "IsClosed": True, "CompletedDateTime": stamp(one.at)}
            day = {"TaskSubtype": SUBTYPES[one.kind], "ActivityDate": stamp(one.at)[:10]}
            self.add("Task", {**values, **done, **day}, one.at)


def _campaign_status(one: people.Campaign, today: date) -> str:
    if today < one.starts_on:
        return "Planned"
    return "Completed" if today > one.ends_on else "In Progress"


def _way(one: people.Deal, stage: str) -> Iterator[tuple[str, datetime]]:
    """The stages up to the one a deal is in, at even distances from its opening to its last move."""
    passed = WAY[: WAY.index(stage) + 1] if stage in WAY else (*WAY, stage)
    until = max(one.closed_at or one.updated_at, one.opened_at)
    for place, name in enumerate(passed):
        yield name, one.opened_at + (until - one.opened_at) * place / max(len(passed) - 1, 1)
