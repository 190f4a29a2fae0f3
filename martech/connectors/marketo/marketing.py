"""Marketo's programs, costs, members, lists and activities in the engine's words."""

from martech.connectors.marketing import RemoteCampaign, RemoteListing, RemoteSpend, RemoteTouch
from martech.connectors.marketo.schema import ACTIVITY, LEAD, MEMBER, PROGRAM, moment
from martech.connectors.plain import code_in, day_of, money_of
from martech.connectors.port import RemoteRecord

CHANNELS = {
    "blog": "content",
    "content": "content",
    "email blast": "email",
    "email send": "email",
    "event": "event",
    "list import": "other",
    "live event": "event",
    "nurture": "email",
    "online advertising": "display",
    "roadshow": "event",
    "tradeshow": "event",
    "web content": "content",
    "web request": "content",
    "webinar": "webinar",
    "website": "content",
}
"""Marketo's own program channels; those of one subscription are other until somebody moves them here."""
SENT = "email_sent"
"""An e-mail that was sent is nothing a person did."""


def campaign(object: str, record: RemoteRecord) -> RemoteCampaign:
    """A program has no dates and no budget; it begins when it was made."""
    said = record.values
    found = said.get("tags")
    tags = found if isinstance(found, list) else []
    return RemoteCampaign(
        name=str(said.get("name") or record.id),
        code=code_in(said.get("code"), said.get("name")),
        channel=CHANNELS.get(str(said.get("channel") or "").lower(), ""),
        starts_on=record.created_at.date() if record.created_at else None,
        currency=next((tag.removeprefix("Currency: ") for tag in tags if tag.startswith("Currency: ")), ""),
    )


def spend(object: str, record: RemoteRecord) -> RemoteSpend | None:
    """A period cost belongs to a month, whose first day dates it."""
    said = record.values
    day, amount = day_of(said.get("startDate")), money_of(said.get("cost"))
    if day is None or amount is None:
        return None
    name = str(said.get("note") or said.get("programName") or "")
    return RemoteSpend((PROGRAM, str(said.get("programId"))), name, day, amount, str(said.get("currency") or ""))


def touch(object: str, record: RemoteRecord) -> RemoteTouch | None:
    """A membership, or something a lead did: visits, forms, clicks, opens."""
    said, lead = record.values, (LEAD, str(record.values.get("leadId")))
    if object == MEMBER:
        at = moment(said.get("membershipDate")) or record.modified_at
        kind = "campaign_response" if said.get("reachedSuccess") else "campaign_member"
        if at is None:
            return None
        campaign = (PROGRAM, str(said.get("programId")))
        return RemoteTouch(kind, at, (lead,), campaign, properties={"status": said.get("status")})
    if object != ACTIVITY or record.modified_at is None or said.get("kind") == SENT:
        return None
    return RemoteTouch(
        str(said.get("kind")),
        record.modified_at,
        (lead,),
        code=code_in(said.get("program")),
        url=str(said.get("url") or "")[:1000],
        properties={"about": said.get("primaryAttributeValue")},
    )


def listing(object: str, record: RemoteRecord) -> RemoteListing:
    said = record.values
    return RemoteListing(str(said["listId"]), str(said.get("list") or ""), (LEAD, str(said["leadId"])))
