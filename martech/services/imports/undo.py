"""Taking an import back: what it created goes, what it changed is restored, unless somebody touched it since."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import Account, Deal, ImportBatch, ImportState, Person, Spend, Touch
from martech.services.imports.dependents import delete_rows, protections
from martech.services.imports.tables import TARGETS
from mops.core.errors import ConflictError
from mops.core.history import recording
from mops.core.sql import execute, fetch

LISTED = 500
MODELS = {"people": Person, "accounts": Account, "deals": Deal, "spend": Spend, "touches": Touch}
TABLES = {target.object: target.table for target in TARGETS.values()}
# Columns beside those of a file that an import may have changed.
BESIDES = {
    "person": ("furthest_stage",),
    "account": ("parent_id",),
    "deal": ("source", "channel", "campaign_id"),
}


def undo_batch(*, batch: ImportBatch, actor: User | None) -> dict[str, int]:
    """Undo a finished import as a whole; answers `{"deleted", "restored", "kept"}`. Raises ConflictError.

    A created row is deleted only while nothing refers to it and it still says what the import wrote; a changed field
    is restored only while it still has the value the import gave it. `restored` counts objects that got a value back,
    `kept` those that stay as they are, wholly or in part; `batch.undone` lists them with the reason.
    """
    with transaction.atomic(), recording("undo_import", actor=actor, batch=batch.pk):
        done = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.DONE)
        if not done.update(state=ImportState.UNDONE):
            raise ConflictError(
                f"Import {batch.pk} is {batch.get_state_display().lower()}; only a finished one is undone."
            )
        written = last_written(batch)
        restored = 0
        kept: list[dict[str, Any]] = []
        for name, table in TABLES.items():
            some, left = restore(batch, name, table)
            restored, kept = restored + some, [*kept, *left]
        remove_additions(batch)
        deleted, left = delete_created(batch, written)
        kept += left
        report = {
            "at": timezone.now().isoformat(),
            "deleted": deleted,
            "restored": restored,
            "kept": len(kept),
            "rows": kept[:LISTED],
        }
        ImportBatch.objects.filter(pk=batch.pk).update(undone=report)
    return {"deleted": deleted, "restored": restored, "kept": len(kept)}


def kept_row(name: str, row_id: int, why: str) -> dict[str, Any]:
    return {"object": name, "id": row_id, "why": why}


FIELDS = """
create temp table undo_field on commit drop as
select f.object_id, f.name, f.before,
  coalesce(to_jsonb(t) -> f.name, 'null') = coalesce(f.after, 'null') as is_ours
from (
  select c.object_id, b.key as name, (array_agg(b.value order by c.id))[1] as before,
    (array_agg(c.after -> b.key order by c.id desc))[1] as after
  from martech_importchange c, jsonb_each(c.before) b where c.batch_id = %s and c.object = %s group by 1, 2
) f join {table} t on t.id = f.object_id where t.import_batch_id is distinct from %s
"""
RESTORE = """
update {table} t set {settings}{touched}
from (
  select u.object_id, jsonb_populate_record(null::{table}, to_jsonb(o) || jsonb_object_agg(u.name, u.before)) as old
  from undo_field u join {table} o on o.id = u.object_id where u.is_ours group by u.object_id, o.*
) r where r.object_id = t.id
"""


def restore(batch: ImportBatch, name: str, table: str) -> tuple[int, list[dict[str, Any]]]:
    """Give changed fields their value back; answers how many objects got one, and those that keep a newer value."""
    execute("drop table if exists undo_field")
    if not execute(FIELDS.format(table=table), batch.pk, name, batch.pk):
        return 0, []
    execute("analyze undo_field")
    columns = [*next(target for target in TARGETS.values() if target.object == name).columns, *BESIDES.get(name, ())]
    settings = ", ".join(f'"{column}" = (r.old)."{column}"' for column in columns)
    touched = "" if name == "touch" else ", updated_at = now()"
    restored = execute(RESTORE.format(table=table, settings=settings, touched=touched))
    left = fetch(
        "select object_id, string_agg(name, ', ' order by name) from undo_field where not is_ours group by 1 order by 1"
    )
    return restored, [kept_row(name, row_id, f"changed since: {fields}") for row_id, fields in left]


REMOVE = """
delete from {table} where id in (select row_id from martech_importaddition where batch_id = %s and "table" = '{table}')
"""
UNUSED_ACCOUNTS = """
create temp table undo_unused on commit drop as select a.id from martech_account a join martech_importaddition i
on i.batch_id = %s and i."table" = 'martech_account' and i.row_id = a.id where a.updated_at <= %s
  and not exists (select 1 from martech_person p where p.account_id = a.id)
  and not exists (select 1 from martech_deal d where d.account_id = a.id and d.import_batch_id is distinct from %s)
  and not exists (select 1 from martech_account c where c.parent_id = a.id)
"""


def remove_additions(batch: ImportBatch) -> None:
    """Take off what the import added to objects that existed before."""
    for table in (
        *("martech_personemail", "martech_personidentity", "martech_accountidentity", "martech_dealidentity"),
        *("martech_stagemove", "martech_dealperson"),
    ):
        execute(REMOVE.format(table=table), batch.pk)


LAST_WRITTEN = """
create temp table undo_written on commit drop as
select distinct on (e.pgh_obj_id) e.pgh_obj_id as id, to_jsonb(e) as said
from {table} t join {event} e on e.pgh_obj_id = t.id join pghistory_context c on c.id = e.pgh_context_id
where t.import_batch_id = %s and c.metadata @> jsonb_build_object('batch', %s::bigint, 'verb', %s::text)
order by e.pgh_obj_id, e.pgh_id desc
"""


def last_written(batch: ImportBatch) -> bool:
    """What the created rows said when the import was over, from their history; touches have none, nor edits."""
    execute("drop table if exists undo_written")
    if batch.kind == "touches":
        return False
    table = TARGETS[batch.kind].table
    execute(LAST_WRITTEN.format(table=table, event=f"{table}event"), batch.pk, batch.pk, f"import_{batch.kind}")
    execute("create index on undo_written (id)")
    return True


# Why a created row stays, in the order they are told. What the system does by itself afterwards is no reason.
EDITED = "exists (select 1 from undo_written w where w.id = p.id and ({differs}))"
REASONS = {
    "people": {
        "it was merged": (
            "p.merged_into_id is not null or exists (select 1 from martech_personmerge m where m.survivor_id = p.id) "
            "or exists (select 1 from martech_mergedperson m where m.person_id = p.id)"
        ),
        "a deal names it": "exists (select 1 from martech_dealperson d where d.person_id = p.id)",
        "somebody judged it in a pair of duplicates": (
            "exists (select 1 from martech_pairverdict v join martech_duplicatepair d on d.id = v.pair_id "
            "where p.id in (d.one_id, d.other_id))"
        ),
        "it has touches": "exists (select 1 from martech_touch t where t.person_id = p.id)",
        "somebody gave it an owner": (
            "exists (select 1 from martech_routingdecision r where r.person_id = p.id and r.outcome = 'manual')"
        ),
        "somebody moved it to another stage": (
            "exists (select 1 from martech_stagemove s where s.person_id = p.id and s.cause = 'manual')"
        ),
    },
    "accounts": {
        "people belong to it": "exists (select 1 from martech_person q where q.account_id = p.id)",
        "deals belong to it": "exists (select 1 from martech_deal d where d.account_id = p.id)",
        "it has subsidiaries": (
            "exists (select 1 from martech_account c where c.parent_id = p.id and c.import_batch_id is distinct from "
            "p.import_batch_id)"
        ),
    },
    "deals": {},
    "spend": {},
    "touches": {},
}


def edited(kind: str) -> str:
    """Whether a row says something else than the import wrote, in any column that a file may fill.

    An owner whom routing gave to somebody who came without one is no edit, nor is a stage; REASONS has those that
    somebody set.
    """
    columns = [name for name in TARGETS[kind].columns if name not in ("owner_id", "key", "lifecycle_stage")]
    differs = [f"coalesce(to_jsonb(p) -> '{name}', 'null') <> coalesce(w.said -> '{name}', 'null')" for name in columns]
    if "owner_id" in TARGETS[kind].columns:
        differs.append("w.said ->> 'owner_id' is not null and w.said -> 'owner_id' <> to_jsonb(p) -> 'owner_id'")
    return EDITED.format(differs=" or ".join(differs))


def delete_created(batch: ImportBatch, has_history: bool) -> tuple[int, list[dict[str, Any]]]:
    """Delete what the import made, with what hangs on it; answers how many rows, and those that stay with the reason."""
    table, name = TARGETS[batch.kind].table, TARGETS[batch.kind].object
    reasons = {**({"it was edited": edited(batch.kind)} if has_history else {}), **REASONS[batch.kind]}
    reasons |= protections(MODELS[batch.kind], "p")
    why = " ".join(f"when {condition} then '{reason}'" for reason, condition in reasons.items())
    execute("drop table if exists undone")
    execute(
        f"create temp table undone on commit drop as select p.id, {f'case {why} end' if why else 'null::text'} as why "
        f"from {table} p where p.import_batch_id = %s",
        batch.pk,
    )
    deleted = delete_rows(MODELS[batch.kind], "select id from undone where why is null")
    if name == "deal":
        execute("drop table if exists undo_unused")
        execute(UNUSED_ACCOUNTS, batch.pk, batch.finished_at or timezone.now(), batch.pk)
        delete_rows(Account, "select id from undo_unused")
    left = fetch("select id, why from undone where why is not null order by id")
    return deleted, [kept_row(name, row_id, reason) for row_id, reason in left]
