"""Speed to lead by its parts: how long each takes for half of the leads, and for all but five of a hundred."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, F, FloatField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Extract, Least

from governance.models import Notification
from martech.models import DecisionOutcome, ResponseClock


@dataclass(frozen=True)
class Leg:
    """A part of speed to lead, in seconds: half of the leads took at most `half`, 95 of 100 at most `most`."""

    label: str
    half: float | None
    most: float | None


class Part(Aggregate):
    """The value that `share` of the rows stay below, between two of them where it falls there."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def speed_to_lead(decisions: Any, since: datetime) -> list[Leg]:
    """How long each part took between a lead's first click and a human answer; the parts have causes of their own.

    Notices are those of leads since then, whoever got them; the answer stands by the wall clock and in working time.
    """
    assigned = decisions.filter(outcome=DecisionOutcome.ASSIGNED).order_by()
    source, queue, decided, crm, human = _legs(
        assigned,
        {
            "Source told us": _seconds("person__recorded_at", "person__created_at"),
            "Waited in the queue": _seconds("decided_at", "arrived_at"),
            "Decided and written": _seconds("written_at", "decided_at"),
            "Written to the CRM": _seconds("written_back_at", "written_at"),
            "A human answered": _seconds("responded_at", "written_at"),
        },
    )
    notices = Notification.objects.filter(kind="lead", created_at__gte=since).order_by()
    notices = notices.annotate(left_at=Least("mailed_at", "posted_at")).filter(left_at__isnull=False)
    told = _legs(notices, {"Told by mail or chat": _seconds("left_at", "created_at")})
    answered = ResponseClock.objects.filter(decision__in=assigned, answered_at__isnull=False).order_by()
    working = _legs(answered, {"… in working time": Cast(KT("verdict__spent"), FloatField())})
    return [source, queue, decided, crm, *told, human, *working]


def _seconds(end: str, start: str) -> Any:
    return Extract(F(end) - F(start), "epoch")


def _legs(rows: Any, spans: Mapping[str, Any]) -> list[Leg]:
    measured: dict[str, Any] = {}
    for number, span in enumerate(spans.values()):
        measured |= {f"half{number}": Part(span, share=0.5), f"most{number}": Part(span, share=0.95)}
    found = rows.aggregate(**measured)
    return [Leg(label, found[f"half{number}"], found[f"most{number}"]) for number, label in enumerate(spans)]
