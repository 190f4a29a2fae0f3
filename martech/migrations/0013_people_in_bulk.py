"""Search looks through one narrow table of its own, and large statements leave sets of people to durable work."""

import django.contrib.postgres.indexes
import django.utils.timezone
from django.db import migrations, models

# How many people a statement may write before what follows for each of them is left to durable work.
MANY = """
create function martech_many() returns integer language sql immutable parallel safe as $$ select 10000 $$;
"""
NOT_MANY = "drop function martech_many()"

SET_OF = "select range_agg(int8range(p, p, '[]'))::text"
WAITING = "state, attempts, run_after, last_error, created_at, people"
WORDS = f"""
create function martech_words(first_name text, last_name text, email text, company text) returns text
language sql immutable parallel safe as $$ select first_name || ' ' || last_name || ' ' || email || ' ' || company $$;

create function martech_words_added() returns trigger language plpgsql as $$
begin
  if (select count(*) from added) > martech_many() then
    insert into martech_searchwork ({WAITING})
    select 'pending', 0, now(), '', now(), s.people from ({SET_OF} as people from (select id as p from added) a) s;
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
insert into martech_personwords (person_id, words)
select id, martech_words(first_name, last_name, email, company) from martech_person;
create trigger words_added after insert on martech_person referencing new table as added
  for each statement execute function martech_words_added();
create trigger words_changed after update on martech_person referencing old table as was new table as changed
  for each statement execute function martech_words_changed();
create trigger words_removed after delete on martech_person referencing old table as gone
  for each statement execute function martech_words_removed();
"""
NO_WORDS = """
drop trigger words_added on martech_person;
drop trigger words_changed on martech_person;
drop trigger words_removed on martech_person;
drop function martech_words_added();
drop function martech_words_changed();
drop function martech_words_removed();
drop function martech_words(text, text, text, text);
"""
MARKS = f"""
alter function martech_identity_mark(bigint[]) rename to martech_identity_mark_each;
create function martech_identity_mark(people bigint[]) returns void language plpgsql as $$
begin
  if cardinality(people) > martech_many() then
    insert into martech_identitymarks ({WAITING})
    select 'pending', 0, now(), '', now(), s.people from ({SET_OF} as people from unnest(people) p where p is not null) s;
  else
    perform martech_identity_mark_each(people);
  end if;
end $$;
"""
NO_MARKS = """
select martech_identity_mark_each(array(
  select generate_series(lower(r), upper(r) - 1) from martech_identitymarks m, unnest(m.people::int8multirange) r
  where m.state <> 'done'));
drop function martech_identity_mark(bigint[]);
alter function martech_identity_mark_each(bigint[]) rename to martech_identity_mark;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('martech', '0012_quality'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityMarks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('quarantined', 'Quarantined')], default='pending', max_length=12)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('run_after', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('last_error', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('people', models.TextField(help_text='Who they are: an int8multirange of ids')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PersonWords',
            fields=[
                ('person_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('words', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('quarantined', 'Quarantined')], default='pending', max_length=12)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('run_after', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('last_error', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('people', models.TextField(help_text='Who they are: an int8multirange of ids')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveIndex(
            model_name='person',
            name='person_search',
        ),
        migrations.RunSQL(MANY, NOT_MANY),
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(MARKS, NO_MARKS),
        migrations.AddIndex(
            model_name='identitymarks',
            index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='identitymarks_due'),
        ),
        migrations.AddConstraint(
            model_name='identitymarks',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='identitymarks_lease'),
        ),
        migrations.AddIndex(
            model_name='personwords',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='person_words_search', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='searchwork',
            index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='searchwork_due'),
        ),
        migrations.AddConstraint(
            model_name='searchwork',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='searchwork_lease'),
        ),
    ]
