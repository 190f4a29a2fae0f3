"""Ours that somebody chose where a mapping leaves it to people waits to be written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("martech", "0012_first_contact")]

    operations = [
        migrations.AddField(
            model_name="heldvalue",
            name="choice",
            field=models.CharField(blank=True, default="", help_text="“ours” once somebody said so", max_length=4),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pull", "Pull"),
                    ("backfill", "Backfill"),
                    ("push", "Push"),
                    ("undo", "Undo"),
                    ("compare", "Completeness proof"),
                    ("takeover", "Taking over"),
                    ("decision", "Decision"),
                ],
                max_length=8,
            ),
        ),
    ]
