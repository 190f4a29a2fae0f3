"""What follows from rows just written: first stages, parents, people on deals, and how far a deal moved them."""

from martech.services.imports.stage import HELD, PARENTS, STAGE
from martech.services.imports.writing import NEW
from mops.core.sql import execute


def enter_stages() -> None:
    """The first lifecycle stage of the new people."""
    execute(
        f"insert into martech_stagemove (person_id, from_stage, stage, at, reason) select s.reserved, '', "
        f"coalesce(s.lifecycle_stage, 'lead'), coalesce(s.created_at, now()), 'Imported' from {STAGE} s "
        f"where {NEW} order by s.row_number"
    )


def remember_parents() -> None:
    """Parents are looked up when the file is over: theirs may be a later row."""
    execute(
        f"insert into {PARENTS} (target, parent_ref) select coalesce(target, reserved), parent_ref from {STAGE} where parent_ref is not null"
    )


NEW_PARENTS = f"""
create temp table import_adopted on commit drop as
select distinct on (a.id) a.id, a.parent_id as old, i.account_id as new, a.import_batch_id is distinct from %s as is_known
from {PARENTS} p join martech_account a on a.id = p.target
join martech_accountidentity i on i.system = %s and i.object = 'account' and i.external_id = p.parent_ref
where i.account_id <> a.id and a.parent_id is distinct from i.account_id order by a.id, i.account_id
"""


def adopt_accounts(batch: int, source: str) -> None:
    """Parents by their id in the source; a company is never its own parent."""
    execute("drop table if exists import_adopted")
    if not execute(NEW_PARENTS, batch, source):
        return
    execute(
        "insert into martech_importchange (batch_id, object, object_id, before, after) select %s, 'account', id, "
        "jsonb_build_object('parent_id', old), jsonb_build_object('parent_id', new) from import_adopted where is_known",
        batch,
    )
    execute(
        "update martech_account a set parent_id = n.new, updated_at = now() from import_adopted n where a.id = n.id"
    )


LINKED = """
create temp table import_linked on commit drop as select distinct s.target as deal, coalesce(
  (select coalesce(p.merged_into_id, p.id) from martech_personidentity i join martech_person p on p.id = i.person_id
   where i.system = %s and i.object = 'person' and i.external_id = s.person_ref),
  (select coalesce(p.merged_into_id, p.id) from martech_personemail e join martech_person p on p.id = e.person_id
   where e.key = s.person_mail)) as person
from {rows} s where s.target is not null and (s.person_ref is not null or s.person_mail is not null)
"""
PUT_ON_DEALS = """
with added as (
  insert into martech_dealperson (deal_id, person_id, role) select deal, person, '' from import_linked
  on conflict do nothing returning id, deal_id
)
insert into martech_importaddition (batch_id, "table", row_id) select %s, 'martech_dealperson', added.id
from added join martech_deal d on d.id = added.deal_id where d.import_batch_id is distinct from %s
"""
SOURCES = """
create temp table import_sourced on commit drop as
select distinct on (d.id) d.id, d.source as was_source, d.channel as was_channel, d.campaign_id as was_campaign,
  p.source, p.channel, p.campaign_id, d.import_batch_id is distinct from %s as is_known
from import_linked l join martech_person p on p.id = l.person join martech_deal d on d.id = l.deal
where d.source = '' and p.source <> '' order by d.id, p.id
"""
NOTE_SOURCES = """
insert into martech_importchange (batch_id, object, object_id, before, after) select %s, 'deal', id,
  jsonb_build_object('source', was_source, 'channel', was_channel, 'campaign_id', was_campaign),
  jsonb_build_object('source', source, 'channel', channel, 'campaign_id', campaign_id)
from import_sourced where is_known
"""
SET_SOURCES = """
update martech_deal d set source = n.source, channel = n.channel, campaign_id = n.campaign_id
from import_sourced n where n.id = d.id
"""
ORDER = "array['subscriber','lead','mql','sal','sql','opportunity','customer']::text[]"
# A file may say that a deal was won before its lead came. Who is moved forward is so after all that came before, on the
# day they came at the earliest: the stage they are in is the one they entered last.
MOVES = f"""
with reached as (
  select l.person, d.state, coalesce(d.opened_at, d.closed_at, d.created_at) as opened,
    coalesce(d.closed_at, d.opened_at, d.created_at) as closed
  from import_linked l join martech_deal d on d.id = l.deal
), wanted as (
  select person, 'opportunity' as stage, min(opened) as at from reached group by person
  union all
  select person, 'customer', min(closed) from reached where state = 'won' group by person
), added as (
  insert into martech_stagemove (person_id, from_stage, stage, at, reason)
  select w.person, p.lifecycle_stage, w.stage,
    case when coalesce(array_position({ORDER}, p.furthest_stage::text), 0) < array_position({ORDER}, w.stage)
      then greatest(w.at, (select max(m.at) from martech_stagemove m where m.person_id = w.person)) else w.at end,
    'Deal imported'
  from wanted w join martech_person p on p.id = w.person
  where not exists (select 1 from martech_stagemove m where m.person_id = w.person and m.stage = w.stage)
  order by array_position({ORDER}, w.stage)
  returning id
)
insert into martech_importaddition (batch_id, "table", row_id) select %s, 'martech_stagemove', id from added
"""
FORWARD = f"""
create temp table import_forward on commit drop as
select p.id, p.lifecycle_stage as was_stage, p.furthest_stage as was_furthest, f.stage as furthest,
  case when coalesce(array_position({ORDER}, p.lifecycle_stage::text), 0) < f.rank then f.stage
    else p.lifecycle_stage::text end as stage
from (select l.person, case when bool_or(d.state = 'won') then 'customer' else 'opportunity' end as stage,
        max(array_position({ORDER}, case when d.state = 'won' then 'customer' else 'opportunity' end)) as rank
      from import_linked l join martech_deal d on d.id = l.deal group by 1) f
join martech_person p on p.id = f.person
where coalesce(array_position({ORDER}, p.furthest_stage::text), 0) < f.rank
"""
NOTE_FORWARD = """
insert into martech_importchange (batch_id, object, object_id, before, after) select %s, 'person', id,
  jsonb_build_object('lifecycle_stage', was_stage, 'furthest_stage', was_furthest),
  jsonb_build_object('lifecycle_stage', stage, 'furthest_stage', furthest) from import_forward
"""
SET_FORWARD = """
update martech_person p set furthest_stage = n.furthest, lifecycle_stage = n.stage, updated_at = now()
from import_forward n where n.id = p.id
"""


NEW_DEALS = f"(select reserved as target, person_ref, person_mail from {STAGE} where target is null)"


def follow_deals(batch: int, source: str, *, is_held: bool) -> None:
    """People on the staged (or held) deals; a deal moves its people forward, never back."""
    execute("drop table if exists import_linked, import_sourced, import_forward")
    rows = HELD if is_held else NEW_DEALS
    execute(LINKED.format(rows=rows), source)
    execute("delete from import_linked where person is null")
    execute(PUT_ON_DEALS, batch, batch)
    if execute(SOURCES, batch):
        execute(NOTE_SOURCES, batch)
        execute(SET_SOURCES)
    execute(MOVES, batch)
    if execute(FORWARD):
        execute(NOTE_FORWARD, batch)
        execute(SET_FORWARD)
