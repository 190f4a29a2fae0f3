"""Whatever changes a counted row names its days, which the roll-ups then count again."""

from django.db import migrations

# Statement-level triggers, so that writes one by one, in bulk, by COPY or raw SQL all do. A person's, deal's or spend
# row's owner and region come from other tables too: what changes there names its days.
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
      where (o.created_at, o.channel, o.merged_into_id, o.furthest_stage, o.owner_id, o.owner_name, o.campaign_id)
        is distinct from
        (n.created_at, n.channel, n.merged_into_id, n.furthest_stage, n.owner_id, n.owner_name, n.campaign_id)
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
create function reporting_mark_teams() returns trigger language plpgsql as $$
begin
  if exists (select from was o join changed n using (id) where o.region is distinct from n.region) then
    insert into reporting_staleday (source, day) values ('people', null);
  end if;
  return null;
end $$;
create function reporting_mark_users() returns trigger language plpgsql as $$
begin
  if exists (select from was o join changed n using (id) where o.email is distinct from n.email) then
    insert into reporting_staleday (source, day) values ('people', null), ('deals', null), ('spend', null);
  elsif exists (select from was o join changed n using (id) where o.team_id is distinct from n.team_id) then
    insert into reporting_staleday (source, day) values ('people', null);
  end if;
  return null;
end $$;
create function reporting_mark_campaigns() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day)
    with moved as (
      select id from was o join changed n using (id) where (o.region, o.owner_id) is distinct from (n.region, n.owner_id)
    ), behind as (
      select p.id, p.created_at from martech_person p join moved on moved.id = p.campaign_id
    )
    select 'people', (created_at at time zone 'UTC')::date from behind
    union select 'people', (m.at at time zone 'UTC')::date from behind join martech_stagemove m on m.person_id = behind.id
    union select 'deals', d from martech_deal deal join moved on moved.id = deal.campaign_id, lateral (
      values ((deal.opened_at at time zone 'UTC')::date), ((deal.closed_at at time zone 'UTC')::date)) days(d) where d is not null
    union select 'spend', s.date from martech_spend s join moved on moved.id = s.campaign_id;
  return null;
end $$;
create function reporting_mark_sources() returns trigger language plpgsql as $$
begin
  insert into reporting_staleday (source, day) select unnest(tg_argv), null;
  return null;
end $$;
"""
TRIGGERS = [
    ("martech_person", "insert", "new", "people"),
    ("martech_person", "delete", "old", "people"),
    ("martech_person", "update", "both", "people_update"),
    ("martech_stagemove", "insert", "new", "moves"),
    ("martech_stagemove", "delete", "old", "moves"),
    ("martech_stagemove", "update", "old", "moves"),
    ("martech_stagemove", "update", "new", "moves"),
    ("martech_deal", "insert", "new", "deals"),
    ("martech_deal", "delete", "old", "deals"),
    ("martech_deal", "update", "old", "deals"),
    ("martech_deal", "update", "new", "deals"),
    ("martech_spend", "insert", "new", "spend"),
    ("martech_spend", "delete", "old", "spend"),
    ("martech_spend", "update", "old", "spend"),
    ("martech_spend", "update", "new", "spend"),
    ("governance_team", "update", "both", "teams"),
    ("governance_user", "update", "both", "users"),
    ("planning_campaign", "update", "both", "campaigns"),
]
TABLES = {"new": "new table as changed", "old": "old table as changed", "both": "old table as was new table as changed"}
# TRUNCATE fires no transition-table trigger; the sources to count again come as arguments.
SOURCES = {
    "martech_person": ["people"],
    "martech_stagemove": ["people"],
    "martech_deal": ["deals"],
    "martech_spend": ["spend"],
    "planning_exchangerate": ["deals", "spend"],
}
# What was there before reporting was.
EVERYTHING = "insert into reporting_staleday (source, day) values ('people', null), ('deals', null), ('spend', null);"


def create_sql() -> str:
    statements = [FUNCTIONS]
    for table, event, side, function in TRIGGERS:
        statements.append(
            f"create trigger stale_{event}_{side} after {event} on {table} referencing {TABLES[side]} "
            f"for each statement execute function reporting_mark_{function}();"
        )
    for table, sources in SOURCES.items():
        statements.append(
            f"create trigger stale_truncate after truncate on {table} for each statement "
            f"execute function reporting_mark_sources({', '.join(repr(source) for source in sources)});"
        )
    statements.append(
        "create trigger stale_rates after insert or update or delete on planning_exchangerate "
        "for each statement execute function reporting_mark_all();"
    )
    return "\n".join([*statements, EVERYTHING])


def drop_sql() -> str:
    statements = [f"drop trigger stale_{event}_{side} on {table};" for table, event, side, _function in TRIGGERS]
    statements += [f"drop trigger stale_truncate on {table};" for table in SOURCES]
    statements.append("drop trigger stale_rates on planning_exchangerate;")
    names = sorted({function for _table, _event, _side, function in TRIGGERS} | {"all", "sources"})
    return "\n".join([*statements, *(f"drop function reporting_mark_{name}();" for name in names)])


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0001_initial"),
        ("martech", "0001_initial"),
        ("governance", "0001_initial"),
        ("planning", "0001_initial"),
    ]

    operations = [migrations.RunSQL(create_sql(), drop_sql())]
