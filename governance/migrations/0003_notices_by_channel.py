"""Mail and chat are noted each for itself: one that fails no longer holds up or repeats the other."""

from django.db import migrations, models

# Until now one moment stood for both ways, so what left has left by both, and what waits still waits for both.
BOTH = """
UPDATE governance_notification SET posted_at = mailed_at WHERE mailed_at IS NOT NULL;
INSERT INTO governance_deliverywork (user_id, channel, state, attempts, run_after, last_error, created_at)
SELECT user_id, 'chat', 'pending', 0, run_after, '', created_at FROM governance_deliverywork
WHERE state IN ('pending', 'running');
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_api_token_in_words")]

    operations = [
        migrations.RenameField("notification", "delivered_at", "mailed_at"),
        migrations.AlterField(
            "notification",
            "mailed_at",
            models.DateTimeField(blank=True, help_text="When it left by mail", null=True),
        ),
        migrations.AddField(
            "notification",
            "posted_at",
            models.DateTimeField(blank=True, help_text="When it left by chat", null=True),
        ),
        migrations.AddField(
            "deliverywork",
            "channel",
            models.CharField(choices=[("mail", "Mail"), ("chat", "Chat")], default="mail", max_length=4),
        ),
        migrations.RunSQL(BOTH, migrations.RunSQL.noop),
    ]
