import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from mops.core.migrating import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('planning', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='FormVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('fields', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['form', '-number'],
                },
            ),
            migrations.CreateModel(
                name='IntakeForm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=60, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('description', models.CharField(blank=True, default='', max_length=300)),
                    ('is_active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='IntakeFormEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.SlugField(db_index=False, max_length=60)),
                    ('name', models.CharField(max_length=120)),
                    ('description', models.CharField(blank=True, default='', max_length=300)),
                    ('is_active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Request',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(editable=False, unique=True)),
                    ('title', models.CharField(max_length=200)),
                    ('answers', models.JSONField(default=dict)),
                    ('state', models.CharField(choices=[('submitted', 'New'), ('asked', 'Question open'), ('accepted', 'Accepted'), ('deferred', 'Deferred'), ('merged', 'Merged'), ('declined', 'Declined'), ('done', 'Done')], default='submitted', max_length=10)),
                    ('needed_by', models.DateField(blank=True, null=True)),
                    ('answer_due_at', models.DateTimeField(blank=True, help_text='When the requester was promised a verdict', null=True)),
                    ('question', models.TextField(blank=True, default='')),
                    ('reason', models.TextField(blank=True, default='')),
                    ('deferred_until', models.DateField(blank=True, null=True)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'ordering': ['-created_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='RequestComment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.TextField()),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['created_at', 'id'],
                },
            ),
            migrations.CreateModel(
                name='RequestEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField(editable=False)),
                    ('title', models.CharField(max_length=200)),
                    ('answers', models.JSONField(default=dict)),
                    ('state', models.CharField(choices=[('submitted', 'New'), ('asked', 'Question open'), ('accepted', 'Accepted'), ('deferred', 'Deferred'), ('merged', 'Merged'), ('declined', 'Declined'), ('done', 'Done')], default='submitted', max_length=10)),
                    ('needed_by', models.DateField(blank=True, null=True)),
                    ('answer_due_at', models.DateTimeField(blank=True, help_text='When the requester was promised a verdict', null=True)),
                    ('question', models.TextField(blank=True, default='')),
                    ('reason', models.TextField(blank=True, default='')),
                    ('deferred_until', models.DateField(blank=True, null=True)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='FormVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('fields', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workflow.formversion')),
                    ('form', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workflow.intakeform')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddField(
                model_name='formversion',
                name='form',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='workflow.intakeform'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='intakeform',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_intakeformevent" ("created_at", "description", "id", "is_active", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."description", new_values."id", new_values."is_active", new_values."key", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7b657e22431bb7f214b7c9578c2c0d145ff123e2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_20ecc', referencing='REFERENCING NEW TABLE AS new_values ', table='workflow_intakeform', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='intakeform',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_intakeformevent" ("created_at", "description", "id", "is_active", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."description", new_values."id", new_values."is_active", new_values."key", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1f30197b15b1514b29676ff4d71d80d602fb0b74', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c9357', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='workflow_intakeform', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='intakeform',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_intakeformevent" ("created_at", "description", "id", "is_active", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."created_at", old_values."description", old_values."id", old_values."is_active", old_values."key", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9a44da845ff56bec40a4878f5936d828423c515d', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9a81b', referencing='REFERENCING OLD TABLE AS old_values ', table='workflow_intakeform', when='AFTER')),
            ),
            migrations.AddField(
                model_name='intakeformevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='intakeformevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workflow.intakeform'),
            ),
            migrations.AddField(
                model_name='request',
                name='campaign',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='request',
                name='decided_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='request',
                name='form_version',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='workflow.formversion'),
            ),
            migrations.AddField(
                model_name='request',
                name='merged_into',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='workflow.request'),
            ),
            migrations.AddField(
                model_name='request',
                name='requester',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='requestcomment',
                name='author',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='requestcomment',
                name='request',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='workflow.request'),
            ),
            migrations.AddField(
                model_name='requestevent',
                name='campaign',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='requestevent',
                name='decided_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='requestevent',
                name='form_version',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workflow.formversion'),
            ),
            migrations.AddField(
                model_name='requestevent',
                name='merged_into',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workflow.request'),
            ),
            migrations.AddField(
                model_name='requestevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='requestevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workflow.request'),
            ),
            migrations.AddField(
                model_name='requestevent',
                name='requester',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='formversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='455bbb17dc610e3d261f89bb83eb1129aec300b9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_26691', table='workflow_formversionevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='formversion',
                constraint=models.UniqueConstraint(fields=('form', 'number'), name='form_version_number'),
            ),
            migrations.AddConstraint(
                model_name='formversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('form',), name='form_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='formversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_formversionevent" ("created_at", "fields", "form_id", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state") SELECT new_values."created_at", new_values."fields", new_values."form_id", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b5fc6d37bf312cfd60bb2ed1d6b8d5224e6c3612', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f6bb3', referencing='REFERENCING NEW TABLE AS new_values ', table='workflow_formversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='formversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_formversionevent" ("created_at", "fields", "form_id", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state") SELECT new_values."created_at", new_values."fields", new_values."form_id", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."state" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='54dbad208e4308a3971da58032515662939da47f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5b400', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='workflow_formversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='formversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_formversionevent" ("created_at", "fields", "form_id", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state") SELECT old_values."created_at", old_values."fields", old_values."form_id", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e503a94494e1a935a4acb40fd216577c3d747f3e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9818a', referencing='REFERENCING OLD TABLE AS old_values ', table='workflow_formversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='intakeformevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3dc6d5352011a9384d901136492dcdd82af8a182', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3fe4e', table='workflow_intakeformevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='request',
                index=models.Index(fields=['state', '-created_at'], name='request_state'),
            ),
            migrations.AddIndex(
                model_name='request',
                index=models.Index(fields=['-created_at', '-id'], name='request_newest'),
            ),
            migrations.AddIndex(
                model_name='request',
                index=django.contrib.postgres.indexes.GinIndex(fields=['title'], name='request_title_search', opclasses=['gin_trgm_ops']),
            ),
            migrations.AddConstraint(
                model_name='request',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('campaign__isnull', False), _connector='OR'), name='request_accepted_has_campaign'),
            ),
            migrations.AddConstraint(
                model_name='request',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', False), _connector='OR'), name='request_merged_has_target'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='request',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_requestevent" ("answer_due_at", "answers", "campaign_id", "created_at", "decided_at", "decided_by_id", "deferred_until", "form_version_id", "id", "merged_into_id", "needed_by", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reason", "requester_id", "state", "title", "updated_at") SELECT new_values."answer_due_at", new_values."answers", new_values."campaign_id", new_values."created_at", new_values."decided_at", new_values."decided_by_id", new_values."deferred_until", new_values."form_version_id", new_values."id", new_values."merged_into_id", new_values."needed_by", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."question", new_values."reason", new_values."requester_id", new_values."state", new_values."title", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6d1405dfa6d867724d0b965965819371ef7f2a6c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_12b79', referencing='REFERENCING NEW TABLE AS new_values ', table='workflow_request', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='request',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_requestevent" ("answer_due_at", "answers", "campaign_id", "created_at", "decided_at", "decided_by_id", "deferred_until", "form_version_id", "id", "merged_into_id", "needed_by", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reason", "requester_id", "state", "title", "updated_at") SELECT new_values."answer_due_at", new_values."answers", new_values."campaign_id", new_values."created_at", new_values."decided_at", new_values."decided_by_id", new_values."deferred_until", new_values."form_version_id", new_values."id", new_values."merged_into_id", new_values."needed_by", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."question", new_values."reason", new_values."requester_id", new_values."state", new_values."title", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9468e20d1dd2800e905904d8a82f53fb9d83b97f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7aad2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='workflow_request', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='request',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "workflow_requestevent" ("answer_due_at", "answers", "campaign_id", "created_at", "decided_at", "decided_by_id", "deferred_until", "form_version_id", "id", "merged_into_id", "needed_by", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reason", "requester_id", "state", "title", "updated_at") SELECT old_values."answer_due_at", old_values."answers", old_values."campaign_id", old_values."created_at", old_values."decided_at", old_values."decided_by_id", old_values."deferred_until", old_values."form_version_id", old_values."id", old_values."merged_into_id", old_values."needed_by", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."question", old_values."reason", old_values."requester_id", old_values."state", old_values."title", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='eef3a80883a0ab169590191fd9f6e08f87ae7ef7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_3eca3', referencing='REFERENCING OLD TABLE AS old_values ', table='workflow_request', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='requestevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e1a239155d9b33dab58b81225ecab17c67fa1bf4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_73ffe', table='workflow_requestevent', when='BEFORE')),
            ),
        ]),
    ]
