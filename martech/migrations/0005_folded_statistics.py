"""The planner knows how often a value occurs also where conditions compare it without regard to case."""

from django.db import migrations

COLUMNS = {
    "martech_person": ("country", "city", "job_title", "lifecycle_stage", "grade", "channel", "source"),
    "martech_account": ("country", "industry"),
    "martech_deal": ("stage", "state", "channel"),
}


def made(table: str, column: str) -> str:
    return f'CREATE STATISTICS {table}_{column}_folded ON (lower({column}::text COLLATE "C")) FROM {table}'


class Migration(migrations.Migration):
    dependencies = [("martech", "0004_changed_people")]

    operations = [
        migrations.RunSQL(made(table, column), f"DROP STATISTICS {table}_{column}_folded")
        for table, columns in COLUMNS.items()
        for column in columns
    ]
