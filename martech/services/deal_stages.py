"""The stages deals went through: kept once, and followed by the lifecycle of the people on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from martech.deal_stages import state_of_stage
from martech.models import DealPerson
from martech.services.lifecycle import advance
from mops.core.history import recording

_KEEP = """
INSERT INTO martech_dealstageentry (deal_id, stage, state, at, amount)
SELECT row.* FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::numeric[])
  AS row (deal_id, stage, state, at, amount)
JOIN martech_deal AS deal ON deal.id = row.deal_id
ON CONFLICT DO NOTHING RETURNING deal_id
"""


@dataclass(frozen=True)
class StageOfDeal:
    """A deal of ours entered a stage of the source. Without a `state` the name of the stage tells."""

    deal: int
    stage: str
    at: datetime
    amount: Decimal | None = None
    state: str = ""


@dataclass(frozen=True)
class StagesKept:
    """How many entries were news, and how many people moved for them."""

    new: int = 0
    moved: int = 0


def record_deal_stages(entries: Iterable[StageOfDeal]) -> StagesKept:
    """Keep the entries and move the people on these deals forward, dated by the stages rather than by a close date.

    Entries of a deal that is gone are left out; the same ones may come again.
    """
    rows = [(one.deal, one.stage[:80], one.state or state_of_stage(one.stage), one.at, one.amount) for one in entries]
    if not rows:
        return StagesKept()
    with transaction.atomic(), recording("record_deal_stages"), connection.cursor() as cursor:
        cursor.execute(_KEEP, [list(column) for column in zip(*rows, strict=True)])
        deals = [row[0] for row in cursor.fetchall()]
        people = DealPerson.objects.filter(deal__in=set(deals)).order_by("person").values_list("person", flat=True)
        moved = advance(list(people.distinct()), timezone.now()) if deals else 0
    return StagesKept(len(deals), moved)
