"""Tables of planning."""

from planning.models.budget import BudgetEntry, BudgetLine, EntryKind
from planning.models.campaign import (
    CHANNEL_CODES,
    Campaign,
    CampaignCounter,
    CampaignState,
    Channel,
    Region,
)
from planning.models.rate import ExchangeRate

__all__ = [
    "CHANNEL_CODES",
    "BudgetEntry",
    "BudgetLine",
    "Campaign",
    "CampaignCounter",
    "CampaignState",
    "Channel",
    "EntryKind",
    "ExchangeRate",
    "Region",
]
