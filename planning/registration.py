"""What planning tells the kernel when the process starts."""

from governance.naming import register_named_kind
from mops.core.invariants import register_invariants
from mops.core.registry import (
    register_action,
    register_area,
    register_due,
    register_home,
    register_nav,
    register_panel,
    register_search,
)
from mops.core.rights import register_permissions
from planning.invariants import INVARIANTS
from planning.policies import PERMISSIONS
from planning.without_rate import register_without_rate


def register() -> None:
    """Called once by the app's `ready`."""
    from planning import selectors

    register_permissions(PERMISSIONS)
    register_invariants(INVARIANTS)
    register_area("planning", "Planning", order=10)
    overdue = selectors.overdue_campaigns
    register_nav("planning", "Campaigns", "planning:campaigns", "speakerphone", "planning.view_campaign", overdue, 10)
    register_nav("planning", "Calendar", "planning:calendar", "calendar", "planning.view_campaign", order=20)
    register_nav("planning", "Budget", "planning:budget", "coins", "planning.view_budget", order=30)
    rates = "planning:rates"
    register_nav("planning", "Exchange rates", rates, "coins", "planning.view_budget", order=40, is_everyday=False)
    register_action("Import exchange rates", "planning:import-rates", "planning.edit_budget", "currency money", "coins")
    register_without_rate(selectors.entries_without_rate, order=50)
    register_due("planning.rates", "planning.edit_budget", selectors.rates_to_add, order=65)
    register_search("campaigns", "Campaigns", selectors.find_campaigns, order=15)
    register_action("New campaign", "planning:new-campaign", "planning.edit_campaign", "create plan", "speakerphone")
    register_action("New budget line", "planning:new-line", "planning.edit_budget", "money plan", "coins")
    register_panel("planning.campaign", selectors.budget_panel, order=10)
    register_named_kind("campaign", "Campaigns", selectors.campaign_names)
    register_due("planning.overspent", "planning.view_budget", selectors.overspent_lines, order=50)
    register_due("planning.overdue", "planning.view_budget", selectors.overdue_lines, order=55)
    register_due("planning.campaigns", "planning.view_campaign", selectors.campaigns_to_close, order=60)
    register_home("campaign_owner", "planning:calendar", order=50)
