import django.utils.timezone
import uuid
from django.db import migrations, models

from mops.core.migrating import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='RollupState',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('refreshed_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('time_zone', models.CharField(default='', max_length=64)),
                    ('currency', models.CharField(default='', max_length=3)),
                    ('stages', models.CharField(default='', help_text='The steps of the funnel, in order', max_length=100)),
                    ('revision', models.UUIDField(default=uuid.uuid4)),
                ],
            ),
            migrations.CreateModel(
                name='StaleDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('source', models.CharField(max_length=10)),
                    ('day', models.DateField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name='DailyRollup',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('grain', models.CharField(choices=[('all', 'Day'), ('channel', 'Day and channel'), ('region', 'Day, channel and region'), ('owner', 'Day, channel, region and owner')], default='channel', max_length=7)),
                    ('subject', models.CharField(max_length=20)),
                    ('day', models.DateField()),
                    ('channel', models.CharField(blank=True, default='', max_length=20)),
                    ('region', models.CharField(blank=True, default='', max_length=60)),
                    ('owner', models.CharField(blank=True, default='', help_text='Their address, or the source’s name', max_length=254)),
                    ('rows', models.BigIntegerField(default=0)),
                    ('amount', models.DecimalField(decimal_places=6, default=0, max_digits=20)),
                    ('unconverted', models.BigIntegerField(default=0, help_text='Rows whose currency has no rate for the day')),
                ],
                options={
                    'indexes': [models.Index(fields=['grain', 'day'], name='rollup_days'), models.Index(condition=models.Q(('grain', 'region')), fields=['region', 'day'], name='rollup_regions'), models.Index(condition=models.Q(('grain', 'owner')), fields=['owner', 'day'], name='rollup_owners')],
                    'constraints': [models.UniqueConstraint(fields=('grain', 'subject', 'day', 'channel', 'region', 'owner'), name='rollup_once')],
                },
            ),
            migrations.CreateModel(
                name='StepRollup',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('grain', models.CharField(choices=[('all', 'Day'), ('channel', 'Day and channel'), ('region', 'Day, channel and region'), ('owner', 'Day, channel, region and owner')], max_length=7)),
                    ('stage', models.CharField(max_length=12)),
                    ('day', models.DateField()),
                    ('channel', models.CharField(blank=True, default='', max_length=20)),
                    ('region', models.CharField(blank=True, default='', max_length=60)),
                    ('owner', models.CharField(blank=True, default='', max_length=254)),
                    ('days', models.IntegerField()),
                    ('people', models.BigIntegerField()),
                ],
                options={
                    'indexes': [models.Index(fields=['grain', 'day'], name='step_days'), models.Index(condition=models.Q(('grain', 'region')), fields=['region', 'day'], name='step_regions'), models.Index(condition=models.Q(('grain', 'owner')), fields=['owner', 'day'], name='step_owners')],
                },
            ),
        ]),
    ]
