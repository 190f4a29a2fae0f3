"""One index of match keys instead of two: found by what people share, each key once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('martech', '0005_folded_statistics'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='matchkey',
            name='match_key_unique',
        ),
        migrations.RemoveIndex(
            model_name='matchkey',
            name='match_key_mates',
        ),
        migrations.AlterField(
            model_name='matchkey',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='match_keys', to='martech.person'),
        ),
        migrations.AddConstraint(
            model_name='matchkey',
            constraint=models.UniqueConstraint(fields=('kind', 'value', 'person'), include=('surname',), name='match_key_mates'),
        ),
    ]
