"""HubSpot's campaigns and spend items in the engine's words."""

from martech.connectors.hubspot.objects import CAMPAIGNS
from martech.connectors.marketing import RemoteCampaign, RemoteSpend
from martech.connectors.plain import code_in, day_of, money_of
from martech.connectors.port import RemoteRecord

STATES = {"planned": "planned", "in_progress": "live", "active": "live", "paused": "live", "completed": "done"}


def campaign(object: str, record: RemoteRecord) -> RemoteCampaign:
    """The code of ours stands in the UTM value or in the name. What it cost comes as spend items."""
    said = record.values
    return RemoteCampaign(
        name=str(said.get("hs_name") or record.id),
        code=code_in(said.get("hs_utm"), said.get("hs_name")),
        state=STATES.get(str(said.get("hs_campaign_status") or "").lower(), ""),
        starts_on=day_of(said.get("hs_start_date")) or (record.created_at.date() if record.created_at else None),
        ends_on=day_of(said.get("hs_end_date")),
        budget=money_of(said.get("hs_budget_items_sum_amount")),
        currency=str(said.get("hs_currency_code") or ""),
        owner_id=str(said.get("hs_owner") or ""),
    )


def spend(object: str, record: RemoteRecord) -> RemoteSpend | None:
    """An item has no day of its own: a description that is a day counts, else the day it was entered."""
    said = record.values
    day, amount = day_of(said.get("description")) or day_of(said.get("created_at")), money_of(said.get("amount"))
    if day is None or amount is None:
        return None
    name, currency = str(said.get("name") or ""), str(said.get("currency") or "")
    return RemoteSpend((CAMPAIGNS, str(said.get("campaign_id"))), name, day, amount, currency)
