"""Somebody new has the day they came in; the stages they enter name theirs themselves."""

from django.db import migrations

NEW_PEOPLE = """
create function reporting_mark_new_people() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    select distinct 'people', (created_at at time zone 'UTC')::date from changed;
  return null;
end $$;
create or replace trigger stale_insert_new after insert on martech_person referencing new table as changed
for each statement execute function reporting_mark_new_people();
"""
AS_BEFORE = """
create or replace trigger stale_insert_new after insert on martech_person referencing new table as changed
for each statement execute function reporting_mark_people();
drop function reporting_mark_new_people();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_days_by_index")]

    operations = [migrations.RunSQL(NEW_PEOPLE, AS_BEFORE)]
