"""What follows from rows just written: first stages, parents, people on deals."""

from martech.services import deal_people
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
create temp table deal_linked on commit drop as select distinct s.target as deal, coalesce(
  (select coalesce(p.merged_into_id, p.id) from martech_personidentity i join martech_person p on p.id = i.person_id
   where i.system = %s and i.object = 'person' and i.external_id = s.person_ref),
  (select coalesce(p.merged_into_id, p.id) from martech_personemail e join martech_person p on p.id = e.person_id
   where e.key = s.person_mail)) as person
from {rows} s where s.target is not null and (s.person_ref is not null or s.person_mail is not null)
"""
PUT_ON_DEALS = """
with added as (
  insert into martech_dealperson (deal_id, person_id, role) select deal, person, '' from deal_linked
  on conflict do nothing returning id, deal_id
)
insert into martech_importaddition (batch_id, "table", row_id) select %s, 'martech_dealperson', added.id
from added join martech_deal d on d.id = added.deal_id where d.import_batch_id is distinct from %s
"""


NEW_DEALS = f"(select reserved as target, person_ref, person_mail from {STAGE} where target is null)"


def follow_deals(batch: int, source: str, *, is_held: bool) -> None:
    """People on the staged (or held) deals; a deal moves its people forward, never back."""
    deal_people.forget_linked()
    rows = HELD if is_held else NEW_DEALS
    execute(LINKED.format(rows=rows), source)
    execute("delete from deal_linked where person is null")
    execute(PUT_ON_DEALS, batch, batch)
    deal_people.follow_linked(batch, reason="Deal imported")
