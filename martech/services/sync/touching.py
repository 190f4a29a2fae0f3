"""Memberships of campaigns and what people did over there, as touches: once by their id, whenever they come."""

from collections.abc import Mapping, Sequence

from martech.connectors.marketing import RemoteTouch
from martech.models import RemoteRow, Touch
from martech.services.sync.settling import Settled, Stage
from mops.core.json_text import as_json
from mops.core.sql import fetch
from planning.models import Campaign

KEEP = """
insert into martech_touch (person_id, at, kind, channel, source, medium, campaign_id, url, properties, key, recorded_at)
select t.person, t.at, t.kind, coalesce(c.channel, 'other'), %s, '', c.id, t.url, t.properties, t.key, %s
from unnest(%s::text[], %s::bigint[], %s::timestamptz[], %s::text[], %s::bigint[], %s::text[], %s::jsonb[])
  as t(key, person, at, kind, campaign, url, properties)
left join planning_campaign c on c.id = t.campaign
on conflict (key) do update set at = excluded.at, kind = excluded.kind, channel = excluded.channel,
  campaign_id = excluded.campaign_id, url = excluded.url, properties = excluded.properties
where (martech_touch.at, martech_touch.kind, martech_touch.campaign_id, martech_touch.url, martech_touch.properties)
  is distinct from (excluded.at, excluded.kind, excluded.campaign_id, excluded.url, excluded.properties)
returning key, id, xmax = 0
"""


def settle(stage: Stage, said: Mapping[str, RemoteTouch], before: Mapping[str, RemoteTouch]) -> dict[str, Settled]:
    """Keep each as a touch of the first of its people who is known; who is not, or whose campaign is not, waits."""
    people = stage.found(who for one in said.values() for who in one.people)
    campaigns = stage.found(one.campaign for one in said.values() if one.campaign)
    codes = dict(
        Campaign.objects.filter(code__in={one.code for one in said.values() if one.code}).values_list("code", "pk")
    )
    ready: list[tuple[str, int, int | None, RemoteTouch]] = []
    for id, one in said.items():
        person = next((people[who] for who in one.people if who in people), None)
        campaign = campaigns.get(one.campaign) if one.campaign else codes.get(one.code)
        if person is not None and (campaign is not None or one.campaign is None):
            ready.append((stage.key(id), person, campaign, one))
    rows = keep(stage, sorted(ready, key=lambda row: row[0]))
    by_id = {id: rows[stage.key(id)] for id in said if stage.key(id) in rows}
    return {id: by_id.get(id, Settled(None, "skipped", waits=True)) for id in said}


def keep(stage: Stage, ready: Sequence[tuple[str, int, int | None, RemoteTouch]]) -> dict[str, Settled]:
    """{key: what became of it}. A moment in the future (their clock is ahead of ours) counts as now."""
    if not ready:
        return {}
    keys = [key for key, _person, _campaign, _one in ready]
    written = fetch(
        KEEP,
        *(stage.vendor, stage.now, keys),
        [person for _key, person, _campaign, _one in ready],
        [min(one.at, stage.now) for *_rest, one in ready],
        [one.kind[:40] for *_rest, one in ready],
        [campaign for _key, _person, campaign, _one in ready],
        [one.url for *_rest, one in ready],
        [as_json(dict(one.properties)) for *_rest, one in ready],
    )
    found = {key: Settled(pk, "created" if is_new else "updated") for key, pk, is_new in written}
    rest = Touch.objects.filter(key__in=[key for key in keys if key not in found]).order_by()
    return found | {key: Settled(pk, "unchanged") for key, pk in rest.values_list("key", "pk")}


def remove(stage: Stage, rows: Sequence[RemoteRow]) -> None:
    """Who was taken out of a campaign over there was not in it."""
    Touch.objects.filter(key__in=[stage.key(row.external_id) for row in rows]).delete()
    RemoteRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
