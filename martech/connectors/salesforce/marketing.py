"""Salesforce's campaigns and their members in the engine's words."""

from datetime import UTC, datetime, time

from martech.connectors.marketing import RemoteCampaign, RemoteTouch
from martech.connectors.plain import code_in, day_of, money_of
from martech.connectors.port import RemoteRecord
from martech.connectors.salesforce.objects import KEYS

STATES = {"planned": "planned", "in progress": "live", "completed": "done", "aborted": "cancelled"}
CHANNELS = {
    "advertisement": "display",
    "banner ads": "display",
    "conference": "event",
    "email": "email",
    "partners": "partner",
    "referral program": "referral",
    "search": "paid_search",
    "seminar / conference": "event",
    "social": "social",
    "telemarketing": "outbound",
    "trade show": "event",
    "webinar": "webinar",
}
"""Salesforce's own types of campaigns; those of one org are other until somebody moves them here."""


def campaign(object: str, record: RemoteRecord) -> RemoteCampaign:
    """The code of ours is the external id, or stands in the name. ActualCost is what it cost until now."""
    said = record.values
    return RemoteCampaign(
        name=str(said.get("Name") or record.id),
        code=code_in(*(said.get(key) for key in KEYS), said.get("Name")),
        channel=CHANNELS.get(str(said.get("Type") or "").lower(), ""),
        state=STATES.get(str(said.get("Status") or "").lower(), ""),
        starts_on=day_of(said.get("StartDate")) or (record.created_at.date() if record.created_at else None),
        ends_on=day_of(said.get("EndDate")),
        budget=money_of(said.get("BudgetedCost")),
        spent=money_of(said.get("ActualCost")),
        currency=str(said.get("CurrencyIsoCode") or ""),
        owner_id=str(said.get("OwnerId") or ""),
    )


def member(object: str, record: RemoteRecord) -> RemoteTouch | None:
    """Who answered is dated by the day of the first answer, everybody else by when they were put in.

    Of a converted lead the contact comes first: it is who they are now.
    """
    if object != "CampaignMember" or record.created_at is None:
        return None
    said = record.values
    answered = day_of(said.get("FirstRespondedDate")) if said.get("HasResponded") else None
    people = [(name, str(said[f"{name}Id"])) for name in ("Contact", "Lead") if said.get(f"{name}Id")]
    return RemoteTouch(
        kind="campaign_response" if said.get("HasResponded") else "campaign_member",
        at=max(datetime.combine(answered, time(), UTC), record.created_at) if answered else record.created_at,
        people=tuple(people),
        campaign=("Campaign", str(said.get("CampaignId"))),
        properties={"status": said.get("Status")},
    )
