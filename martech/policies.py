"""Who may see and change the market data."""

from typing import Any

from django.db.models import Q

from governance.policies import MARKETERS, OPERATORS, READERS, Role
from mops.core.rights import can, roles_of

SEERS = MARKETERS | READERS | {Role.SALES_REP, Role.PRIVACY_OFFICER, Role.INTEGRATION}

OWNERS = OPERATORS | {Role.SALES_REP}
"""Those who may own leads: they see them, and can say that they answered."""

PERMISSIONS: dict[str, tuple[str, frozenset[str]]] = {
    "martech.view_person": ("See people", SEERS),
    "martech.export_person": ("Export lists of people", MARKETERS | READERS | {Role.PRIVACY_OFFICER}),
    "martech.edit_person": ("Change people", OPERATORS | {Role.SALES_REP, Role.INTEGRATION}),
    "martech.own_leads": ("Own leads", OWNERS),
    "martech.merge_people": ("Merge people and undo it", OPERATORS | {Role.INTEGRATION}),
    "martech.view_duplicates": ("See possible duplicates", OPERATORS | {Role.LEADER}),
    "martech.edit_merge_rules": ("Change the rules of merges", OPERATORS),
    "martech.view_segment": (
        "See segments",
        MARKETERS | READERS | {Role.SALES_REP, Role.PRIVACY_OFFICER, Role.INTEGRATION},
    ),
    "martech.edit_segment": ("Make and change segments", MARKETERS | {Role.INTEGRATION}),
    "martech.export_segment": ("Export segments", MARKETERS | READERS | {Role.PRIVACY_OFFICER}),
    "martech.view_account": ("See accounts", SEERS),
    "martech.edit_account": ("Change accounts", OPERATORS | {Role.INTEGRATION}),
    "martech.choose_account": ("Choose somebody’s account", OPERATORS | {Role.SALES_REP, Role.INTEGRATION}),
    "martech.edit_account_matching": ("Change the settings of account matching", OPERATORS),
    "martech.view_deal": ("See deals", SEERS - {Role.PRIVACY_OFFICER}),
    "martech.edit_deal": ("Change deals", OPERATORS | {Role.INTEGRATION}),
    "martech.view_touch": ("See touches", SEERS),
    "martech.edit_touch": ("Record touches", OPERATORS | {Role.INTEGRATION}),
    "martech.import_data": ("Import files", OPERATORS),
    "martech.view_routing": ("See routing policies", MARKETERS | READERS | {Role.SALES_REP, Role.INTEGRATION}),
    "martech.view_quality": ("See data quality", MARKETERS | READERS),
    "martech.edit_quality": ("Change monitors, findings and fixes of data quality", OPERATORS),
    "martech.view_sync": ("See connections and what they synchronise", MARKETERS | READERS),
    "martech.edit_sync": ("Change connections and their mappings", OPERATORS),
    "martech.approve_sync": ("Approve and take back what is written to other systems", OPERATORS),
    "martech.view_stack": ("See the tool inventory", MARKETERS | READERS | {Role.PRIVACY_OFFICER}),
    "martech.edit_stack": ("Change the tool inventory and ask who uses what", OPERATORS),
    "martech.keep_tool": ("Say that a tool of one’s own is kept", MARKETERS),
    "martech.view_event_source": (
        "See event sources and their events",
        OPERATORS | {Role.PRIVACY_OFFICER, Role.INTEGRATION},
    ),
    "martech.edit_event_source": ("Change event sources and their write keys", OPERATORS),
    "martech.view_scoring": ("See scoring and the lifecycle", MARKETERS | READERS),
    "martech.edit_scoring": ("Change and publish scoring and the lifecycle", OPERATORS),
    "martech.view_time_off": ("See time off", OPERATORS | {Role.LEADER, Role.SALES_REP, Role.INTEGRATION}),
    "martech.view_absences": ("See who is away", OPERATORS | {Role.LEADER, Role.INTEGRATION}),
    "martech.take_time_off": ("Say when one is away", OPERATORS | {Role.SALES_REP, Role.INTEGRATION}),
    "martech.edit_routing": ("Change and publish routing policies", OPERATORS | {Role.INTEGRATION}),
}

HIDDEN_PERSON_FIELDS = {
    "email": frozenset({Role.ANALYST}),
    "emails": frozenset({Role.ANALYST}),
    "phone": frozenset({Role.ANALYST}),
    "linkedin_url": frozenset({Role.ANALYST}),
}
"""Analysts count people; they do not contact them."""


def name_of_person(person: Any, hidden: frozenset[str]) -> str:
    """Their name, else their address unless it is hidden, else their number."""
    return person.name or ("" if "email" in hidden else person.email) or f"Person {person.pk}"


def sees_everything(user: Any) -> bool:
    """Anybody but a sales representative without another role sees all rows."""
    return bool(roles_of(user) & (SEERS - {Role.SALES_REP}))


def own_rows(user: Any, owner: str = "owner") -> Q:
    """What a sales representative sees: what they or their team own, and what nobody owns."""
    if sees_everything(user):
        return Q()
    if Role.SALES_REP not in roles_of(user):
        return Q(pk__in=[])
    mine = Q(**{owner: user.pk}) | Q(**{f"{owner}__isnull": True})
    return mine | Q(**{f"{owner}__team": user.team_id}) if user.team_id else mine


def may_keep(user: Any, owned: Any) -> bool:
    """Whether somebody may say that a tool (or what is suggested of one: `owner_id`) is kept: its owner, and those who change
    the inventory."""
    return owned.owner_id == user.pk or can(user, "martech.edit_stack")
