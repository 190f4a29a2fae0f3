"""Writes of planning, one noun a file."""

from planning.services.arrivals import Arrival, adopt_campaigns, follow_campaign, plan_budgets
from planning.services.budget import change_budget_line, create_budget_line, post_entry, reverse_entry, transfer_money
from planning.services.campaigns import change_campaign, create_campaign, move_campaign_state
from planning.services.rates import (
    RatesImported,
    correct_exchange_rate,
    delete_exchange_rate,
    import_exchange_rates,
    set_exchange_rate,
)

__all__ = [
    "Arrival",
    "RatesImported",
    "adopt_campaigns",
    "change_budget_line",
    "change_campaign",
    "correct_exchange_rate",
    "create_budget_line",
    "create_campaign",
    "delete_exchange_rate",
    "follow_campaign",
    "import_exchange_rates",
    "move_campaign_state",
    "plan_budgets",
    "post_entry",
    "reverse_entry",
    "set_exchange_rate",
    "transfer_money",
]
