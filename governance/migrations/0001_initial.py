import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from mops.core.migrating import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('core', '0001_extensions'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('email', models.EmailField(max_length=254)),
                    ('name', models.CharField(blank=True, default='', max_length=150)),
                    ('job_title', models.CharField(blank=True, default='', max_length=120)),
                    ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('admin', 'Administrator'), ('leader', 'Marketing leader'), ('ops_manager', 'Marketing operations'), ('campaign_owner', 'Campaign owner'), ('approver', 'Approver'), ('requester', 'Requester'), ('sales_rep', 'Sales representative'), ('analyst', 'Analyst'), ('privacy_officer', 'Privacy officer'), ('auditor', 'Auditor'), ('integration', 'Integration')], max_length=30), blank=True, default=list, size=None)),
                    ('is_active', models.BooleanField(default=True)),
                    ('theme', models.CharField(choices=[('system', 'Like the system'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=8)),
                    ('density', models.CharField(choices=[('comfortable', 'Comfortable'), ('compact', 'Compact')], default='comfortable', max_length=12)),
                    ('time_zone', models.CharField(blank=True, default='', max_length=60)),
                    ('notices', models.CharField(choices=[('once', 'At once'), ('hourly', 'Once an hour'), ('daily', 'Once a day, at eight'), ('app', 'Never, only here')], default='once', max_length=6)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name', 'email'],
                },
            ),
            migrations.CreateModel(
                name='NamingRuleEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(max_length=40)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('delimiter', models.CharField(default=' | ', max_length=3)),
                    ('parts', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Notification',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('title', models.CharField(max_length=200)),
                    ('detail', models.CharField(blank=True, default='', max_length=500)),
                    ('url', models.CharField(blank=True, default='', max_length=300)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                    ('delivered_at', models.DateTimeField(blank=True, help_text='When it left by mail or chat', null=True)),
                ],
                options={
                    'ordering': ['-created_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='Purpose',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=60, unique=True)),
                    ('label', models.CharField(max_length=120)),
                    ('description', models.CharField(blank=True, default='', max_length=300)),
                    ('basis', models.CharField(choices=[('opt_in', 'Only with a grant'), ('opt_out', 'Until somebody says no')], default='opt_in', max_length=7)),
                ],
                options={
                    'ordering': ['label'],
                },
            ),
            migrations.CreateModel(
                name='PurposeEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.SlugField(db_index=False, max_length=60)),
                    ('label', models.CharField(max_length=120)),
                    ('description', models.CharField(blank=True, default='', max_length=300)),
                    ('basis', models.CharField(choices=[('opt_in', 'Only with a grant'), ('opt_out', 'Until somebody says no')], default='opt_in', max_length=7)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SavedView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('page', models.CharField(max_length=80)),
                    ('name', models.CharField(max_length=80)),
                    ('querystring', models.CharField(blank=True, default='', max_length=2000)),
                    ('is_shared', models.BooleanField(default=False)),
                    ('is_default', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='Seal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('table', models.CharField(max_length=63)),
                    ('number', models.PositiveIntegerField()),
                    ('ids', models.TextField(help_text='int8multirange of pgh_id')),
                    ('rows', models.PositiveIntegerField()),
                    ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None)),
                    ('root', models.CharField(max_length=64)),
                    ('mac', models.CharField(max_length=64)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['table', 'number'],
                },
            ),
            migrations.CreateModel(
                name='Suppression',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('subject', models.CharField(help_text='Keyed hash of the canonical address or number', max_length=64)),
                    ('kind', models.CharField(choices=[('email', 'E-mail address'), ('phone', 'Phone number')], max_length=5)),
                    ('purpose', models.CharField(blank=True, default='', help_text='Empty: every purpose', max_length=60)),
                    ('channel', models.CharField(blank=True, default='', help_text='Empty: every channel', max_length=20)),
                    ('reason', models.CharField(choices=[('asked', 'Asked not to be contacted'), ('erased', 'Erased at their request'), ('complained', 'Complained'), ('bounced', 'The address does not exist'), ('legal', 'Legal or contractual reason'), ('register', 'On a do-not-call register'), ('other', 'Another reason')], default='asked', max_length=10)),
                    ('note', models.CharField(blank=True, default='', max_length=300)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('lifted_at', models.DateTimeField(blank=True, null=True)),
                    ('lift_reason', models.CharField(blank=True, default='', max_length=300)),
                ],
                options={
                    'ordering': ['-added_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='SuppressionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('subject', models.CharField(help_text='Keyed hash of the canonical address or number', max_length=64)),
                    ('kind', models.CharField(choices=[('email', 'E-mail address'), ('phone', 'Phone number')], max_length=5)),
                    ('purpose', models.CharField(blank=True, default='', help_text='Empty: every purpose', max_length=60)),
                    ('channel', models.CharField(blank=True, default='', help_text='Empty: every channel', max_length=20)),
                    ('reason', models.CharField(choices=[('asked', 'Asked not to be contacted'), ('erased', 'Erased at their request'), ('complained', 'Complained'), ('bounced', 'The address does not exist'), ('legal', 'Legal or contractual reason'), ('register', 'On a do-not-call register'), ('other', 'Another reason')], default='asked', max_length=10)),
                    ('note', models.CharField(blank=True, default='', max_length=300)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('lifted_at', models.DateTimeField(blank=True, null=True)),
                    ('lift_reason', models.CharField(blank=True, default='', max_length=300)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Team',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, unique=True)),
                    ('region', models.CharField(blank=True, default='', max_length=60)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='TeamEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=120)),
                    ('region', models.CharField(blank=True, default='', max_length=60)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='UserEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('email', models.EmailField(max_length=254)),
                    ('name', models.CharField(blank=True, default='', max_length=150)),
                    ('job_title', models.CharField(blank=True, default='', max_length=120)),
                    ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('admin', 'Administrator'), ('leader', 'Marketing leader'), ('ops_manager', 'Marketing operations'), ('campaign_owner', 'Campaign owner'), ('approver', 'Approver'), ('requester', 'Requester'), ('sales_rep', 'Sales representative'), ('analyst', 'Analyst'), ('privacy_officer', 'Privacy officer'), ('auditor', 'Auditor'), ('integration', 'Integration')], max_length=30), blank=True, default=list, size=None)),
                    ('is_active', models.BooleanField(default=True)),
                    ('theme', models.CharField(choices=[('system', 'Like the system'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=8)),
                    ('density', models.CharField(choices=[('comfortable', 'Comfortable'), ('compact', 'Compact')], default='comfortable', max_length=12)),
                    ('time_zone', models.CharField(blank=True, default='', max_length=60)),
                    ('notices', models.CharField(choices=[('once', 'At once'), ('hourly', 'Once an hour'), ('daily', 'Once a day, at eight'), ('app', 'Never, only here')], default='once', max_length=6)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ApiToken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(blank=True, default='', max_length=80)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('prefix', models.CharField(max_length=12)),
                    ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read and write')], default='read', max_length=5)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('expires_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('last_used_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-created_at'],
                },
            ),
            migrations.CreateModel(
                name='ApiTokenEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(blank=True, default='', max_length=80)),
                    ('digest', models.CharField(max_length=64)),
                    ('prefix', models.CharField(max_length=12)),
                    ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read and write')], default='read', max_length=5)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('expires_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.apitoken')),
                    ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ConsentRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('subject', models.CharField(db_index=True, max_length=64)),
                    ('purpose', models.CharField(max_length=60)),
                    ('channel', models.CharField(default='email', max_length=20)),
                    ('state', models.CharField(choices=[('requested', 'Requested'), ('granted', 'Granted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired'), ('voided', 'Taken back')], max_length=10)),
                    ('origin', models.CharField(choices=[('person', 'The person'), ('colleague', 'A colleague'), ('import', 'An import'), ('system', 'A system')], default='person', max_length=9)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('evidence', models.JSONField(blank=True, default=dict)),
                    ('occurred_at', models.DateTimeField()),
                    ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('valid_until', models.DateTimeField(blank=True, help_text='When a grant ends by itself', null=True)),
                    ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                    ('voids', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_by', to='governance.consentrecord')),
                ],
                options={
                    'ordering': ['occurred_at', 'id'],
                },
            ),
            migrations.CreateModel(
                name='ContactCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('use', models.CharField(help_text='What it was for: Export of people, Sync to HubSpot', max_length=120)),
                    ('reference', models.CharField(blank=True, default='', help_text='The object behind it: app.model:id', max_length=120)),
                    ('purpose', models.CharField(max_length=60)),
                    ('channel', models.CharField(max_length=20)),
                    ('asked', models.PositiveIntegerField(default=0)),
                    ('denied', models.PositiveIntegerField(default=0)),
                    ('reasons', models.JSONField(default=dict)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='DeliveryWork',
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
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='HeldBack',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ref', models.CharField(max_length=100)),
                    ('reason', models.CharField(max_length=12)),
                    ('check_asked', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held_back', to='governance.contactcheck')),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='IdempotencyKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('credential', models.CharField(max_length=64)),
                    ('key', models.CharField(max_length=255)),
                    ('fingerprint', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField()),
                    ('content_type', models.CharField(blank=True, default='', max_length=80)),
                    ('location', models.CharField(blank=True, default='', max_length=500)),
                    ('body', models.BinaryField()),
                    ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('credential', 'key'), name='idempotency_key_unique')],
                },
            ),
            migrations.CreateModel(
                name='NamingRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('delimiter', models.CharField(default=' | ', max_length=3)),
                    ('parts', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['kind', '-version'],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'version'), name='naming_rule_version_unique'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('kind',), name='naming_rule_one_published'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('kind',), name='naming_rule_one_draft')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='namingrule',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_namingruleevent" ("created_at", "delimiter", "id", "kind", "parts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state", "version") SELECT new_values."created_at", new_values."delimiter", new_values."id", new_values."kind", new_values."parts", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."state", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a7e22d7ea2696c5adac1fe40a8ca1e2d25c80a82', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e3269', referencing='REFERENCING NEW TABLE AS new_values ', table='governance_namingrule', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='namingrule',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_namingruleevent" ("created_at", "delimiter", "id", "kind", "parts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state", "version") SELECT new_values."created_at", new_values."delimiter", new_values."id", new_values."kind", new_values."parts", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."state", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8b2d3540827a7589bd045e97bb0bd0da4e6d3d58', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_869b1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='governance_namingrule', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='namingrule',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_namingruleevent" ("created_at", "delimiter", "id", "kind", "parts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state", "version") SELECT old_values."created_at", old_values."delimiter", old_values."id", old_values."kind", old_values."parts", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."state", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='721555ccceda7c9024ad3df34f20290eddea9414', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4b93a', referencing='REFERENCING OLD TABLE AS old_values ', table='governance_namingrule', when='AFTER')),
            ),
            migrations.AddField(
                model_name='namingruleevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='namingruleevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.namingrule'),
            ),
            migrations.AddField(
                model_name='notification',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='purpose',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_purposeevent" ("basis", "description", "id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."basis", new_values."description", new_values."id", new_values."key", new_values."label", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a771006a62da362f7a6665fa4f8d326274d50abd', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6a451', referencing='REFERENCING NEW TABLE AS new_values ', table='governance_purpose', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='purpose',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_purposeevent" ("basis", "description", "id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."basis", new_values."description", new_values."id", new_values."key", new_values."label", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2dc5e676c9f208f8be29278ccf7bd5c8373deb21', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_aa87c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='governance_purpose', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='purpose',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_purposeevent" ("basis", "description", "id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."basis", old_values."description", old_values."id", old_values."key", old_values."label", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d967a1cc1551338efc7eea9a1d784b3dca753006', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_fc6b1', referencing='REFERENCING OLD TABLE AS old_values ', table='governance_purpose', when='AFTER')),
            ),
            migrations.AddField(
                model_name='purposeevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='purposeevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.purpose'),
            ),
            migrations.AddField(
                model_name='savedview',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddConstraint(
                model_name='seal',
                constraint=models.UniqueConstraint(fields=('table', 'number'), name='seal_number'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='seal',
                trigger=pgtrigger.compiler.Trigger(name='seal_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='da7e1c51ee74f12c5a262e775ccd2254886b8eca', operation='UPDATE OR DELETE', pgid='pgtrigger_seal_append_only_a03a8', table='governance_seal', when='BEFORE')),
            ),
            migrations.AddField(
                model_name='suppression',
                name='added_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='suppression',
                name='lifted_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='suppressionevent',
                name='added_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='suppressionevent',
                name='lifted_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='suppressionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='suppressionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.suppression'),
            ),
            migrations.AddField(
                model_name='user',
                name='team',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='governance.team'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='team',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_teamevent" ("created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region") SELECT new_values."created_at", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."region" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bfd4337b3fe0b039f69c38b21bf0753f290dd24d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_fe902', referencing='REFERENCING NEW TABLE AS new_values ', table='governance_team', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='team',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_teamevent" ("created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region") SELECT new_values."created_at", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."region" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5c01b8b4aacf34cb8e5769748f5704faf8071d5f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b2d7c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='governance_team', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='team',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_teamevent" ("created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region") SELECT old_values."created_at", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."region" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1181b12e2106e9768408df97e6b9cce755ba25d1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_74107', referencing='REFERENCING OLD TABLE AS old_values ', table='governance_team', when='AFTER')),
            ),
            migrations.AddField(
                model_name='teamevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='teamevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.team'),
            ),
            migrations.AddField(
                model_name='userevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='userevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='userevent',
                name='team',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='governance.team'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apitoken',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_apitokenevent" ("created_at", "digest", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scope", "user_id") SELECT new_values."created_at", new_values."digest", new_values."expires_at", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."prefix", new_values."revoked_at", new_values."scope", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6dac53bd34c3be481973b2498375f4ad31a8048a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_cc267', referencing='REFERENCING NEW TABLE AS new_values ', table='governance_apitoken', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apitoken',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_apitokenevent" ("created_at", "digest", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scope", "user_id") SELECT new_values."created_at", new_values."digest", new_values."expires_at", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."prefix", new_values."revoked_at", new_values."scope", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."digest" IS DISTINCT FROM (new_values."digest") OR old_values."expires_at" IS DISTINCT FROM (new_values."expires_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."prefix" IS DISTINCT FROM (new_values."prefix") OR old_values."revoked_at" IS DISTINCT FROM (new_values."revoked_at") OR old_values."scope" IS DISTINCT FROM (new_values."scope") OR old_values."user_id" IS DISTINCT FROM (new_values."user_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cac788d33cfb34e3b2e0132c07f43aae43aee8f5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_56ce1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='governance_apitoken', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apitoken',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_apitokenevent" ("created_at", "digest", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scope", "user_id") SELECT old_values."created_at", old_values."digest", old_values."expires_at", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."prefix", old_values."revoked_at", old_values."scope", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e5e0621429e50b374bea586a11f56a47270d775a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9e54e', referencing='REFERENCING OLD TABLE AS old_values ', table='governance_apitoken', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='apitokenevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e0dafff99d2d02a36bc1b890b02a82e21fb94886', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6404f', table='governance_apitokenevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='consentrecord',
                index=models.Index(fields=['subject', 'purpose', 'channel', 'occurred_at'], name='consent_fold'),
            ),
            migrations.AddIndex(
                model_name='consentrecord',
                index=models.Index(fields=['purpose', 'channel', 'subject'], name='consent_purpose'),
            ),
            migrations.AddConstraint(
                model_name='consentrecord',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'voided'), ('voids__isnull', False)), models.Q(models.Q(('state', 'voided'), _negated=True), ('voids__isnull', True)), _connector='OR'), name='consent_voided_names_its_record'),
            ),
            migrations.AddConstraint(
                model_name='consentrecord',
                constraint=models.CheckConstraint(condition=models.Q(('voids', models.F('id')), _negated=True), name='consent_voids_another'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='consentrecord',
                trigger=pgtrigger.compiler.Trigger(name='consent_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c52b7e765a94e5293e1cf48cf3bde6cff384311f', operation='UPDATE OR DELETE', pgid='pgtrigger_consent_append_only_60cf3', table='governance_consentrecord', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='contactcheck',
                index=models.Index(fields=['-at', '-id'], name='contactcheck_newest'),
            ),
            migrations.AddIndex(
                model_name='deliverywork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='deliverywork_due'),
            ),
            migrations.AddConstraint(
                model_name='deliverywork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='deliverywork_lease'),
            ),
            migrations.AddIndex(
                model_name='heldback',
                index=models.Index(fields=['ref'], name='heldback_ref'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='heldback',
                trigger=pgtrigger.compiler.Trigger(name='heldback_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8665768a2113cf72cc251030254becc2edaea67d', operation='UPDATE', pgid='pgtrigger_heldback_append_only_48f92', table='governance_heldback', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='namingruleevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aab58a63d9117865dc8fbaae7ef655c9f8c6ec2f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bf610', table='governance_namingruleevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='notification',
                index=models.Index(fields=['user', '-created_at'], name='notification_inbox'),
            ),
            migrations.AddIndex(
                model_name='notification',
                index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notification_unread'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='purposeevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='48405fc53803868195354cfa2fe66d91d28df8a0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b009e', table='governance_purposeevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='savedview',
                constraint=models.UniqueConstraint(fields=('user', 'page', 'name'), name='saved_view_name_unique'),
            ),
            migrations.AddConstraint(
                model_name='savedview',
                constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('user', 'page'), name='saved_view_one_default'),
            ),
            migrations.AddIndex(
                model_name='suppression',
                index=models.Index(fields=['-added_at', '-id'], name='suppression_newest'),
            ),
            migrations.AddConstraint(
                model_name='suppression',
                constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('subject', 'purpose', 'channel'), name='suppression_once'),
            ),
            migrations.AddConstraint(
                model_name='suppression',
                constraint=models.CheckConstraint(condition=models.Q(('lifted_at', None), models.Q(('lift_reason', ''), _negated=True), _connector='OR'), name='suppression_lifted_with_a_reason'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='suppression',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_suppressionevent" ("added_at", "added_by_id", "channel", "id", "kind", "lift_reason", "lifted_at", "lifted_by_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "source", "subject") SELECT new_values."added_at", new_values."added_by_id", new_values."channel", new_values."id", new_values."kind", new_values."lift_reason", new_values."lifted_at", new_values."lifted_by_id", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."purpose", new_values."reason", new_values."source", new_values."subject" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='249568f2d9cec528e982656a62dd11b3f32ce71a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d6b0e', referencing='REFERENCING NEW TABLE AS new_values ', table='governance_suppression', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='suppression',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_suppressionevent" ("added_at", "added_by_id", "channel", "id", "kind", "lift_reason", "lifted_at", "lifted_by_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "source", "subject") SELECT new_values."added_at", new_values."added_by_id", new_values."channel", new_values."id", new_values."kind", new_values."lift_reason", new_values."lifted_at", new_values."lifted_by_id", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."purpose", new_values."reason", new_values."source", new_values."subject" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='63b500f674f4d43715da78da1a8538c6e25f3485', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_498e9', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='governance_suppression', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='suppression',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_suppressionevent" ("added_at", "added_by_id", "channel", "id", "kind", "lift_reason", "lifted_at", "lifted_by_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reason", "source", "subject") SELECT old_values."added_at", old_values."added_by_id", old_values."channel", old_values."id", old_values."kind", old_values."lift_reason", old_values."lifted_at", old_values."lifted_by_id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purpose", old_values."reason", old_values."source", old_values."subject" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b057848c6778bf29e5b44003cab9480aecbe27e3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_582d6', referencing='REFERENCING OLD TABLE AS old_values ', table='governance_suppression', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='suppressionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3a5bc4cd302245f707df9f7254471c901d226990', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_92f99', table='governance_suppressionevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_unique'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='user',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_userevent" ("created_at", "density", "email", "id", "is_active", "job_title", "name", "notices", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "team_id", "theme", "time_zone") SELECT new_values."created_at", new_values."density", new_values."email", new_values."id", new_values."is_active", new_values."job_title", new_values."name", new_values."notices", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."roles", new_values."team_id", new_values."theme", new_values."time_zone" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a6ac9b3a4662b1aa353f21fa9aded46bf2895116', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_56bca', referencing='REFERENCING NEW TABLE AS new_values ', table='governance_user', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='user',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_userevent" ("created_at", "density", "email", "id", "is_active", "job_title", "name", "notices", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "team_id", "theme", "time_zone") SELECT new_values."created_at", new_values."density", new_values."email", new_values."id", new_values."is_active", new_values."job_title", new_values."name", new_values."notices", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."roles", new_values."team_id", new_values."theme", new_values."time_zone" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."density" IS DISTINCT FROM (new_values."density") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."job_title" IS DISTINCT FROM (new_values."job_title") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."notices" IS DISTINCT FROM (new_values."notices") OR old_values."roles" IS DISTINCT FROM (new_values."roles") OR old_values."team_id" IS DISTINCT FROM (new_values."team_id") OR old_values."theme" IS DISTINCT FROM (new_values."theme") OR old_values."time_zone" IS DISTINCT FROM (new_values."time_zone")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='04b5b1c3d6cf06de43a3000a9b147e0b6c0df6ea', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_bb9ca', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='governance_user', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='user',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "governance_userevent" ("created_at", "density", "email", "id", "is_active", "job_title", "name", "notices", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "team_id", "theme", "time_zone") SELECT old_values."created_at", old_values."density", old_values."email", old_values."id", old_values."is_active", old_values."job_title", old_values."name", old_values."notices", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."roles", old_values."team_id", old_values."theme", old_values."time_zone" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='cf15c49d9774db689a19548b250f680154d2275f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_d02bf', referencing='REFERENCING OLD TABLE AS old_values ', table='governance_user', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='teamevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8fef3e788f347656627a1aa6b6cf09f18a274fca', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7b596', table='governance_teamevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='userevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8769a162f080ca2505396772b6909fe6fd4bb212', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7bc32', table='governance_userevent', when='BEFORE')),
            ),
        ]),
    ]
