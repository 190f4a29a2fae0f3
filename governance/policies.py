"""Roles and what governance lets them do. Every app declares its own permissions with these role names."""

from django.db import models

from mops.core.rights import SIGNED_IN


class Role(models.TextChoices):
    ADMIN = "admin", "Administrator"
    LEADER = "leader", "Marketing leader"
    OPS_MANAGER = "ops_manager", "Marketing operations"
    CAMPAIGN_OWNER = "campaign_owner", "Campaign owner"
    APPROVER = "approver", "Approver"
    REQUESTER = "requester", "Requester"
    SALES_REP = "sales_rep", "Sales representative"
    ANALYST = "analyst", "Analyst"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    AUDITOR = "auditor", "Auditor"
    INTEGRATION = "integration", "Integration"


EVERYBODY = frozenset(Role.values)
PEOPLE = EVERYBODY - {Role.INTEGRATION}
"""Everybody who signs in with a browser."""
OPERATORS = frozenset({Role.ADMIN, Role.OPS_MANAGER})
"""Those who set rules, mappings and gates."""
MARKETERS = OPERATORS | {Role.LEADER, Role.CAMPAIGN_OWNER}
"""Those who plan and run campaigns."""
READERS = frozenset({Role.ANALYST, Role.AUDITOR})
"""Those who read and change nothing."""

PERMISSIONS: dict[str, tuple[str, frozenset[str]]] = {
    "governance.view_history": ("See the history of an object", MARKETERS | {Role.PRIVACY_OFFICER, Role.AUDITOR}),
    "governance.view_taxonomy": ("See the naming rules", PEOPLE),
    "governance.edit_taxonomy": ("Change the naming rules", OPERATORS),
    "governance.view_users": ("See people and roles", OPERATORS | {Role.AUDITOR, Role.PRIVACY_OFFICER}),
    "governance.edit_users": ("Change people and roles", frozenset({Role.ADMIN})),
    "governance.view_consent": (
        "See consent and the suppression list",
        MARKETERS | {Role.PRIVACY_OFFICER, Role.AUDITOR, Role.SALES_REP, Role.INTEGRATION},
    ),
    "governance.record_consent": (
        "Record consent",
        OPERATORS | {Role.PRIVACY_OFFICER, Role.SALES_REP, Role.INTEGRATION},
    ),
    "governance.edit_suppression": ("Change the suppression list", OPERATORS | {Role.PRIVACY_OFFICER}),
    "governance.edit_purposes": ("Change the purposes of contact", OPERATORS | {Role.PRIVACY_OFFICER}),
    "governance.view_due": ("See what is broken or due", OPERATORS | {Role.LEADER}),
    "governance.run_work": ("Run background work again", OPERATORS),
    "governance.own_token": ("Use API tokens of your own", EVERYBODY),
    "governance.use_admin": ("Use the admin pages", OPERATORS),
    "governance.use_api_docs": ("Read the API documentation", EVERYBODY),
}

__all__ = ["EVERYBODY", "MARKETERS", "OPERATORS", "PEOPLE", "PERMISSIONS", "READERS", "SIGNED_IN", "Role"]
