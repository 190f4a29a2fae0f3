from django.db import migrations, models

SOURCES = {
    "martech_person": ["people"],
    "martech_stagemove": ["people"],
    "martech_deal": ["deals"],
    "martech_spend": ["spend"],
    "planning_exchangerate": ["deals", "spend"],
}

# TRUNCATE fires no row or transition-table trigger; the sources to count again come as arguments.
FUNCTION = """
create function reporting_mark_sources() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day) select unnest(tg_argv), null;
  return null;
end $$;
"""


def create_sql() -> str:
    triggers = [
        f"create trigger stale_truncate after truncate on {table} for each statement "
        f"execute function reporting_mark_sources({', '.join(repr(source) for source in sources)});"
        for table, sources in SOURCES.items()
    ]
    return "\n".join([FUNCTION, *triggers])


def drop_sql() -> str:
    triggers = [f"drop trigger stale_truncate on {table};" for table in SOURCES]
    return "\n".join([*triggers, "drop function reporting_mark_sources();"])


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_stale_days")]

    operations = [
        migrations.AddField("rollupstate", "time_zone", models.CharField(max_length=64, default="")),
        migrations.AddField("rollupstate", "currency", models.CharField(max_length=3, default="")),
        migrations.RunSQL(create_sql(), drop_sql()),
    ]
