"""Track, page and screen calls as touches of the person they belong to."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models.functions import Upper

from martech.channels import channel_of
from martech.connectors.cdp.journeys import Journey, journey_of, part
from martech.models import SourceEvent, Touch
from planning.models import Campaign

CALLS = ("track", "page", "screen")


def record_touches(events: Sequence[SourceEvent]) -> None:
    """Insert what is new in one statement; the message's id makes a touch once, whenever it is applied."""
    journeys = [
        (event, journey_of(event.type, event.name, event.payload))
        for event in events
        if event.type in CALLS and event.person_id
    ]
    campaigns = campaigns_by_code(journey.utm.get("campaign", "") for _event, journey in journeys)
    Touch.objects.bulk_create(
        (touch_of(event, journey, campaigns) for event, journey in journeys), ignore_conflicts=True, batch_size=2_000
    )


def campaigns_by_code(codes: Iterable[str]) -> dict[str, Campaign]:
    wanted = {code.upper() for code in codes if code}
    if not wanted:
        return {}
    return {row.code.upper(): row for row in Campaign.objects.annotate(upper=Upper("code")).filter(upper__in=wanted)}


def touch_of(event: SourceEvent, journey: Journey, campaigns: Mapping[str, Campaign]) -> Touch:
    campaign = campaigns.get(journey.utm.get("campaign", "").upper())
    channel = channel_of(journey.source, journey.medium)
    return Touch(
        person_id=event.person_id,
        at=event.at,
        kind=journey.kind,
        channel=campaign.channel if campaign and channel == "other" else channel,
        source=journey.source,
        medium=journey.medium,
        campaign=campaign,
        url=journey.url,
        properties=properties_of(event, journey),
        key=touch_key(event),
    )


def properties_of(event: SourceEvent, journey: Journey) -> dict[str, Any]:
    said = dict(part(event.payload, "properties"))
    utm = {f"utm_{key}": value for key, value in journey.utm.items()}
    return {**said, **utm, **({"event": event.name} if event.name else {})}


def touch_key(event: SourceEvent) -> str:
    text = f"{event.source_id}\n{event.message_id}"
    return f"cdp:{hashlib.sha256(text.encode()).hexdigest()[:40]}"
