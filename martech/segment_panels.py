"""What consent and segments add to a person's page: what stands and what the gate says, where they belong and since when."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, When
from django.http import HttpRequest
from django.urls import reverse

from governance.models import ConsentRecord, ContactChannel
from governance.purposes import DATA_TRANSFER, KnownPurpose
from governance.selectors.contactability import Verdict, verdicts_for
from governance.selectors.purposes import purposes
from governance.subjects import subject_of
from martech.models import Person, SegmentMembership
from martech.selectors.contacting import subjects_of
from martech.selectors.segments import memberships_of
from mops.core.registry import Panel
from mops.core.rights import can
from mops.core.trails import Newest, TrailEntry

SHOWN = 8


@dataclass(frozen=True)
class Asked:
    """What the gate says about a person for one purpose and channel."""

    purpose: KnownPurpose
    channel: str
    verdict: Verdict

    @property
    def since(self) -> Any:
        return self.verdict.standing.said_at if self.verdict.standing else None


def consent_panel(request: HttpRequest, person: Person) -> Panel | None:
    """The gate's verdict for every purpose, over the channel it is for, and what was said about it."""
    if not can(request.user, "governance.view_consent"):
        return None
    known = purposes()
    channels = [ContactChannel.DATA if one.key == DATA_TRANSFER else ContactChannel.EMAIL for one in known]
    [subject] = subjects_of([person.pk])
    verdicts = verdicts_for(subject, [(one.key, channel) for one, channel in zip(known, channels, strict=True)])
    asked = [
        Asked(purpose, "" if channel == ContactChannel.DATA else str(channel.label), verdict)
        for purpose, channel, verdict in zip(known, channels, verdicts, strict=True)
    ]
    allowed = sum(one.verdict.is_allowed for one in asked)
    context = {"asked": asked, "person": person}
    return Panel("Consent", "martech/consent_panel.html", context, f"{allowed} of {len(asked)} allowed", "main")


def segments_panel(request: HttpRequest, person: Person) -> Panel | None:
    """The segments somebody is in, and those they left last."""
    if not can(request.user, "martech.view_segment"):
        return None
    stays = memberships_of(person)
    inside = [stay for stay in stays if stay.left_at is None]
    context = {"inside": inside[:SHOWN], "left": [stay for stay in stays if stay.left_at][:3]}
    return Panel("Segments", "martech/segments_panel.html", context, f"in {len(inside)}", "main")


def consent_trail(user: Any, person: Person, asked: Newest) -> list[TrailEntry]:
    """What was said at any address of a person."""
    if not can(user, "governance.view_consent"):
        return []
    subjects = [subject_of(key) for key in person.emails.values_list("key", flat=True)]
    records = asked.of(ConsentRecord.objects.filter(subject__in=subjects), "occurred_at")
    labels = {purpose.key: purpose.label for purpose in purposes()}
    channels = dict(ContactChannel.choices)
    return [
        TrailEntry(
            at=record.occurred_at,
            icon="shield-check" if record.state == "granted" else "shield-x",
            title=f"Consent {record.get_state_display().lower()}: {labels.get(record.purpose, record.purpose)}",
            detail=" · ".join(filter(None, [channels.get(record.channel), record.get_origin_display(), record.source])),
        )
        for record in records
    ]


def segment_trail(user: Any, person: Person, asked: Newest) -> list[TrailEntry]:
    """When somebody entered and left segments, and why."""
    if not can(user, "martech.view_segment"):
        return []
    until = Q(left_at__lte=asked.before) if asked.before else Q(left_at__isnull=False)
    stays = person.memberships.annotate(latest=Case(When(until, then="left_at"), default="entered_at"))
    return [entry for stay in asked.of(stays.select_related("segment"), "latest") for entry in entries_of(stay)]


def entries_of(stay: SegmentMembership) -> list[TrailEntry]:
    """A stay is told by its beginning and, once it is over, its end."""
    entered = stay_entry(stay, stay.entered_at, "login", "Entered", stay.entered_why)
    return [entered, stay_entry(stay, stay.left_at, "logout", "Left", stay.left_why)] if stay.left_at else [entered]


def stay_entry(stay: SegmentMembership, at: Any, icon: str, verb: str, why: str) -> TrailEntry:
    url = reverse("martech:segment", args=[stay.segment_id])
    return TrailEntry(at, icon, f"{verb} {stay.segment.name}", why, url)
