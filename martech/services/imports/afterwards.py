"""What follows from rows just written: keys, first stages, people on deals, and how far a deal moved them."""

from martech.services.accounts import match_people, refresh_keys, settings_in_force
from martech.services.imports.stage import STAGE
from martech.services.imports.tables import Target
from martech.services.imports.writing import execute, fetch


def add_identities(target: Target, source: str) -> None:
    if target.identities:
        execute(
            f"insert into {target.identities} ({target.identity_column}, system, object, external_id, created_at) "
            f"select s.target, %s, '{target.identity_object}', s.external_id, now() from {STAGE} s "
            f"where not s.is_done and s.target is not null and s.external_id is not null on conflict do nothing",
            source,
        )


def finish_people() -> list[int]:
    """Addresses and first stages of this pass's people, and their accounts; answers the new ones without an owner."""
    execute(
        f"insert into martech_personemail (person_id, address, key, created_at) select s.target, s.email, s.match_key, now() "
        f"from {STAGE} s where not s.is_done and s.target is not null and s.match_key is not null on conflict (key) do nothing"
    )
    execute(
        f"insert into martech_stagemove (person_id, from_stage, stage, at, reason) select p.id, '', p.lifecycle_stage, "
        f"p.created_at, 'Imported' from {STAGE} s join martech_person p on p.id = s.target where s.is_new and not s.is_done"
    )
    match_people(row[0] for row in fetch(f"select target from {STAGE} where not is_done and target is not null"))
    found = fetch(
        f"select p.id from {STAGE} s join martech_person p on p.id = s.target "
        f"where s.is_new and not s.is_done and p.owner_id is null order by p.id"
    )
    return [row[0] for row in found]


def finish_accounts(source: str) -> None:
    """Parents by their id in the source; a company is never its own parent."""
    execute(
        f"update martech_account a set parent_id = i.account_id from {STAGE} s, martech_accountidentity i "
        f"where not s.is_done and a.id = s.target and i.system = %s and i.external_id = s.parent_ref and i.account_id <> a.id "
        f"and a.parent_id is distinct from i.account_id",
        source,
    )
    written = fetch(f"select target from {STAGE} where not is_done and target is not null")
    refresh_keys((row[0] for row in written), settings_in_force()[1])


MOVES = """
with reached as (
  select s.person_target as person, d.state, coalesce(d.opened_at, d.closed_at, d.created_at) as opened,
    coalesce(d.closed_at, d.opened_at, d.created_at) as closed
  from linked s join martech_deal d on d.id = s.deal
), wanted as (
  select person, 'opportunity' as stage, min(opened) as at from reached group by person
  union all
  select person, 'customer', min(closed) from reached where state = 'won' group by person
)
insert into martech_stagemove (person_id, from_stage, stage, at, reason)
select w.person, p.lifecycle_stage, w.stage, w.at, 'Deal imported' from wanted w join martech_person p on p.id = w.person
where not exists (select 1 from martech_stagemove m where m.person_id = w.person and m.stage = w.stage)
"""
ORDER = "array['subscriber','lead','mql','sal','sql','opportunity','customer']::text[]"
FORWARD = f"""
update martech_person p set furthest_stage = f.stage, updated_at = now(),
  lifecycle_stage = case when coalesce(array_position({ORDER}, p.lifecycle_stage::text), 0) < f.rank
    then f.stage else p.lifecycle_stage end
from (select l.person_target as person, max(array_position({ORDER}, case when d.state = 'won' then 'customer' else 'opportunity' end))
        as rank, case when bool_or(d.state = 'won') then 'customer' else 'opportunity' end as stage
      from linked l join martech_deal d on d.id = l.deal group by 1) f
where p.id = f.person and coalesce(array_position({ORDER}, p.furthest_stage::text), 0) < f.rank
"""


def finish_deals(source: str) -> None:
    """People on deals; a deal moves its people forward, never back."""
    execute("drop table if exists linked")
    execute(
        f"create temp table linked on commit drop as select distinct s.target as deal, coalesce("
        f"(select coalesce(p.merged_into_id, p.id) from martech_personidentity i join martech_person p on p.id = i.person_id "
        f"where i.system = %s and i.object = 'person' and i.external_id = s.person_ref), "
        f"(select coalesce(p.merged_into_id, p.id) from martech_personemail e join martech_person p on p.id = e.person_id "
        f"where e.key = s.person_mail)) as person_target from {STAGE} s where not s.is_done and s.target is not null "
        f"and (s.person_ref is not null or s.person_mail is not null)",
        source,
    )
    execute("delete from linked where person_target is null")
    execute(
        "insert into martech_dealperson (deal_id, person_id, role) select deal, person_target, '' from linked "
        "on conflict do nothing"
    )
    execute(
        "update martech_deal d set source = p.source, channel = p.channel, campaign_id = p.campaign_id "
        "from linked l join martech_person p on p.id = l.person_target where d.id = l.deal and d.source = '' and p.source <> ''"
    )
    execute(MOVES)
    execute(FORWARD)
