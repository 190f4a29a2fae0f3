"""What reporting adds to the pages of others: what a campaign brought."""

from django.http import HttpRequest

from mops.core.registry import Panel
from mops.core.rights import can
from planning.models import Campaign
from reporting.selectors.results import results_of


def results_panel(request: HttpRequest, campaign: Campaign) -> Panel | None:
    """Leads to revenue of a campaign, for whoever may see numbers."""
    if not can(request.user, "reporting.view_dashboard"):
        return None
    found = results_of(campaign)
    note = "so far; its channel over the same days"
    return Panel("What it brought", "reporting/results_panel.html", {"results": found}, note, "main")
