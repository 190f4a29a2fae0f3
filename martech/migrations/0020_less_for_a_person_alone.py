"""A person who comes in alone costs the database less: keys that name nothing are not looked up, marks take one call less."""

from django.db import migrations

from mops.core.references import Reference, sql_of

MAY_BE_EMPTY = [
    Reference("martech_person", "account_id", "martech_account"),
    Reference("martech_person", "owner_id", "governance_user"),
    Reference("martech_routingdecision", "version_id", "martech_policyversion"),
    Reference("martech_routingdecision", "owner_id", "governance_user"),
    Reference("martech_touch", "campaign_id", "planning_campaign"),
]
# As before but in plpgsql, which keeps the plan where a function of plain SQL is set up again for every statement.
MARK_EACH = """
create or replace function martech_identity_mark_each(people bigint[]) returns void language plpgsql as $$
begin
  insert into martech_identitywork (person_id, state, attempts, run_after, last_error, created_at)
  select distinct p, 'pending', 0, now(), '', now() from unnest(people) p where p is not null order by p
  on conflict (person_id) where state in ('pending', 'running')
  do update set state = 'pending', lease_token = null, lease_until = null, run_after = now()
  where martech_identitywork.state = 'running';
end $$;
"""


def check_less(apps, schema_editor):
    for reference in MAY_BE_EMPTY:
        schema_editor.execute(sql_of(reference), params=None)


class Migration(migrations.Migration):
    dependencies = [("martech", "0019_addresses_by_index")]

    operations = [
        migrations.RunPython(check_less, migrations.RunPython.noop),
        migrations.RunSQL(MARK_EACH, migrations.RunSQL.noop),
    ]
