"""A difference that a proof found says on which side the record is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("martech", "0016_parked_leads")]

    operations = [
        migrations.AddField(
            model_name="syncdifference",
            name="side",
            field=models.CharField(
                blank=True,
                choices=[
                    ("here", "Only here"),
                    ("there", "Only there"),
                    ("both", "On both sides, with other values"),
                ],
                default="",
                max_length=5,
            ),
        ),
    ]
