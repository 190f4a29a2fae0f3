"""Where a campaign of ours also is, and what is said of it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count

from martech.connectors.marketing import RemoteCampaign, from_values
from martech.connectors.port import Kind
from martech.models import CampaignIdentity, Connection, RemoteRow, Spend
from martech.selectors.sync import record_url


@dataclass(frozen=True)
class CampaignPlace:
    """A campaign over there. `counts`: what it cost there is our spend; `members` are those taken in."""

    connection: Connection
    name: str
    url: str
    fate: str
    is_origin: bool
    budget: Decimal | None
    spent: Decimal | None
    currency: str
    members: int
    counts: bool


def campaign_places(campaign: int) -> list[CampaignPlace]:
    """Every system a campaign is known in, in four statements."""
    rows = RemoteRow.objects.filter(object__kind=Kind.CAMPAIGN, local_id=campaign).select_related("object__connection")
    found = list(rows.order_by("object__connection__name", "pk"))
    if not found:
        return []
    origins = set(
        CampaignIdentity.objects.filter(campaign=campaign, is_origin=True).values_list("system", "external_id")
    )
    sources = set(Spend.objects.filter(campaign=campaign).order_by().values_list("source", flat=True).distinct())
    members, costs = counted_members(found), said_costs(found)
    return [place_of(row, origins, sources, members, costs) for row in found]


def counted_members(rows: list[RemoteRow]) -> Mapping[tuple[int, str], int]:
    """{(connection, their campaign): how many of its members are known here}"""
    mine = RemoteRow.objects.filter(
        object__connection__in={row.object.connection_id for row in rows},
        object__kind=Kind.MEMBER,
        values__campaign__1__in=[row.external_id for row in rows],
        local_id__isnull=False,
    )
    pairs = mine.order_by().values_list("object__connection", "values__campaign__1").annotate(n=Count("pk"))
    return {(connection, id): number for connection, id, number in pairs}


def said_costs(rows: list[RemoteRow]) -> Mapping[tuple[int, str], Decimal]:
    """{(connection, their campaign): the sum of its spend items over there}"""
    items = RemoteRow.objects.filter(
        object__connection__in={row.object.connection_id for row in rows},
        object__kind=Kind.SPEND,
        values__campaign__1__in=[row.external_id for row in rows],
        fate="",
    )
    found: dict[tuple[int, str], Decimal] = {}
    for connection, id, amount in items.values_list("object__connection", "values__campaign__1", "values__amount"):
        found[connection, id] = found.get((connection, id), Decimal(0)) + Decimal(amount)
    return found


def place_of(
    row: RemoteRow,
    origins: set[tuple[str, str]],
    sources: set[str],
    members: Mapping[tuple[int, str], int],
    costs: Mapping[tuple[int, str], Decimal],
) -> CampaignPlace:
    connection, said = row.object.connection, from_values(RemoteCampaign, row.values)
    key: Any = (connection.pk, row.external_id)
    spent = said.spent if said.spent is not None else costs.get(key)
    return CampaignPlace(
        connection,
        said.name,
        record_url(row),
        row.fate,
        (connection.name, row.external_id) in origins,
        said.budget,
        spent,
        said.currency or settings.BASE_CURRENCY,
        members.get(key, 0),
        not spent or connection.name in sources,
    )
