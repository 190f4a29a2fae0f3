"""Numbers are compared by ten digits instead of nine: everybody's keys are made anew, in the background."""

from django.db import migrations

MARK = "select martech_identity_mark(array(select id from martech_person where merged_into_id is null and phone <> ''))"


class Migration(migrations.Migration):
    dependencies = [("martech", "0008_match_rules_seen")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
