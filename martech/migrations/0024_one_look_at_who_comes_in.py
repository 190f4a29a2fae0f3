"""A person who comes in alone costs the database less: one trigger notes them for all that follows, a key is asked for alone.

What follows from a new person (scores and segments, comparison, search) was noted by a trigger each, and each of them read
the statement's rows anew. Together they are one statement.
"""

from django.db import migrations

from mops.core.references import Reference, sql_of

REFERENCES = [
    ("martech_person", "account_id", "martech_account"),
    ("martech_person", "owner_id", "governance_user"),
    ("martech_personemail", "person_id", "martech_person", True),
    ("martech_personidentity", "person_id", "martech_person", True),
    ("martech_accountidentity", "account_id", "martech_account", True),
    ("martech_routingwork", "person_id", "martech_person"),
    ("martech_dealperson", "deal_id", "martech_deal"),
    ("martech_dealperson", "person_id", "martech_person"),
    ("martech_dealidentity", "deal_id", "martech_deal", True),
    ("martech_activity", "person_id", "martech_person"),
    ("martech_dealstageentry", "deal_id", "martech_deal"),
    ("martech_stagemove", "person_id", "martech_person"),
    ("martech_accountkey", "account_id", "martech_account"),
    ("martech_remoterow", "object_id", "martech_syncobject"),
    ("martech_remotelink", "object_id", "martech_syncobject"),
    ("martech_routingdecision", "person_id", "martech_person"),
    ("martech_routingdecision", "version_id", "martech_policyversion"),
    ("martech_routingdecision", "owner_id", "governance_user"),
    ("martech_syncchange", "run_id", "martech_syncrun"),
    ("martech_plannedwrite", "run_id", "martech_syncrun"),
    ("martech_touch", "person_id", "martech_person"),
    ("martech_touch", "campaign_id", "planning_campaign"),
]
WORDS_LATER = """\
    insert into martech_searchwork (state, attempts, run_after, last_error, created_at, people)
    select 'pending', 0, now(), '', now(), s.people
    from (select range_agg(int8range(p, p, '[]'))::text as people from (select id as p from added) a) s;
"""
WORDS_NOW = """\
    insert into martech_personwords (person_id, words)
    select id, martech_words(first_name, last_name, email, company) from added
    on conflict (person_id) do update set words = excluded.words;
"""
TOGETHER = f"""
create function martech_note_arrivals() returns trigger language plpgsql as $$
begin
  if (select count(*) from added) > martech_many() then
    insert into martech_changedperson (person_id, at, fields) select id, now(), array['new'] from added;
{WORDS_LATER}    perform martech_identity_mark(array(select id from added where merged_into_id is null));
  else
    with changed as (
      insert into martech_changedperson (person_id, at, fields) select id, now(), array['new'] from added
    ), compared as (
      insert into martech_identitywork (person_id, state, attempts, run_after, last_error, created_at)
      select id, 'pending', 0, now(), '', now() from added where merged_into_id is null order by id
      on conflict (person_id) where state in ('pending', 'running')
      do update set state = 'pending', lease_token = null, lease_until = null, run_after = now()
      where martech_identitywork.state = 'running'
    )
{WORDS_NOW}  end if;
  return null;
end $$;

drop trigger mark_changed_insert_new on martech_person;
drop trigger identity_added on martech_person;
drop trigger words_added on martech_person;
drop function martech_mark_people();
drop function martech_identity_added();
drop function martech_words_added();
create trigger note_arrivals after insert on martech_person referencing new table as added
  for each statement execute function martech_note_arrivals();
"""
APART = f"""
drop trigger note_arrivals on martech_person;
drop function martech_note_arrivals();

create function martech_mark_people() returns trigger language plpgsql as $$
begin
  insert into martech_changedperson (person_id, at, fields) select id, now(), array['new'] from changed;
  return null;
end $$;
create function martech_identity_added() returns trigger language plpgsql as $$
begin
  perform martech_identity_mark(array(select id from added where merged_into_id is null));
  return null;
end $$;
create function martech_words_added() returns trigger language plpgsql as $$
begin
  if (select count(*) from added) > martech_many() then
{WORDS_LATER}  else
{WORDS_NOW}  end if;
  return null;
end $$;
create trigger mark_changed_insert_new after insert on martech_person referencing new table as changed
  for each statement execute function martech_mark_people();
create trigger identity_added after insert on martech_person referencing new table as added
  for each statement execute function martech_identity_added();
create trigger words_added after insert on martech_person referencing new table as added
  for each statement execute function martech_words_added();
"""


def ask_for_one_alone(apps, schema_editor):
    for names in REFERENCES:
        schema_editor.execute(sql_of(Reference(*names)), params=None)


class Migration(migrations.Migration):
    dependencies = [("martech", "0023_owners_user_key")]

    operations = [
        migrations.RunPython(ask_for_one_alone, migrations.RunPython.noop),
        migrations.RunSQL(TOGETHER, APART),
    ]
