"""Campaigns of other systems: ours by an id or by our code that they carry, else taken over under a code of ours."""

from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings

from governance.models import User
from martech.connectors.marketing import RemoteCampaign
from martech.models import CampaignIdentity, RemoteOwner, RemoteRow
from martech.services.sync.settling import Settled, Stage
from martech.services.sync.spending import Total, keep_totals
from mops.core.money import is_currency_code
from planning.models import Campaign
from planning.services import Arrival, adopt_campaigns, follow_campaign, plan_budgets


def settle(
    stage: Stage, said: Mapping[str, RemoteCampaign], before: Mapping[str, RemoteCampaign]
) -> dict[str, Settled]:
    """Find or make the campaign of each, follow what changed where it came from there, and keep budget and cost."""
    owners = users_of(stage, said.values())
    known = identities(stage, said)
    linked = link_by_code(stage, {id: one for id, one in said.items() if id not in known})
    made = adopt(stage, {id: one for id, one in said.items() if id not in known and id not in linked}, owners)
    settled = {id: Settled(pk, "unchanged") for id, (pk, _is_origin) in known.items()}
    settled |= {id: Settled(pk, "unchanged") for id, pk in linked.items()}
    settled |= {id: Settled(pk, "created") for id, pk in made.items()}
    origins = {id: pk for id, (pk, is_origin) in known.items() if is_origin} | made
    for id in follow(stage, {id: origins[id] for id in origins if id in before}, said, before):
        settled[id] = Settled(settled[id].local_id, "updated")
    plan(stage, origins, said, before)
    keep_totals(stage, totals(stage, settled, said))
    return settled


def users_of(stage: Stage, said: Iterable[RemoteCampaign]) -> dict[str, User]:
    rows = RemoteOwner.objects.filter(connection=stage.connection, external_id__in={one.owner_id for one in said})
    return {row.external_id: row.user for row in rows.select_related("user") if row.user is not None}


def identities(stage: Stage, ids: Iterable[str]) -> dict[str, tuple[int, bool]]:
    rows = CampaignIdentity.objects.filter(
        system=stage.system, object=stage.object.name, external_id__in=list(ids)
    ).order_by()
    return {id: (pk, is_origin) for id, pk, is_origin in rows.values_list("external_id", "campaign_id", "is_origin")}


def link_by_code(stage: Stage, said: Mapping[str, RemoteCampaign]) -> dict[str, int]:
    """Those that carry the code of a campaign of ours are it; ours stays as it is."""
    codes = dict(Campaign.objects.filter(code__in={one.code for one in said.values()}).values_list("code", "pk"))
    found = {id: codes[one.code] for id, one in said.items() if one.code in codes}
    identify(stage, found, is_origin=False)
    return found


def identify(stage: Stage, found: Mapping[str, int], *, is_origin: bool) -> None:
    CampaignIdentity.objects.bulk_create(
        CampaignIdentity(
            campaign_id=pk, system=stage.system, object=stage.object.name, external_id=id, is_origin=is_origin
        )
        for id, pk in found.items()
    )


def adopt(stage: Stage, said: Mapping[str, RemoteCampaign], owners: Mapping[str, User]) -> dict[str, int]:
    if not said:
        return {}
    arrivals = [arrival_of(one, owners.get(one.owner_id)) for one in said.values()]
    made = adopt_campaigns(arrivals, today=stage.now.date())
    found = {id: campaign.pk for id, campaign in zip(said, made, strict=True)}
    identify(stage, found, is_origin=True)
    return found


def arrival_of(one: RemoteCampaign, owner: User | None = None) -> Arrival:
    return Arrival(one.name, one.channel, one.state, one.starts_on, one.ends_on, owner)


def follow(
    stage: Stage, ids: Mapping[str, int], said: Mapping[str, RemoteCampaign], before: Mapping[str, RemoteCampaign]
) -> list[str]:
    """What changed over there since it was read last, where nobody changed it here; answers which."""
    rows = Campaign.objects.filter(pk__in=ids.values()).order_by("pk").select_for_update(of=("self",)).in_bulk()
    return [
        id
        for id, pk in ids.items()
        if pk in rows and follow_campaign(rows[pk], arrival_of(before[id]), arrival_of(said[id]))
    ]


def plan(
    stage: Stage, ids: Mapping[str, int], said: Mapping[str, RemoteCampaign], before: Mapping[str, RemoteCampaign]
) -> None:
    """The budgets that are new or changed. Campaigns of ours are planned here and nowhere else."""
    budgets = {}
    for id, pk in ids.items():
        was, amount = before.get(id), said[id].budget
        if amount is not None and (amount if was is None else amount != was.budget):
            budgets[pk] = (amount, currency_of(said[id].currency))
    plan_budgets(budgets, source=stage.system)


def currency_of(said: str) -> str:
    return said.upper() if is_currency_code(said.upper()) else settings.BASE_CURRENCY


def totals(stage: Stage, settled: Mapping[str, Settled], said: Mapping[str, RemoteCampaign]) -> dict[str, Total]:
    """What each cost so far, where the vendor keeps a sum; news of it is dated today, or by the campaign's last day."""
    found = {}
    for id, one in said.items():
        if (spent := one.spent) is not None and (pk := settled[id].local_id) is not None:
            first, today = one.starts_on or stage.now.date(), stage.now.date()
            day = max(first, min(today, one.ends_on or today))
            found[id] = Total(pk, one.name, spent, currency_of(one.currency), day)
    return found


def remove(stage: Stage, rows: Sequence[RemoteRow]) -> None:
    """A campaign that was deleted there stays here, with what it cost and led to."""
    ids = [row.pk for row in rows]
    RemoteRow.objects.filter(pk__in=ids).update(fate="deleted", fate_at=stage.now, due_at=None)
