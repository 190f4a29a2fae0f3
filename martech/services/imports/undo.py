"""Taking an import back: what it created goes, what it changed is restored, unless somebody touched it since."""

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import ImportBatch, ImportState
from martech.services.imports.tables import TARGETS
from martech.services.imports.writing import execute, fetch
from mops.core.errors import ConflictError
from mops.core.history import recording

RESTORE = """
update {table} t set {column} = ({cast}){touched}
from (
  select object_id, (array_agg(before -> '{column}' order by id))[1] as before,
    (array_agg(after -> '{column}' order by id desc))[1] as after
  from martech_importchange where batch_id = %s and before ? '{column}' group by object_id
) c where c.object_id = t.id and coalesce(to_jsonb(t.{column}), 'null') = c.after
"""


def undo_batch(*, batch: ImportBatch, actor: User | None) -> dict[str, int]:
    """Undo a finished import as a whole; answers `{"deleted", "restored", "kept"}`. Raises ConflictError.

    A created row is deleted only while nothing refers to it and nobody changed it since; a changed field is restored
    only while it still has the value the import gave it. `kept` counts the created rows that stay.
    """
    target = TARGETS[batch.kind]
    with transaction.atomic(), recording("undo_import", actor=actor, batch=batch.pk):
        done = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.DONE)
        if not done.update(state=ImportState.UNDONE):
            raise ConflictError(
                f"Import {batch.pk} is {batch.get_state_display().lower()}; only a finished one is undone."
            )
        restored = fetch("select count(distinct object_id) from martech_importchange where batch_id = %s", batch.pk)[0][
            0
        ]
        for column, kind in target.columns.items():
            cast = "c.before" if kind == "jsonb" else f"(c.before #>> '{{}}')::{kind}"
            if kind == "varchar[]":
                cast = "array(select jsonb_array_elements_text(c.before))"
            touched = ", updated_at = now()" if target.table != "martech_touch" else ""
            sql = RESTORE.format(table=target.table, column=column, cast=cast, touched=touched)
            execute(sql, batch.pk)
        deleted = delete_created(batch)
        kept = fetch(f"select count(*) from {target.table} where import_batch_id = %s", batch.pk)[0][0]
        ImportBatch.objects.filter(pk=batch.pk).update(finished_at=timezone.now())
    return {"deleted": deleted, "restored": restored, "kept": kept}


UNTOUCHED = {
    "people": (
        "p.updated_at <= b.finished_at and p.merged_into_id is null and not exists (select 1 from martech_dealperson d "
        "where d.person_id = p.id) and not exists (select 1 from martech_touch t where t.person_id = p.id) "
        "and not exists (select 1 from martech_personmerge m where m.survivor_id = p.id) "
        "and not exists (select 1 from martech_mergedperson m where m.person_id = p.id) and not exists "
        "(select 1 from martech_routingdecision r where r.person_id = p.id and r.outcome = 'manual') and not exists "
        "(select 1 from martech_pairverdict v join martech_duplicatepair d on d.id = v.pair_id "
        "where p.id in (d.one_id, d.other_id))"
    ),
    "accounts": (
        "p.updated_at <= b.finished_at and not exists (select 1 from martech_person q where q.account_id = p.id) "
        "and not exists (select 1 from martech_deal d where d.account_id = p.id) "
        "and not exists (select 1 from martech_account c where c.parent_id = p.id)"
    ),
    "deals": "p.updated_at <= b.finished_at",
    "spend": "p.updated_at <= b.finished_at",
    "touches": "true",
}
DEPENDENTS = {
    "people": [
        "martech_personemail.person_id",
        "martech_personidentity.person_id",
        "martech_stagemove.person_id",
        "martech_fitcontribution.person_id",
        "martech_routingdecision.person_id",
        "martech_routingwork.person_id",
        "martech_accountevidence.person_id",
        "martech_matchkey.person_id",
        "martech_formervalue.person_id",
        "martech_identitycluster.person_id",
        "martech_lockedidentity.person_id",
        "martech_duplicatepair.one_id",
        "martech_duplicatepair.other_id",
        "martech_identitywork.person_id",  # last: taking addresses away marks their people once more
    ],
    "accounts": [
        "martech_accountidentity.account_id",
        "martech_accountkey.account_id",
        "martech_accountchange.account_id",
    ],
    "deals": ["martech_dealidentity.deal_id", "martech_dealperson.deal_id"],
    "spend": [],
    "touches": [],
}


def delete_created(batch: ImportBatch) -> int:
    """Delete what the import made, with what hangs on it; answers how many rows."""
    table = TARGETS[batch.kind].table
    execute("drop table if exists undone")
    execute(
        f"create temp table undone on commit drop as select p.id from {table} p join martech_importbatch b "
        f"on b.id = p.import_batch_id where p.import_batch_id = %s and {UNTOUCHED[batch.kind]}",
        batch.pk,
    )
    for dependent in DEPENDENTS[batch.kind]:
        name, column = dependent.split(".")
        execute(f"delete from {name} where {column} in (select id from undone)")
    return execute(f"delete from {table} where id in (select id from undone)")
