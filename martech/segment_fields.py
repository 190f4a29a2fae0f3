"""The fields of the catalogue "segment": all that is known of a person, and what they did, own, said and belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Subquery, Value, When

from governance.consent import EXPIRED, GRANTED
from governance.models import SAYABLE, ContactChannel
from martech.condition_fields import PERSON_FIELDS
from martech.models import DealPerson, DealState, Person, PersonConsent, Segment, SegmentMembership, Touch
from mops.core.conditions import Catalogue, CustomTest, Field, Type
from mops.core.conditions.catalogue import Choices
from mops.core.conditions.counted import CountedEvents
from mops.core.conditions.sql import Sql

NEVER_SAID = "none"
SHAPE = 'write {"purpose": "newsletter", "channel": "email", "state": "granted"}'


def deal_states() -> Choices:
    return [(str(value), str(label)) for value, label in DealState.choices]


def segments() -> Choices:
    return [(segment.key, segment.name) for segment in Segment.objects.in_use().only("key", "name")]


def purposes() -> Choices:
    from governance.selectors.purposes import purposes as known

    return [(purpose.key, purpose.label) for purpose in known()]


def consent_states() -> Choices:
    return [*((str(state.value), str(state.label)) for state in SAYABLE), (NEVER_SAID, "Nothing said")]


@dataclass(frozen=True)
class Said:
    """What is asked of consent."""

    purpose: str
    channel: str
    state: str

    def as_json(self) -> dict[str, str]:
        return {"purpose": self.purpose, "channel": self.channel, "state": self.state}


class ConsentTest(CustomTest):
    """Whether consent for a purpose over a channel is in a state. A record holds a list of PersonConsent as mappings."""

    operators = ("eq", "ne")

    def refusal(self, operator: str, value: Any) -> tuple[str, str] | None:
        if not isinstance(value, Mapping) or set(value) != {"purpose", "channel", "state"}:
            return "is no question about consent", SHAPE
        states = [state for state, _label in consent_states()]
        if value["state"] not in states:
            return "has a state that nobody can be in", f"use one of {', '.join(states)}"
        for name, limit in (("purpose", 60), ("channel", 20)):
            if not isinstance(value[name], str) or not 0 < len(value[name]) <= limit or "\x00" in value[name]:
                return f"names no {name}", SHAPE
        return None

    def read(self, value: Mapping[str, str]) -> Said:
        return Said(value["purpose"].lower(), value["channel"].lower(), value["state"])

    def to_q(
        self,
        operator: str,
        value: Said,
        now: datetime,
        prefix: str,
        among: Sequence[int] | None = None,
        each: bool = False,
    ) -> Any:
        rows = PersonConsent.objects.order_by().filter(purpose=value.purpose, channel=value.channel)
        if among is not None:
            rows = rows.filter(person__in=list(among))
        is_positive = (operator == "eq") is (value.state != NEVER_SAID)
        if value.state != NEVER_SAID:
            rows = rows.annotate(stands=state_at(now)).filter(stands=value.state)
        word = "EXISTS" if is_positive else "NOT EXISTS"
        pattern = f"{word} (SELECT FROM {{1}} AS said (person) WHERE said.person = {{0}})"
        return Sql(pattern, F(f"{prefix}pk"), Subquery(rows.values("person")))

    def measure(self, value: Said, actual: Any, now: datetime) -> str:
        for row in actual or ():
            if (row["purpose"], row["channel"]) == (value.purpose, value.channel):
                is_over = row["state"] == GRANTED and row["ends_at"] is not None and row["ends_at"] <= now
                return EXPIRED if is_over else str(row["state"])
        return NEVER_SAID

    def evaluate(self, operator: str, value: Said, actual: Any, now: datetime) -> bool:
        return (self.measure(value, actual, now) == value.state) is (operator == "eq")

    def words(self, operator: str, value: Said) -> tuple[str, str]:
        labels = {**dict(consent_states()), **dict(purposes()), **dict(ContactChannel.choices)}
        shown = [str(labels.get(text, text)) for text in (value.state, value.purpose, value.channel)]
        return ("is" if operator == "eq" else "is not"), f"{shown[0].lower()} for {shown[1]} by {shown[2].lower()}"

    def inputs(self) -> list[dict[str, Any]]:
        return [
            {"name": "state", "kind": "choice", "label": "State", "choices": consent_states()},
            {"name": "purpose", "kind": "choice", "label": "Purpose", "before": "for", "choices": purposes()},
            {
                "name": "channel",
                "kind": "choice",
                "label": "Channel",
                "before": "by",
                "choices": [(str(value), str(label)) for value, label in ContactChannel.choices],
            },
        ]


def state_at(now: datetime) -> Case:
    """A kept state as it is at a moment: a grant past its end has expired."""
    over = When(state=GRANTED, ends_at__lte=now, then=Value(EXPIRED))
    return Case(over, default=F("state"), output_field=CharField())


class SegmentTest(CustomTest):
    """Whether a person is in another segment, by its key. A record holds the keys of the segments they are in."""

    operators = ("eq", "ne", "in", "not_in")

    def refusal(self, operator: str, value: Any) -> tuple[str, str] | None:
        keys = value if operator in ("in", "not_in") else [value]
        if not isinstance(keys, list) or not keys or any(not isinstance(key, str) for key in keys):
            return "names no segment", "give the key of a segment, or a list of keys for in and not_in"
        known = set(Segment.objects.in_use().filter(key__in=keys).values_list("key", flat=True))
        if missing := sorted(set(keys) - known):
            return f"names the segment {missing[0][:80]}, which does not exist", "give the key of a segment in use"
        return None

    def read(self, value: Any) -> Any:
        return tuple(sorted(set(value))) if isinstance(value, list) else value

    def to_q(
        self,
        operator: str,
        value: Any,
        now: datetime,
        prefix: str,
        among: Sequence[int] | None = None,
        each: bool = False,
    ) -> Any:
        keys = value if isinstance(value, tuple) else (value,)
        rows = SegmentMembership.objects.order_by().filter(segment__key__in=keys, left_at=None)
        if among is not None:
            rows = rows.filter(person__in=list(among))
        word = "EXISTS" if operator in ("eq", "in") else "NOT EXISTS"
        pattern = f"{word} (SELECT FROM {{1}} AS members (person) WHERE members.person = {{0}})"
        return Sql(pattern, F(f"{prefix}pk"), Subquery(rows.values("person")))

    def evaluate(self, operator: str, value: Any, actual: Any, now: datetime) -> bool:
        keys = set(value if isinstance(value, tuple) else (value,))
        return bool(keys & set(actual or ())) is (operator in ("eq", "in"))

    def words(self, operator: str, value: Any) -> tuple[str, str]:
        names = dict(segments())
        keys: tuple[str, ...] = value if isinstance(value, tuple) else (value,)
        shown = [str(names.get(key, key)) for key in keys]
        words = {"eq": "is", "ne": "is not", "in": "is one of", "not_in": "is none of"}
        return words[operator], ", ".join(shown)


def touches() -> QuerySet[Touch]:
    return Touch.objects.all()


def deals() -> QuerySet[DealPerson]:
    return DealPerson.objects.all()


DEAL_FIELDS = (
    Field("deal.state", "State", Type.CHOICE, "deal__state", deal_states),
    Field("deal.stage", "Stage", Type.TEXT, "deal__stage"),
    Field("deal.amount", "Amount", Type.NUMBER, "deal__amount"),
    Field("deal.currency", "Currency", Type.TEXT, "deal__currency"),
    Field("deal.product", "Product", Type.TEXT, "deal__product"),
    Field("deal.region", "Region", Type.TEXT, "deal__region"),
    Field("deal.opened_at", "Opened", Type.DATETIME, "deal__opened_at"),
    Field("deal.closed_at", "Closed", Type.DATETIME, "deal__closed_at"),
    Field("deal.role", "Role of the person", Type.TEXT, "role"),
)

TOUCHES = CountedEvents(touches, "person", "at", "touch")
DEALS = CountedEvents(deals, "person", "deal__opened_at", "deal", noun="deals")

SEGMENT_FIELDS = (
    *PERSON_FIELDS,
    Field("person.touches", "Did", Type.NUMBER, custom=TOUCHES),
    Field("person.deals", "Deals", Type.NUMBER, custom=DEALS),
    Field("person.consent", "Consent", Type.CHOICE, custom=ConsentTest()),
    Field("person.segment", "In segment", Type.CHOICE, choices=segments, custom=SegmentTest()),
)


def deal_catalogue() -> Catalogue:
    """What may be said about one deal of a person."""
    return Catalogue("deal", DealPerson, DEAL_FIELDS)


def segment_catalogue() -> Catalogue:
    return Catalogue("segment", Person, SEGMENT_FIELDS)
