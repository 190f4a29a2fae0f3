"""Pages of a synchronisation leave what follows for their people to durable work, as imports do."""

import django.utils.timezone
from django.db import migrations, models

# 10,000 people a statement, unless the transaction says otherwise.
MANY = """
create or replace function martech_many() returns integer language sql stable parallel safe as $$
  select coalesce(nullif(current_setting('mops.many', true), '')::integer, 10000)
$$;
"""
BEFORE = """
create or replace function martech_many() returns integer language sql immutable parallel safe as $$ select 10000 $$;
"""


class Migration(migrations.Migration):
    dependencies = [("martech", "0005_campaigns_of_other_systems")]

    operations = [
        migrations.RunSQL(MANY, BEFORE),
        migrations.CreateModel(
            name="ArrivalWork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=[("pending", "Waiting"), ("running", "Running"), ("done", "Done"), ("quarantined", "Quarantined")], default="pending", max_length=12)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("run_after", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.UUIDField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("people", models.TextField(help_text="Who they are: an int8multirange of ids")),
                ("is_new", models.BooleanField(help_text="They came in with it, and may be given owners")),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(condition=models.Q(("state__in", ["pending", "running"])), fields=["run_after", "id"], name="arrivalwork_due")],
                "constraints": [models.CheckConstraint(condition=models.Q(models.Q(("state", "running"), _negated=True), models.Q(("lease_token__isnull", False), ("lease_until__isnull", False)), _connector="OR"), name="arrivalwork_lease")],
            },
        ),
    ]
