"""Who may ask for work, and who decides about it."""

from typing import Any

from django.db.models import Q

from governance.policies import MARKETERS, OPERATORS, PEOPLE, READERS, Role
from mops.core.rights import roles_of

TRIAGERS = OPERATORS | {Role.LEADER, Role.CAMPAIGN_OWNER}

PERMISSIONS: dict[str, tuple[str, frozenset[str]]] = {
    "workflow.file_request": ("Ask marketing for something", (PEOPLE - {Role.AUDITOR}) | {Role.INTEGRATION}),
    "workflow.view_request": ("See requests", PEOPLE | {Role.INTEGRATION}),
    "workflow.triage_request": ("Decide about requests", TRIAGERS | {Role.INTEGRATION}),
    "workflow.view_form": ("See intake forms", PEOPLE | {Role.INTEGRATION}),
    "workflow.edit_form": ("Change intake forms", OPERATORS),
}


def visible_requests(user: Any) -> Q:
    """Marketers and readers see every request; everybody else their own."""
    if roles_of(user) & (MARKETERS | READERS | {Role.APPROVER, Role.INTEGRATION}):
        return Q()
    return Q(requester=user.pk)
