"""Brightline's consent, suppression list and segments."""

from datetime import datetime, timedelta
from typing import Any

from governance.models import ConsentOrigin, ConsentRecord, User
from governance.services.suppression import Scope, suppress_list
from governance.subjects import subject_of
from martech.models import PersonEmail, SegmentKind
from martech.services.memberships import mark
from martech.services.segments import create_segment
from mops.demo.rules import leaf, senior

ONE_IN = 40
"""How often somebody asked not to be contacted at all."""


def write_consents(until: datetime) -> int:
    """Most people subscribed when they came, some withdrew later, some never confirmed; answers how many records."""
    rows: list[ConsentRecord] = []
    emails = PersonEmail.objects.order_by("id").values_list("person", "key", "person__created_at")
    for person, key, came in emails:
        rows += said_by(person, subject_of(key), came, until)
    ConsentRecord.objects.bulk_create(rows, batch_size=5_000)
    mark({person for person, _key, _came in emails}, "consent")
    return len(rows)


def said_by(person: int, subject: str, came: datetime, until: datetime) -> list[ConsentRecord]:
    """What one person said: it follows from their number alone, so that the same company says the same."""
    turn = person % 10
    if turn in (3, 8):
        return []
    state = "requested" if turn == 6 else "granted"
    found = [record(subject, "newsletter", state, "landing page", came)]
    if turn in (1, 4, 7):
        found.append(record(subject, "events", "granted", "webinar sign-up", came))
    later = came + timedelta(days=30 + turn)
    if turn == 5 and later < until:
        found.append(record(subject, "newsletter", "withdrawn", "unsubscribe link", later))
    return found


def record(subject: str, purpose: str, state: str, source: str, at: datetime) -> ConsentRecord:
    return ConsentRecord(
        subject=subject,
        purpose=purpose,
        channel="email",
        state=state,
        origin=ConsentOrigin.PERSON,
        source=source,
        evidence={"notice": "2026-01"},
        occurred_at=at,
        received_at=at,
    )


def write_suppressions(actor: User) -> int:
    """Those who asked not to be contacted, and a few addresses that bounced."""
    keys = list(PersonEmail.objects.order_by("id").values_list("key", flat=True))
    asked = suppress_list(lines=keys[7::ONE_IN], reason="asked", actor=actor, note="Wrote to privacy@")
    bounced = suppress_list(lines=keys[11 :: 2 * ONE_IN], reason="bounced", actor=actor, scope=Scope(channel="email"))
    return asked.added + bounced.added


def did(times: int, days: int | None, *kinds: str, op: str = "gte") -> dict[str, Any]:
    value: dict[str, Any] = {"times": times, "where": leaf("touch.kind", "in", list(kinds))}
    return leaf("person.touches", op, value if days is None else {**value, "days": days})


def consents_to(purpose: str) -> dict[str, Any]:
    return leaf("person.consent", "eq", {"purpose": purpose, "channel": "email", "state": "granted"})


DACH = leaf("person.country", "in", ["DE", "AT", "CH"])
LARGE = leaf("account.employees", "gte", 200)
OPEN_DEAL = leaf("person.deals", "gte", {"times": 1, "where": leaf("deal.state", "eq", "open")})
ACTIVE = ("form", "webinar", "download")
AUTUMN_AUDIENCE = [
    leaf("person.segment", "eq", "dach-mid-market-and-up"),
    leaf("person.segment", "eq", "newsletter-readers"),
    did(1, 90, *ACTIVE, "email_click"),
]
GONE_QUIET = [
    leaf("person.lifecycle_stage", "in", ["lead", "mql"]),
    did(0, 60, *ACTIVE, "email_click", "ad_click", op="eq"),
]
SEGMENTS: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("Newsletter readers", "May get the newsletter", [consents_to("newsletter")]),
    (
        "DACH mid-market and up",
        "People of companies of 200 and more in Germany, Austria and Switzerland",
        [DACH, LARGE],
    ),
    ("Engaged this month", "Filled in a form or came to a webinar twice in 30 days", [did(2, 30, *ACTIVE)]),
    ("Decision makers with an open deal", "Who to invite to the customer dinner", [{"any": senior()}, OPEN_DEAL]),
    ("DACH, engaged, may be written to", "The audience of the autumn campaign", AUTUMN_AUDIENCE),
    ("Gone quiet", "Leads who did nothing for 60 days", GONE_QUIET),
    ("Webinar guests of this year", "Kept as they were", [did(1, 365, "webinar")]),
]
"""Name, description and what all must be true, each after those it mentions."""
STATIC = {"Webinar guests of this year"}


def write_segments(actor: User) -> int:
    for name, description, conditions in SEGMENTS:
        kind = SegmentKind.STATIC if name in STATIC else SegmentKind.LIVE
        create_segment(name=name, description=description, kind=kind, condition={"all": conditions}, actor=actor)
    return len(SEGMENTS)
