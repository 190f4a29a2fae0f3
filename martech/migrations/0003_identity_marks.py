"""Every write of a person, their addresses or ids marks them for comparison, whoever writes and however."""

from django.db import migrations

# One statement, one insert. A row that a worker holds is taken back from it, so that it cannot finish on what it read
# before. Old and new rows are never joined by a nested loop: plpgsql keeps the plan of a function's first call, and one
# that was right for a single row takes hours for a hundred thousand.
COMPARED = ["email", "first_name", "last_name", "phone", "company", "website", "country", "city", "job_title", "linkedin_url", "merged_into_id"]


def row(alias: str) -> str:
    return "(" + ", ".join(f"{alias}.{column}" for column in COMPARED) + ")"


CREATE = f"""
create function martech_identity_mark_each(people bigint[]) returns void language sql as $$
  insert into martech_identitywork (person_id, state, attempts, run_after, last_error, created_at)
  select distinct p, 'pending', 0, now(), '', now() from unnest(people) p where p is not null order by p
  on conflict (person_id) where state in ('pending', 'running')
  do update set state = 'pending', lease_token = null, lease_until = null, run_after = now()
  where martech_identitywork.state = 'running'
$$;

create function martech_identity_mark(people bigint[]) returns void language plpgsql as $$
begin
  if cardinality(people) > martech_many() then
    insert into martech_identitymarks (state, attempts, run_after, last_error, created_at, people)
    select 'pending', 0, now(), '', now(), s.people
    from (select range_agg(int8range(p, p, '[]'))::text as people from unnest(people) p where p is not null) s;
  else
    perform martech_identity_mark_each(people);
  end if;
end $$;

create function martech_identity_added() returns trigger language plpgsql as $$
begin
  perform martech_identity_mark(array(select id from added where merged_into_id is null));
  return null;
end $$;

create function martech_identity_changed() returns trigger language plpgsql set enable_nestloop = off as $$
begin
  if not exists (select 1 from before b join after a using (id) where {row("a")} is distinct from {row("b")}) then
    return null;
  end if;
  insert into martech_formervalue (person_id, field, value)
  select b.id, v.field, v.value from before b join after a using (id), lateral (values
    ('name', case when (a.first_name, a.last_name) is distinct from (b.first_name, b.last_name) and b.last_name <> ''
      then b.first_name || '|' || b.last_name else '' end),
    ('phone', case when a.phone <> b.phone then b.phone else '' end),
    ('company', case when a.company <> b.company then b.company else '' end),
    ('linkedin_url', case when a.linkedin_url <> b.linkedin_url then b.linkedin_url else '' end)
  ) v(field, value)
  where v.value <> '' and length(v.value) <= 500 on conflict do nothing;
  perform martech_identity_mark(array(
    select unnest(array[a.id, a.merged_into_id, b.merged_into_id]) from before b join after a using (id)
    where {row("a")} is distinct from {row("b")}
  ));
  return null;
end $$;

create function martech_identity_known() returns trigger language plpgsql as $$
begin
  perform martech_identity_mark(array(select person_id from added));
  return null;
end $$;

create trigger identity_added after insert on martech_person referencing new table as added
  for each statement execute function martech_identity_added();
create trigger identity_changed after update on martech_person referencing old table as before new table as after
  for each statement execute function martech_identity_changed();
create trigger identity_address_added after insert on martech_personemail referencing new table as added
  for each statement execute function martech_identity_known();
create trigger identity_address_moved after update on martech_personemail referencing new table as added
  for each statement execute function martech_identity_known();
create trigger identity_id_added after insert on martech_personidentity referencing new table as added
  for each statement execute function martech_identity_known();
create trigger identity_id_moved after update on martech_personidentity referencing new table as added
  for each statement execute function martech_identity_known();
"""
DROP = """
drop trigger identity_added on martech_person;
drop trigger identity_changed on martech_person;
drop trigger identity_address_added on martech_personemail;
drop trigger identity_address_moved on martech_personemail;
drop trigger identity_id_added on martech_personidentity;
drop trigger identity_id_moved on martech_personidentity;
drop function martech_identity_added();
drop function martech_identity_changed();
drop function martech_identity_known();
drop function martech_identity_mark(bigint[]);
drop function martech_identity_mark_each(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("martech", "0002_search_words")]

    operations = [migrations.RunSQL(CREATE, DROP)]
