from django.db import migrations

# Statement-level triggers: whatever changes a counted row (one by one, in bulk, by COPY or raw SQL) names its days.
FUNCTIONS = """
create function reporting_mark_people() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    select distinct 'people', d from (
      select (created_at at time zone 'UTC')::date as d from changed
      union all
      select (m.at at time zone 'UTC')::date from martech_stagemove m join changed c on c.id = m.person_id
    ) days;
  return null;
end $$;
create function reporting_mark_people_update() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    select distinct 'people', d from (
      select o.id, o.created_at, n.created_at as later from was o join changed n using (id)
      where (o.created_at, o.channel, o.merged_into_id, o.furthest_stage)
        is distinct from (n.created_at, n.channel, n.merged_into_id, n.furthest_stage)
    ) moved, lateral (
      select (moved.created_at at time zone 'UTC')::date as d
      union all select (moved.later at time zone 'UTC')::date
      union all select (m.at at time zone 'UTC')::date from martech_stagemove m where m.person_id = moved.id
    ) days;
  return null;
end $$;
create function reporting_mark_moves() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    select distinct 'people', d from (
      select (at at time zone 'UTC')::date as d from changed
      union all
      select (m.at at time zone 'UTC')::date from martech_stagemove m join changed c on c.person_id = m.person_id
      union all
      select (p.created_at at time zone 'UTC')::date from martech_person p join changed c on c.person_id = p.id
    ) days;
  return null;
end $$;
create function reporting_mark_deals() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    select distinct 'deals', d from (
      select (opened_at at time zone 'UTC')::date as d from changed
      union all select (closed_at at time zone 'UTC')::date from changed
    ) days where d is not null;
  return null;
end $$;
create function reporting_mark_spend() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day) select distinct 'spend', date from changed;
  return null;
end $$;
create function reporting_mark_all() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day) values ('deals', null), ('spend', null);
  return null;
end $$;
"""
TRIGGERS = [
    ("martech_person", "insert", "new", "reporting_mark_people"),
    ("martech_person", "delete", "old", "reporting_mark_people"),
    ("martech_person", "update", "both", "reporting_mark_people_update"),
    ("martech_stagemove", "insert", "new", "reporting_mark_moves"),
    ("martech_stagemove", "delete", "old", "reporting_mark_moves"),
    ("martech_stagemove", "update", "old", "reporting_mark_moves"),
    ("martech_stagemove", "update", "new", "reporting_mark_moves"),
    ("martech_deal", "insert", "new", "reporting_mark_deals"),
    ("martech_deal", "delete", "old", "reporting_mark_deals"),
    ("martech_deal", "update", "old", "reporting_mark_deals"),
    ("martech_deal", "update", "new", "reporting_mark_deals"),
    ("martech_spend", "insert", "new", "reporting_mark_spend"),
    ("martech_spend", "delete", "old", "reporting_mark_spend"),
    ("martech_spend", "update", "old", "reporting_mark_spend"),
    ("martech_spend", "update", "new", "reporting_mark_spend"),
]
TABLES = {"new": "new table as changed", "old": "old table as changed", "both": "old table as was new table as changed"}


def create_sql() -> str:
    statements = [FUNCTIONS]
    for table, event, side, function in TRIGGERS:
        statements.append(
            f"create trigger stale_{event}_{side} after {event} on {table} referencing {TABLES[side]} "
            f"for each statement execute function {function}();"
        )
    statements.append(
        "create trigger stale_rates after insert or update or delete on planning_exchangerate "
        "for each statement execute function reporting_mark_all();"
    )
    # What was there before reporting was.
    statements.append(
        "insert into reporting_staleday (source, day) select source, null from (values ('people'), ('deals'), ('spend')) s(source);"
    )
    return "\n".join(statements)


def drop_sql() -> str:
    statements = [f"drop trigger stale_{event}_{side} on {table};" for table, event, side, _function in TRIGGERS]
    statements.append("drop trigger stale_rates on planning_exchangerate;")
    names = ["people", "people_update", "moves", "deals", "spend", "all"]
    statements += [f"drop function reporting_mark_{name}();" for name in names]
    return "\n".join(statements)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial"), ("martech", "0003_poolmemberstate_away_behind"), ("planning", "0001_initial")]

    operations = [migrations.RunSQL(create_sql(), drop_sql())]
