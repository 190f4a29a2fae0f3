from django.db import migrations

MAKE = """
create table mops_owed_reference (
  id bigint generated always as identity primary key,
  name text not null, "table" regclass not null, "column" text not null, parent regclass not null, ids bigint[] not null
);
create function mops_settle_owed_reference() returns trigger language plpgsql as $$
declare
  others constant text := format('pg_xact_status(p.xmin::text::xid8) is distinct from %L', 'in progress');
  look constant text := format('select count(*), count(*) filter (where %s) from %s p where p.id = any($1)', others, new.parent);
  found bigint; of_others bigint; is_missing boolean := false;
begin
  execute look into found, of_others using new.ids;
  if of_others > 0 then
    execute format('select 1 from %s p where p.id = any($1) and %s order by p.id for key share', new.parent, others) using new.ids;
    execute look into found, of_others using new.ids;
  end if;
  if found < cardinality(new.ids) then
    execute format('select exists (select from unnest($1) as named(id) where not exists (select from %s p where p.id = named.id) '
      'and exists (select from %s t where t.%I = named.id))', new.parent, new."table", new."column")
      into is_missing using new.ids;
  end if;
  if is_missing then
    raise foreign_key_violation using constraint = new.name, table = new."table"::text, column = new."column",
      message = format('%s.%s must name a row of %s', new."table", new."column", new.parent);
  end if;
  delete from mops_owed_reference where id = new.id;
  return null;
end $$;
create constraint trigger settles after insert on mops_owed_reference deferrable initially deferred
for each row execute function mops_settle_owed_reference();
"""
UNMAKE = "drop table mops_owed_reference; drop function mops_settle_owed_reference;"


class Migration(migrations.Migration):
    """What a statement of this transaction named and the transaction has still to write; empty once it is committed."""

    dependencies = [("core", "0001_extensions")]
    operations = [migrations.RunSQL(MAKE, UNMAKE)]
