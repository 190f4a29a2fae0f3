"""Which object a staged row is about: references and matches are found in sets, and contradictions refused."""

from typing import Any

from martech.services.imports.stage import HELD, STAGE
from martech.services.imports.tables import Target
from mops.core.sql import execute, fetch


def find_campaigns() -> None:
    """Campaigns by code, or by a name that only one of them has."""
    execute(f"update {STAGE} s set campaign_id = c.id from planning_campaign c where lower(c.code) = lower(s.campaign)")
    execute(
        f"update {STAGE} s set campaign_id = c.id from (select lower(name) as name, min(id) as id from planning_campaign "
        f"group by 1 having count(*) = 1) c where s.campaign_id is null and c.name = lower(s.campaign)"
    )


PERSON_BY_REF = f"""
update {STAGE} s set person_id = coalesce(p.merged_into_id, p.id)
from martech_personidentity i join martech_person p on p.id = i.person_id
where i.system = %s and i.object = 'person' and i.external_id = s.person_ref and s.person_id is null
"""
PERSON_BY_MAIL = f"""
update {STAGE} s set person_id = coalesce(p.merged_into_id, p.id)
from martech_personemail e join martech_person p on p.id = e.person_id
where e.key = s.person_mail and s.person_id is null
"""


def find_people(source: str) -> None:
    """The person a touch names, by id in the source or by address."""
    execute(PERSON_BY_REF, source)
    execute(PERSON_BY_MAIL)


UNKNOWN_PERSON = f"""
select s.row_number, s.raw from {STAGE} s where (s.person_ref is not null or s.person_mail is not null)
  and not exists (select 1 from martech_personidentity i where i.system = %s and i.object = 'person'
    and i.external_id = s.person_ref)
  and not exists (select 1 from martech_personemail e where e.key = s.person_mail)
"""
NEW_COMPANIES = f"""
with made as (
  insert into martech_account (name, name_key, website, domain, extra_domains, former_names, country, industry, type,
    owner_name, source, properties, import_batch_id, created_at, updated_at)
  select distinct on (s.account_key) s.account_name, s.account_key, '', '', '{{}}', '{{}}', '', '', '', '', 'deals',
    '{{}}'::jsonb, %s, now(), now()
  from {STAGE} s where s.account_key is not null and not exists
    (select 1 from martech_account a where a.name_key = s.account_key)
  order by s.account_key, s.row_number returning id
)
insert into martech_importaddition (batch_id, "table", row_id) select %s, 'martech_account', id from made
"""


def find_accounts(batch: int) -> None:
    """The account of a deal by its exact normalised name; unknown companies become accounts, doubled names nothing."""
    execute(NEW_COMPANIES, batch, batch)
    execute(
        f"update {STAGE} s set account_id = a.id from (select name_key, min(id) as id from martech_account group by 1 "
        f"having count(*) = 1) a where a.name_key = s.account_key"
    )


MATCH_IDENTITY = f"""
update {STAGE} s set target = i.{{column}}, turn = %s from {{table}} i
where s.turn is null and i.system = %s and i.object = %s and i.external_id = s.external_id
"""
MATCH_PERSON_BY_ID = f"""
update {STAGE} s set target = coalesce(p.merged_into_id, p.id), turn = %s
from martech_personidentity i join martech_person p on p.id = i.person_id
where s.turn is null and i.system = %s and i.object = 'person' and i.external_id = s.external_id
"""
MATCH_PERSON_BY_MAIL = f"""
update {STAGE} s set target = coalesce(p.merged_into_id, p.id), turn = %s
from martech_personemail e join martech_person p on p.id = e.person_id where s.turn is null and e.key = s.match_key
"""
MATCH_ACCOUNT_BY_NAME = f"""
update {STAGE} s set target = a.id, turn = %s
from (select name_key, min(id) as id from martech_account group by 1 having count(*) = 1) a
where s.turn is null and a.name_key = s.match_key
"""
MATCH_ACCOUNT_BY_DOMAIN = f"""
update {STAGE} s set target = a.id, turn = %s
from (select domain, min(id) as id from martech_account where domain <> '' group by 1 having count(*) = 1) a
where s.turn is null and a.domain = s.domain
"""
MATCH_DEAL_BY_NAME = f"""
update {STAGE} s set target = d.id, turn = %s
from (select lower(name) as name, coalesce(account_id, 0) as account, min(id) as id from martech_deal group by 1, 2
      having count(*) = 1) d
where s.turn is null and d.name = lower(s.name) and d.account = coalesce(s.account_id, 0)
"""


def match_rows(target: Target, source: str, ways: tuple[str, ...], turn: int) -> int:
    """Give the rows that name a known object their `target`, by the first of `ways` that finds one."""
    if not target.identities:
        return execute(
            f"update {STAGE} s set target = t.id, turn = %s from {target.table} t "
            f"where s.turn is null and t.key = s.key",
            turn,
        )
    found = 0
    if "external_id" in ways and target.object == "person":
        found += execute(MATCH_PERSON_BY_ID, turn, source)
    elif "external_id" in ways:
        sql = MATCH_IDENTITY.format(table=target.identities, column=target.identity_column)
        found += execute(sql, turn, source, target.object)
    others = {
        ("person", "email"): MATCH_PERSON_BY_MAIL,
        ("account", "name"): MATCH_ACCOUNT_BY_NAME,
        ("account", "domain"): MATCH_ACCOUNT_BY_DOMAIN,
        ("deal", "name"): MATCH_DEAL_BY_NAME,
    }
    return found + sum(execute(others[target.object, way], turn) for way in ways if (target.object, way) in others)


CONTRADICTIONS = f"""
select s.row_number, s.raw,
  trim(p.first_name || ' ' || p.last_name) || ' (person ' || coalesce(p.merged_into_id, p.id) || ')'
from {STAGE} s
join martech_personemail e on e.key = s.match_key join martech_person p on p.id = e.person_id
where (s.turn = %s or (%s and s.turn is null)) and coalesce(p.merged_into_id, p.id) is distinct from s.target
"""


def contradictions(turn: int, *, is_open: bool) -> list[tuple[Any, ...]]:
    """Rows whose id belongs to one person and whose address belongs to another, with who that is.

    `is_open` asks about the rows nobody matched, too: where addresses do not match, one that is somebody's refuses a row.
    """
    return fetch(CONTRADICTIONS, turn, is_open)


OTHERS_ID = f"""
select s.row_number, s.raw from {STAGE} s
join {{table}} i on i.system = %s and i.object = %s and i.external_id = s.external_id
where s.turn = %s and s.target is not null and i.{{column}} <> s.target{{merged}}
"""


def others_ids(target: Target, source: str, turn: int) -> list[tuple[Any, ...]]:
    """Rows of known objects whose id went to another object, by a row above them."""
    if not target.identities:
        return []
    merged = ""
    if target.object == "person":
        merged = (
            " and s.target <> (select coalesce(p.merged_into_id, p.id) from martech_person p where p.id = i.person_id)"
        )
    sql = OTHERS_ID.format(table=target.identities, column=target.identity_column, merged=merged)
    return fetch(sql, source, target.object, turn)


def hold_known(target: Target) -> int:
    """Keep the rows about objects that exist already until the whole file is known; answers how many."""
    names = ", ".join(f'"{name}"' for name in (*target.staged, "target"))
    return execute(f"insert into {HELD} ({names}) select {names} from {STAGE} where target is not null")
