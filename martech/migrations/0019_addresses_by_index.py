"""Whom a new address concerns is found by index, however many come in one statement."""

from django.db import migrations

# By an array of ids: plpgsql keeps the plan of a function's first call, when there may have been nobody yet.
ADDRESSES = """
create or replace function martech_mark_addresses() returns trigger language plpgsql as $$
begin
  insert into martech_changedperson (person_id, at, fields)
    select p.id, now(), array['email'] from martech_person p
    -- One that came in with its person is told of by the person.
    where p.id = any(array(select person_id from changed)) and p.recorded_at < now();
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("martech", "0018_claims_checked_by_set")]

    operations = [migrations.RunSQL(ADDRESSES, migrations.RunSQL.noop)]
