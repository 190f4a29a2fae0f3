"""Search looks through one narrow table of its own, which follows people whoever writes them and however."""

from django.db import migrations

# How many people a statement may write before what follows for each of them is left to durable work;
# a transaction may say otherwise.
MANY = """
create function martech_many() returns integer language sql stable parallel safe as $$
  select coalesce(nullif(current_setting('mops.many', true), '')::integer, 10000)
$$;
"""
WORDS = """
create function martech_words(first_name text, last_name text, email text, company text) returns text
language sql immutable parallel safe as $$ select first_name || ' ' || last_name || ' ' || email || ' ' || company $$;

create function martech_words_added() returns trigger language plpgsql as $$
begin
  if (select count(*) from added) > martech_many() then
    insert into martech_searchwork (state, attempts, run_after, last_error, created_at, people)
    select 'pending', 0, now(), '', now(), s.people
    from (select range_agg(int8range(p, p, '[]'))::text as people from (select id as p from added) a) s;
  else
    insert into martech_personwords (person_id, words)
    select id, martech_words(first_name, last_name, email, company) from added
    on conflict (person_id) do update set words = excluded.words;
  end if;
  return null;
end $$;

create function martech_words_changed() returns trigger language plpgsql as $$
begin
  insert into martech_personwords (person_id, words)
  select n.id, martech_words(n.first_name, n.last_name, n.email, n.company) from (
    select id, first_name, last_name, email, company from changed
    except select id, first_name, last_name, email, company from was) n
  on conflict (person_id) do update set words = excluded.words;
  return null;
end $$;

create function martech_words_removed() returns trigger language plpgsql as $$
begin
  delete from martech_personwords where person_id in (select id from gone);
  return null;
end $$;

create trigger words_added after insert on martech_person referencing new table as added
  for each statement execute function martech_words_added();
create trigger words_changed after update on martech_person referencing old table as was new table as changed
  for each statement execute function martech_words_changed();
create trigger words_removed after delete on martech_person referencing old table as gone
  for each statement execute function martech_words_removed();
"""
DROP = """
drop trigger words_added on martech_person;
drop trigger words_changed on martech_person;
drop trigger words_removed on martech_person;
drop function martech_words_added();
drop function martech_words_changed();
drop function martech_words_removed();
drop function martech_words(text, text, text, text);
drop function martech_many();
"""


class Migration(migrations.Migration):
    dependencies = [("martech", "0001_initial")]

    operations = [migrations.RunSQL(MANY + WORDS, DROP)]
