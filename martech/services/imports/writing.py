"""From the stage into the tables: references found, rows matched, new ones inserted, known ones changed. All in sets."""

from dataclasses import dataclass, field

from martech.services.imports.stage import STAGE
from martech.services.imports.tables import Target
from mops.core.sql import execute, fetch


@dataclass
class Counts:
    """What became of the rows; `people` are the ids of people who are new and have no owner."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    people: list[int] = field(default_factory=list)


def find_campaigns() -> None:
    """Campaigns by code, or by a name that only one of them has."""
    execute(f"update {STAGE} s set campaign_id = c.id from planning_campaign c where lower(c.code) = lower(s.campaign)")
    execute(
        f"update {STAGE} s set campaign_id = c.id from (select lower(name) as name, min(id) as id from planning_campaign "
        f"group by 1 having count(*) = 1) c where s.campaign_id is null and c.name = lower(s.campaign)"
    )


PERSON_BY_REF = f"""
update {STAGE} s set {{column}} = coalesce(p.merged_into_id, p.id)
from martech_personidentity i join martech_person p on p.id = i.person_id
where i.system = %s and i.object = 'person' and i.external_id = s.person_ref and s.{{column}} is null
"""
PERSON_BY_MAIL = f"""
update {STAGE} s set {{column}} = coalesce(p.merged_into_id, p.id)
from martech_personemail e join martech_person p on p.id = e.person_id
where e.key = s.person_mail and s.{{column}} is null
"""


def find_people(column: str, source: str) -> None:
    """The person a deal or touch names, by id in the source or by address."""
    execute(PERSON_BY_REF.format(column=column), source)
    execute(PERSON_BY_MAIL.format(column=column))


def find_accounts() -> None:
    """The account of a deal by its exact normalised name; unknown companies become accounts, doubled names nothing."""
    execute(
        f"insert into martech_account (name, name_key, website, domain, extra_domains, former_names, country, industry, "
        f"type, owner_name, source, properties, created_at, updated_at) "
        f"select distinct on (s.account_key) s.account_name, s.account_key, '', '', '{{}}', '{{}}', '', '', '', '', 'deals', "
        f"'{{}}'::jsonb, now(), now() from {STAGE} s where s.account_key is not null and not exists "
        f"(select 1 from martech_account a where a.name_key = s.account_key) order by s.account_key, s.row_number"
    )
    execute(
        f"update {STAGE} s set account_id = a.id from (select name_key, min(id) as id from martech_account group by 1 "
        f"having count(*) = 1) a where a.name_key = s.account_key"
    )


def match_people(source: str, match_on: tuple[str, ...]) -> None:
    """`target` is the person of the id in the source, else of the address; `other` is kept to find contradictions."""
    ways = match_on or ("external_id", "email")
    if "external_id" in ways:
        execute(
            f"update {STAGE} s set target = coalesce(p.merged_into_id, p.id) from martech_personidentity i "
            f"join martech_person p on p.id = i.person_id where not s.is_done and i.system = %s and i.object = 'person' "
            f"and i.external_id = s.external_id",
            source,
        )
    if "email" in ways:
        execute(
            f"update {STAGE} s set target = coalesce(p.merged_into_id, p.id) from martech_personemail e "
            f"join martech_person p on p.id = e.person_id where not s.is_done and s.target is null and e.key = s.match_key"
        )


CONTRADICTIONS = f"""
select s.row_number, s.raw from {STAGE} s
join martech_personemail e on e.key = s.match_key join martech_person p on p.id = e.person_id
where not s.is_done and s.target is not null and coalesce(p.merged_into_id, p.id) <> s.target
"""


def match_identity(target: Target, source: str) -> None:
    """`target` is the object with this id in the source."""
    execute(
        f"update {STAGE} s set target = i.{target.identity_column} from {target.identities} i "
        f"where not s.is_done and i.system = %s and i.object = '{target.identity_object}' and i.external_id = s.external_id",
        source,
    )


def match_accounts(source: str, target: Target, match_on: tuple[str, ...]) -> None:
    """By id, else by the exact normalised name where one account alone has it."""
    match_identity(target, source)
    if not match_on or "name" in match_on:
        execute(
            f"update {STAGE} s set target = a.id from (select name_key, min(id) as id from martech_account group by 1 "
            f"having count(*) = 1) a where not s.is_done and s.target is null and a.name_key = s.match_key"
        )


def match_keys(target: Target) -> None:
    execute(f"update {STAGE} s set target = t.id from {target.table} t where not s.is_done and t.key = s.key")


FIRST_OF_ITS_KEYS = f"""
update {STAGE} s set is_new = f.is_first from (
  select row_number,
    (external_id is null or row_number() over (partition by external_id order by row_number) = 1)
    and (match_key is null or row_number() over (partition by match_key order by row_number) = 1)
    and ({{key}} is null or row_number() over (partition by {{key}} order by row_number) = 1) as is_first
  from {STAGE} where not is_done and target is null
) f where f.row_number = s.row_number
"""


def insert_new(target: Target, batch: int | None, source: str) -> int:
    """Insert the rows nobody matched, the first of each key; the others wait for the next pass and change it."""
    key = "key" if "key" in target.columns else "null::text"
    execute(f"update {STAGE} set is_new = false where not is_done")
    execute(FIRST_OF_ITS_KEYS.format(key=key))
    sequence = f"pg_get_serial_sequence('{target.table}', 'id')"
    execute(f"update {STAGE} set target = nextval({sequence}) where is_new and not is_done")
    names = list(target.columns)
    given = [f"coalesce(s.{n}, {target.required[n]})" if n in target.required else f"s.{n}" for n in names]
    given = [f"{g}::{target.columns[n]}" for g, n in zip(given, names, strict=True)]
    extra, values = extra_columns(target)
    columns = ", ".join(f'"{name}"' for name in ["id", "import_batch_id", *names, *extra])
    return execute(
        f"insert into {target.table} ({columns}) select s.target, %s, {', '.join([*given, *values])} "
        f"from {STAGE} s where s.is_new and not s.is_done order by s.row_number",
        batch,
    )


def extra_columns(target: Target) -> tuple[list[str], list[str]]:
    """Columns a new row needs that a file does not give."""
    if target.table == "martech_person":
        furthest = "case when coalesce(s.lifecycle_stage, 'lead') in ('recycled', 'disqualified') then 'lead' "
        furthest += "else coalesce(s.lifecycle_stage, 'lead') end"
        names = ["furthest_stage", "utm", "do_not_route", "score_fit", "score_engagement", "grade", "recorded_at"]
        return [*names, "updated_at"], [furthest, "'{}'", "false", "0", "0", "''", "now()", "now()"]
    if target.table == "martech_account":
        return ["source", "created_at", "updated_at"], ["''", "now()", "now()"]
    if target.table == "martech_deal":
        return ["source", "channel", "created_at", "updated_at"], ["''", "''", "now()", "now()"]
    if target.table == "martech_spend":
        return ["source", "created_at", "updated_at"], ["''", "now()", "now()"]
    return ["recorded_at"], ["now()"]


FIRST_COMES = {"martech_person": ("source", "medium", "channel", "created_at", "lifecycle_stage")}
"""Where somebody first came from, and how far they are, is not overwritten by a later file."""


def change_known(target: Target, batch: int | None) -> int:
    """Change what differs on the rows that were matched, and keep what was there before. Returns the rows changed.

    Several rows of one object in a file are taken one a pass, in the file's order.
    """
    kept = FIRST_COMES.get(target.table, ())
    names = [name for name in target.columns if name not in (*kept, "key", "person_id")]

    def new(name: str) -> str:
        if name == "properties":
            return "t.properties || coalesce(s.properties, '{}')"
        return f"coalesce(s.{name}, t.{name})"

    differs = " or ".join(f"({new(name)}) is distinct from t.{name}" for name in names)
    execute(
        f"update {STAGE} s set is_turn = f.first = s.row_number from (select target, min(row_number) as first from {STAGE} "
        f"where not is_done and target is not null and not is_new group by target) f where f.target = s.target "
        f"and not s.is_done and not s.is_new"
    )
    pairs = ", ".join(f"('{n}', to_jsonb(t.{n}), to_jsonb({new(n)}))" for n in names)
    changed = execute(
        f"insert into martech_importchange (batch_id, object_id, before, after) select %s, t.id, c.before, c.after "
        f"from {STAGE} s join {target.table} t on t.id = s.target, lateral (select jsonb_object_agg(v.name, v.old) as before, "
        f"jsonb_object_agg(v.name, v.new) as after from (values {pairs}) v(name, old, new) where v.old is distinct from v.new) c "
        f"where not s.is_done and s.is_turn and ({differs})",
        batch,
    )
    if changed:
        touched = ", updated_at = now()" if target.table != "martech_touch" else ""
        settings = ", ".join(f"{name} = {new(name)}" for name in names)
        execute(
            f"update {target.table} t set {settings}{touched} from {STAGE} s where t.id = s.target and not s.is_done "
            f"and s.is_turn and ({differs})"
        )
    return changed


def finish_turn() -> tuple[int, int]:
    """Mark this pass's rows as done; answers how many of them were known ones, and how many rows are left."""
    known = execute(f"update {STAGE} set is_done = true, is_turn = false where not is_done and is_turn")
    execute(f"update {STAGE} set is_done = true where is_new and not is_done")
    left = fetch(f"select count(*) from {STAGE} where not is_done")[0][0]
    return known, left
