"""Who is parked is found at once, however many decisions there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("martech", "0015_references_checked_by_set")]

    operations = [
        migrations.AddIndex(
            model_name="routingdecision",
            index=models.Index(condition=models.Q(("outcome", "parked")), fields=["person"], name="decision_parked"),
        ),
    ]
