"""From the stage into the tables: new rows with their keys at once, changes of known objects when the file is over."""

from collections.abc import Iterator

from martech.services.imports.stage import HELD, STAGE
from martech.services.imports.tables import Target
from mops.core.history import expect_many
from mops.core.sql import execute, fetch

NEW = "s.turn is null and s.is_first"
"""The rows that a pass makes objects of: nobody matched them, and they are the first of each of their keys."""


def rank_rest(target: Target, ways: tuple[str, ...], turn: int) -> int:
    """Settle the rows just written and find the first of each key among those left; answers how many are left.

    In the first pass the reader has found them; so a chunk without doubled keys needs one pass and no ranking.
    """
    left = int(fetch(f"select count(*) from {STAGE} s where s.turn is null and not s.is_first")[0][0])
    if left:
        execute(f"update {STAGE} s set turn = %s where {NEW}", turn)
        always = {"person": ["external_id", "match_key"], "account": ["external_id"], "deal": ["external_id"]}
        keys = dict.fromkeys([*always.get(target.object, ["key"]), *chosen_keys(target, ways)])
        first = [f"({key} is null or row_number() over (partition by {key} order by row_number) = 1)" for key in keys]
        execute(
            f"update {STAGE} s set is_first = f.is_first from (select row_number, {' and '.join(first)} as is_first "
            f"from {STAGE} where turn is null) f where f.row_number = s.row_number"
        )
    return left


def chosen_keys(target: Target, ways: tuple[str, ...]) -> list[str]:
    """What else makes two rows of a file one object."""
    keys = {("account", "name"): "match_key", ("account", "domain"): "domain"}
    keys[("deal", "name")] = "lower(name) || chr(31) || coalesce(account_id, 0)"
    return [keys[target.object, way] for way in ways if (target.object, way) in keys]


CLAIM_ADDRESSES = f"""
insert into martech_personemail (person_id, address, key, created_at) select reserved, email, match_key, now()
from {STAGE} s where {NEW} and match_key is not null order by match_key on conflict (key) do nothing
"""
CLAIM_IDENTITIES = f"""
insert into {{table}} ({{column}}, system, object, external_id, created_at) select reserved, %s, %s, external_id, now()
from {STAGE} s where {NEW} and external_id is not null order by external_id on conflict do nothing
"""


def claim_keys(target: Target, source: str) -> None:
    """Take the addresses and ids of the new rows before the rows themselves are written.

    A key that somebody else took in this moment gives its row back to the matching, which finds their object now.
    """
    if not target.identities:
        return
    wanted = fetch(f"select count(external_id), count(match_key) from {STAGE} s where {NEW}")[0]
    sql = CLAIM_IDENTITIES.format(table=target.identities, column=target.identity_column)
    missed = wanted[0] and wanted[0] - execute(sql, source, target.object)
    if target.object == "person" and wanted[1]:
        missed += wanted[1] - execute(CLAIM_ADDRESSES)
    if missed:
        release_taken(target, source)


TAKEN = f"""
select s.reserved from {STAGE} s where {NEW} and (
  (s.external_id is not null and not exists (select 1 from {{table}} i where i.system = %s and i.object = %s
     and i.external_id = s.external_id and i.{{column}} = s.reserved)) or {{address}})
"""
TAKEN_ADDRESS = (
    "(s.match_key is not null and not exists (select 1 from martech_personemail e where e.key = s.match_key "
    "and e.person_id = s.reserved))"
)


def release_taken(target: Target, source: str) -> None:
    address = TAKEN_ADDRESS if target.object == "person" else "false"
    sql = TAKEN.format(table=target.identities, column=target.identity_column, address=address)
    ids = [row[0] for row in fetch(sql, source, target.object)]
    execute(f"delete from {target.identities} where {target.identity_column} = any(%s)", ids)
    if target.object == "person":
        execute("delete from martech_personemail where person_id = any(%s)", ids)
    execute(f"update {STAGE} set is_first = false where reserved = any(%s)", ids)


ADD_IDENTITIES = f"""
with added as (
  insert into {{table}} ({{column}}, system, object, external_id, created_at) select target, %s, %s, external_id, now()
  from {STAGE} where target is not null and turn = %s and external_id is not null order by row_number on conflict do nothing returning id
)
insert into martech_importaddition (batch_id, "table", row_id) select %s, '{{table}}', id from added
"""
ADD_ADDRESSES = f"""
with added as (
  insert into martech_personemail (person_id, address, key, created_at) select target, email, match_key, now()
  from {STAGE} where target is not null and turn = %s and match_key is not null order by row_number on conflict (key) do nothing returning id
)
insert into martech_importaddition (batch_id, "table", row_id) select %s, 'martech_personemail', id from added
"""


# An address that we know keeps the spelling we know it by.
KNOWN_SPELLING = f"""
update {STAGE} s set email = e.address from martech_personemail e
where s.target is not null and e.key = s.match_key and e.address <> s.email
"""


def add_keys(target: Target, source: str, batch: int, turn: int) -> None:
    """Ids and addresses that known objects did not have, noted so that they can be taken back."""
    if target.identities:
        sql = ADD_IDENTITIES.format(table=target.identities, column=target.identity_column)
        execute(sql, source, target.object, turn, batch)
    if target.object == "person":
        execute(ADD_ADDRESSES, turn, batch)
        execute(KNOWN_SPELLING)


def insert_new(target: Target, batch: int) -> int:
    """Insert the reserved rows; answers how many."""
    names = list(target.columns)
    given = [f"coalesce(s.{n}, {target.required[n]})" if n in target.required else f"s.{n}" for n in names]
    given = [f"{value}::{target.columns[name]}" for value, name in zip(given, names, strict=True)]
    extra = EXTRA[target.object]
    columns = ", ".join(f'"{name}"' for name in ["id", "import_batch_id", *names, *extra])
    return execute(
        f"insert into {target.table} ({columns}) select s.reserved, %s, {', '.join([*given, *extra.values()])} "
        f"from {STAGE} s where {NEW} order by s.row_number",
        batch,
    )


FURTHEST = (
    "case when coalesce(s.lifecycle_stage, 'lead') in ('recycled', 'disqualified') then 'lead' "
    "else coalesce(s.lifecycle_stage, 'lead') end"
)
# Columns that a new row needs and a file does not give.
EXTRA = {
    "person": {
        "furthest_stage": FURTHEST,
        "utm": "'{}'",
        "do_not_route": "false",
        "score_fit": "0",
        "score_engagement": "0",
        "grade": "''",
        "recorded_at": "now()",
        "updated_at": "now()",
    },
    "account": {"source": "''", "created_at": "now()", "updated_at": "now()"},
    "deal": {"source": "''", "channel": "''", "created_at": "now()", "updated_at": "now()"},
    "spend": {"source": "''", "created_at": "now()", "updated_at": "now()"},
    "touch": {"recorded_at": "now()"},
}
FIRST_COMES = {"person": ("source", "medium", "channel", "created_at", "lifecycle_stage")}
"""Where somebody first came from, and how far they are, is not overwritten by a later file."""
SLICE = 100_000


def fold_held(target: Target) -> None:
    """Make one row of all rows about one object: of each column the last that is not blank, in the file's order.

    So a file whose rows contradict each other ends at the same values however often it comes.
    """
    execute("drop table if exists import_doubled, import_folded")
    execute(
        f"create temp table import_doubled on commit drop as select target, max(row_number) as row_number from {HELD} "
        f"group by target having count(*) > 1"
    )
    if not fetch("select exists (select 1 from import_doubled)")[0][0]:
        return
    execute(f"create index on {HELD} (target)")
    execute("analyze import_doubled")
    last = "(select h.{0} from {1} h where h.target = d.target and h.{0} is not null order by h.row_number desc limit 1) as {0}"
    columns = [last.format(f'"{name}"', HELD) for name in target.staged if name not in ("row_number", "properties")]
    columns.append(
        f"(select jsonb_object_agg(e.key, e.value order by h.row_number) from {HELD} h, jsonb_each(h.properties) e "
        f"where h.target = d.target) as properties"
    )
    execute(
        f"create temp table import_folded on commit drop as select d.target, d.row_number, {', '.join(columns)} "
        f"from import_doubled d"
    )
    execute(f"delete from {HELD} h using import_doubled d where d.target = h.target")
    names = ", ".join(f'"{name}"' for name in (*target.staged, "target"))
    execute(f"insert into {HELD} ({names}) select {names} from import_folded")


def change_known(target: Target, batch: int) -> Iterator[tuple[int, int]]:
    """Change what differs on the known objects and keep what was there; answers (rows looked at, changed) by slices."""
    highest = fetch(f"select coalesce(max(row_number), 0) from {HELD}")[0][0]
    execute(f"analyze {HELD} (target)")
    for start in range(0, highest + 1, SLICE):
        yield change_slice(target, batch, start)


def change_slice(target: Target, batch: int, start: int) -> tuple[int, int]:
    expect_many(SLICE)
    kept = FIRST_COMES.get(target.object, ())
    names = [name for name in target.columns if name not in (*kept, "key", "person_id")]

    def new(name: str) -> str:
        if name == "properties":
            return "t.properties || coalesce(s.properties, '{}')"
        return f"coalesce(s.{name}, t.{name})"

    differs = " or ".join(f"({new(name)}) is distinct from t.{name}" for name in names)
    rows = f"{HELD} s join {target.table} t on t.id = s.target"
    span = f"s.row_number >= {start} and s.row_number < {start + SLICE}"
    pairs = ", ".join(f"('{n}', to_jsonb(t.{n}), to_jsonb({new(n)}))" for n in names)
    changed = execute(
        f"insert into martech_importchange (batch_id, object, object_id, before, after) "
        f"select %s, '{target.object}', t.id, c.before, c.after from {rows}, "
        f"lateral (select jsonb_object_agg(v.name, v.old) as before, jsonb_object_agg(v.name, v.new) as after "
        f"from (values {pairs}) v(name, old, new) where v.old is distinct from v.new) c where {span} and ({differs})",
        batch,
    )
    if changed:
        touched = "" if target.object == "touch" else ", updated_at = now()"
        settings = ", ".join(f"{name} = {new(name)}" for name in names)
        execute(
            f"update {target.table} t set {settings}{touched} from {HELD} s "
            f"where t.id = s.target and {span} and ({differs})"
        )
    return fetch(f"select count(*) from {HELD} s where {span}")[0][0], changed
