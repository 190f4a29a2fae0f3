"""Foreign keys of tables that grow by the hundred thousand, checked once a statement.

PostgreSQL checks a foreign key row by row, at the commit: a query with a lock for each, more than a
quarter of what the database did for a record that came in. Here a statement's rows are checked together by triggers, with the same locks: what is
referred to stays while the rows that refer to it are being written, and cannot go while there are any.

Unlike a constraint of PostgreSQL, the check is made at the statement, so what is referred to is written first and
deleted last. Where a key is claimed before the row that it belongs to, the reference `is_owed`: what is not there yet is
looked for again at the commit, once for each statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.migrations.operations import AlterField
from django.db.migrations.operations.base import Operation

from mops.core.migrating import AtOnce


class SetForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key whose rows are checked by the triggers of `CheckReferences`, which the migration names too.

    `is_owed`: what it names may be written later in the same transaction.
    """

    def __init__(self, *args: Any, is_owed: bool = False, **options: Any) -> None:
        super().__init__(*args, **{**options, "db_constraint": False})
        self.is_owed = is_owed

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        del options["db_constraint"]
        return name, path, args, {**options, "is_owed": True} if self.is_owed else options


@dataclass(frozen=True)
class Reference:
    """Rows of `table` name in `column` a row of `parent` by its id, which `is_owed` where it may come later."""

    table: str
    column: str
    parent: str
    is_owed: bool = False

    @property
    def name(self) -> str:
        """What its functions and triggers begin with. Triggers fire by name: this one before all of pgtrigger's."""
        return f"holds_{self.table}_{self.column}"

    @property
    def words(self) -> dict[str, str]:
        return {**vars(self), "name": self.name}


_REFUSE = (
    "raise foreign_key_violation using constraint = '{name}', table = '{table}', column = '{column}', "
    "message = '{table}.{column} must name a row of {parent}'"
)
# Locked in the order of their ids, so that two writers never wait for one another in a circle. What this transaction made
# itself, savepoints included, nobody else can delete, and a lock would write every row of it again: its transaction is
# still in progress, and yet we see it. Many are asked for without variables, so that the query is planned once a session
# and not anew for every array; one alone is asked for by itself, which is what most statements write.
_ARRIVED = """
create or replace function {name}_arrived() returns trigger language plpgsql as $$
declare wanted bigint; one bigint; there bigint; others bigint;
begin
  select count({column}), min({column}) into wanted, one from arrived;
  if wanted = 0 then return null; end if;
  if wanted = 1 then
    perform from {parent} p where p.id = one and pg_xact_status(p.xmin::text::xid8) = 'in progress';
    if not found then perform from {parent} p where p.id = one for key share; end if;
    if found then return null; end if;
  end if;
  select count(*), count(*) filter (where pg_xact_status(p.xmin::text::xid8) is distinct from 'in progress')
    into there, others from {parent} p where p.id = any(array(select {column} from arrived));
  if others > 0 then
    perform from {parent} p where p.id = any(array(select {column} from arrived))
      and pg_xact_status(p.xmin::text::xid8) is distinct from 'in progress' order by p.id for key share;
    select count(*) into there from {parent} p where p.id = any(array(select {column} from arrived));
  end if;
  if there < wanted and there < (select count(distinct {column}) from arrived) then {missing}; end if;
  return null;
end $$;
create or replace trigger {name}_arrived after insert on {table} referencing new table as arrived
for each statement execute function {name}_arrived();
"""
_OWE = """
    insert into mops_owed_reference (name, "table", "column", parent, ids)
    select '{name}', '{table}', '{column}', '{parent}', array(
      select {column} from arrived where {column} is not null
      except select p.id from {parent} p where p.id = any(array(select {column} from arrived)))
"""
_CHANGED = """
create or replace function {name}_changed() returns trigger language plpgsql as $$ begin
  perform from {parent} p where p.id = new.{column} for key share;
  if not found then {refuse}; end if;
  return null;
end $$;
create or replace trigger {name}_changed after update of {column} on {table}
for each row when (new.{column} is distinct from old.{column} and new.{column} is not null)
execute function {name}_changed();
"""
_GONE = """
create or replace function {name}_gone() returns trigger language plpgsql as $$ begin
  if exists (select from gone join {table} t on t.{column} = gone.id) then {refuse}; end if;
  return null;
end $$;
create or replace trigger {name}_gone after delete on {parent} referencing old table as gone
for each statement execute function {name}_gone();
"""
TRIGGERS = ("arrived", "changed", "gone")


def sql_of(reference: Reference) -> str:
    """The statements that make the three triggers of a reference and their functions."""
    words = reference.words
    refuse = _REFUSE.format(**words)
    missing = _OWE.format(**words) if reference.is_owed else refuse
    return (_ARRIVED + _CHANGED + _GONE).format(**words, refuse=refuse, missing=missing)


_WITHOUT_CONSTRAINT = """
do $$ declare constraint_name name; begin
  for constraint_name in select conname from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
    where c.contype = 'f' and c.conrelid = '{table}'::regclass and a.attname = '{column}'
  loop execute format('alter table {table} drop constraint %I', constraint_name); end loop;
end $$;
"""
_WITH_CONSTRAINT = (
    "alter table {table} add constraint {name} foreign key ({column}) references {parent} deferrable initially deferred"
)


class CheckReferences(AtOnce):
    """Make foreign keys `SetForeignKey`s: the constraints go, the triggers come.

    `operations` are those that `makemigrations` writes for it, of fields and of other triggers.
    """

    def __init__(self, references: Sequence[Reference], operations: Sequence[Operation] = ()) -> None:
        super().__init__(operations)
        self.references = references

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            if not isinstance(operation, AlterField):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)
        for reference in self.references:
            schema_editor.execute(_WITHOUT_CONSTRAINT.format(**reference.words), params=None)
            schema_editor.execute(sql_of(reference), params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            if not isinstance(operation, AlterField):
                operation.database_backwards(app_label, schema_editor, from_state, to_state)
        for reference in self.references:
            for what in TRIGGERS:
                schema_editor.execute(f"drop function {reference.name}_{what}() cascade", params=None)
            schema_editor.execute(_WITH_CONSTRAINT.format(**reference.words), params=None)

    def describe(self) -> str:
        return f"Check {len(self.references)} foreign keys once a statement"


def references() -> list[Reference]:
    """Every `SetForeignKey` there is, but those of history, which names what may be gone."""
    from django.apps import apps
    from pghistory.models import Event

    return [
        Reference(model._meta.db_table, field.column, field.related_model._meta.db_table, field.is_owed)
        for model in apps.get_models()
        if not issubclass(model, Event)
        for field in model._meta.local_fields
        if isinstance(field, SetForeignKey)
    ]
