"""Writes of planning, one noun a file."""

from planning.services.budget import create_budget_line, post_entry, reverse_entry, transfer_money
from planning.services.campaigns import change_campaign, create_campaign, move_campaign_state

__all__ = [
    "change_campaign",
    "create_budget_line",
    "create_campaign",
    "move_campaign_state",
    "post_entry",
    "reverse_entry",
    "transfer_money",
]
