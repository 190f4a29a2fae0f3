from django.conf import settings
from django.db import migrations, models
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations

from mops.core.migrating import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('core', '0001_extensions'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('planning', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('email', models.CharField(blank=True, default='', max_length=254)),
                    ('first_name', models.CharField(blank=True, default='', max_length=150)),
                    ('last_name', models.CharField(blank=True, default='', max_length=150)),
                    ('phone', models.CharField(blank=True, default='', help_text='E.164 where it is a valid number', max_length=40)),
                    ('company', models.CharField(blank=True, default='', max_length=300)),
                    ('website', models.CharField(blank=True, default='', max_length=500)),
                    ('country', models.CharField(blank=True, default='', help_text='ISO 3166-1 alpha-2', max_length=2)),
                    ('city', models.CharField(blank=True, default='', max_length=120)),
                    ('job_title', models.CharField(blank=True, default='', max_length=200)),
                    ('linkedin_url', models.CharField(blank=True, default='', max_length=500)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('medium', models.CharField(blank=True, default='', max_length=120)),
                    ('channel', models.CharField(choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], default='other', max_length=20)),
                    ('utm', models.JSONField(blank=True, default=dict)),
                    ('account_match', models.JSONField(blank=True, help_text='What matching said and why: see docs/accounts.md', null=True)),
                    ('owner_name', models.CharField(blank=True, default='', help_text='The owner as the source names them', max_length=150)),
                    ('do_not_route', models.BooleanField(default=False)),
                    ('lifecycle_stage', models.CharField(choices=[('subscriber', 'Subscriber'), ('lead', 'Lead'), ('mql', 'MQL'), ('sal', 'SAL'), ('sql', 'SQL'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified')], default='lead', max_length=12)),
                    ('furthest_stage', models.CharField(choices=[('subscriber', 'Subscriber'), ('lead', 'Lead'), ('mql', 'MQL'), ('sal', 'SAL'), ('sql', 'SQL'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified')], default='lead', max_length=12)),
                    ('score_fit', models.SmallIntegerField(default=0)),
                    ('score_engagement', models.SmallIntegerField(default=0)),
                    ('grade', models.CharField(blank=True, default='', max_length=2)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When they first came, as the source says')),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When mops first heard of them')),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'people',
                    'ordering': ['-created_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='AccountIdentity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('system', models.CharField(max_length=80)),
                    ('object', models.CharField(default='account', max_length=40)),
                    ('external_id', models.CharField(max_length=255)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='AccountKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=10)),
                    ('key', models.CharField(max_length=300)),
                ],
            ),
            migrations.CreateModel(
                name='Activity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('call', 'Call'), ('email', 'E-mail'), ('meeting', 'Meeting'), ('message', 'Message')], max_length=8)),
                    ('at', models.DateTimeField(help_text='As the CRM says')),
                    ('system', models.CharField(max_length=80)),
                    ('object', models.CharField(max_length=60)),
                    ('external_id', models.CharField(max_length=120)),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'activities',
                    'ordering': ['-at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='ChangedPerson',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person_id', models.BigIntegerField()),
                    ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), help_text='Under which topics; empty: nobody knows', null=True, size=None)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
            ),
            migrations.CreateModel(
                name='Connection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]*$', 'Use small letters, digits, - and _.')])),
                    ('vendor', models.CharField(max_length=20)),
                    ('base_url', models.CharField(blank=True, default='', help_text="Instead of the vendor's own address", max_length=300)),
                    ('options', models.JSONField(blank=True, default=dict, help_text='The vendor’s plain settings')),
                    ('sealed', models.TextField(blank=True, default='')),
                    ('token', models.TextField(blank=True, default='')),
                    ('token_until', models.DateTimeField(blank=True, null=True)),
                    ('account_id', models.CharField(blank=True, default='', max_length=120)),
                    ('state', models.CharField(choices=[('new', 'Not tested yet'), ('active', 'Active'), ('paused', 'Paused'), ('broken', 'Needs attention')], default='new', max_length=8)),
                    ('problem', models.JSONField(blank=True, default=dict, help_text='reason, detail and remedy while it is broken')),
                    ('paused_until', models.DateTimeField(blank=True, help_text='A budget that begins anew then', null=True)),
                    ('every_seconds', models.PositiveIntegerField(default=300)),
                    ('next_run_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('pushes_alone', models.BooleanField(default=True, help_text="Pushes within the guard rails need nobody's approval")),
                    ('is_practice', models.BooleanField(default=False, help_text='It leads to a practice server of this installation')),
                    ('guard', models.JSONField(blank=True, default=dict, help_text='Guard rails; see martech.sync.guard')),
                    ('usage', models.JSONField(blank=True, default=dict, help_text="What the vendor said of the account's calls")),
                    ('usage_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='ConnectionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]*$', 'Use small letters, digits, - and _.')])),
                    ('vendor', models.CharField(max_length=20)),
                    ('base_url', models.CharField(blank=True, default='', help_text="Instead of the vendor's own address", max_length=300)),
                    ('options', models.JSONField(blank=True, default=dict, help_text='The vendor’s plain settings')),
                    ('account_id', models.CharField(blank=True, default='', max_length=120)),
                    ('state', models.CharField(choices=[('new', 'Not tested yet'), ('active', 'Active'), ('paused', 'Paused'), ('broken', 'Needs attention')], default='new', max_length=8)),
                    ('problem', models.JSONField(blank=True, default=dict, help_text='reason, detail and remedy while it is broken')),
                    ('paused_until', models.DateTimeField(blank=True, help_text='A budget that begins anew then', null=True)),
                    ('every_seconds', models.PositiveIntegerField(default=300)),
                    ('next_run_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('pushes_alone', models.BooleanField(default=True, help_text="Pushes within the guard rails need nobody's approval")),
                    ('is_practice', models.BooleanField(default=False, help_text='It leads to a practice server of this installation')),
                    ('guard', models.JSONField(blank=True, default=dict, help_text='Guard rails; see martech.sync.guard')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Contract',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('yearly', models.DecimalField(blank=True, decimal_places=2, help_text="A year's price", max_digits=12, null=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('seats', models.PositiveIntegerField(blank=True, null=True)),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('renews_on', models.DateField(blank=True, null=True)),
                    ('notice_days', models.PositiveSmallIntegerField(default=30)),
                    ('is_automatic', models.BooleanField(default=True, help_text='It renews by itself unless notice is given')),
                    ('reminded_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['renews_on', 'id'],
                },
            ),
            migrations.CreateModel(
                name='ContractEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('yearly', models.DecimalField(blank=True, decimal_places=2, help_text="A year's price", max_digits=12, null=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('seats', models.PositiveIntegerField(blank=True, null=True)),
                    ('starts_on', models.DateField(blank=True, null=True)),
                    ('renews_on', models.DateField(blank=True, null=True)),
                    ('notice_days', models.PositiveSmallIntegerField(default=30)),
                    ('is_automatic', models.BooleanField(default=True, help_text='It renews by itself unless notice is given')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='DeadLetter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('direction', models.CharField(choices=[('pull', 'From there'), ('push', 'To there')], max_length=4)),
                    ('external_id', models.CharField(blank=True, default='', max_length=120)),
                    ('local_id', models.BigIntegerField(blank=True, null=True)),
                    ('reason', models.CharField(max_length=30)),
                    ('field', models.CharField(blank=True, default='', max_length=120)),
                    ('message', models.CharField(blank=True, default='', max_length=500)),
                    ('values', models.JSONField(default=dict)),
                    ('attempts', models.PositiveIntegerField(default=1)),
                    ('first_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('retry_at', models.DateTimeField(blank=True, help_text='Null: only when something about it changed', null=True)),
                    ('resolved_at', models.DateTimeField(blank=True, null=True)),
                    ('resolution', models.CharField(blank=True, default='', max_length=200)),
                ],
                options={
                    'ordering': ['-last_at'],
                },
            ),
            migrations.CreateModel(
                name='Deal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=300)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('stage', models.CharField(max_length=80)),
                    ('state', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=4)),
                    ('owner_name', models.CharField(blank=True, default='', help_text='The owner as the source names them', max_length=150)),
                    ('region', models.CharField(blank=True, default='', max_length=60)),
                    ('product', models.CharField(blank=True, default='', max_length=120)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('channel', models.CharField(blank=True, default='', max_length=20)),
                    ('opened_at', models.DateTimeField(blank=True, null=True)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['-opened_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='DealEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=300)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('stage', models.CharField(max_length=80)),
                    ('state', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=4)),
                    ('owner_name', models.CharField(blank=True, default='', help_text='The owner as the source names them', max_length=150)),
                    ('region', models.CharField(blank=True, default='', max_length=60)),
                    ('product', models.CharField(blank=True, default='', max_length=120)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('channel', models.CharField(blank=True, default='', max_length=20)),
                    ('opened_at', models.DateTimeField(blank=True, null=True)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='DealIdentity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('system', models.CharField(max_length=80)),
                    ('object', models.CharField(default='deal', max_length=40)),
                    ('external_id', models.CharField(max_length=255)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='DealPerson',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(blank=True, default='', max_length=60)),
                ],
            ),
            migrations.CreateModel(
                name='DealStageEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stage', models.CharField(max_length=80)),
                    ('state', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], max_length=4)),
                    ('at', models.DateTimeField()),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ],
                options={
                    'verbose_name_plural': 'deal stage entries',
                    'ordering': ['at', 'id'],
                },
            ),
            migrations.CreateModel(
                name='DuplicatePair',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('open', 'To decide'), ('merged', 'Merged'), ('rejected', 'Not the same'), ('ambiguous', 'Ambiguous')], default='open', max_length=10)),
                    ('band', models.CharField(choices=[('auto', 'Automatic'), ('review', 'Review'), ('ignore', 'Too weak'), ('vetoed', 'Kept apart by a veto')], max_length=10)),
                    ('rule', models.CharField(max_length=40)),
                    ('score', models.FloatField()),
                    ('needs_unique', models.BooleanField(default=False)),
                    ('signals', models.BigIntegerField(help_text='Bits of martech.identity.signals')),
                    ('evidence', models.JSONField(default=dict)),
                    ('rule_version', models.PositiveIntegerField()),
                    ('is_pinned', models.BooleanField(default=False, help_text='People said that the two are one')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['-score', 'id'],
                },
            ),
            migrations.CreateModel(
                name='EventIntake',
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
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='EventSource',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, unique=True)),
                    ('system', models.CharField(default='cdp', help_text='Sources of one product share it, and its user ids', max_length=80)),
                    ('origins', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, help_text='Web origins whose browsers may send, like https://www.example.com; * for any', size=None)),
                    ('purpose', models.CharField(blank=True, default='', help_text='Consent that everybody has given who is identified here; none', max_length=60)),
                    ('events_per_second', models.PositiveIntegerField(default=5000)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='EventSourceEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=80)),
                    ('system', models.CharField(default='cdp', help_text='Sources of one product share it, and its user ids', max_length=80)),
                    ('origins', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, help_text='Web origins whose browsers may send, like https://www.example.com; * for any', size=None)),
                    ('purpose', models.CharField(blank=True, default='', help_text='Consent that everybody has given who is identified here; none', max_length=60)),
                    ('events_per_second', models.PositiveIntegerField(default=5000)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='FitContribution',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rule', models.CharField(max_length=40)),
                    ('since', models.DateTimeField(default=django.utils.timezone.now)),
                    ('until', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['person', 'since', 'id'],
                },
            ),
            migrations.CreateModel(
                name='FixedPerson',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('before', models.CharField(blank=True, default='', max_length=500)),
                    ('after', models.CharField(max_length=500)),
                ],
                options={
                    'ordering': ['fix', 'person'],
                },
            ),
            migrations.CreateModel(
                name='FixValue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('context', models.CharField(blank=True, default='', max_length=60)),
                    ('before', models.CharField(blank=True, default='', max_length=500)),
                    ('after', models.CharField(max_length=500)),
                    ('people', models.PositiveIntegerField()),
                    ('is_chosen', models.BooleanField(default=True)),
                ],
                options={
                    'ordering': ['-people', 'before', 'context'],
                },
            ),
            migrations.CreateModel(
                name='FormerValue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('field', models.CharField(max_length=20)),
                    ('value', models.CharField(max_length=500)),
                    ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now)),
                ],
            ),
            migrations.CreateModel(
                name='HubValue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=12)),
                    ('value', models.CharField(max_length=320)),
                    ('people', models.PositiveIntegerField()),
                    ('surnames', models.PositiveIntegerField()),
                    ('found_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['-people', 'id'],
                },
            ),
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
                name='IdentityRules',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(unique=True)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'In force'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('dry_run', models.JSONField(blank=True, help_text='Clusters made, split and merged by the last dry run', null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'verbose_name_plural': 'identity rules',
                    'ordering': ['-number'],
                },
            ),
            migrations.CreateModel(
                name='IdentityRulesEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'In force'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('dry_run', models.JSONField(blank=True, help_text='Clusters made, split and merged by the last dry run', null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='IdentityWork',
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
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ImportAddition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('table', models.CharField(max_length=40)),
                    ('row_id', models.BigIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name='ImportBatch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('people', 'People'), ('accounts', 'Accounts'), ('deals', 'Deals'), ('spend', 'Spend'), ('touches', 'Touches')], max_length=10)),
                    ('source', models.CharField(help_text='The system the file came from; ids are unique within it', max_length=80)),
                    ('file_name', models.CharField(max_length=255)),
                    ('file_path', models.CharField(blank=True, default='', max_length=500)),
                    ('file_digest', models.CharField(blank=True, default='', max_length=64)),
                    ('file_bytes', models.BigIntegerField(default=0)),
                    ('mapping', models.JSONField(default=dict)),
                    ('options', models.JSONField(blank=True, default=dict, help_text='Encoding, delimiter and sheet as chosen')),
                    ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, default=list, size=None)),
                    ('state', models.CharField(choices=[('uploaded', 'Uploaded'), ('previewing', 'Being previewed'), ('previewed', 'Ready to import'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('undone', 'Undone')], default='uploaded', max_length=10)),
                    ('rows', models.BigIntegerField(default=0)),
                    ('created', models.BigIntegerField(default=0)),
                    ('updated', models.BigIntegerField(default=0)),
                    ('unchanged', models.BigIntegerField(default=0)),
                    ('rejected', models.BigIntegerField(default=0)),
                    ('progress', models.FloatField(default=0, help_text='Share of the file read, 0 to 1')),
                    ('preview', models.JSONField(blank=True, default=dict)),
                    ('error', models.TextField(blank=True, default='')),
                    ('undone', models.JSONField(blank=True, default=dict, help_text='What taking it back did, and what it kept and why')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('started_at', models.DateTimeField(blank=True, null=True)),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['-created_at'],
                },
            ),
            migrations.CreateModel(
                name='ImportChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('object', models.CharField(help_text='person, account, deal, spend or touch', max_length=12)),
                    ('object_id', models.BigIntegerField()),
                    ('before', models.JSONField()),
                    ('after', models.JSONField()),
                ],
            ),
            migrations.CreateModel(
                name='ImportReject',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('row_number', models.BigIntegerField()),
                    ('values', models.JSONField()),
                    ('errors', models.JSONField(help_text='{column: [reason]}')),
                ],
                options={
                    'ordering': ['batch', 'row_number'],
                },
            ),
            migrations.CreateModel(
                name='ImportWork',
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
                    ('step', models.CharField(choices=[('preview', 'Preview'), ('apply', 'Import'), ('follow', 'Accounts and owners')], max_length=10)),
                    ('position', models.BigIntegerField(default=0, help_text='The last person whom the step before has done')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Integration',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('what', models.CharField(blank=True, default='', help_text='Contacts, campaign costs, …', max_length=200)),
                    ('is_both_ways', models.BooleanField(default=False)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='IntegrationEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('what', models.CharField(blank=True, default='', help_text='Contacts, campaign costs, …', max_length=200)),
                    ('is_both_ways', models.BooleanField(default=False)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='LearnedVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('trained', models.JSONField(blank=True, null=True)),
                    ('report', models.JSONField(blank=True, null=True)),
                    ('trained_revision', models.PositiveIntegerField(default=0)),
                    ('trained_at', models.DateTimeField(blank=True, null=True)),
                    ('progress', models.FloatField(default=0)),
                    ('refusal', models.CharField(blank=True, default='', help_text='Why it could not be trained', max_length=500)),
                ],
                options={
                    'ordering': ['-number'],
                },
            ),
            migrations.CreateModel(
                name='LearnedVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('trained_revision', models.PositiveIntegerField(default=0)),
                    ('trained_at', models.DateTimeField(blank=True, null=True)),
                    ('refusal', models.CharField(blank=True, default='', help_text='Why it could not be trained', max_length=500)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='LearnedWork',
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
                    ('step', models.CharField(choices=[('train', 'Train a draft'), ('score', 'Score everybody')], max_length=5)),
                    ('position', models.BigIntegerField(default=0, help_text='The id of the last person who was scored')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='LifecycleVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['-number'],
                },
            ),
            migrations.CreateModel(
                name='LifecycleVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='LockedIdentity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(blank=True, default='', max_length=300)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
            ),
            migrations.CreateModel(
                name='MappingVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['object', '-number'],
                },
            ),
            migrations.CreateModel(
                name='MappingVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='MatchKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=12)),
                    ('value', models.CharField(max_length=320)),
                    ('surname', models.CharField(blank=True, default='', max_length=8)),
                ],
            ),
            migrations.CreateModel(
                name='MergedPerson',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('before', models.JSONField()),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Monitor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=60, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('is_active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name', 'id'],
                },
            ),
            migrations.CreateModel(
                name='MonitorEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.SlugField(db_index=False, max_length=60)),
                    ('name', models.CharField(max_length=120)),
                    ('is_active', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='MonitorVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('baseline', models.JSONField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['monitor', '-number'],
                },
            ),
            migrations.CreateModel(
                name='MonitorVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PairVerdict',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rule', models.CharField(max_length=40)),
                    ('rule_version', models.PositiveIntegerField()),
                    ('is_duplicate', models.BooleanField()),
                    ('reason', models.CharField(blank=True, default='', max_length=300)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['-at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='PersonConsent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('purpose', models.CharField(max_length=60)),
                    ('channel', models.CharField(max_length=20)),
                    ('state', models.CharField(max_length=10)),
                    ('since', models.DateTimeField()),
                    ('ends_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['person', 'purpose', 'channel'],
                },
            ),
            migrations.CreateModel(
                name='PersonEmail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.CharField(max_length=254)),
                    ('key', models.CharField(max_length=254)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='PersonEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('email', models.CharField(blank=True, default='', max_length=254)),
                    ('first_name', models.CharField(blank=True, default='', max_length=150)),
                    ('last_name', models.CharField(blank=True, default='', max_length=150)),
                    ('phone', models.CharField(blank=True, default='', help_text='E.164 where it is a valid number', max_length=40)),
                    ('company', models.CharField(blank=True, default='', max_length=300)),
                    ('website', models.CharField(blank=True, default='', max_length=500)),
                    ('country', models.CharField(blank=True, default='', help_text='ISO 3166-1 alpha-2', max_length=2)),
                    ('city', models.CharField(blank=True, default='', max_length=120)),
                    ('job_title', models.CharField(blank=True, default='', max_length=200)),
                    ('linkedin_url', models.CharField(blank=True, default='', max_length=500)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('medium', models.CharField(blank=True, default='', max_length=120)),
                    ('channel', models.CharField(choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], default='other', max_length=20)),
                    ('utm', models.JSONField(blank=True, default=dict)),
                    ('account_match', models.JSONField(blank=True, help_text='What matching said and why: see docs/accounts.md', null=True)),
                    ('owner_name', models.CharField(blank=True, default='', help_text='The owner as the source names them', max_length=150)),
                    ('do_not_route', models.BooleanField(default=False)),
                    ('lifecycle_stage', models.CharField(choices=[('subscriber', 'Subscriber'), ('lead', 'Lead'), ('mql', 'MQL'), ('sal', 'SAL'), ('sql', 'SQL'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified')], default='lead', max_length=12)),
                    ('furthest_stage', models.CharField(choices=[('subscriber', 'Subscriber'), ('lead', 'Lead'), ('mql', 'MQL'), ('sal', 'SAL'), ('sql', 'SQL'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified')], default='lead', max_length=12)),
                    ('grade', models.CharField(blank=True, default='', max_length=2)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When they first came, as the source says')),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When mops first heard of them')),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PersonIdentity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('system', models.CharField(max_length=80)),
                    ('object', models.CharField(default='person', max_length=40)),
                    ('external_id', models.CharField(max_length=255)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='PersonMerge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('choices', models.JSONField(blank=True, default=dict, help_text='Values chosen by hand: unit → person')),
                    ('sources', models.JSONField(blank=True, default=dict, help_text='Which person each unit came from')),
                    ('before', models.JSONField()),
                    ('after', models.JSONField()),
                    ('moved', models.JSONField(blank=True, default=dict)),
                    ('removed', models.JSONField(blank=True, default=dict)),
                    ('filled', models.JSONField(blank=True, default=dict)),
                    ('consents', models.JSONField(blank=True, default=list)),
                    ('reason', models.CharField(blank=True, default='', max_length=300)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('undone_reason', models.CharField(blank=True, default='', max_length=300)),
                ],
                options={
                    'ordering': ['-id'],
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
                name='PlannedWrite',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('local_id', models.BigIntegerField()),
                    ('external_id', models.CharField(blank=True, default='', max_length=120)),
                    ('action', models.CharField(max_length=6)),
                    ('before', models.JSONField(default=dict)),
                    ('after', models.JSONField(default=dict)),
                    ('match', models.JSONField(blank=True, help_text='[their field, value] for an upsert', null=True)),
                    ('seen_modified_at', models.DateTimeField(blank=True, null=True)),
                    ('state', models.CharField(choices=[('planned', 'Planned'), ('denied', 'Held back: consent'), ('sending', 'Being sent'), ('created', 'Created'), ('updated', 'Updated'), ('stale', 'Changed over there meanwhile'), ('skipped', 'Nothing left to do'), ('failed', 'Failed'), ('unknown', 'Not known yet')], default='planned', max_length=8)),
                    ('reason', models.CharField(blank=True, default='', max_length=30)),
                    ('field', models.CharField(blank=True, default='', max_length=120)),
                    ('message', models.CharField(blank=True, default='', max_length=500)),
                    ('written_at', models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name='PolicyVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['policy', '-number'],
                },
            ),
            migrations.CreateModel(
                name='PolicyVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PoolMemberState',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('pool', models.CharField(max_length=60)),
                    ('pointer', models.DecimalField(decimal_places=9, default=0, max_digits=24)),
                    ('away_behind', models.DecimalField(blank=True, decimal_places=9, help_text='Leads the member was behind their share when first passed over; empty while they take part', max_digits=24, null=True)),
                    ('assigned', models.PositiveBigIntegerField(default=0)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['pool', 'user'],
                },
            ),
            migrations.CreateModel(
                name='QualityFinding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('open', 'Open'), ('resolved', 'Resolved'), ('accepted', 'Accepted')], default='open', max_length=8)),
                    ('opened_on', models.DateField()),
                    ('due_on', models.DateField()),
                    ('seen_on', models.DateField()),
                    ('checked', models.PositiveIntegerField(default=0)),
                    ('failing', models.PositiveIntegerField(default=0)),
                    ('score', models.FloatField(default=0)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('accepted_until', models.DateField(blank=True, null=True)),
                    ('note', models.CharField(blank=True, default='', max_length=300)),
                    ('reminded_on', models.DateField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['due_on', 'id'],
                },
            ),
            migrations.CreateModel(
                name='QualityFindingEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('open', 'Open'), ('resolved', 'Resolved'), ('accepted', 'Accepted')], default='open', max_length=8)),
                    ('opened_on', models.DateField()),
                    ('due_on', models.DateField()),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('accepted_until', models.DateField(blank=True, null=True)),
                    ('note', models.CharField(blank=True, default='', max_length=300)),
                    ('reminded_on', models.DateField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='QualityFix',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20)),
                    ('field', models.CharField(help_text='A text column of people', max_length=40)),
                    ('options', models.JSONField(blank=True, default=dict)),
                    ('state', models.CharField(choices=[('counting', 'Being counted'), ('ready', 'Ready'), ('applying', 'Being applied'), ('applied', 'Applied'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('failed', 'Failed')], default='counting', max_length=8)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('counted_at', models.DateTimeField(blank=True, null=True)),
                    ('applied_at', models.DateTimeField(blank=True, null=True)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('looked_at', models.PositiveIntegerField(default=0, help_text='Distinct values that were looked at')),
                    ('left', models.JSONField(blank=True, default=list, help_text='Values that stay as they are, with the reason')),
                    ('changed', models.PositiveIntegerField(default=0, help_text='People whose value it changed')),
                    ('restored', models.PositiveIntegerField(default=0, help_text='People who got their value back')),
                    ('kept', models.PositiveIntegerField(default=0, help_text='People whose value somebody changed since')),
                    ('error', models.CharField(blank=True, default='', max_length=300)),
                ],
                options={
                    'verbose_name_plural': 'quality fixes',
                    'ordering': ['-created_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='QualityFixEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(max_length=20)),
                    ('field', models.CharField(help_text='A text column of people', max_length=40)),
                    ('options', models.JSONField(blank=True, default=dict)),
                    ('state', models.CharField(choices=[('counting', 'Being counted'), ('ready', 'Ready'), ('applying', 'Being applied'), ('applied', 'Applied'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('failed', 'Failed')], default='counting', max_length=8)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('counted_at', models.DateTimeField(blank=True, null=True)),
                    ('applied_at', models.DateTimeField(blank=True, null=True)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('looked_at', models.PositiveIntegerField(default=0, help_text='Distinct values that were looked at')),
                    ('left', models.JSONField(blank=True, default=list, help_text='Values that stay as they are, with the reason')),
                    ('changed', models.PositiveIntegerField(default=0, help_text='People whose value it changed')),
                    ('restored', models.PositiveIntegerField(default=0, help_text='People who got their value back')),
                    ('kept', models.PositiveIntegerField(default=0, help_text='People whose value somebody changed since')),
                    ('error', models.CharField(blank=True, default='', max_length=300)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='QualitySnapshot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('kind', models.CharField(max_length=12)),
                    ('field', models.CharField(max_length=250)),
                    ('weight', models.PositiveSmallIntegerField(default=1)),
                    ('target', models.FloatField()),
                    ('checked', models.PositiveIntegerField(default=0)),
                    ('failing', models.PositiveIntegerField(default=0)),
                    ('score', models.FloatField(blank=True, null=True)),
                    ('detail', models.JSONField(blank=True, default=dict)),
                ],
                options={
                    'ordering': ['monitor', '-day'],
                },
            ),
            migrations.CreateModel(
                name='QualitySource',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('source', models.CharField(max_length=120)),
                    ('checked', models.PositiveIntegerField()),
                    ('failing', models.PositiveIntegerField()),
                ],
                options={
                    'ordering': ['-failing', 'source'],
                },
            ),
            migrations.CreateModel(
                name='QualityWork',
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
                    ('step', models.CharField(choices=[('run', 'Ask every monitor'), ('count', 'Count what a fix would change'), ('apply', 'Apply a fix'), ('undo', 'Undo a fix'), ('follow', 'Match the changed people to accounts')], max_length=6)),
                    ('position', models.BigIntegerField(default=0, help_text='The id of the last person of the step before')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='RefusedEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('type', models.CharField(blank=True, default='', max_length=20)),
                    ('message_id', models.CharField(blank=True, default='', max_length=100)),
                    ('code', models.CharField(max_length=40)),
                    ('detail', models.CharField(max_length=300)),
                    ('payload', models.TextField(blank=True, default='')),
                ],
                options={
                    'ordering': ['-received_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='RemoteAlias',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(max_length=120)),
                    ('into_object', models.CharField(max_length=60)),
                    ('into_id', models.CharField(max_length=120)),
                    ('fate', models.CharField(max_length=10)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
            ),
            migrations.CreateModel(
                name='RemoteLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(max_length=120)),
                    ('to_object', models.CharField(max_length=60)),
                    ('to_id', models.CharField(max_length=120)),
                    ('role', models.CharField(blank=True, default='', max_length=80)),
                    ('is_primary', models.BooleanField(default=False)),
                ],
            ),
            migrations.CreateModel(
                name='RemoteOwner',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(max_length=120)),
                    ('email', models.CharField(blank=True, default='', max_length=254)),
                    ('name', models.CharField(blank=True, default='', max_length=200)),
                    ('is_active', models.BooleanField(default=True)),
                    ('is_chosen', models.BooleanField(default=False, help_text='Somebody said who it is; the address no longer decides')),
                ],
                options={
                    'ordering': ['connection', 'name'],
                },
            ),
            migrations.CreateModel(
                name='RemoteRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(max_length=120)),
                    ('local_id', models.BigIntegerField(blank=True, null=True)),
                    ('values', models.JSONField(default=dict)),
                    ('base', models.JSONField(blank=True, null=True)),
                    ('times', models.JSONField(default=dict)),
                    ('modified_at', models.DateTimeField(blank=True, null=True)),
                    ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('due_at', models.DateTimeField(blank=True, help_text='Since when something of ours waits to be sent', null=True)),
                    ('fate', models.CharField(blank=True, default='', help_text='deleted, merged or converted', max_length=10)),
                    ('fate_at', models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name='ResponseClock',
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
                    ('hop', models.PositiveSmallIntegerField(default=0, help_text='How often the lead was taken from somebody before')),
                    ('calendar', models.CharField(blank=True, default='', max_length=60)),
                    ('allowed_minutes', models.PositiveIntegerField()),
                    ('started_at', models.DateTimeField()),
                    ('warn_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField()),
                    ('paused_since', models.DateTimeField(blank=True, null=True)),
                    ('pauses', models.JSONField(blank=True, default=list)),
                    ('warned_at', models.DateTimeField(blank=True, null=True)),
                    ('breached_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_how', models.CharField(blank=True, default='', max_length=40)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('end', models.CharField(blank=True, choices=[('answered', 'Answered'), ('reassigned', 'Given to somebody else'), ('superseded', 'The owner changed by other means')], default='', max_length=10)),
                    ('verdict', models.JSONField(blank=True, default=dict)),
                ],
                options={
                    'ordering': ['-started_at', '-id'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='RoutingDecision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('outcome', models.CharField(choices=[('assigned', 'Assigned'), ('kept', 'Owner kept'), ('held', 'Waiting for somebody to be available'), ('parked', 'Parked'), ('do_not_route', 'Not to be routed'), ('manual', 'Assigned by hand')], max_length=12)),
                    ('rule', models.CharField(blank=True, default='', max_length=200)),
                    ('pool', models.CharField(blank=True, default='', max_length=60)),
                    ('inputs', models.JSONField(default=dict)),
                    ('trace', models.JSONField(default=dict, help_text='What the decision rests on; martech.routing.trace puts it in words')),
                    ('arrived_at', models.DateTimeField(help_text='When the person began to wait for an owner')),
                    ('decided_at', models.DateTimeField(default=django.utils.timezone.now, help_text='The moment the rules were asked')),
                    ('written_at', models.DateTimeField(blank=True, help_text='When the owner was written and told in the app', null=True)),
                    ('written_back_at', models.DateTimeField(blank=True, help_text='When the CRM had the owner', null=True)),
                    ('respond_by', models.DateTimeField(blank=True, null=True)),
                    ('responded_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['-decided_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='RoutingPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=60, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'routing policies',
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='RoutingPolicyEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.SlugField(db_index=False, max_length=60)),
                    ('name', models.CharField(max_length=120)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='RoutingWork',
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
                    ('cause', models.CharField(default='created', max_length=40)),
                    ('without', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                    ('hop', models.PositiveSmallIntegerField(default=0)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='RuleVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('merge', 'Merge rules'), ('accounts', 'Account matching')], max_length=10)),
                    ('number', models.PositiveIntegerField()),
                    ('document', models.JSONField()),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['kind', '-number'],
                },
            ),
            migrations.CreateModel(
                name='ScoringState',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('counted_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('people', models.PositiveIntegerField(default=0, help_text='How many were counted again')),
                    ('differing', models.PositiveIntegerField(default=0, help_text='How many of them had another score than was kept')),
                ],
            ),
            migrations.CreateModel(
                name='ScoringVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['-number'],
                },
            ),
            migrations.CreateModel(
                name='ScoringVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
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
            migrations.CreateModel(
                name='Segment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(help_text='How conditions and files name it; it never changes', max_length=80, unique=True)),
                    ('name', models.CharField(max_length=120, unique=True)),
                    ('description', models.CharField(blank=True, default='', max_length=400)),
                    ('kind', models.CharField(choices=[('live', 'Live'), ('static', 'Static')], default='live', max_length=6)),
                    ('members', models.PositiveIntegerField(default=0)),
                    ('evaluated_at', models.DateTimeField(blank=True, null=True)),
                    ('is_due', models.BooleanField(default=True)),
                    ('last_error', models.CharField(blank=True, default='', max_length=500)),
                    ('proved_at', models.DateTimeField(blank=True, null=True)),
                    ('proved_people', models.PositiveIntegerField(default=0)),
                    ('differing', models.PositiveIntegerField(default=0)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('archived_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='SegmentDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('members', models.PositiveIntegerField()),
                ],
                options={
                    'ordering': ['segment', 'day'],
                },
            ),
            migrations.CreateModel(
                name='SegmentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.SlugField(db_index=False, help_text='How conditions and files name it; it never changes', max_length=80)),
                    ('name', models.CharField(max_length=120)),
                    ('description', models.CharField(blank=True, default='', max_length=400)),
                    ('kind', models.CharField(choices=[('live', 'Live'), ('static', 'Static')], default='live', max_length=6)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('archived_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SegmentMembership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entered_at', models.DateTimeField()),
                    ('entered_why', models.CharField(blank=True, default='', max_length=120)),
                    ('left_at', models.DateTimeField(blank=True, null=True)),
                    ('left_why', models.CharField(blank=True, default='', max_length=120)),
                ],
                options={
                    'ordering': ['-entered_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='SegmentVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['segment', '-number'],
                },
            ),
            migrations.CreateModel(
                name='SegmentVersionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded')], default='draft', max_length=10)),
                    ('document', models.JSONField()),
                    ('revision', models.PositiveIntegerField(default=1, help_text='Counts edits of the draft; an edit names the one it saw')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SourceEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('message_id', models.CharField(max_length=100)),
                    ('type', models.CharField(max_length=10)),
                    ('name', models.CharField(blank=True, default='', max_length=200)),
                    ('user_id', models.CharField(blank=True, default='', max_length=255)),
                    ('anonymous_id', models.CharField(blank=True, default='', max_length=255)),
                    ('at', models.DateTimeField(help_text='When it happened, by our clock')),
                    ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('payload', models.JSONField()),
                    ('state', models.CharField(choices=[('waiting', 'Being read'), ('applied', 'Applied'), ('held', 'Held until they identify')], default='waiting', max_length=8)),
                    ('note', models.CharField(blank=True, default='', help_text='What of it could not be taken, and why', max_length=300)),
                ],
                options={
                    'ordering': ['-received_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='Spend',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('date', models.DateField()),
                    ('channel', models.CharField(choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], default='other', max_length=20)),
                    ('campaign_name', models.CharField(blank=True, default='', help_text='The campaign as the source says', max_length=200)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('impressions', models.BigIntegerField(default=0)),
                    ('clicks', models.BigIntegerField(default=0)),
                    ('conversions', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                    ('revenue', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('key', models.CharField(help_text='Hash of what makes the row one row in its source', max_length=80, unique=True)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'spend',
                    'ordering': ['-date', '-id'],
                },
            ),
            migrations.CreateModel(
                name='SpendEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('date', models.DateField()),
                    ('channel', models.CharField(choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], default='other', max_length=20)),
                    ('campaign_name', models.CharField(blank=True, default='', help_text='The campaign as the source says', max_length=200)),
                    ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('impressions', models.BigIntegerField(default=0)),
                    ('clicks', models.BigIntegerField(default=0)),
                    ('conversions', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                    ('revenue', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('key', models.CharField(help_text='Hash of what makes the row one row in its source', max_length=80)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='StageMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_stage', models.CharField(blank=True, choices=[('subscriber', 'Subscriber'), ('lead', 'Lead'), ('mql', 'MQL'), ('sal', 'SAL'), ('sql', 'SQL'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified')], default='', max_length=12)),
                    ('stage', models.CharField(choices=[('subscriber', 'Subscriber'), ('lead', 'Lead'), ('mql', 'MQL'), ('sal', 'SAL'), ('sql', 'SQL'), ('opportunity', 'Opportunity'), ('customer', 'Customer'), ('recycled', 'Recycled'), ('disqualified', 'Disqualified')], max_length=12)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reason', models.CharField(blank=True, default='', max_length=200)),
                    ('cause', models.CharField(blank=True, choices=[('automatic', 'Conditions of the stage'), ('deal', 'A deal'), ('manual', 'A colleague')], db_default='', default='', max_length=9)),
                ],
                options={
                    'ordering': ['at', 'id'],
                },
            ),
            migrations.CreateModel(
                name='SyncChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=10)),
                    ('local_id', models.BigIntegerField()),
                    ('external_id', models.CharField(blank=True, default='', max_length=120)),
                    ('before', models.JSONField(blank=True, null=True)),
                    ('after', models.JSONField(default=dict)),
                    ('why', models.JSONField(default=dict)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
            ),
            migrations.CreateModel(
                name='SyncDifference',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(blank=True, default='', max_length=120)),
                    ('local_id', models.BigIntegerField(blank=True, null=True)),
                    ('reason', models.CharField(max_length=30)),
                    ('fields', models.JSONField(default=dict, help_text='{field: [here, there]} where values differ')),
                ],
            ),
            migrations.CreateModel(
                name='SyncEcho',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('external_id', models.CharField(max_length=120)),
                    ('field', models.CharField(max_length=120)),
                    ('digest', models.BigIntegerField(help_text='Of the canonical value; see martech.sync.values.digest')),
                    ('expires_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='SyncHint',
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
                    ('external_id', models.CharField(max_length=120)),
                    ('event', models.CharField(max_length=60)),
                    ('key', models.CharField(max_length=200)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SyncObject',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='As the other system calls it: contacts, Lead, …', max_length=60)),
                    ('kind', models.CharField(help_text='person, account, deal, campaign, owner or activity', max_length=10)),
                    ('is_enabled', models.BooleanField(default=True)),
                    ('order', models.PositiveSmallIntegerField(default=100)),
                    ('cursor_at', models.DateTimeField(blank=True, null=True)),
                    ('window_until', models.DateTimeField(blank=True, null=True)),
                    ('position', models.JSONField(blank=True, null=True)),
                    ('backfilled_at', models.DateTimeField(blank=True, null=True)),
                    ('backfill_position', models.JSONField(blank=True, null=True)),
                    ('pushed_at', models.DateTimeField(blank=True, help_text='Changes of ours before this were looked at', null=True)),
                    ('set_aside', models.JSONField(blank=True, default=dict, help_text='{their field: why its mapping is put aside}')),
                    ('schema', models.JSONField(blank=True, default=dict)),
                    ('schema_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['order', 'id'],
                },
            ),
            migrations.CreateModel(
                name='SyncObjectEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(help_text='As the other system calls it: contacts, Lead, …', max_length=60)),
                    ('kind', models.CharField(help_text='person, account, deal, campaign, owner or activity', max_length=10)),
                    ('is_enabled', models.BooleanField(default=True)),
                    ('order', models.PositiveSmallIntegerField(default=100)),
                    ('backfilled_at', models.DateTimeField(blank=True, null=True)),
                    ('set_aside', models.JSONField(blank=True, default=dict, help_text='{their field: why its mapping is put aside}')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SyncRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('pull', 'Pull'), ('backfill', 'Backfill'), ('push', 'Push'), ('undo', 'Undo'), ('compare', 'Completeness proof')], max_length=8)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('paused', 'Paused'), ('planned', 'Planned'), ('held', 'Needs approval'), ('approved', 'Approved'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=9)),
                    ('read', models.BigIntegerField(default=0)),
                    ('unchanged', models.BigIntegerField(default=0)),
                    ('created', models.BigIntegerField(default=0)),
                    ('updated', models.BigIntegerField(default=0)),
                    ('skipped', models.BigIntegerField(default=0)),
                    ('conflicted', models.BigIntegerField(default=0)),
                    ('failed', models.BigIntegerField(default=0)),
                    ('unknown', models.BigIntegerField(default=0)),
                    ('total', models.BigIntegerField(blank=True, help_text='How many it will be, where the vendor says so', null=True)),
                    ('calls', models.BigIntegerField(default=0)),
                    ('since', models.DateTimeField(blank=True, null=True)),
                    ('until', models.DateTimeField(blank=True, null=True)),
                    ('plan', models.JSONField(blank=True, default=dict, help_text='Counts, blast radius and what held it back')),
                    ('plan_hash', models.CharField(blank=True, default='', max_length=64)),
                    ('problem', models.JSONField(blank=True, default=dict)),
                    ('approved_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('started_at', models.DateTimeField(blank=True, null=True)),
                    ('beat_at', models.DateTimeField(blank=True, help_text='While it runs: when it last got somewhere', null=True)),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['-created_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='SyncWork',
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
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='TimeOff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, default='', max_length=120)),
                ],
                options={
                    'ordering': ['starts_at'],
                },
            ),
            migrations.CreateModel(
                name='TimeOffEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, default='', max_length=120)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Tool',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, unique=True)),
                    ('vendor', models.CharField(blank=True, default='', max_length=120)),
                    ('area', models.CharField(choices=[('people', 'People and data'), ('reach', 'Reach and engage'), ('sell', 'Sales hand-over'), ('measure', 'Measure'), ('run', 'Plan and run')], max_length=12)),
                    ('state', models.CharField(choices=[('trial', 'On trial'), ('active', 'In use'), ('leaving', 'Being given up'), ('gone', 'Given up')], default='active', max_length=8)),
                    ('website', models.CharField(blank=True, default='', max_length=300)),
                    ('system', models.CharField(blank=True, default='', help_text='hubspot, salesforce, marketo, cdp, mops', max_length=20)),
                    ('holds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('people', 'People'), ('consent', 'Consent'), ('accounts', 'Companies'), ('deals', 'Deals'), ('behaviour', 'Behaviour'), ('campaigns', 'Campaigns'), ('spend', 'Spend'), ('content', 'Content'), ('staff', 'Own staff')], max_length=12), blank=True, default=list, size=None)),
                    ('notes', models.TextField(blank=True, default='')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='ToolCapability',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(choices=[('crm', 'Customer records'), ('cdp', 'Event collection and profiles'), ('enrichment', 'Enrichment'), ('dedupe', 'Deduplication'), ('routing', 'Lead routing'), ('scoring', 'Lead scoring'), ('segmentation', 'Segmentation'), ('warehouse', 'Data warehouse'), ('sync', 'Data synchronisation'), ('email', 'E-mail sending'), ('nurture', 'Nurture and journeys'), ('forms', 'Forms and landing pages'), ('web', 'Website and CMS'), ('ads', 'Advertising'), ('social', 'Social publishing'), ('webinars', 'Webinars'), ('events', 'Events'), ('chat', 'Chat'), ('abm', 'Account-based marketing'), ('seo', 'Search optimisation'), ('personalisation', 'Personalisation'), ('sequences', 'Sales sequences'), ('calls', 'Call recording'), ('meetings', 'Meeting booking'), ('intent', 'Intent data'), ('web_analytics', 'Web analytics'), ('attribution', 'Attribution'), ('dashboards', 'Dashboards'), ('experiments', 'Experiments'), ('surveys', 'Surveys'), ('planning', 'Planning and calendar'), ('budget', 'Budget'), ('intake', 'Requests and workflow'), ('proofing', 'Proofing and approval'), ('assets', 'Asset library'), ('design', 'Design'), ('consent', 'Consent and privacy'), ('automation', 'Integration and automation')], max_length=20)),
                ],
                options={
                    'verbose_name_plural': 'tool capabilities',
                    'ordering': ['key'],
                },
            ),
            migrations.CreateModel(
                name='ToolCapabilityEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.CharField(choices=[('crm', 'Customer records'), ('cdp', 'Event collection and profiles'), ('enrichment', 'Enrichment'), ('dedupe', 'Deduplication'), ('routing', 'Lead routing'), ('scoring', 'Lead scoring'), ('segmentation', 'Segmentation'), ('warehouse', 'Data warehouse'), ('sync', 'Data synchronisation'), ('email', 'E-mail sending'), ('nurture', 'Nurture and journeys'), ('forms', 'Forms and landing pages'), ('web', 'Website and CMS'), ('ads', 'Advertising'), ('social', 'Social publishing'), ('webinars', 'Webinars'), ('events', 'Events'), ('chat', 'Chat'), ('abm', 'Account-based marketing'), ('seo', 'Search optimisation'), ('personalisation', 'Personalisation'), ('sequences', 'Sales sequences'), ('calls', 'Call recording'), ('meetings', 'Meeting booking'), ('intent', 'Intent data'), ('web_analytics', 'Web analytics'), ('attribution', 'Attribution'), ('dashboards', 'Dashboards'), ('experiments', 'Experiments'), ('surveys', 'Surveys'), ('planning', 'Planning and calendar'), ('budget', 'Budget'), ('intake', 'Requests and workflow'), ('proofing', 'Proofing and approval'), ('assets', 'Asset library'), ('design', 'Design'), ('consent', 'Consent and privacy'), ('automation', 'Integration and automation')], max_length=20)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ToolEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=120)),
                    ('vendor', models.CharField(blank=True, default='', max_length=120)),
                    ('area', models.CharField(choices=[('people', 'People and data'), ('reach', 'Reach and engage'), ('sell', 'Sales hand-over'), ('measure', 'Measure'), ('run', 'Plan and run')], max_length=12)),
                    ('state', models.CharField(choices=[('trial', 'On trial'), ('active', 'In use'), ('leaving', 'Being given up'), ('gone', 'Given up')], default='active', max_length=8)),
                    ('website', models.CharField(blank=True, default='', max_length=300)),
                    ('system', models.CharField(blank=True, default='', help_text='hubspot, salesforce, marketo, cdp, mops', max_length=20)),
                    ('holds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('people', 'People'), ('consent', 'Consent'), ('accounts', 'Companies'), ('deals', 'Deals'), ('behaviour', 'Behaviour'), ('campaigns', 'Campaigns'), ('spend', 'Spend'), ('content', 'Content'), ('staff', 'Own staff')], max_length=12), blank=True, default=list, size=None)),
                    ('notes', models.TextField(blank=True, default='')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Touch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('kind', models.CharField(help_text='form, page, email_open, email_click, ad_click, meeting, …', max_length=40)),
                    ('channel', models.CharField(choices=[('paid_search', 'Paid search'), ('paid_social', 'Paid social'), ('display', 'Display'), ('email', 'E-mail'), ('content', 'Content & SEO'), ('organic_search', 'Organic search'), ('social', 'Organic social'), ('webinar', 'Webinars'), ('event', 'Events'), ('referral', 'Referral'), ('partner', 'Partners'), ('direct', 'Direct'), ('outbound', 'Outbound'), ('other', 'Other')], default='other', max_length=20)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('medium', models.CharField(blank=True, default='', max_length=120)),
                    ('url', models.CharField(blank=True, default='', max_length=1000)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('key', models.CharField(blank=True, help_text='Message id or content hash', max_length=80, null=True, unique=True)),
                    ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'touches',
                    'ordering': ['-at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='UsageQuestion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('answer', models.CharField(blank=True, choices=[('yes', 'Yes, I do'), ('sometimes', 'Now and then'), ('no', 'No')], default='', max_length=9)),
                    ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('reminded_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['capability__tool__name', 'capability__key'],
                },
            ),
            migrations.CreateModel(
                name='WorkingCalendar',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.SlugField(max_length=60, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('document', models.JSONField()),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='WorkingCalendarEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('key', models.SlugField(db_index=False, max_length=60)),
                    ('name', models.CharField(max_length=120)),
                    ('document', models.JSONField()),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='WriteKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('prefix', models.CharField(max_length=12)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['-created_at'],
                },
            ),
            migrations.CreateModel(
                name='WriteKeyEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('digest', models.CharField(max_length=64)),
                    ('prefix', models.CharField(max_length=12)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Account',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=300)),
                    ('name_key', models.CharField(blank=True, db_index=True, default='', max_length=300)),
                    ('website', models.CharField(blank=True, default='', max_length=500)),
                    ('domain', models.CharField(blank=True, db_index=True, default='', max_length=253)),
                    ('extra_domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, size=None)),
                    ('former_names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, default=list, size=None)),
                    ('country', models.CharField(blank=True, default='', max_length=2)),
                    ('employees', models.PositiveIntegerField(blank=True, null=True)),
                    ('industry', models.CharField(blank=True, default='', max_length=120)),
                    ('type', models.CharField(blank=True, default='', max_length=60)),
                    ('owner_name', models.CharField(blank=True, default='', help_text='The owner as the source names them', max_length=150)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='accounts', to=settings.AUTH_USER_MODEL)),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='martech.account')),
                ],
                options={
                    'ordering': ['name', 'id'],
                },
            ),
            migrations.CreateModel(
                name='AccountChange',
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
                    ('is_keyed', models.BooleanField(default=False)),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='martech.account')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='AccountEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=300)),
                    ('name_key', models.CharField(blank=True, default='', max_length=300)),
                    ('website', models.CharField(blank=True, default='', max_length=500)),
                    ('domain', models.CharField(blank=True, default='', max_length=253)),
                    ('extra_domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, size=None)),
                    ('former_names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, default=list, size=None)),
                    ('country', models.CharField(blank=True, default='', max_length=2)),
                    ('employees', models.PositiveIntegerField(blank=True, null=True)),
                    ('industry', models.CharField(blank=True, default='', max_length=120)),
                    ('type', models.CharField(blank=True, default='', max_length=60)),
                    ('owner_name', models.CharField(blank=True, default='', help_text='The owner as the source names them', max_length=150)),
                    ('source', models.CharField(blank=True, default='', max_length=120)),
                    ('properties', models.JSONField(blank=True, default=dict)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.account')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.account')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='AccountEvidence',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='account_evidence', serialize=False, to='martech.person')),
                    ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=311), default=list, size=None)),
                ],
                options={
                    'verbose_name_plural': 'account evidence',
                },
            ),
            migrations.CreateModel(
                name='IdentityCluster',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='identity_cluster', serialize=False, to='martech.person')),
                    ('auto_cluster', models.BigIntegerField()),
                    ('review_cluster', models.BigIntegerField(db_index=True)),
                ],
            ),
            migrations.CreateModel(
                name='LearnedScore',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='learned', serialize=False, to='martech.person')),
                    ('probability', models.FloatField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
            ),
            migrations.AddField(
                model_name='person',
                name='account',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='martech.account'),
            ),
            migrations.AddField(
                model_name='person',
                name='campaign',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='person',
                name='merged_into',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='martech.person'),
            ),
            migrations.AddField(
                model_name='person',
                name='owner',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='accountidentity',
                name='account',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='martech.account'),
            ),
            migrations.AddField(
                model_name='accountkey',
                name='account',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='martech.account'),
            ),
            migrations.AddField(
                model_name='activity',
                name='owner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='activities', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='activity',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='martech.person'),
            ),
            migrations.AddField(
                model_name='connection',
                name='created_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='connectionevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='connectionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='connectionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.connection'),
            ),
            migrations.AddField(
                model_name='contractevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='contractevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.contract'),
            ),
            migrations.AddField(
                model_name='deadletter',
                name='owner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='deal',
                name='account',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deals', to='martech.account'),
            ),
            migrations.AddField(
                model_name='deal',
                name='campaign',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deals', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='deal',
                name='owner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deals', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='dealevent',
                name='account',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.account'),
            ),
            migrations.AddField(
                model_name='dealevent',
                name='campaign',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='dealevent',
                name='owner',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='dealevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='dealevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.deal'),
            ),
            migrations.AddField(
                model_name='dealidentity',
                name='deal',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='martech.deal'),
            ),
            migrations.AddField(
                model_name='dealperson',
                name='deal',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='martech.deal'),
            ),
            migrations.AddField(
                model_name='dealperson',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deal_roles', to='martech.person'),
            ),
            migrations.AddField(
                model_name='deal',
                name='people',
                field=models.ManyToManyField(related_name='deals', through='martech.DealPerson', to='martech.person'),
            ),
            migrations.AddField(
                model_name='dealstageentry',
                name='deal',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stage_entries', to='martech.deal'),
            ),
            migrations.AddField(
                model_name='duplicatepair',
                name='one',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='martech.person'),
            ),
            migrations.AddField(
                model_name='duplicatepair',
                name='other',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='martech.person'),
            ),
            migrations.AddIndex(
                model_name='eventintake',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='eventintake_due'),
            ),
            migrations.AddConstraint(
                model_name='eventintake',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='eventintake_lease'),
            ),
            migrations.AddField(
                model_name='eventsource',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='eventsourceevent',
                name='actor',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='eventsourceevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='eventsourceevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.eventsource'),
            ),
            migrations.AddField(
                model_name='fitcontribution',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='fit_contributions', to='martech.person'),
            ),
            migrations.AddField(
                model_name='fixedperson',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='martech.person'),
            ),
            migrations.AddField(
                model_name='formervalue',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_values', to='martech.person'),
            ),
            migrations.AddConstraint(
                model_name='hubvalue',
                constraint=models.UniqueConstraint(fields=('kind', 'value'), name='hub_value_unique'),
            ),
            migrations.AddIndex(
                model_name='identitymarks',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='identitymarks_due'),
            ),
            migrations.AddConstraint(
                model_name='identitymarks',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='identitymarks_lease'),
            ),
            migrations.AddField(
                model_name='identityrules',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='identityrulesevent',
                name='actor',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='identityrulesevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='identityrulesevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.identityrules'),
            ),
            migrations.AddField(
                model_name='identitywork',
                name='person',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='identity_work', to='martech.person'),
            ),
            migrations.AddField(
                model_name='person',
                name='import_batch',
                field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='importbatch',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='importaddition',
                name='batch',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='additions', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='dealevent',
                name='import_batch',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='deal',
                name='import_batch',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='accountevent',
                name='import_batch',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='account',
                name='import_batch',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='importchange',
                name='batch',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='importreject',
                name='batch',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejects', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='importwork',
                name='batch',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='work', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='integrationevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='integrationevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.integration'),
            ),
            migrations.AddField(
                model_name='learnedversion',
                name='published_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='learnedversionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='learnedversionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.learnedversion'),
            ),
            migrations.AddField(
                model_name='learnedversionevent',
                name='published_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='learnedwork',
                name='version',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='work', to='martech.learnedversion'),
            ),
            migrations.AddField(
                model_name='lifecycleversion',
                name='published_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='lifecycleversionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='lifecycleversionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.lifecycleversion'),
            ),
            migrations.AddField(
                model_name='lifecycleversionevent',
                name='published_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='lockedidentity',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='lockedidentity',
                name='person',
                field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='identity_lock', to='martech.person'),
            ),
            migrations.AddField(
                model_name='mappingversion',
                name='published_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='mappingversionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='mappingversionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.mappingversion'),
            ),
            migrations.AddField(
                model_name='mappingversionevent',
                name='published_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='matchkey',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='match_keys', to='martech.person'),
            ),
            migrations.AddField(
                model_name='mergedperson',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged_away', to='martech.person'),
            ),
            migrations.AddField(
                model_name='monitor',
                name='owner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='monitorevent',
                name='owner',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='monitorevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='monitorevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='monitorversion',
                name='monitor',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='monitorversion',
                name='published_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='monitorversionevent',
                name='monitor',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='monitorversionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='monitorversionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.monitorversion'),
            ),
            migrations.AddField(
                model_name='monitorversionevent',
                name='published_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='pairverdict',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='pairverdict',
                name='pair',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='verdicts', to='martech.duplicatepair'),
            ),
            migrations.AddField(
                model_name='personconsent',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='martech.person'),
            ),
            migrations.AddField(
                model_name='personemail',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emails', to='martech.person'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='account',
                field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.account'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='campaign',
                field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='import_batch',
                field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='merged_into',
                field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.person'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='owner',
                field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='personevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='personevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.person'),
            ),
            migrations.AddField(
                model_name='personidentity',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='martech.person'),
            ),
            migrations.AddField(
                model_name='personmerge',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='personmerge',
                name='survivor',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='martech.person'),
            ),
            migrations.AddField(
                model_name='personmerge',
                name='undone_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='mergedperson',
                name='merge',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='others', to='martech.personmerge'),
            ),
            migrations.AddIndex(
                model_name='personwords',
                index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='person_words_search', opclasses=['gin_trgm_ops']),
            ),
            migrations.AddField(
                model_name='policyversion',
                name='published_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='policyversionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='policyversionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.policyversion'),
            ),
            migrations.AddField(
                model_name='policyversionevent',
                name='published_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='poolmemberstate',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pool_states', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='qualityfinding',
                name='monitor',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='qualityfinding',
                name='owner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quality_findings', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='qualityfindingevent',
                name='monitor',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='qualityfindingevent',
                name='owner',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='qualityfindingevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='qualityfindingevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.qualityfinding'),
            ),
            migrations.AddField(
                model_name='qualityfix',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='qualityfix',
                name='monitor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='fixes', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='fixvalue',
                name='fix',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values', to='martech.qualityfix'),
            ),
            migrations.AddField(
                model_name='fixedperson',
                name='fix',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='martech.qualityfix'),
            ),
            migrations.AddField(
                model_name='qualityfixevent',
                name='actor',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='qualityfixevent',
                name='monitor',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='qualityfixevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='qualityfixevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.qualityfix'),
            ),
            migrations.AddField(
                model_name='qualitysnapshot',
                name='monitor',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='martech.monitor'),
            ),
            migrations.AddField(
                model_name='qualitysnapshot',
                name='version',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='martech.monitorversion'),
            ),
            migrations.AddField(
                model_name='qualitysource',
                name='snapshot',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='martech.qualitysnapshot'),
            ),
            migrations.AddField(
                model_name='qualitywork',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='qualitywork',
                name='fix',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='work', to='martech.qualityfix'),
            ),
            migrations.AddField(
                model_name='refusedevent',
                name='source',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='refused', to='martech.eventsource'),
            ),
            migrations.AddField(
                model_name='remoteowner',
                name='connection',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='owners', to='martech.connection'),
            ),
            migrations.AddField(
                model_name='remoteowner',
                name='user',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='responseclock',
                name='owner',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='response_clocks', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='responseclock',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='response_clocks', to='martech.person'),
            ),
            migrations.AddField(
                model_name='routingdecision',
                name='owner',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='routingdecision',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='martech.person'),
            ),
            migrations.AddField(
                model_name='routingdecision',
                name='previous_owner',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='routingdecision',
                name='version',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='martech.policyversion'),
            ),
            migrations.AddField(
                model_name='responseclock',
                name='decision',
                field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='clock', to='martech.routingdecision'),
            ),
            migrations.AddField(
                model_name='poolmemberstate',
                name='policy',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='member_states', to='martech.routingpolicy'),
            ),
            migrations.AddField(
                model_name='policyversionevent',
                name='policy',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.routingpolicy'),
            ),
            migrations.AddField(
                model_name='policyversion',
                name='policy',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='martech.routingpolicy'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='routingpolicy',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_routingpolicyevent" ("created_at", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."id", new_values."key", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='409278ebe382a37a167615775812d69ea6f87fbe', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5b3d6', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_routingpolicy', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='routingpolicy',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_routingpolicyevent" ("created_at", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."id", new_values."key", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='51b75aef67ebe3c0e0fdbc50002ef31b4aa79654', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_94b2f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_routingpolicy', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='routingpolicy',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_routingpolicyevent" ("created_at", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."created_at", old_values."id", old_values."key", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='053768daac908e75c64420ec39f5509b5b9b1f1a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4c87f', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_routingpolicy', when='AFTER')),
            ),
            migrations.AddField(
                model_name='routingpolicyevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='routingpolicyevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.routingpolicy'),
            ),
            migrations.AddField(
                model_name='routingwork',
                name='person',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='routing_work', to='martech.person'),
            ),
            migrations.AddField(
                model_name='ruleversion',
                name='created_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='personmerge',
                name='rules',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='martech.ruleversion'),
            ),
            migrations.AddField(
                model_name='scoringversion',
                name='published_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='fitcontribution',
                name='version',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='martech.scoringversion'),
            ),
            migrations.AddField(
                model_name='scoringversionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='scoringversionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.scoringversion'),
            ),
            migrations.AddField(
                model_name='scoringversionevent',
                name='published_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddIndex(
                model_name='searchwork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='searchwork_due'),
            ),
            migrations.AddConstraint(
                model_name='searchwork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='searchwork_lease'),
            ),
            migrations.AddField(
                model_name='segment',
                name='created_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='segmentday',
                name='segment',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='martech.segment'),
            ),
            migrations.AddField(
                model_name='segmentevent',
                name='created_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='segmentevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='segmentevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.segment'),
            ),
            migrations.AddField(
                model_name='segmentmembership',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='martech.person'),
            ),
            migrations.AddField(
                model_name='segmentmembership',
                name='segment',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='martech.segment'),
            ),
            migrations.AddField(
                model_name='segmentversion',
                name='published_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='segmentversion',
                name='segment',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='martech.segment'),
            ),
            migrations.AddField(
                model_name='segmentversionevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='segmentversionevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.segmentversion'),
            ),
            migrations.AddField(
                model_name='segmentversionevent',
                name='published_by',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='segmentversionevent',
                name='segment',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.segment'),
            ),
            migrations.AddField(
                model_name='sourceevent',
                name='intake',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='events', to='martech.eventintake'),
            ),
            migrations.AddField(
                model_name='sourceevent',
                name='person',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='martech.person'),
            ),
            migrations.AddField(
                model_name='sourceevent',
                name='source',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='accepted', to='martech.eventsource'),
            ),
            migrations.AddField(
                model_name='spend',
                name='campaign',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='spend', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='spend',
                name='import_batch',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='spendevent',
                name='campaign',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='spendevent',
                name='import_batch',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='spendevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='spendevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.spend'),
            ),
            migrations.AddField(
                model_name='stagemove',
                name='actor',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='stagemove',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stage_moves', to='martech.person'),
            ),
            migrations.AddField(
                model_name='stagemove',
                name='version',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='martech.lifecycleversion'),
            ),
            migrations.AddField(
                model_name='syncobject',
                name='connection',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sync_objects', to='martech.connection'),
            ),
            migrations.AddField(
                model_name='synchint',
                name='object',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hints', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='syncecho',
                name='object',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='remoterow',
                name='object',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='remotelink',
                name='object',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='remotealias',
                name='object',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='mappingversionevent',
                name='object',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='mappingversion',
                name='object',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='deadletter',
                name='object',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dead_letters', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='syncobjectevent',
                name='connection',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.connection'),
            ),
            migrations.AddField(
                model_name='syncobjectevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='syncobjectevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='syncrun',
                name='actor',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='syncrun',
                name='approved_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='syncrun',
                name='connection',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='martech.connection'),
            ),
            migrations.AddField(
                model_name='syncrun',
                name='mapping',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.mappingversion'),
            ),
            migrations.AddField(
                model_name='syncrun',
                name='object',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='martech.syncobject'),
            ),
            migrations.AddField(
                model_name='syncrun',
                name='reverts',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='undone_by', to='martech.syncrun'),
            ),
            migrations.AddField(
                model_name='syncdifference',
                name='run',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='differences', to='martech.syncrun'),
            ),
            migrations.AddField(
                model_name='syncchange',
                name='run',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='martech.syncrun'),
            ),
            migrations.AddField(
                model_name='plannedwrite',
                name='run',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='writes', to='martech.syncrun'),
            ),
            migrations.AddField(
                model_name='deadletter',
                name='run',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.syncrun'),
            ),
            migrations.AddField(
                model_name='syncwork',
                name='connection',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='work', to='martech.connection'),
            ),
            migrations.AddField(
                model_name='syncwork',
                name='run',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='work', to='martech.syncrun'),
            ),
            migrations.AddField(
                model_name='timeoff',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='time_off', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='timeoffevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='timeoffevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.timeoff'),
            ),
            migrations.AddField(
                model_name='timeoffevent',
                name='user',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='tool',
                name='owner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tools', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='integrationevent',
                name='end',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='integrationevent',
                name='start',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='integration',
                name='end',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receives', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='integration',
                name='start',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sends', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='contractevent',
                name='tool',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='contract',
                name='tool',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contracts', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='toolcapability',
                name='tool',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='capabilities', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='toolcapabilityevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='toolcapabilityevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.toolcapability'),
            ),
            migrations.AddField(
                model_name='toolcapabilityevent',
                name='tool',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='toolevent',
                name='owner',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='toolevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='toolevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.tool'),
            ),
            migrations.AddField(
                model_name='touch',
                name='campaign',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='touches', to='planning.campaign'),
            ),
            migrations.AddField(
                model_name='touch',
                name='import_batch',
                field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='martech.importbatch'),
            ),
            migrations.AddField(
                model_name='touch',
                name='person',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='martech.person'),
            ),
            migrations.AddField(
                model_name='usagequestion',
                name='capability',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='martech.toolcapability'),
            ),
            migrations.AddField(
                model_name='usagequestion',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='usage_questions', to=settings.AUTH_USER_MODEL),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='workingcalendar',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_workingcalendarevent" ("created_at", "document", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."key", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0eb7472936f426b45d07719674674a3d6711adbe', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_fed98', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_workingcalendar', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='workingcalendar',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_workingcalendarevent" ("created_at", "document", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."key", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9524a617f21e588ad66a2a0b34ac152f9ccfa2c4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_20874', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_workingcalendar', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='workingcalendar',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_workingcalendarevent" ("created_at", "document", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."key", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='20908793d8645c8ab7d0d9c66363f4e64c830a7e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_58999', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_workingcalendar', when='AFTER')),
            ),
            migrations.AddField(
                model_name='workingcalendarevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='workingcalendarevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.workingcalendar'),
            ),
            migrations.AddField(
                model_name='writekey',
                name='source',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='martech.eventsource'),
            ),
            migrations.AddField(
                model_name='writekeyevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='writekeyevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='martech.writekey'),
            ),
            migrations.AddField(
                model_name='writekeyevent',
                name='source',
                field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='martech.eventsource'),
            ),
            migrations.AddIndex(
                model_name='accountchange',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='accountchange_due'),
            ),
            migrations.AddIndex(
                model_name='accountchange',
                index=models.Index(condition=models.Q(('is_keyed', False)), fields=['account'], name='account_change_stale'),
            ),
            migrations.AddConstraint(
                model_name='accountchange',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='accountchange_lease'),
            ),
            migrations.AddIndex(
                model_name='accountevidence',
                index=django.contrib.postgres.indexes.GinIndex(fields=['keys'], name='account_evidence_keys'),
            ),
            migrations.AddField(
                model_name='learnedscore',
                name='version',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='martech.learnedversion'),
            ),
            migrations.AddConstraint(
                model_name='accountidentity',
                constraint=models.UniqueConstraint(fields=('system', 'object', 'external_id'), name='account_identity_unique'),
            ),
            migrations.AddIndex(
                model_name='accountkey',
                index=models.Index(fields=['kind', 'key', 'account'], name='account_key_lookup'),
            ),
            migrations.AddConstraint(
                model_name='accountkey',
                constraint=models.UniqueConstraint(fields=('account', 'kind', 'key'), name='account_key_once'),
            ),
            migrations.AddIndex(
                model_name='activity',
                index=models.Index(fields=['person', '-at'], name='activity_person'),
            ),
            migrations.AddConstraint(
                model_name='activity',
                constraint=models.UniqueConstraint(fields=('system', 'object', 'external_id', 'person'), name='activity_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='activity',
                trigger=pgtrigger.compiler.Trigger(name='person_follows_merges', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nperform 1 from martech_person p where p.id in (select distinct person_id from new_rows) order by p.id for key share;\n\ndelete from martech_activity t using new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null and exists (\n  select 1 from martech_activity o where o.person_id = p.merged_into_id and o.system = t.system and o.object = t.object and o.external_id = t.external_id);\n\nupdate martech_activity t set person_id = p.merged_into_id from new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null;\nreturn null;\n', hash='0efe59b85df0f71ed497f3cc329f1d9d82d14f84', level='STATEMENT', operation='INSERT', pgid='pgtrigger_person_follows_merges_8352a', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_activity', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='connection',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_connectionevent" ("account_id", "base_url", "created_at", "created_by_id", "every_seconds", "guard", "id", "is_practice", "name", "next_run_at", "options", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "pushes_alone", "state", "updated_at", "vendor") SELECT new_values."account_id", new_values."base_url", new_values."created_at", new_values."created_by_id", new_values."every_seconds", new_values."guard", new_values."id", new_values."is_practice", new_values."name", new_values."next_run_at", new_values."options", new_values."paused_until", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."problem", new_values."pushes_alone", new_values."state", new_values."updated_at", new_values."vendor" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c24fa39a8d5c55b6a1795f7661e4d2fef814e675', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_42c1b', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_connection', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='connection',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_connectionevent" ("account_id", "base_url", "created_at", "created_by_id", "every_seconds", "guard", "id", "is_practice", "name", "next_run_at", "options", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "pushes_alone", "state", "updated_at", "vendor") SELECT new_values."account_id", new_values."base_url", new_values."created_at", new_values."created_by_id", new_values."every_seconds", new_values."guard", new_values."id", new_values."is_practice", new_values."name", new_values."next_run_at", new_values."options", new_values."paused_until", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."problem", new_values."pushes_alone", new_values."state", new_values."updated_at", new_values."vendor" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."account_id" IS DISTINCT FROM (new_values."account_id") OR old_values."base_url" IS DISTINCT FROM (new_values."base_url") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."every_seconds" IS DISTINCT FROM (new_values."every_seconds") OR old_values."guard" IS DISTINCT FROM (new_values."guard") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_practice" IS DISTINCT FROM (new_values."is_practice") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."next_run_at" IS DISTINCT FROM (new_values."next_run_at") OR old_values."options" IS DISTINCT FROM (new_values."options") OR old_values."paused_until" IS DISTINCT FROM (new_values."paused_until") OR old_values."problem" IS DISTINCT FROM (new_values."problem") OR old_values."pushes_alone" IS DISTINCT FROM (new_values."pushes_alone") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."vendor" IS DISTINCT FROM (new_values."vendor")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8d0f16046ce856cce8b729a638ec789691b87d1e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0c04b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_connection', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='connection',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_connectionevent" ("account_id", "base_url", "created_at", "created_by_id", "every_seconds", "guard", "id", "is_practice", "name", "next_run_at", "options", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "pushes_alone", "state", "updated_at", "vendor") SELECT old_values."account_id", old_values."base_url", old_values."created_at", old_values."created_by_id", old_values."every_seconds", old_values."guard", old_values."id", old_values."is_practice", old_values."name", old_values."next_run_at", old_values."options", old_values."paused_until", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."problem", old_values."pushes_alone", old_values."state", old_values."updated_at", old_values."vendor" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6930d31cdeb174676fea2aa75ac1da468d14e642', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_10649', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_connection', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='connectionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='da6a58d7fca30191f1079379ce9daa3419853b76', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6c9d6', table='martech_connectionevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='dealidentity',
                constraint=models.UniqueConstraint(fields=('system', 'object', 'external_id'), name='deal_identity_unique'),
            ),
            migrations.AddConstraint(
                model_name='dealperson',
                constraint=models.UniqueConstraint(fields=('deal', 'person'), name='deal_person_unique'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='dealperson',
                trigger=pgtrigger.compiler.Trigger(name='person_follows_merges', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nperform 1 from martech_person p where p.id in (select distinct person_id from new_rows) order by p.id for key share;\n\ndelete from martech_dealperson t using new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null and exists (\n  select 1 from martech_dealperson o where o.person_id = p.merged_into_id and o.deal_id = t.deal_id);\n\nupdate martech_dealperson t set person_id = p.merged_into_id from new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null;\nreturn null;\n', hash='493fd2f79d1708366e979fc7e1ef86b634504b35', level='STATEMENT', operation='INSERT', pgid='pgtrigger_person_follows_merges_e4b61', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_dealperson', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='dealstageentry',
                constraint=models.UniqueConstraint(fields=('deal', 'at', 'stage'), name='deal_stage_once'),
            ),
            migrations.AddIndex(
                model_name='duplicatepair',
                index=models.Index(fields=['state', 'band', '-score', 'id'], name='duplicate_pair_queue'),
            ),
            migrations.AddConstraint(
                model_name='duplicatepair',
                constraint=models.UniqueConstraint(fields=('one', 'other'), name='duplicate_pair_unique'),
            ),
            migrations.AddConstraint(
                model_name='duplicatepair',
                constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='duplicate_pair_order'),
            ),
            migrations.AddConstraint(
                model_name='duplicatepair',
                constraint=models.CheckConstraint(condition=models.Q(('is_pinned', True), ('state', 'rejected'), _negated=True), name='duplicate_pair_pinned_or_rejected'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='eventsource',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_eventsourceevent" ("actor_id", "created_at", "events_per_second", "id", "name", "origins", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "system") SELECT new_values."actor_id", new_values."created_at", new_values."events_per_second", new_values."id", new_values."name", new_values."origins", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."purpose", new_values."system" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5f2bac7b8e3c080c2fc9b1e7a9e95f8922844ced', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_46451', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_eventsource', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='eventsource',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_eventsourceevent" ("actor_id", "created_at", "events_per_second", "id", "name", "origins", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "system") SELECT new_values."actor_id", new_values."created_at", new_values."events_per_second", new_values."id", new_values."name", new_values."origins", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."purpose", new_values."system" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8f27304b0e7975e1fb256846e5ef724e92d4b118', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9fa5f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_eventsource', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='eventsource',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_eventsourceevent" ("actor_id", "created_at", "events_per_second", "id", "name", "origins", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "system") SELECT old_values."actor_id", old_values."created_at", old_values."events_per_second", old_values."id", old_values."name", old_values."origins", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purpose", old_values."system" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='5ed1c662a3279b1e525d8f3278418213df77c610', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f83bf', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_eventsource', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='eventsourceevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7e206b336237c39bd4daa37d9baebceeb3d85f7b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_eefd5', table='martech_eventsourceevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='formervalue',
                constraint=models.UniqueConstraint(fields=('person', 'field', 'value'), name='former_value_unique'),
            ),
            migrations.AddConstraint(
                model_name='identityrules',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('state',), name='identity_rules_in_force'),
            ),
            migrations.AddConstraint(
                model_name='identityrules',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='identity_rules_draft'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='identityrules',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_identityrulesevent" ("actor_id", "created_at", "document", "dry_run", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state") SELECT new_values."actor_id", new_values."created_at", new_values."document", new_values."dry_run", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='eee880b4ffec4a7e99b88ba6e7635e4274eba44c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_b8516', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_identityrules', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='identityrules',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_identityrulesevent" ("actor_id", "created_at", "document", "dry_run", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state") SELECT new_values."actor_id", new_values."created_at", new_values."document", new_values."dry_run", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."state" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d0450c182bf8b90e441ea94065e69fa8e7650f35', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4c402', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_identityrules', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='identityrules',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_identityrulesevent" ("actor_id", "created_at", "document", "dry_run", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "state") SELECT old_values."actor_id", old_values."created_at", old_values."document", old_values."dry_run", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='48638016ae77636e21b1c00cd13746014ce1ee46', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7377a', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_identityrules', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='identityrulesevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8f3d6de0f06ad0eed45e3b717b524c427ea675f9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a3d5c', table='martech_identityrulesevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='identitywork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='identitywork_due'),
            ),
            migrations.AddConstraint(
                model_name='identitywork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='identitywork_lease'),
            ),
            migrations.AddConstraint(
                model_name='identitywork',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'running'])), fields=('person',), name='identity_work_open'),
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
                model_name='person',
                index=models.Index(fields=['lifecycle_stage', '-created_at'], name='person_stage'),
            ),
            migrations.AddIndex(
                model_name='person',
                index=models.Index(condition=models.Q(('do_not_route', False), ('merged_into', None), ('owner', None)), fields=['created_at'], name='person_unowned'),
            ),
            migrations.AddIndex(
                model_name='person',
                index=django.contrib.postgres.indexes.BrinIndex(fields=['recorded_at'], name='person_recorded'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='person',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_personevent" ("account_id", "account_match", "campaign_id", "channel", "city", "company", "country", "created_at", "do_not_route", "email", "first_name", "furthest_stage", "grade", "id", "import_batch_id", "job_title", "last_name", "lifecycle_stage", "linkedin_url", "medium", "merged_into_id", "owner_id", "owner_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "properties", "recorded_at", "source", "updated_at", "utm", "website") SELECT new_values."account_id", new_values."account_match", new_values."campaign_id", new_values."channel", new_values."city", new_values."company", new_values."country", new_values."created_at", new_values."do_not_route", new_values."email", new_values."first_name", new_values."furthest_stage", new_values."grade", new_values."id", new_values."import_batch_id", new_values."job_title", new_values."last_name", new_values."lifecycle_stage", new_values."linkedin_url", new_values."medium", new_values."merged_into_id", new_values."owner_id", new_values."owner_name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."properties", new_values."recorded_at", new_values."source", new_values."updated_at", new_values."utm", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c7f6adea0a41563853fbcde1aa07f6bf8c857b83', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_365a0', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_person', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='person',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_personevent" ("account_id", "account_match", "campaign_id", "channel", "city", "company", "country", "created_at", "do_not_route", "email", "first_name", "furthest_stage", "grade", "id", "import_batch_id", "job_title", "last_name", "lifecycle_stage", "linkedin_url", "medium", "merged_into_id", "owner_id", "owner_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "properties", "recorded_at", "source", "updated_at", "utm", "website") SELECT new_values."account_id", new_values."account_match", new_values."campaign_id", new_values."channel", new_values."city", new_values."company", new_values."country", new_values."created_at", new_values."do_not_route", new_values."email", new_values."first_name", new_values."furthest_stage", new_values."grade", new_values."id", new_values."import_batch_id", new_values."job_title", new_values."last_name", new_values."lifecycle_stage", new_values."linkedin_url", new_values."medium", new_values."merged_into_id", new_values."owner_id", new_values."owner_name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."properties", new_values."recorded_at", new_values."source", new_values."updated_at", new_values."utm", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."account_id" IS DISTINCT FROM (new_values."account_id") OR old_values."account_match" IS DISTINCT FROM (new_values."account_match") OR old_values."campaign_id" IS DISTINCT FROM (new_values."campaign_id") OR old_values."channel" IS DISTINCT FROM (new_values."channel") OR old_values."city" IS DISTINCT FROM (new_values."city") OR old_values."company" IS DISTINCT FROM (new_values."company") OR old_values."country" IS DISTINCT FROM (new_values."country") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."do_not_route" IS DISTINCT FROM (new_values."do_not_route") OR old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."first_name" IS DISTINCT FROM (new_values."first_name") OR old_values."furthest_stage" IS DISTINCT FROM (new_values."furthest_stage") OR old_values."grade" IS DISTINCT FROM (new_values."grade") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."import_batch_id" IS DISTINCT FROM (new_values."import_batch_id") OR old_values."job_title" IS DISTINCT FROM (new_values."job_title") OR old_values."last_name" IS DISTINCT FROM (new_values."last_name") OR old_values."lifecycle_stage" IS DISTINCT FROM (new_values."lifecycle_stage") OR old_values."linkedin_url" IS DISTINCT FROM (new_values."linkedin_url") OR old_values."medium" IS DISTINCT FROM (new_values."medium") OR old_values."merged_into_id" IS DISTINCT FROM (new_values."merged_into_id") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."owner_name" IS DISTINCT FROM (new_values."owner_name") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."properties" IS DISTINCT FROM (new_values."properties") OR old_values."recorded_at" IS DISTINCT FROM (new_values."recorded_at") OR old_values."source" IS DISTINCT FROM (new_values."source") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at") OR old_values."utm" IS DISTINCT FROM (new_values."utm") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e520610e6ed464b27fedbbc6770f02894cf1c2bf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d6c2b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_person', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='person',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_personevent" ("account_id", "account_match", "campaign_id", "channel", "city", "company", "country", "created_at", "do_not_route", "email", "first_name", "furthest_stage", "grade", "id", "import_batch_id", "job_title", "last_name", "lifecycle_stage", "linkedin_url", "medium", "merged_into_id", "owner_id", "owner_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "properties", "recorded_at", "source", "updated_at", "utm", "website") SELECT old_values."account_id", old_values."account_match", old_values."campaign_id", old_values."channel", old_values."city", old_values."company", old_values."country", old_values."created_at", old_values."do_not_route", old_values."email", old_values."first_name", old_values."furthest_stage", old_values."grade", old_values."id", old_values."import_batch_id", old_values."job_title", old_values."last_name", old_values."lifecycle_stage", old_values."linkedin_url", old_values."medium", old_values."merged_into_id", old_values."owner_id", old_values."owner_name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."properties", old_values."recorded_at", old_values."source", old_values."updated_at", old_values."utm", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='37c644de63daec545d9b9ae649dd9050231be06f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_84d62', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_person', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='importaddition',
                index=models.Index(fields=['batch', 'table'], name='import_addition_of'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='dealevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7bc1cbc25d16832c3bdbf451d07f3f4db4447496', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7c67b', table='martech_dealevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='deal',
                index=models.Index(fields=['-created_at', '-id'], name='deal_newest'),
            ),
            migrations.AddIndex(
                model_name='deal',
                index=models.Index(fields=['state', 'closed_at'], name='deal_closed'),
            ),
            migrations.AddIndex(
                model_name='deal',
                index=models.Index(fields=['opened_at'], name='deal_opened'),
            ),
            migrations.AddIndex(
                model_name='deal',
                index=django.contrib.postgres.indexes.GinIndex(fields=['name'], name='deal_name_search', opclasses=['gin_trgm_ops']),
            ),
            migrations.AddConstraint(
                model_name='deal',
                constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='deal_currency'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deal',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_dealevent" ("account_id", "amount", "campaign_id", "channel", "closed_at", "created_at", "currency", "id", "import_batch_id", "name", "opened_at", "owner_id", "owner_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "properties", "region", "source", "stage", "state", "updated_at") SELECT new_values."account_id", new_values."amount", new_values."campaign_id", new_values."channel", new_values."closed_at", new_values."created_at", new_values."currency", new_values."id", new_values."import_batch_id", new_values."name", new_values."opened_at", new_values."owner_id", new_values."owner_name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."product", new_values."properties", new_values."region", new_values."source", new_values."stage", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7f0f4929ab04f650942a2465479103782f6257b8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8dd47', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_deal', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deal',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_dealevent" ("account_id", "amount", "campaign_id", "channel", "closed_at", "created_at", "currency", "id", "import_batch_id", "name", "opened_at", "owner_id", "owner_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "properties", "region", "source", "stage", "state", "updated_at") SELECT new_values."account_id", new_values."amount", new_values."campaign_id", new_values."channel", new_values."closed_at", new_values."created_at", new_values."currency", new_values."id", new_values."import_batch_id", new_values."name", new_values."opened_at", new_values."owner_id", new_values."owner_name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."product", new_values."properties", new_values."region", new_values."source", new_values."stage", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1cb65b165665a39972827c44a6b42714a7c06143', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6d1a9', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_deal', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deal',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_dealevent" ("account_id", "amount", "campaign_id", "channel", "closed_at", "created_at", "currency", "id", "import_batch_id", "name", "opened_at", "owner_id", "owner_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product", "properties", "region", "source", "stage", "state", "updated_at") SELECT old_values."account_id", old_values."amount", old_values."campaign_id", old_values."channel", old_values."closed_at", old_values."created_at", old_values."currency", old_values."id", old_values."import_batch_id", old_values."name", old_values."opened_at", old_values."owner_id", old_values."owner_name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."product", old_values."properties", old_values."region", old_values."source", old_values."stage", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d42a2c3c19d626a098d291b213919cea022a2566', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_302ca', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_deal', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='accountevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='833386c81b3802e39f14911b92d717e41dbe333e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5dfc9', table='martech_accountevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='account',
                index=django.contrib.postgres.indexes.GinIndex(fields=['extra_domains'], name='account_extra_domains'),
            ),
            migrations.AddIndex(
                model_name='account',
                index=django.contrib.postgres.indexes.GinIndex(fields=['name'], name='account_name_search', opclasses=['gin_trgm_ops']),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='account',
                trigger=pgtrigger.compiler.Trigger(name='account_is_new_to_matching', sql=pgtrigger.compiler.UpsertTriggerSql(func="\ninsert into martech_accountchange (account_id, is_keyed, state, attempts, run_after, last_error, created_at)\nselect n.id, false, 'pending', 0, now(), '', now() from new_rows n;\nreturn null;\n", hash='0b17778516add32fc0a9f0ad5594511948239666', level='STATEMENT', operation='INSERT', pgid='pgtrigger_account_is_new_to_matching_decdb', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_account', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='account',
                trigger=pgtrigger.compiler.Trigger(name='account_changed_for_matching', sql=pgtrigger.compiler.UpsertTriggerSql(func="\ninsert into martech_accountchange (account_id, is_keyed, state, attempts, run_after, last_error, created_at)\nselect n.id, false, 'pending', 0, now(), '', now() from new_rows n join old_rows o on o.id = n.id where o.name is distinct from n.name or o.domain is distinct from n.domain or o.website is distinct from n.website or o.extra_domains is distinct from n.extra_domains or o.former_names is distinct from n.former_names or o.country is distinct from n.country or o.parent_id is distinct from n.parent_id;\nreturn null;\n", hash='25b8634ce49211fc00a4e18bfeee9bfb30377d9e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_account_changed_for_matching_2eb02', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='martech_account', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='account',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_accountevent" ("country", "created_at", "domain", "employees", "extra_domains", "former_names", "id", "import_batch_id", "industry", "name", "name_key", "owner_id", "owner_name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "properties", "source", "type", "updated_at", "website") SELECT new_values."country", new_values."created_at", new_values."domain", new_values."employees", new_values."extra_domains", new_values."former_names", new_values."id", new_values."import_batch_id", new_values."industry", new_values."name", new_values."name_key", new_values."owner_id", new_values."owner_name", new_values."parent_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."properties", new_values."source", new_values."type", new_values."updated_at", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ace3ef045cc4087022155cbdf8ae5702fbc0f7a4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f85b4', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_account', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='account',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_accountevent" ("country", "created_at", "domain", "employees", "extra_domains", "former_names", "id", "import_batch_id", "industry", "name", "name_key", "owner_id", "owner_name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "properties", "source", "type", "updated_at", "website") SELECT new_values."country", new_values."created_at", new_values."domain", new_values."employees", new_values."extra_domains", new_values."former_names", new_values."id", new_values."import_batch_id", new_values."industry", new_values."name", new_values."name_key", new_values."owner_id", new_values."owner_name", new_values."parent_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."properties", new_values."source", new_values."type", new_values."updated_at", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='045d1ae0269dd86ebffc2bf7741f67cae3ac2334', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7b2ea', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_account', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='account',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_accountevent" ("country", "created_at", "domain", "employees", "extra_domains", "former_names", "id", "import_batch_id", "industry", "name", "name_key", "owner_id", "owner_name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "properties", "source", "type", "updated_at", "website") SELECT old_values."country", old_values."created_at", old_values."domain", old_values."employees", old_values."extra_domains", old_values."former_names", old_values."id", old_values."import_batch_id", old_values."industry", old_values."name", old_values."name_key", old_values."owner_id", old_values."owner_name", old_values."parent_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."properties", old_values."source", old_values."type", old_values."updated_at", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='887c8f8ee6d5381329193440012714687d6fe82f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_0839e', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_account', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='importchange',
                index=models.Index(fields=['batch', 'object', 'object_id'], name='import_change_of'),
            ),
            migrations.AddIndex(
                model_name='importreject',
                index=models.Index(fields=['batch', 'row_number'], name='import_reject_rows'),
            ),
            migrations.AddIndex(
                model_name='importwork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='importwork_due'),
            ),
            migrations.AddConstraint(
                model_name='importwork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='importwork_lease'),
            ),
            migrations.AddConstraint(
                model_name='learnedversion',
                constraint=models.UniqueConstraint(fields=('number',), name='learned_version_number'),
            ),
            migrations.AddConstraint(
                model_name='learnedversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='learned_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='learnedversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('state',), name='learned_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='learnedversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_learnedversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "refusal", "revision", "state", "trained_at", "trained_revision", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."refusal", new_values."revision", new_values."state", new_values."trained_at", new_values."trained_revision", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8ae8b4204eecfb0b9bb424762316bc3134710bbf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_be3ff', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_learnedversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='learnedversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_learnedversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "refusal", "revision", "state", "trained_at", "trained_revision", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."refusal", new_values."revision", new_values."state", new_values."trained_at", new_values."trained_revision", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."document" IS DISTINCT FROM (new_values."document") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."published_at" IS DISTINCT FROM (new_values."published_at") OR old_values."published_by_id" IS DISTINCT FROM (new_values."published_by_id") OR old_values."refusal" IS DISTINCT FROM (new_values."refusal") OR old_values."revision" IS DISTINCT FROM (new_values."revision") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."trained_at" IS DISTINCT FROM (new_values."trained_at") OR old_values."trained_revision" IS DISTINCT FROM (new_values."trained_revision") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f99a89a536a9eaec669f829feee84c1371c0f118', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ccd49', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_learnedversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='learnedversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_learnedversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "refusal", "revision", "state", "trained_at", "trained_revision", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."refusal", old_values."revision", old_values."state", old_values."trained_at", old_values."trained_revision", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='bcacbd5264357edc1ea2475c97c698e2f1f22895', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4baa5', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_learnedversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='learnedversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='935e24153b7702322ea8519aa8947e09cc64a6c1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fba9e', table='martech_learnedversionevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='learnedwork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='learnedwork_due'),
            ),
            migrations.AddConstraint(
                model_name='learnedwork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='learnedwork_lease'),
            ),
            migrations.AddConstraint(
                model_name='learnedwork',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'running'])), fields=('step',), name='learned_work_one_a_step'),
            ),
            migrations.AddConstraint(
                model_name='lifecycleversion',
                constraint=models.UniqueConstraint(fields=('number',), name='lifecycle_version_number'),
            ),
            migrations.AddConstraint(
                model_name='lifecycleversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='lifecycle_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='lifecycleversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('state',), name='lifecycle_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lifecycleversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_lifecycleversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='30e84d5ccf34bcd7a84f6c49a2b37872925f6147', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d9332', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_lifecycleversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lifecycleversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_lifecycleversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='51ee32771dfc71f2c552ca7b8a438bb8e2ddbf77', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1ba86', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_lifecycleversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lifecycleversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_lifecycleversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."revision", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f29f3ff4c1fb6b3ad1a89307db6e2c57869dc5f0', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_293d2', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_lifecycleversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lifecycleversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c5987ca9f7989e63b392e6486c32101d0e83e3c0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8d0f5', table='martech_lifecycleversionevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='matchkey',
                index=models.Index(fields=['kind', 'value'], include=('person', 'surname'), name='match_key_mates'),
            ),
            migrations.AddConstraint(
                model_name='matchkey',
                constraint=models.UniqueConstraint(fields=('person', 'kind', 'value'), name='match_key_unique'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitor',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_monitorevent" ("created_at", "id", "is_active", "key", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."id", new_values."is_active", new_values."key", new_values."name", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d0c6a6162c4ec7bca4b343bf3ef8f3b82a5c02a0', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_4615c', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_monitor', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitor',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_monitorevent" ("created_at", "id", "is_active", "key", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."id", new_values."is_active", new_values."key", new_values."name", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ef739bb8128446b8d2c1357ce58428d671631700', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4d819', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_monitor', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitor',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_monitorevent" ("created_at", "id", "is_active", "key", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."created_at", old_values."id", old_values."is_active", old_values."key", old_values."name", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='648f0d1d68212a8f0713d743cabe5f34ca9dbee3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_dff28', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_monitor', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitorevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='56282d5faedd924bedf93f49f25f81a7e2f89c67', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7db6c', table='martech_monitorevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='monitorversion',
                constraint=models.UniqueConstraint(fields=('monitor', 'number'), name='monitor_version_number'),
            ),
            migrations.AddConstraint(
                model_name='monitorversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('monitor',), name='monitor_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='monitorversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('monitor',), name='monitor_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitorversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_monitorversionevent" ("created_at", "document", "id", "monitor_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."monitor_id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='80fb34591eeafc13d6031bd9a30c999661a30bb3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a7484', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_monitorversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitorversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_monitorversionevent" ("created_at", "document", "id", "monitor_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."monitor_id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."document" IS DISTINCT FROM (new_values."document") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."monitor_id" IS DISTINCT FROM (new_values."monitor_id") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."published_at" IS DISTINCT FROM (new_values."published_at") OR old_values."published_by_id" IS DISTINCT FROM (new_values."published_by_id") OR old_values."revision" IS DISTINCT FROM (new_values."revision") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."updated_at" IS DISTINCT FROM (new_values."updated_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='10d6614ba2f3ba55183c7646b8c29360fd34ce03', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6b4bf', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_monitorversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitorversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_monitorversionevent" ("created_at", "document", "id", "monitor_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."monitor_id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."revision", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='5043f80d0529ebd31fe9c088b544a9a74a01a84c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7ab13', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_monitorversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='monitorversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0d802fe98bcb33f66170bf60d1c5baf4cd652f3f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_14395', table='martech_monitorversionevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='pairverdict',
                index=models.Index(fields=['rule', 'is_duplicate'], name='pair_verdict_rule'),
            ),
            migrations.AddIndex(
                model_name='personconsent',
                index=models.Index(fields=['purpose', 'channel', 'state'], include=('person',), name='person_consent_state'),
            ),
            migrations.AddIndex(
                model_name='personconsent',
                index=models.Index(condition=models.Q(('ends_at__isnull', False)), fields=['ends_at'], name='person_consent_ends'),
            ),
            migrations.AddConstraint(
                model_name='personconsent',
                constraint=models.UniqueConstraint(fields=('person', 'purpose', 'channel'), name='person_consent_once'),
            ),
            migrations.AddConstraint(
                model_name='personemail',
                constraint=models.UniqueConstraint(fields=('key',), name='person_email_key'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='personemail',
                trigger=pgtrigger.compiler.Trigger(name='person_follows_merges', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nperform 1 from martech_person p where p.id in (select distinct person_id from new_rows) order by p.id for key share;\n\nupdate martech_personemail t set person_id = p.merged_into_id from new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null;\nreturn null;\n', hash='d6fb569595dc65accb3d9a5d97b5438e20311657', level='STATEMENT', operation='INSERT', pgid='pgtrigger_person_follows_merges_04b13', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_personemail', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='personevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4717728653761855059fd5b7f078f5f8bcf4fbfa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_562f4', table='martech_personevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='personidentity',
                constraint=models.UniqueConstraint(fields=('system', 'object', 'external_id'), name='person_identity_unique'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='personidentity',
                trigger=pgtrigger.compiler.Trigger(name='person_follows_merges', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nperform 1 from martech_person p where p.id in (select distinct person_id from new_rows) order by p.id for key share;\n\nupdate martech_personidentity t set person_id = p.merged_into_id from new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null;\nreturn null;\n', hash='e2cdc64313374ea35b897fd8f5ee83af61cf7233', level='STATEMENT', operation='INSERT', pgid='pgtrigger_person_follows_merges_7a012', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_personidentity', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='mergedperson',
                constraint=models.UniqueConstraint(fields=('merge', 'person'), name='merged_person_once'),
            ),
            migrations.AddIndex(
                model_name='qualityfinding',
                index=models.Index(condition=models.Q(('state', 'open')), fields=['due_on'], name='quality_finding_due'),
            ),
            migrations.AddConstraint(
                model_name='qualityfinding',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('monitor',), name='quality_finding_open'),
            ),
            migrations.AddConstraint(
                model_name='qualityfinding',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), models.Q(('accepted_until__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='quality_finding_accepted_says_why'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfinding',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_qualityfindingevent" ("accepted_until", "closed_at", "due_on", "id", "monitor_id", "note", "opened_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_on", "state") SELECT new_values."accepted_until", new_values."closed_at", new_values."due_on", new_values."id", new_values."monitor_id", new_values."note", new_values."opened_on", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reminded_on", new_values."state" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6022372b1f5e7e46111843fd687febd0320518ba', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_7ae14', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_qualityfinding', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfinding',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_qualityfindingevent" ("accepted_until", "closed_at", "due_on", "id", "monitor_id", "note", "opened_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_on", "state") SELECT new_values."accepted_until", new_values."closed_at", new_values."due_on", new_values."id", new_values."monitor_id", new_values."note", new_values."opened_on", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reminded_on", new_values."state" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."accepted_until" IS DISTINCT FROM (new_values."accepted_until") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."due_on" IS DISTINCT FROM (new_values."due_on") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."monitor_id" IS DISTINCT FROM (new_values."monitor_id") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."opened_on" IS DISTINCT FROM (new_values."opened_on") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."reminded_on" IS DISTINCT FROM (new_values."reminded_on") OR old_values."state" IS DISTINCT FROM (new_values."state")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='46b3e38a65774afb686ea9ffa39c7b4121770c32', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_fd6c2', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_qualityfinding', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfinding',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_qualityfindingevent" ("accepted_until", "closed_at", "due_on", "id", "monitor_id", "note", "opened_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_on", "state") SELECT old_values."accepted_until", old_values."closed_at", old_values."due_on", old_values."id", old_values."monitor_id", old_values."note", old_values."opened_on", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reminded_on", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='cd7e98e7ef78b38337b2180806b7ba010c4413a5', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_688f1', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_qualityfinding', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfindingevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a62837e7f461cb28dbcc2e1dbc4118f858073ce6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7cc48', table='martech_qualityfindingevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfix',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_qualityfixevent" ("actor_id", "applied_at", "changed", "counted_at", "created_at", "error", "field", "id", "kept", "kind", "left", "looked_at", "monitor_id", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "restored", "state", "undone_at") SELECT new_values."actor_id", new_values."applied_at", new_values."changed", new_values."counted_at", new_values."created_at", new_values."error", new_values."field", new_values."id", new_values."kept", new_values."kind", new_values."left", new_values."looked_at", new_values."monitor_id", new_values."options", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."restored", new_values."state", new_values."undone_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='73a5b5b1f152cad8248c631ea113bd49ad8fac2d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_2f533', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_qualityfix', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfix',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_qualityfixevent" ("actor_id", "applied_at", "changed", "counted_at", "created_at", "error", "field", "id", "kept", "kind", "left", "looked_at", "monitor_id", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "restored", "state", "undone_at") SELECT new_values."actor_id", new_values."applied_at", new_values."changed", new_values."counted_at", new_values."created_at", new_values."error", new_values."field", new_values."id", new_values."kept", new_values."kind", new_values."left", new_values."looked_at", new_values."monitor_id", new_values."options", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."restored", new_values."state", new_values."undone_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a6296af009eef88894403d433227b0461cf8a316', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3b82c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_qualityfix', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfix',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_qualityfixevent" ("actor_id", "applied_at", "changed", "counted_at", "created_at", "error", "field", "id", "kept", "kind", "left", "looked_at", "monitor_id", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "restored", "state", "undone_at") SELECT old_values."actor_id", old_values."applied_at", old_values."changed", old_values."counted_at", old_values."created_at", old_values."error", old_values."field", old_values."id", old_values."kept", old_values."kind", old_values."left", old_values."looked_at", old_values."monitor_id", old_values."options", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."restored", old_values."state", old_values."undone_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='2d814d5a24f7367d54cac07c17efff4283711740', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2f534', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_qualityfix', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='fixvalue',
                constraint=models.UniqueConstraint(fields=('fix', 'before', 'context'), name='fix_value_once'),
            ),
            migrations.AddConstraint(
                model_name='fixedperson',
                constraint=models.UniqueConstraint(fields=('fix', 'person'), name='fixed_person_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='qualityfixevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d1d06293f9008768c2f9d6a1e47c27b712468aa6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bccee', table='martech_qualityfixevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='qualitysnapshot',
                index=models.Index(fields=['day'], name='quality_snapshot_by_day'),
            ),
            migrations.AddConstraint(
                model_name='qualitysnapshot',
                constraint=models.UniqueConstraint(fields=('monitor', 'day'), name='quality_snapshot_day'),
            ),
            migrations.AddConstraint(
                model_name='qualitysource',
                constraint=models.UniqueConstraint(fields=('snapshot', 'source'), name='quality_source_once'),
            ),
            migrations.AddIndex(
                model_name='qualitywork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='qualitywork_due'),
            ),
            migrations.AddConstraint(
                model_name='qualitywork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='qualitywork_lease'),
            ),
            migrations.AddConstraint(
                model_name='qualitywork',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'running']), ('step', 'run')), fields=('step',), name='quality_work_one_run'),
            ),
            migrations.AddIndex(
                model_name='refusedevent',
                index=models.Index(fields=['source', '-received_at'], name='refused_event_newest'),
            ),
            migrations.AddConstraint(
                model_name='remoteowner',
                constraint=models.UniqueConstraint(fields=('connection', 'external_id'), name='remote_owner_once'),
            ),
            migrations.AddIndex(
                model_name='routingdecision',
                index=models.Index(fields=['person', '-decided_at'], name='decision_person'),
            ),
            migrations.AddIndex(
                model_name='routingdecision',
                index=models.Index(fields=['version', '-decided_at'], name='decision_version'),
            ),
            migrations.AddIndex(
                model_name='routingdecision',
                index=models.Index(fields=['owner', '-decided_at'], name='decision_owner'),
            ),
            migrations.AddIndex(
                model_name='routingdecision',
                index=models.Index(fields=['-decided_at', '-id'], name='decision_newest'),
            ),
            migrations.AddIndex(
                model_name='routingdecision',
                index=models.Index(condition=models.Q(('previous_owner__isnull', False)), fields=['previous_owner'], name='decision_previous_owner'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='routingdecision',
                trigger=pgtrigger.compiler.Trigger(name='person_follows_merges', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nperform 1 from martech_person p where p.id in (select distinct person_id from new_rows) order by p.id for key share;\n\nupdate martech_routingdecision t set person_id = p.merged_into_id from new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null;\nreturn null;\n', hash='233c1db48b0a05840cbb4337c8a7eee0185d73f9', level='STATEMENT', operation='INSERT', pgid='pgtrigger_person_follows_merges_77f24', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_routingdecision', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='responseclock',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='responseclock_due'),
            ),
            migrations.AddIndex(
                model_name='responseclock',
                index=models.Index(condition=models.Q(('ended_at', None)), fields=['due_at'], name='response_clock_open'),
            ),
            migrations.AddIndex(
                model_name='responseclock',
                index=models.Index(fields=['owner', '-started_at'], name='response_clock_owner'),
            ),
            migrations.AddConstraint(
                model_name='responseclock',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='responseclock_lease'),
            ),
            migrations.AddConstraint(
                model_name='responseclock',
                constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person',), name='response_clock_running'),
            ),
            migrations.AddConstraint(
                model_name='poolmemberstate',
                constraint=models.UniqueConstraint(fields=('policy', 'pool', 'user'), name='pool_member_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policyversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a5044ef9cbd471922bc582201c35228e2da613c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2b00b', table='martech_policyversionevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='policyversion',
                constraint=models.UniqueConstraint(fields=('policy', 'number'), name='policy_version_number'),
            ),
            migrations.AddConstraint(
                model_name='policyversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('policy',), name='policy_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='policyversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('policy',), name='policy_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policyversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_policyversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."policy_id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7da988e426becfcb4eacbbecf14c21478dfe6c7c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a7423', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_policyversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policyversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_policyversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."policy_id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5552a75f34c767283c5f01f7520020b5cd4333a6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4d774', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_policyversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='policyversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_policyversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."policy_id", old_values."published_at", old_values."published_by_id", old_values."revision", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f8122d8608582a98787748dafe5f099dcfb67670', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a1082', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_policyversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='routingpolicyevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='afa423a4dc7e2b17c8c67f0c7a851b53dd8ab00c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fdb39', table='martech_routingpolicyevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='routingwork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='routingwork_due'),
            ),
            migrations.AddConstraint(
                model_name='routingwork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='routingwork_lease'),
            ),
            migrations.AddConstraint(
                model_name='routingwork',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'running'])), fields=('person',), name='routing_work_open'),
            ),
            migrations.AddConstraint(
                model_name='ruleversion',
                constraint=models.UniqueConstraint(fields=('kind', 'number'), name='rule_version_number'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ruleversion',
                trigger=pgtrigger.compiler.Trigger(name='rule_version_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."document" IS DISTINCT FROM (NEW."document"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='fb27b9ec56b2dce733625487bff3bc4063bf0d82', operation='UPDATE', pgid='pgtrigger_rule_version_never_changes_7714f', table='martech_ruleversion', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='personmerge',
                index=models.Index(condition=models.Q(('undone_at', None)), fields=['survivor', '-id'], name='person_merge_standing'),
            ),
            migrations.AddConstraint(
                model_name='scoringversion',
                constraint=models.UniqueConstraint(fields=('number',), name='scoring_version_number'),
            ),
            migrations.AddConstraint(
                model_name='scoringversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='scoring_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='scoringversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('state',), name='scoring_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scoringversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_scoringversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ac974b02ea6a7e4ad8474ab9d81eac0f9fd977c1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6c22d', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_scoringversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scoringversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_scoringversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='21874682b96cc3535404c0dfe3bac77212e93a99', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6cb03', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_scoringversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scoringversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_scoringversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."revision", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='993af912c5db5635cd76ba156d407fc0198c6129', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_4ec46', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_scoringversion', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='fitcontribution',
                index=models.Index(fields=['person', 'since'], name='fit_contribution_person'),
            ),
            migrations.AddConstraint(
                model_name='fitcontribution',
                constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'version', 'rule'), name='fit_contribution_open'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='scoringversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2e0d2eb787ffb56fca50f1d329b04a23213f0e69', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_50137', table='martech_scoringversionevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segment',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_segmentevent" ("archived_at", "created_at", "created_by_id", "description", "id", "key", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."archived_at", new_values."created_at", new_values."created_by_id", new_values."description", new_values."id", new_values."key", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2d5384d4a01445055fc572e2357bb4b5bc33a1ac', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a3819', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_segment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segment',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_segmentevent" ("archived_at", "created_at", "created_by_id", "description", "id", "key", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."archived_at", new_values."created_at", new_values."created_by_id", new_values."description", new_values."id", new_values."key", new_values."kind", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."archived_at" IS DISTINCT FROM (new_values."archived_at") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."description" IS DISTINCT FROM (new_values."description") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."name" IS DISTINCT FROM (new_values."name")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='55b5f8b3e611b176b0bb6053d5a3702dae7d241e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_cbf9c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_segment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segment',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_segmentevent" ("archived_at", "created_at", "created_by_id", "description", "id", "key", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."archived_at", old_values."created_at", old_values."created_by_id", old_values."description", old_values."id", old_values."key", old_values."kind", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0bbb0de156def1207d9449dd6dfd3bcbdb35e368', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_94104', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_segment', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='segmentday',
                constraint=models.UniqueConstraint(fields=('segment', 'day'), name='segment_day'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segmentevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5cf52ae8ccac94f541e15eb42ccae7e1404cc816', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_de71b', table='martech_segmentevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='segmentmembership',
                index=models.Index(fields=['person', '-entered_at'], name='membership_person'),
            ),
            migrations.AddIndex(
                model_name='segmentmembership',
                index=models.Index(fields=['segment', 'entered_at'], name='membership_entered'),
            ),
            migrations.AddIndex(
                model_name='segmentmembership',
                index=models.Index(condition=models.Q(('left_at__isnull', False)), fields=['segment', 'left_at'], name='membership_left'),
            ),
            migrations.AddConstraint(
                model_name='segmentmembership',
                constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('segment', 'person'), name='membership_open'),
            ),
            migrations.AddConstraint(
                model_name='segmentmembership',
                constraint=models.CheckConstraint(condition=models.Q(('left_at', None), ('left_at__gte', models.F('entered_at')), _connector='OR'), name='membership_in_order'),
            ),
            migrations.AddConstraint(
                model_name='segmentversion',
                constraint=models.UniqueConstraint(fields=('segment', 'number'), name='segment_version_number'),
            ),
            migrations.AddConstraint(
                model_name='segmentversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('segment',), name='segment_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='segmentversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('segment',), name='segment_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segmentversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_segmentversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "segment_id", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."segment_id", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='446f8c1ad1c8b00e4fe7cc59070d0ae82f06db5b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3221a', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_segmentversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segmentversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_segmentversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "segment_id", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."segment_id", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a8f7777fac3bdcfd3c95d2ddcbedce50aa2e9e80', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_caa0e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_segmentversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segmentversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_segmentversionevent" ("created_at", "document", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "segment_id", "state", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."revision", old_values."segment_id", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='65ab08220fef046c6a3ab1ac6deab518a07a60f3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_cc88f', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_segmentversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='segmentversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6cfc34e70d2edbacfcf845edc96ff1b612b75203', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5e586', table='martech_segmentversionevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='sourceevent',
                index=models.Index(fields=['source', '-received_at', '-id'], name='source_event_newest'),
            ),
            migrations.AddIndex(
                model_name='sourceevent',
                index=models.Index(condition=models.Q(('state', 'held'), models.Q(('user_id', ''), _negated=True)), fields=['user_id'], name='source_event_user'),
            ),
            migrations.AddIndex(
                model_name='sourceevent',
                index=models.Index(condition=models.Q(('state', 'held'), models.Q(('anonymous_id', ''), _negated=True)), fields=['anonymous_id'], name='source_event_anonymous'),
            ),
            migrations.AddIndex(
                model_name='sourceevent',
                index=django.contrib.postgres.indexes.BrinIndex(fields=['received_at'], name='source_event_received'),
            ),
            migrations.AddIndex(
                model_name='sourceevent',
                index=models.Index(condition=models.Q(('person__isnull', False)), fields=['person'], name='source_event_person'),
            ),
            migrations.AddConstraint(
                model_name='sourceevent',
                constraint=models.UniqueConstraint(fields=('source', 'message_id'), name='source_event_once'),
            ),
            migrations.AddIndex(
                model_name='spend',
                index=models.Index(fields=['date', 'channel'], name='spend_day'),
            ),
            migrations.AddConstraint(
                model_name='spend',
                constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='spend_currency'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='spend',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_spendevent" ("amount", "campaign_id", "campaign_name", "channel", "clicks", "conversions", "created_at", "currency", "date", "id", "import_batch_id", "impressions", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "properties", "revenue", "source", "updated_at") SELECT new_values."amount", new_values."campaign_id", new_values."campaign_name", new_values."channel", new_values."clicks", new_values."conversions", new_values."created_at", new_values."currency", new_values."date", new_values."id", new_values."import_batch_id", new_values."impressions", new_values."key", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."properties", new_values."revenue", new_values."source", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5605711b34be0421ddaec3823d0d97e8d6e57432', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_60c28', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_spend', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='spend',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_spendevent" ("amount", "campaign_id", "campaign_name", "channel", "clicks", "conversions", "created_at", "currency", "date", "id", "import_batch_id", "impressions", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "properties", "revenue", "source", "updated_at") SELECT new_values."amount", new_values."campaign_id", new_values."campaign_name", new_values."channel", new_values."clicks", new_values."conversions", new_values."created_at", new_values."currency", new_values."date", new_values."id", new_values."import_batch_id", new_values."impressions", new_values."key", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."properties", new_values."revenue", new_values."source", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='720a98e94eac4d39cad89e8af34094fcffc368fd', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3bf53', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_spend', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='spend',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_spendevent" ("amount", "campaign_id", "campaign_name", "channel", "clicks", "conversions", "created_at", "currency", "date", "id", "import_batch_id", "impressions", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "properties", "revenue", "source", "updated_at") SELECT old_values."amount", old_values."campaign_id", old_values."campaign_name", old_values."channel", old_values."clicks", old_values."conversions", old_values."created_at", old_values."currency", old_values."date", old_values."id", old_values."import_batch_id", old_values."impressions", old_values."key", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."properties", old_values."revenue", old_values."source", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a77971a2fdd7fd964478954890c1e1c715be49c1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a5a1e', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_spend', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='spendevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='85e579078ec73ab8dc9cb6aee754476bac5c13af', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a44b7', table='martech_spendevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='stagemove',
                index=models.Index(fields=['person', 'at'], name='stage_move_person'),
            ),
            migrations.AddIndex(
                model_name='stagemove',
                index=models.Index(fields=['stage', 'at'], name='stage_move_stage'),
            ),
            migrations.AddIndex(
                model_name='stagemove',
                index=models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='stage_move_actor'),
            ),
            migrations.AddConstraint(
                model_name='stagemove',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause', 'manual'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='stage_move_says_why'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='stagemove',
                trigger=pgtrigger.compiler.Trigger(name='person_follows_merges', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nperform 1 from martech_person p where p.id in (select distinct person_id from new_rows) order by p.id for key share;\n\nupdate martech_stagemove t set person_id = p.merged_into_id from new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null;\nreturn null;\n', hash='665f8f0d65605dfce5aaf676d522a23f2941a9bc', level='STATEMENT', operation='INSERT', pgid='pgtrigger_person_follows_merges_3819d', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_stagemove', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='syncobject',
                constraint=models.UniqueConstraint(fields=('connection', 'name'), name='sync_object_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='syncobject',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_syncobjectevent" ("backfilled_at", "connection_id", "id", "is_enabled", "kind", "name", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_aside") SELECT new_values."backfilled_at", new_values."connection_id", new_values."id", new_values."is_enabled", new_values."kind", new_values."name", new_values."order", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."set_aside" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b7ba1de2fa3204f15150d0a8a081be930001b349', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3df1a', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_syncobject', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='syncobject',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_syncobjectevent" ("backfilled_at", "connection_id", "id", "is_enabled", "kind", "name", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_aside") SELECT new_values."backfilled_at", new_values."connection_id", new_values."id", new_values."is_enabled", new_values."kind", new_values."name", new_values."order", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."set_aside" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."backfilled_at" IS DISTINCT FROM (new_values."backfilled_at") OR old_values."connection_id" IS DISTINCT FROM (new_values."connection_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_enabled" IS DISTINCT FROM (new_values."is_enabled") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."order" IS DISTINCT FROM (new_values."order") OR old_values."set_aside" IS DISTINCT FROM (new_values."set_aside")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e3c2e290b5615ef9d66b9af2941f24d40513e126', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_870d8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_syncobject', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='syncobject',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_syncobjectevent" ("backfilled_at", "connection_id", "id", "is_enabled", "kind", "name", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_aside") SELECT old_values."backfilled_at", old_values."connection_id", old_values."id", old_values."is_enabled", old_values."kind", old_values."name", old_values."order", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."set_aside" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='39e25862be90aa7fe9cb777908d8dd1728b29c2f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c5050', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_syncobject', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='synchint',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='synchint_due'),
            ),
            migrations.AddConstraint(
                model_name='synchint',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='synchint_lease'),
            ),
            migrations.AddConstraint(
                model_name='synchint',
                constraint=models.UniqueConstraint(fields=('object', 'key'), name='sync_hint_once'),
            ),
            migrations.AddIndex(
                model_name='syncecho',
                index=models.Index(fields=['object', 'external_id'], name='sync_echo_of'),
            ),
            migrations.AddIndex(
                model_name='syncecho',
                index=models.Index(fields=['expires_at'], name='sync_echo_end'),
            ),
            migrations.AddIndex(
                model_name='remoterow',
                index=models.Index(condition=models.Q(('local_id__isnull', False)), fields=['object', 'local_id'], name='remote_row_local'),
            ),
            migrations.AddIndex(
                model_name='remoterow',
                index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['object', 'id'], name='remote_row_due'),
            ),
            migrations.AddConstraint(
                model_name='remoterow',
                constraint=models.UniqueConstraint(fields=('object', 'external_id'), name='remote_row_once'),
            ),
            migrations.AddConstraint(
                model_name='remotelink',
                constraint=models.UniqueConstraint(fields=('object', 'external_id', 'to_object', 'to_id', 'role'), name='remote_link_once'),
            ),
            migrations.AddConstraint(
                model_name='remotealias',
                constraint=models.UniqueConstraint(fields=('object', 'external_id', 'into_object'), name='remote_alias_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='mappingversionevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e505d0617643d74e34c34aefed81175bf0099cc5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_67aeb', table='martech_mappingversionevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='mappingversion',
                constraint=models.UniqueConstraint(fields=('object', 'number'), name='mapping_version_number'),
            ),
            migrations.AddConstraint(
                model_name='mappingversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('object',), name='mapping_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='mappingversion',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('object',), name='mapping_one_published'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='mappingversion',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_mappingversionevent" ("created_at", "document", "id", "number", "object_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", new_values."object_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4ce18a08c54f72e23451be6c740f0633df5b932a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f0478', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_mappingversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='mappingversion',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_mappingversionevent" ("created_at", "document", "id", "number", "object_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT new_values."created_at", new_values."document", new_values."id", new_values."number", new_values."object_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."revision", new_values."state", new_values."updated_at" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ef130411e58d64bd7978f1f0dbce186672c43ccb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2d164', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_mappingversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='mappingversion',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_mappingversionevent" ("created_at", "document", "id", "number", "object_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "revision", "state", "updated_at") SELECT old_values."created_at", old_values."document", old_values."id", old_values."number", old_values."object_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."revision", old_values."state", old_values."updated_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8dfa595e6c71d360fe25afb856827055bea18487', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_97a7f', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_mappingversion', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='syncobjectevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f39368c84d1aa56c5ed9d647fb3cf795794623ea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bbb11', table='martech_syncobjectevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='syncrun',
                index=models.Index(fields=['connection', '-created_at'], name='sync_run_newest'),
            ),
            migrations.AddConstraint(
                model_name='syncrun',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('connection', 'object', 'kind'), name='sync_run_alone', nulls_distinct=False),
            ),
            migrations.AddConstraint(
                model_name='syncrun',
                constraint=models.CheckConstraint(condition=models.Q(('read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('unchanged'), '+', models.F('created')), '+', models.F('updated')), '+', models.F('skipped')), '+', models.F('conflicted')), '+', models.F('failed')), '+', models.F('unknown')))), name='sync_run_adds_up'),
            ),
            migrations.AddIndex(
                model_name='syncdifference',
                index=models.Index(fields=['run', 'reason', 'id'], name='sync_difference_of'),
            ),
            migrations.AddIndex(
                model_name='syncchange',
                index=models.Index(fields=['run', 'id'], name='sync_change_of_run'),
            ),
            migrations.AddIndex(
                model_name='syncchange',
                index=models.Index(fields=['kind', 'local_id', '-at'], name='sync_change_of_record'),
            ),
            migrations.AddIndex(
                model_name='plannedwrite',
                index=models.Index(fields=['run', 'state', 'id'], name='planned_write_state'),
            ),
            migrations.AddIndex(
                model_name='plannedwrite',
                index=models.Index(fields=['local_id'], name='planned_write_local'),
            ),
            migrations.AddConstraint(
                model_name='plannedwrite',
                constraint=models.UniqueConstraint(fields=('run', 'local_id'), name='planned_write_once'),
            ),
            migrations.AddIndex(
                model_name='deadletter',
                index=models.Index(condition=models.Q(('resolved_at', None)), fields=['object', 'reason'], name='dead_letter_open'),
            ),
            migrations.AddConstraint(
                model_name='deadletter',
                constraint=models.UniqueConstraint(condition=models.Q(('resolved_at', None)), fields=('object', 'direction', 'external_id', 'local_id'), name='dead_letter_once', nulls_distinct=False),
            ),
            migrations.AddIndex(
                model_name='syncwork',
                index=models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['run_after', 'id'], name='syncwork_due'),
            ),
            migrations.AddConstraint(
                model_name='syncwork',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='syncwork_lease'),
            ),
            migrations.AddConstraint(
                model_name='syncwork',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'running'])), fields=('connection', 'run'), name='sync_work_open', nulls_distinct=False),
            ),
            migrations.AddIndex(
                model_name='timeoff',
                index=models.Index(fields=['user', 'ends_at'], name='time_off_user'),
            ),
            migrations.AddConstraint(
                model_name='timeoff',
                constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='time_off_order'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeoff',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_timeoffevent" ("ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_at", "user_id") SELECT new_values."ends_at", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."starts_at", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e0b5787356b813d17b29d1c3c7c587fe544ba563', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ee80a', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_timeoff', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeoff',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_timeoffevent" ("ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_at", "user_id") SELECT new_values."ends_at", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."starts_at", new_values."user_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e7944170a5b84a0a6a8dff7c65dad6878c2bb7b3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1f61a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_timeoff', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeoff',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_timeoffevent" ("ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_at", "user_id") SELECT old_values."ends_at", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."starts_at", old_values."user_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='fce9bdf36bddb5b59156d262088bffbe1a1a0c10', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2ef01', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_timeoff', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='timeoffevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='044dcf32fcbdbf173bb45148356d1ac7a2815180', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d917f', table='martech_timeoffevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tool',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_toolevent" ("area", "created_at", "holds", "id", "name", "notes", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "system", "updated_at", "vendor", "website") SELECT new_values."area", new_values."created_at", new_values."holds", new_values."id", new_values."name", new_values."notes", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."state", new_values."system", new_values."updated_at", new_values."vendor", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='75dc8b3500eb606e5409139f6565bad8612ce353', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ae81d', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_tool', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tool',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_toolevent" ("area", "created_at", "holds", "id", "name", "notes", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "system", "updated_at", "vendor", "website") SELECT new_values."area", new_values."created_at", new_values."holds", new_values."id", new_values."name", new_values."notes", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."state", new_values."system", new_values."updated_at", new_values."vendor", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='dffa7734a5c87354840cde0389e37a82e55e9310', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_b09dd', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_tool', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tool',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_toolevent" ("area", "created_at", "holds", "id", "name", "notes", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "system", "updated_at", "vendor", "website") SELECT old_values."area", old_values."created_at", old_values."holds", old_values."id", old_values."name", old_values."notes", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."state", old_values."system", old_values."updated_at", old_values."vendor", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1600613674a2bfb5000271a83b0569cee39abc20', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_c9ade', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_tool', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='integrationevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b780c1531198d92c8961dd8809c93d572e8c4d8f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8ea10', table='martech_integrationevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='integration',
                constraint=models.UniqueConstraint(fields=('start', 'end'), name='integration_unique'),
            ),
            migrations.AddConstraint(
                model_name='integration',
                constraint=models.CheckConstraint(condition=models.Q(('start', models.F('end')), _negated=True), name='integration_of_two'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='integration',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_integrationevent" ("end_id", "id", "is_both_ways", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_id", "what") SELECT new_values."end_id", new_values."id", new_values."is_both_ways", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."start_id", new_values."what" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='72ab50dbd79e8eccb608f5c3452ec0587074bb30', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_92131', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_integration', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='integration',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_integrationevent" ("end_id", "id", "is_both_ways", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_id", "what") SELECT new_values."end_id", new_values."id", new_values."is_both_ways", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."start_id", new_values."what" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a77965ee2c0d0562df298346909b37b74d6a7a33', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8b27c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_integration', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='integration',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_integrationevent" ("end_id", "id", "is_both_ways", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_id", "what") SELECT old_values."end_id", old_values."id", old_values."is_both_ways", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."start_id", old_values."what" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='964da53246ffe8f5425d1391aff7accee4fe8b99', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ff28b', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_integration', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contractevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='60559cd7bcf5e6f0e0ab36887782bff725ec8405', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_857e5', table='martech_contractevent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='contract',
                constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='contract_currency'),
            ),
            migrations.AddConstraint(
                model_name='contract',
                constraint=models.CheckConstraint(condition=models.Q(('yearly', None), ('yearly__gte', 0), _connector='OR'), name='contract_yearly'),
            ),
            migrations.AddConstraint(
                model_name='contract',
                constraint=models.CheckConstraint(condition=models.Q(('starts_on', None), ('renews_on', None), ('renews_on__gt', models.F('starts_on')), _connector='OR'), name='contract_dates'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contract',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_contractevent" ("currency", "id", "is_automatic", "notice_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renews_on", "seats", "starts_on", "tool_id", "yearly") SELECT new_values."currency", new_values."id", new_values."is_automatic", new_values."notice_days", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."renews_on", new_values."seats", new_values."starts_on", new_values."tool_id", new_values."yearly" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ef6d91eb3b77e144907533b93fb6c55851869635', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0ebd4', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_contract', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contract',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_contractevent" ("currency", "id", "is_automatic", "notice_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renews_on", "seats", "starts_on", "tool_id", "yearly") SELECT new_values."currency", new_values."id", new_values."is_automatic", new_values."notice_days", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."renews_on", new_values."seats", new_values."starts_on", new_values."tool_id", new_values."yearly" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_automatic" IS DISTINCT FROM (new_values."is_automatic") OR old_values."notice_days" IS DISTINCT FROM (new_values."notice_days") OR old_values."renews_on" IS DISTINCT FROM (new_values."renews_on") OR old_values."seats" IS DISTINCT FROM (new_values."seats") OR old_values."starts_on" IS DISTINCT FROM (new_values."starts_on") OR old_values."tool_id" IS DISTINCT FROM (new_values."tool_id") OR old_values."yearly" IS DISTINCT FROM (new_values."yearly")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cb186f28612727393fafc13537cd074e321090e8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5088e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_contract', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contract',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_contractevent" ("currency", "id", "is_automatic", "notice_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "renews_on", "seats", "starts_on", "tool_id", "yearly") SELECT old_values."currency", old_values."id", old_values."is_automatic", old_values."notice_days", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."renews_on", old_values."seats", old_values."starts_on", old_values."tool_id", old_values."yearly" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3fcac341b999b1688353d06ef0bdfcfa1be22f29', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_17bb5', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_contract', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='toolcapability',
                constraint=models.UniqueConstraint(fields=('tool', 'key'), name='tool_capability_unique'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='toolcapability',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_toolcapabilityevent" ("id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tool_id") SELECT new_values."id", new_values."key", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."tool_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='5b9e831a9dbbdd58e4c5d299824b33f2917c17e8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_fbe66', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_toolcapability', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='toolcapability',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_toolcapabilityevent" ("id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tool_id") SELECT new_values."id", new_values."key", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."tool_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b507f3339b968bddfb37c8f5aaebb361a75c5a20', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_95d29', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_toolcapability', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='toolcapability',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_toolcapabilityevent" ("id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tool_id") SELECT old_values."id", old_values."key", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."tool_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b693f059147c4a5338ecf6e3172aff2921902e7b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_59efa', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_toolcapability', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='toolcapabilityevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='28db752111a59bbc6d59b5ffb5fb6677c11a9177', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5a357', table='martech_toolcapabilityevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='toolevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='300de384eed244d9f8f25f48241c2ad782fa342f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_233ef', table='martech_toolevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='touch',
                index=models.Index(fields=['person', '-at'], name='touch_person'),
            ),
            migrations.AddIndex(
                model_name='touch',
                index=django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='touch_at'),
            ),
            migrations.AddIndex(
                model_name='touch',
                index=models.Index(models.Func('kind', template='lower(%(expressions)s COLLATE "C")'), models.F('at'), name='touch_kind'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='touch',
                trigger=pgtrigger.compiler.Trigger(name='person_follows_merges', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nperform 1 from martech_person p where p.id in (select distinct person_id from new_rows) order by p.id for key share;\n\nupdate martech_touch t set person_id = p.merged_into_id from new_rows n, martech_person p\nwhere t.id = n.id and p.id = n.person_id and p.merged_into_id is not null;\nreturn null;\n', hash='afa7155deb6ebccbdbd4d2cd1ace225f4b79f3e0', level='STATEMENT', operation='INSERT', pgid='pgtrigger_person_follows_merges_c792a', referencing='REFERENCING NEW TABLE AS new_rows ', table='martech_touch', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='usagequestion',
                constraint=models.UniqueConstraint(fields=('capability', 'user'), name='usage_question_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='workingcalendarevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e13941deafbdc0f55b2bdaceceaa80a9399cbb05', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7f220', table='martech_workingcalendarevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='writekey',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_writekeyevent" ("created_at", "digest", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "source_id") SELECT new_values."created_at", new_values."digest", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."prefix", new_values."revoked_at", new_values."source_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3ec9b46368ce53c384082f940753a2dc04226786', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8ce76', referencing='REFERENCING NEW TABLE AS new_values ', table='martech_writekey', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='writekey',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_writekeyevent" ("created_at", "digest", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "source_id") SELECT new_values."created_at", new_values."digest", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."prefix", new_values."revoked_at", new_values."source_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."digest" IS DISTINCT FROM (new_values."digest") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."prefix" IS DISTINCT FROM (new_values."prefix") OR old_values."revoked_at" IS DISTINCT FROM (new_values."revoked_at") OR old_values."source_id" IS DISTINCT FROM (new_values."source_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='677570e273f2edced49f9f6002cd7c6bafba1c64', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f62c8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='martech_writekey', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='writekey',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "martech_writekeyevent" ("created_at", "digest", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "source_id") SELECT old_values."created_at", old_values."digest", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."prefix", old_values."revoked_at", old_values."source_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3d38ad30b897f71e588d808141fe88bad86605ed', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_eaf8b', referencing='REFERENCING OLD TABLE AS old_values ', table='martech_writekey', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='writekeyevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='53e4dc505cd5b83fae1be1de9bf630a7137a96d9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_086ef', table='martech_writekeyevent', when='BEFORE')),
            ),
        ]),
    ]
