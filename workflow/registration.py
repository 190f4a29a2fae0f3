"""What workflow tells the kernel when the process starts."""

from martech.stack.registry import register_evidence
from mops.core.history import tell_values
from mops.core.invariants import register_invariants
from mops.core.registry import (
    register_action,
    register_area,
    register_due,
    register_home,
    register_nav,
    register_panel,
    register_search,
    register_trail,
)
from mops.core.rights import register_permissions
from workflow.invariants import INVARIANTS
from workflow.policies import PERMISSIONS


def register() -> None:
    """Called once by the app's `ready`."""
    from workflow import selectors

    register_permissions(PERMISSIONS)
    register_invariants(INVARIANTS)
    register_area("workflow", "Workflow", order=20)
    register_nav("workflow", "Requests", "workflow:requests", "inbox", "workflow.view_request", selectors.waiting, 10)
    register_nav("workflow", "Ask for something", "workflow:ask", "message-plus", "workflow.file_request", order=20)
    register_nav(
        "workflow", "Intake forms", "workflow:forms", "forms", "workflow.edit_form", order=30, is_everyday=False
    )
    register_search("requests", "Requests", selectors.find_requests, order=40)
    register_action("Ask for something", "workflow:ask", "workflow.file_request", "request intake new", "message-plus")
    register_action("New intake form", "workflow:new-form", "workflow.edit_form", "form builder questions", "forms")
    register_panel("planning.campaign", selectors.requests_panel, order=20)
    register_trail("planning.campaign", "Requests", selectors.campaign_trail)
    register_due("workflow.verdicts", "workflow.triage_request", selectors.requests_to_triage, order=25)
    tell_values("workflow.request", answers=selectors.option_in_words)
    register_evidence("requests", selectors.request_evidence)
    register_home("requester", "workflow:ask", order=70)
    register_home("approver", "governance:inbox", order=65)
