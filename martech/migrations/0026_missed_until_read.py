from django.db import migrations, models
from django.db.models import Q

SETTLED = """
update martech_syncdifference d set settled_at = now() from martech_syncrun r
where r.id = d.run_id and d.reason in ('missed', 'change_missed') and exists (
  select 1 from martech_syncrun later where later.object_id = r.object_id and later.id > r.id and later.state = 'done'
    and (later.kind = 'backfill' or (later.kind = 'compare' and not later.plan ? 'question')))
"""


class Migration(migrations.Migration):
    dependencies = [("martech", "0025_left_out_of_a_plan")]

    operations = [
        migrations.AddField(
            model_name="syncdifference",
            name="settled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(SETTLED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="syncdifference",
            index=models.Index(
                condition=Q(("reason__in", ("missed", "change_missed")), ("settled_at", None)),
                fields=["external_id", "run"],
                name="sync_difference_missed",
            ),
        ),
    ]
