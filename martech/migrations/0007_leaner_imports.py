"""Indexes that cost an import less, and what an import changed and added kept by object, for its undo."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


NAME_OBJECTS = """
update martech_importchange c set object = case b.kind when 'people' then 'person' when 'touches' then 'touch'
  when 'spend' then 'spend' else rtrim(b.kind, 's') end
from martech_importbatch b where b.id = c.batch_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('martech', '0006_identity'),
        ('planning', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportAddition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('row_id', models.BigIntegerField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='importchange',
            name='import_change_object',
        ),
        migrations.RemoveIndex(
            model_name='person',
            name='person_newest',
        ),
        migrations.RemoveIndex(
            model_name='person',
            name='person_changed',
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undone',
            field=models.JSONField(blank=True, default=dict, help_text='What taking it back did, and what it kept and why'),
        ),
        migrations.AddField(
            model_name='importchange',
            name='object',
            field=models.CharField(default='', help_text='person, account, deal, spend or touch', max_length=12),
            preserve_default=False,
        ),
        migrations.RunSQL(NAME_OBJECTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='importchange',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='martech.importbatch'),
        ),
        migrations.AlterField(
            model_name='person',
            name='account',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='martech.account'),
        ),
        migrations.AlterField(
            model_name='person',
            name='campaign',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='planning.campaign'),
        ),
        migrations.AlterField(
            model_name='person',
            name='import_batch',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.importbatch'),
        ),
        migrations.AlterField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='martech.person'),
        ),
        migrations.AlterField(
            model_name='person',
            name='owner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='personemail',
            name='key',
            field=models.CharField(max_length=254),
        ),
        migrations.AlterField(
            model_name='stagemove',
            name='actor',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='stagemove',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stage_moves', to='martech.person'),
        ),
        migrations.AddIndex(
            model_name='importchange',
            index=models.Index(fields=['batch', 'object', 'object_id'], name='import_change_of'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['created_at', 'id'], name='person_newest'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['updated_at', 'id'], name='person_changed'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('account__isnull', False)), fields=['account'], name='person_of_account'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('campaign__isnull', False)), fields=['campaign'], name='person_of_campaign'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('owner__isnull', False)), fields=['owner'], name='person_of_owner'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='person_of_merged_into'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('import_batch__isnull', False)), fields=['import_batch'], name='person_of_import_batch'),
        ),
        migrations.AddIndex(
            model_name='stagemove',
            index=models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='stage_move_actor'),
        ),
        migrations.AddConstraint(
            model_name='personemail',
            constraint=models.UniqueConstraint(fields=('key',), name='person_email_key'),
        ),
        migrations.AddField(
            model_name='importaddition',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='additions', to='martech.importbatch'),
        ),
        migrations.AddIndex(
            model_name='importaddition',
            index=models.Index(fields=['batch', 'table'], name='import_addition_of'),
        ),
        migrations.AddField(
            model_name='importwork',
            name='position',
            field=models.BigIntegerField(default=0, help_text='The last person whom the step before has done'),
        ),
        migrations.AlterField(
            model_name='importwork',
            name='step',
            field=models.CharField(choices=[('preview', 'Preview'), ('apply', 'Import'), ('follow', 'Accounts and owners')], max_length=10),
        ),
    ]
