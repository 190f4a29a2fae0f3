"""The days of people and stages that come in are found by index, however many come in one statement."""

from django.db import migrations

# By arrays of ids: plpgsql keeps the plan of a function's first call, and a join that was right for an empty table reads
# all of a large one for every page of a synchronisation.
PEOPLE = """
create or replace function reporting_mark_people() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    select distinct 'people', (at at time zone 'UTC')::date from (
      select created_at as at from changed
      union all
      select m.at from martech_stagemove m where m.person_id = any(array(select id from changed))
    ) moments;
  return null;
end $$;
"""
MOVES = """
create or replace function reporting_mark_moves() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    select distinct 'people', (at at time zone 'UTC')::date from (
      select at from changed
      union all
      select m.at from martech_stagemove m where m.person_id = any(array(select person_id from changed))
      union all
      select p.created_at from martech_person p where p.id = any(array(select person_id from changed))
    ) moments;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_stale_days")]

    operations = [migrations.RunSQL(PEOPLE + MOVES, migrations.RunSQL.noop)]
