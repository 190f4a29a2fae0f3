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
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='CampaignCounter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('prefix', models.CharField(max_length=30, unique=True)),
                    ('last', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='ExchangeRateEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('date', models.DateField()),
                    ('rate', models.DecimalField(decimal_places=8, max_digits=18)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='BudgetLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200)),
                    ('channel', models.CharField(blank=True, choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], default='', max_length=20)),
                    ('fiscal_year', models.PositiveSmallIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='budget_lines', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-fiscal_year', 'name'],
                },
            ),
            migrations.CreateModel(
                name='BudgetEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('plan', 'Plan'), ('commit', 'Committed'), ('uncommit', 'Commitment released'), ('actual', 'Actual'), ('transfer_in', 'Transfer in'), ('transfer_out', 'Transfer out'), ('reversal', 'Reversal')], max_length=12)),
                    ('month', models.DateField(help_text='First day of the month it belongs to')),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                    ('note', models.CharField(blank=True, default='', max_length=300)),
                    ('document', models.CharField(blank=True, default='', max_length=200)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                    ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='planning.budgetentry')),
                    ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='planning.budgetline')),
                ],
                options={
                    'ordering': ['month', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40, unique=True)),
                    ('name', models.CharField(max_length=200)),
                    ('channel', models.CharField(choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], max_length=20)),
                    ('region', models.CharField(choices=[('GLOB', 'Global'), ('DACH', 'DACH'), ('EMEA', 'EMEA'), ('AMER', 'Americas'), ('APAC', 'Asia-Pacific')], default='GLOB', max_length=4)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('planned', 'Planned'), ('live', 'Live'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='draft', max_length=10)),
                    ('objective', models.TextField(blank=True, default='')),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField()),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='campaigns', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-starts_on', 'code'],
                },
            ),
            migrations.CreateModel(
                name='BudgetLineEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=200)),
                    ('channel', models.CharField(blank=True, choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], default='', max_length=20)),
                    ('fiscal_year', models.PositiveSmallIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='planning.budgetline')),
                    ('campaign', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='planning.campaign')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddField(
                model_name='budgetline',
                name='campaign',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='planning.campaign'),
            ),
            migrations.CreateModel(
                name='CampaignEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.CharField(max_length=40)),
                    ('name', models.CharField(max_length=200)),
                    ('channel', models.CharField(choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], max_length=20)),
                    ('region', models.CharField(choices=[('GLOB', 'Global'), ('DACH', 'DACH'), ('EMEA', 'EMEA'), ('AMER', 'Americas'), ('APAC', 'Asia-Pacific')], default='GLOB', max_length=4)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('planned', 'Planned'), ('live', 'Live'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='draft', max_length=10)),
                    ('objective', models.TextField(blank=True, default='')),
                    ('starts_on', models.DateField()),
                    ('ends_on', models.DateField()),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='planning.campaign')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ExchangeRate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('currency', models.CharField(max_length=3)),
                    ('date', models.DateField()),
                    ('rate', models.DecimalField(decimal_places=8, max_digits=18)),
                ],
                options={
                    'ordering': ['currency', '-date'],
                    'constraints': [models.UniqueConstraint(fields=('currency', 'date'), name='exchange_rate_once'), models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='exchange_rate_positive')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='exchangerate',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_exchangerateevent" ("currency", "date", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate") SELECT new_values."currency", new_values."date", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rate" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a77716fbcb9fde361c6cc630086079e393d4235a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e0b6d', referencing='REFERENCING NEW TABLE AS new_values ', table='planning_exchangerate', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='exchangerate',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_exchangerateevent" ("currency", "date", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate") SELECT new_values."currency", new_values."date", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rate" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5cdfed46fe26ca7075e5594d7739ba862748c77d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d921b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='planning_exchangerate', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='exchangerate',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_exchangerateevent" ("currency", "date", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate") SELECT old_values."currency", old_values."date", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rate" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='634ca45b25c3f302ffdf398c23dabeadfa8e6fc7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_40207', referencing='REFERENCING OLD TABLE AS old_values ', table='planning_exchangerate', when='AFTER')),
            ),
            migrations.AddField(
                model_name='exchangerateevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='exchangerateevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='planning.exchangerate'),
            ),
            migrations.AddIndex(
                model_name='budgetentry',
                index=models.Index(fields=['line', 'kind', 'month'], name='budget_entry_sums'),
            ),
            migrations.AddConstraint(
                model_name='budgetentry',
                constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='budget_entry_month'),
            ),
            migrations.AddConstraint(
                model_name='budgetentry',
                constraint=models.UniqueConstraint(condition=models.Q(('document', ''), _negated=True), fields=('line', 'document', 'month', 'kind'), name='budget_entry_document_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='budgetentry',
                trigger=pgtrigger.compiler.Trigger(name='budget_entry_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e8ad053b59b3393439d610d4815c0771d96ca8cb', operation='UPDATE OR DELETE', pgid='pgtrigger_budget_entry_append_only_01580', table='planning_budgetentry', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='campaign',
                index=models.Index(fields=['starts_on', 'ends_on'], name='campaign_dates'),
            ),
            migrations.AddConstraint(
                model_name='campaign',
                constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='campaign_dates_order'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='campaign',
                trigger=pgtrigger.compiler.Trigger(name='campaign_code_is_immutable', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d67a7757c2d15be94818852bff7b02b0dc050437', operation='UPDATE', pgid='pgtrigger_campaign_code_is_immutable_ca389', table='planning_campaign', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='campaign',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_campaignevent" ("channel", "code", "created_at", "ends_on", "id", "name", "objective", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "starts_on", "state", "updated_at") SELECT new_values."channel", new_values."code", new_values."created_at", new_values."ends_on", new_values."id", new_values."name", new_values."objective", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."region", new_values."starts_on", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c5880102c751720c822824e8c4de06cbee33c8b8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_edbd2', referencing='REFERENCING NEW TABLE AS new_values ', table='planning_campaign', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='campaign',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_campaignevent" ("channel", "code", "created_at", "ends_on", "id", "name", "objective", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "starts_on", "state", "updated_at") SELECT new_values."channel", new_values."code", new_values."created_at", new_values."ends_on", new_values."id", new_values."name", new_values."objective", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."region", new_values."starts_on", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='35aa082307aac5604eae4d568df9fb5770e15fb7', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_42ef2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='planning_campaign', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='campaign',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_campaignevent" ("channel", "code", "created_at", "ends_on", "id", "name", "objective", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "starts_on", "state", "updated_at") SELECT old_values."channel", old_values."code", old_values."created_at", old_values."ends_on", old_values."id", old_values."name", old_values."objective", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."region", old_values."starts_on", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8cbd0e608093aeb9a2c9825e945a5c65e0656e85', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4ce2e', referencing='REFERENCING OLD TABLE AS old_values ', table='planning_campaign', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='budgetlineevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7fabbf804a5dabdb916b878a8e550db1c85197eb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cfac4', table='planning_budgetlineevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.UniqueConstraint(fields=('campaign', 'fiscal_year', 'currency', 'name'), name='budget_line_unique', nulls_distinct=False),
            ),
            migrations.AddConstraint(
                model_name='budgetline',
                constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='budget_line_currency'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='budgetline',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_budgetlineevent" ("campaign_id", "channel", "created_at", "currency", "fiscal_year", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."campaign_id", new_values."channel", new_values."created_at", new_values."currency", new_values."fiscal_year", new_values."id", new_values."name", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='848a06dfbc3831c29bb4a0454508a6c7f75d2059', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_54703', referencing='REFERENCING NEW TABLE AS new_values ', table='planning_budgetline', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='budgetline',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_budgetlineevent" ("campaign_id", "channel", "created_at", "currency", "fiscal_year", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."campaign_id", new_values."channel", new_values."created_at", new_values."currency", new_values."fiscal_year", new_values."id", new_values."name", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bb6f70b9619f540e95d940fd449be5fe5a16f0e2', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9bd0c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='planning_budgetline', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='budgetline',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "planning_budgetlineevent" ("campaign_id", "channel", "created_at", "currency", "fiscal_year", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."campaign_id", old_values."channel", old_values."created_at", old_values."currency", old_values."fiscal_year", old_values."id", old_values."name", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d6ee6ea7d1c19b3b9051bede6a40c96ae0e00862', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_af50a', referencing='REFERENCING OLD TABLE AS old_values ', table='planning_budgetline', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='campaignevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f39535276ed39c2278736dd10c8aad6c4d0817dc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f2d98', table='planning_campaignevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='exchangerateevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f7a4b7559719cc357ad1b585cf428cf447b89b37', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_da9dd', table='planning_exchangerateevent', when='BEFORE')),
            ),
        ]),
    ]
