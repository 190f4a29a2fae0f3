"""Nobody is away twice at a time: absences that overlap become one, and the database refuses others."""

import django.contrib.postgres.constraints
import martech.models.working_time
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# By person, each run of absences that overlap becomes its first; their reasons are kept, as far as they fit.
UNITE = """
with marked as (
  select id, user_id, starts_at, ends_at, reason, max(ends_at) over (
    partition by user_id order by starts_at, id rows between unbounded preceding and 1 preceding
  ) as earlier from martech_timeoff
), numbered as (
  select *, count(*) filter (where earlier is null or starts_at >= earlier)
    over (partition by user_id order by starts_at, id) as run from marked
), united as (
  select (array_agg(id order by starts_at, id))[1] as kept, array_agg(id) as ids, max(ends_at) as ends_at,
    coalesce(string_agg(distinct nullif(reason, ''), ', '), '') as reason
  from numbered group by user_id, run having count(*) > 1
), gone as (
  delete from martech_timeoff t using united u where t.id = any(u.ids) and t.id <> u.kept
)
update martech_timeoff t set ends_at = u.ends_at, reason = left(u.reason, 120) from united u where t.id = u.kept
"""


class Migration(migrations.Migration):

    dependencies = [
        ('martech', '0006_match_key_mates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='timeoff',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='timeoff',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='timeoff',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='timeoff',
            name='updated_at',
            field=models.DateTimeField(auto_now=True),
        ),
        migrations.AddField(
            model_name='timeoffevent',
            name='updated_at',
            field=models.DateTimeField(auto_now=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeoff',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_timeoffevent" ("ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_at", "updated_at", "user_id") SELECT new_values."ends_at", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."starts_at", new_values."updated_at", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3304a79c1b50bc5376ee93ab43c36c3d7b064533', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ee80a', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_timeoff', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeoff',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_timeoffevent" ("ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_at", "updated_at", "user_id") SELECT new_values."ends_at", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."starts_at", new_values."updated_at", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='aeee6dc35f774639ecccc1c23b7073463d523215', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1f61a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_timeoff', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeoff',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_timeoffevent" ("ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_at", "updated_at", "user_id") SELECT old_values."ends_at", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."starts_at", old_values."updated_at", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7a6e513eaea8dc79625ab052a67742cdcb7e1a99', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2ef01', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_timeoff', when='AFTER')),
        ),
        migrations.RunSQL(UNITE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('user', '='), (martech.models.working_time.Span('starts_at', 'ends_at'), '&&')], name='time_off_apart', violation_error_message='This person is away then already.'),
        ),
    ]
