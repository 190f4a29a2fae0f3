"""Event sources for their pages: what came of each lately, and the newest events with what became of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from martech.models import EventSource, EventState, RefusedEvent, SourceEvent

NEWEST = 50


@dataclass(frozen=True)
class SourceLine:
    """A source with the events of its last 24 hours."""

    source: EventSource
    accepted: int
    held: int
    refused: int
    newest: datetime | None
    has_key: bool

    @property
    def kind(self) -> str:
        return "bad" if not self.has_key else "warn" if self.refused else "good" if self.accepted else "neutral"

    @property
    def state(self) -> str:
        if not self.has_key:
            return "No valid key"
        if self.refused:
            return "Refuses some"
        return "Receiving" if self.accepted else "Silent"


def source_lines() -> list[SourceLine]:
    since = timezone.now() - timedelta(hours=24)
    events = counted(SourceEvent.objects.filter(received_at__gte=since), "accepted", held=Q(state=EventState.HELD))
    refused = counted(RefusedEvent.objects.filter(received_at__gte=since), "refused")
    keys = Count("keys", filter=Q(keys__revoked_at=None))
    return [
        SourceLine(
            source,
            events.get(source.pk, {}).get("accepted", 0),
            events.get(source.pk, {}).get("held", 0),
            refused.get(source.pk, {}).get("refused", 0),
            events.get(source.pk, {}).get("newest"),
            bool(source.valid_keys),
        )
        for source in EventSource.objects.annotate(valid_keys=keys)
    ]


def counted(rows: QuerySet[Any], name: str, **more: Q) -> dict[int, dict[str, Any]]:
    sums = {name: Count("pk"), "newest": Max("received_at"), **{key: Count("pk", filter=q) for key, q in more.items()}}
    return {row["source"]: row for row in rows.order_by().values("source").annotate(**sums)}


@dataclass(frozen=True)
class Seen:
    """An event as the debugger shows it: accepted or refused, and why."""

    received_at: datetime
    type: str
    name: str
    who: str
    outcome: str
    kind: str
    note: str
    payload: Any
    key: str
    person: int | None = None

    @property
    def text(self) -> str:
        """What came, laid out to be read."""
        given = self.payload
        return given if isinstance(given, str) else json.dumps(given, indent=2, ensure_ascii=False)

    @property
    def icon(self) -> str:
        return ICONS.get(self.type, "alert-triangle")


ICONS = {
    "identify": "user-check",
    "track": "activity",
    "page": "file",
    "screen": "device-mobile",
    "group": "building",
    "alias": "link",
}
OUTCOMES = {EventState.WAITING: "accent", EventState.APPLIED: "good", EventState.HELD: "neutral"}


def has_events(source: EventSource) -> bool:
    """Whether anything came of it, taken or not."""
    return source.accepted.exists() or source.refused.exists()


def newest_events(source: EventSource, outcome: str = "") -> Sequence[Seen]:
    """The newest events of a source, refused ones among them; `outcome` narrows to accepted or refused."""
    accepted = [] if outcome == "refused" else list(source.accepted.all()[:NEWEST])
    refused = [] if outcome == "accepted" else list(source.refused.all()[:NEWEST])
    seen = [seen_event(event) for event in accepted] + [seen_refusal(one) for one in refused]
    return sorted(seen, key=lambda one: one.received_at, reverse=True)[:NEWEST]


def seen_event(event: SourceEvent) -> Seen:
    return Seen(
        event.received_at,
        event.type,
        event.name,
        event.user_id or event.anonymous_id,
        event.get_state_display(),
        "warn" if event.note else OUTCOMES[EventState(event.state)],
        event.note,
        event.payload,
        f"e{event.pk}",
        event.person_id,
    )


def seen_refusal(one: RefusedEvent) -> Seen:
    return Seen(one.received_at, one.type, "", "", "Refused", "bad", one.detail, one.payload, f"r{one.pk}")
