"""Campaigns: their immutable code, their dates, their state."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from governance.models import User
from governance.services.taxonomy import check_name
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from planning.models import CHANNEL_CODES, Campaign, CampaignState, Channel, Region

TRANSITIONS: dict[str, tuple[str, ...]] = {
    CampaignState.DRAFT: (CampaignState.PLANNED, CampaignState.CANCELLED),
    CampaignState.PLANNED: (CampaignState.LIVE, CampaignState.DRAFT, CampaignState.CANCELLED),
    CampaignState.LIVE: (CampaignState.DONE, CampaignState.CANCELLED),
    CampaignState.DONE: (),
    CampaignState.CANCELLED: (),
}
CHANGEABLE = ("name", "objective", "starts_on", "ends_on", "owner")
_NEXT_NUMBER = """
INSERT INTO planning_campaigncounter (prefix, last) VALUES (%s, 1)
ON CONFLICT (prefix) DO UPDATE SET last = planning_campaigncounter.last + 1 RETURNING last
"""


def code_prefix(starts_on: date, region: str, channel: str) -> str:
    return f"{starts_on:%y}Q{(starts_on.month - 1) // 3 + 1}-{region}-{CHANNEL_CODES[channel]}"


def next_code(starts_on: date, region: str, channel: str) -> str:
    """`26Q4-EMEA-WEB-0042`: quarter of the start, region, channel, a number of its own. Never given twice."""
    prefix = code_prefix(starts_on, region, channel)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [prefix])
        return f"{prefix}-{cursor.fetchone()[0]:04d}"


def date_errors(starts_on: date | None, ends_on: date | None) -> dict[str, list[str]]:
    if starts_on is None or ends_on is None:
        missing = "starts_on" if starts_on is None else "ends_on"
        return {missing: ["Give a day, like 2026-03-01."]}
    if ends_on < starts_on:
        return {"ends_on": [f"It ends before it starts; choose {starts_on} or later."]}
    return {}


def name_errors(name: str, *, is_exempt: bool) -> dict[str, list[str]]:
    """What is wrong with a name; one that `is_exempt` may be against the published naming rule."""
    if not name or len(name) > 200:
        return {"name": ["Give a name of at most 200 characters."]}
    findings = [] if is_exempt else check_name("campaign", name)
    return {"name": findings} if findings else {}


def code_errors(channel: str, region: str) -> dict[str, list[str]]:
    """What is wrong with the parts of the code that are chosen from a list."""
    chosen = (("channel", channel, Channel.values), ("region", region, Region.values))
    return {key: [f"Use one of {', '.join(known)}."] for key, value, known in chosen if value not in known}


def create_campaign(
    *,
    name: str,
    channel: str,
    region: str,
    starts_on: date | None,
    ends_on: date | None,
    actor: User | None,
    owner: User | None = None,
    objective: str = "",
    is_legacy_name: bool = False,
) -> Campaign:
    """Create a campaign and give it its code. Raises DomainError naming every wrong field.

    A name against the published naming rule is refused, unless it comes from elsewhere (`is_legacy_name`).
    """
    name = " ".join(name.split())
    errors = date_errors(starts_on, ends_on) | name_errors(name, is_exempt=is_legacy_name)
    errors |= code_errors(channel, region)
    if errors or starts_on is None or ends_on is None:
        raise DomainError("The campaign was not created.", errors=errors)
    with transaction.atomic(), recording("create_campaign", actor=actor):
        return Campaign.objects.create(
            code=next_code(starts_on, region, channel),
            name=name,
            channel=channel,
            region=region,
            starts_on=starts_on,
            ends_on=ends_on,
            owner=owner,
            objective=objective.strip(),
        )


def change_campaign(*, campaign: Campaign, actor: User | None, **changes: Any) -> Campaign:
    """Change name, objective, dates or owner; the code stays. Raises DomainError."""
    unknown = sorted(set(changes) - set(CHANGEABLE))
    errors = {key: [f"It cannot be changed; use one of {', '.join(CHANGEABLE)}."] for key in unknown}
    first, last = changes.get("starts_on", campaign.starts_on), changes.get("ends_on", campaign.ends_on)
    errors |= date_errors(first, last)
    if "name" in changes:
        changes["name"] = " ".join(str(changes["name"]).split())
        errors |= name_errors(changes["name"], is_exempt=changes["name"] == campaign.name)
    if errors:
        raise DomainError("The campaign was not changed.", errors=errors)
    with transaction.atomic(), recording("change_campaign", actor=actor):
        Campaign.objects.filter(pk=campaign.pk).update(**changes, updated_at=timezone.now())
    campaign.refresh_from_db()
    return campaign


def move_campaign_state(*, campaign: Campaign, state: str, actor: User | None) -> Campaign:
    """Move a campaign along its states; a move the table does not know is a ConflictError."""
    sources = [source for source, targets in TRANSITIONS.items() if state in targets]
    with transaction.atomic(), recording("move_campaign_state", actor=actor):
        rows = Campaign.objects.filter(pk=campaign.pk, state__in=sources)
        if not rows.update(state=state, updated_at=timezone.now()):
            campaign.refresh_from_db()
            allowed = ", ".join(TRANSITIONS[campaign.state]) or "nothing; it is over"
            raise ConflictError(
                f"A campaign that is {campaign.get_state_display().lower()} cannot become {state}.",
                errors={"state": [f"From here it may become: {allowed}."]},
            )
    campaign.refresh_from_db()
    return campaign
