"""What a deal means for the people on it, and they for the deal: one way for files and for calls.

People move forward to the stages that the lifecycle enters by deals, never back, and not for a deal older than a
colleague's last move of them; a deal that names no source takes that of its first person.
"""

from martech.models import Deal, MoveCause
from martech.selectors.lifecycle import lifecycle_in_force, lifecycle_of
from mops.core.sql import execute, texts

ORDER = "array['subscriber','lead','mql','sal','sql','opportunity','customer']::text[]"
SOURCES = """
create temp table deal_sourced on commit drop as
select distinct on (d.id) d.id, d.source as was_source, d.channel as was_channel, d.campaign_id as was_campaign,
  p.source, p.channel, p.campaign_id, d.import_batch_id is distinct from %s as is_known
from deal_linked l join martech_person p on p.id = l.person join martech_deal d on d.id = l.deal
where d.source = '' and p.source <> '' order by d.id, p.id
"""
NOTE_SOURCES = """
insert into martech_importchange (batch_id, object, object_id, before, after) select %s, 'deal', id,
  jsonb_build_object('source', was_source, 'channel', was_channel, 'campaign_id', was_campaign),
  jsonb_build_object('source', source, 'channel', channel, 'campaign_id', campaign_id)
from deal_sourced where is_known
"""
SET_SOURCES = """
update martech_deal d set source = n.source, channel = n.channel, campaign_id = n.campaign_id
from deal_sourced n where n.id = d.id
"""
REACHED = f"""
create temp table deal_reached on commit drop as
select m.person, s.stage, array_position({ORDER}, s.stage) as rank, min(m.at) as at
from unnest(%s::text[], %s::text[]) as s(on_deal, stage)
join lateral (
  select l.person, least(now(), case when s.on_deal = 'won' then coalesce(d.closed_at, d.opened_at, d.created_at)
    else coalesce(d.opened_at, d.closed_at, d.created_at) end) as at
  from deal_linked l join martech_deal d on d.id = l.deal where s.on_deal = 'opened' or d.state = 'won'
) m on not exists (select 1 from martech_stagemove h where h.person_id = m.person and h.cause = 'manual' and h.at >= m.at)
group by 1, 2
"""
# A deal may have been won before its lead came. Who is moved forward is so after all that came before, on the day they
# came at the earliest: the stage they are in is the one they entered last.
MOVES = f"""
with added as (
  insert into martech_stagemove (person_id, from_stage, stage, at, reason, cause)
  select r.person, p.lifecycle_stage, r.stage,
    case when coalesce(array_position({ORDER}, p.furthest_stage::text), 0) < r.rank
      then greatest(r.at, (select max(m.at) from martech_stagemove m where m.person_id = r.person)) else r.at end,
    %s, %s
  from deal_reached r join martech_person p on p.id = r.person
  where not exists (select 1 from martech_stagemove m where m.person_id = r.person and m.stage = r.stage)
  order by r.rank
  returning id
)
insert into martech_importaddition (batch_id, "table", row_id)
select %s::bigint, 'martech_stagemove', id from added where %s::bigint is not null
"""
FORWARD = f"""
create temp table deal_forward on commit drop as
select p.id, p.lifecycle_stage as was_stage, p.furthest_stage as was_furthest, f.stage as furthest,
  case when coalesce(array_position({ORDER}, p.lifecycle_stage::text), 0) < f.rank then f.stage
    else p.lifecycle_stage::text end as stage
from (select distinct on (person) person, stage, rank from deal_reached order by person, rank desc) f
join martech_person p on p.id = f.person
where coalesce(array_position({ORDER}, p.furthest_stage::text), 0) < f.rank
"""
NOTE_FORWARD = """
insert into martech_importchange (batch_id, object, object_id, before, after) select %s, 'person', id,
  jsonb_build_object('lifecycle_stage', was_stage, 'furthest_stage', was_furthest),
  jsonb_build_object('lifecycle_stage', stage, 'furthest_stage', furthest) from deal_forward
"""
SET_FORWARD = """
update martech_person p set furthest_stage = n.furthest, lifecycle_stage = n.stage, updated_at = now()
from deal_forward n where n.id = p.id
"""
PEOPLE_OF = """
create temp table deal_linked on commit drop as
select l.deal_id as deal, p.id as person from martech_dealperson l
join (select id from martech_person where id in (select person_id from martech_dealperson where deal_id = %s)
  order by id for no key update) p on p.id = l.person_id where l.deal_id = %s
"""


def follow_deal(deal: Deal) -> None:
    """What one deal, as it was just written, means for everybody on it. Call it inside its transaction."""
    forget_linked()
    if execute(PEOPLE_OF, deal.pk, deal.pk):
        follow_linked(None, reason="A deal was won" if deal.state == "won" else "A deal was opened")
        deal.refresh_from_db(fields=["source", "channel", "campaign"])


def forget_linked() -> None:
    execute("drop table if exists deal_linked, deal_sourced, deal_reached, deal_forward")


def follow_linked(batch: int | None, *, reason: str) -> None:
    """What the deals of the table `deal_linked` (deal, person) mean; what an import changes is noted, to be taken back."""
    if execute(SOURCES, batch):
        if batch is not None:
            execute(NOTE_SOURCES, batch)
        execute(SET_SOURCES)
    entered = [stage for stage in lifecycle_of(lifecycle_in_force()).automatic_stages() if stage.on_deal]
    if not execute(REACHED, texts(stage.on_deal for stage in entered), texts(stage.key for stage in entered)):
        return
    execute(MOVES, reason, "" if batch else MoveCause.DEAL, batch, batch)
    if execute(FORWARD):
        if batch is not None:
            execute(NOTE_FORWARD, batch)
        execute(SET_FORWARD)
