import uuid

from django.db import migrations, models

# A person's, deal's or spend row's owner and region come from other tables too: what changes there names its days.
FUNCTIONS = """
create or replace function reporting_mark_people_update() returns trigger language plpgsql as $$
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
"""
BEFORE = """
create or replace function reporting_mark_people_update() returns trigger language plpgsql as $$
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
"""
TRIGGERS = {"governance_team": "teams", "governance_user": "users", "planning_campaign": "campaigns"}
COUNT_AGAIN = """
delete from reporting_dailyrollup;
insert into reporting_staleday (source, day) values ('people', null), ('deals', null), ('spend', null);
"""


def create_sql() -> str:
    triggers = [
        f"create trigger stale_update after update on {table} referencing old table as was new table as changed "
        f"for each statement execute function reporting_mark_{name}();"
        for table, name in TRIGGERS.items()
    ]
    return "\n".join([FUNCTIONS, *triggers, COUNT_AGAIN])


def drop_sql() -> str:
    statements = [f"drop trigger stale_update on {table};" for table in TRIGGERS]
    statements += [f"drop function reporting_mark_{name}();" for name in TRIGGERS.values()]
    return "\n".join([*statements, BEFORE, COUNT_AGAIN])


def text(length: int) -> models.CharField:
    return models.CharField(blank=True, default="", max_length=length)


def indexes(name: str) -> list[models.Index]:
    of_region, of_owner = models.Q(grain="region"), models.Q(grain="owner")
    return [
        models.Index(fields=["grain", "day"], name=f"{name}_days"),
        models.Index(fields=["region", "day"], name=f"{name}_regions", condition=of_region),
        models.Index(fields=["owner", "day"], name=f"{name}_owners", condition=of_owner),
    ]


GRAINS = [
    ("all", "Day"),
    ("channel", "Day and channel"),
    ("region", "Day, channel and region"),
    ("owner", "Day, channel, region and owner"),
]
OWNER = models.CharField(blank=True, default="", max_length=254, help_text="Their address, or the source’s name")


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0003_rollup_basis"),
        ("martech", "0008_scoring_and_lifecycle"),
        ("governance", "0001_initial"),
        ("planning", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(create_sql(), drop_sql()),
        migrations.AddField(
            "dailyrollup", "grain", models.CharField(choices=GRAINS, default="channel", max_length=7)
        ),
        migrations.AddField("dailyrollup", "region", text(60)),
        migrations.AddField("dailyrollup", "owner", OWNER),
        migrations.RemoveConstraint("dailyrollup", "rollup_once"),
        migrations.AddConstraint(
            "dailyrollup",
            models.UniqueConstraint(
                fields=("grain", "subject", "day", "channel", "region", "owner"), name="rollup_once"
            ),
        ),
        *(migrations.AddIndex("dailyrollup", index) for index in indexes("rollup")),
        migrations.CreateModel(
            "StepRollup",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grain", models.CharField(choices=GRAINS, max_length=7)),
                ("stage", models.CharField(max_length=12)),
                ("day", models.DateField()),
                ("channel", text(20)),
                ("region", text(60)),
                ("owner", text(254)),
                ("days", models.IntegerField()),
                ("people", models.BigIntegerField()),
            ],
            options={"indexes": indexes("step")},
        ),
        migrations.AddField(
            "rollupstate",
            "stages",
            models.CharField(default="", help_text="The steps of the funnel, in order", max_length=100),
        ),
        migrations.AddField("rollupstate", "revision", models.UUIDField(default=uuid.uuid4)),
    ]
