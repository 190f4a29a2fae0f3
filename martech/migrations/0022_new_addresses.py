from django.db import migrations

# Another address may bring other consent. Whoever is new is looked at anyway, so only people from before this
# transaction are noted here: a large import writes nothing more.
CREATE = """
create function martech_mark_addresses() returns trigger language plpgsql as $$ begin
  insert into martech_changedperson (person_id, at, fields)
  select distinct person.id, now(), array['email'] from changed join martech_person person on person.id = changed.person_id
  where person.recorded_at < now();
  return null;
end $$;
create trigger mark_changed_insert_new after insert on martech_personemail referencing new table as changed
  for each statement execute function martech_mark_addresses();
create trigger mark_changed_delete_old after delete on martech_personemail referencing old table as changed
  for each statement execute function martech_mark_addresses();
"""
DROP = """
drop trigger mark_changed_insert_new on martech_personemail;
drop trigger mark_changed_delete_old on martech_personemail;
drop function martech_mark_addresses();
"""


class Migration(migrations.Migration):
    dependencies = [("martech", "0020_routing_speed")]

    operations = [migrations.RunSQL(CREATE, DROP)]
