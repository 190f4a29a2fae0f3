"""A market of any size made inside the database: people with stages, owners and campaigns, touches, deals and spend over
two years.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TOUCHES_EACH = 10
PEOPLE_A_DEAL = 10

REPS = 40
CAMPAIGNS = 60
_REGION = "(ARRAY['EMEA', 'AMER', 'APAC', 'DACH'])[1 + mod({}, 4)::int]"
_TEAMS = f"""
INSERT INTO governance_team (name, region, created_at)
SELECT 'Team ' || n, {_REGION.format("n")}, now() FROM generate_series(1, 4) AS n
"""
_USERS = f"""
INSERT INTO governance_user (password, email, name, job_title, roles, team_id, is_active, theme, density, time_zone, notices, created_at)
SELECT '', 'rep' || n || '@bench.example', 'Rep ' || n, '', ARRAY['sales_rep'],
    (SELECT id FROM governance_team WHERE name = 'Team ' || 1 + mod(n, 4)), true, 'system', 'comfortable', '', 'app', now()
FROM generate_series(1, {REPS}) AS n
"""
_REP = f"(SELECT min(id) FROM governance_user WHERE email LIKE 'rep%%@bench.example') + mod({{}}, {REPS})"
_CAMPAIGNS = f"""
INSERT INTO planning_campaign (code, name, channel, region, state, objective, starts_on, ends_on, owner_id, created_at, updated_at)
SELECT 'BENCH-' || n, 'Campaign ' || n, 'email', {_REGION.format("n")}, 'live', '', current_date - 700, current_date + 30,
    {_REP.format("n")}, now(), now() FROM generate_series(1, {CAMPAIGNS}) AS n
"""
_CAMPAIGN = f"(SELECT min(id) FROM planning_campaign WHERE code LIKE 'BENCH-%%') + mod({{}}, {CAMPAIGNS})"
_CHANNEL = "(ARRAY['paid_search', 'email', 'organic_search', 'webinar', 'other'])[1 + mod({}, 5)::int]"
_CAME = "now() - mod(n * 7919, 730) * interval '1 day' - mod(n, 86400) * interval '1 second'"
_STAGE = "CASE WHEN mod(n, 60) = 0 THEN 'opportunity' WHEN mod(n, 12) = 0 THEN 'sql' WHEN mod(n, 4) = 0 THEN 'mql' ELSE 'lead' END"
_PEOPLE = f"""
INSERT INTO martech_person (email, first_name, last_name, phone, company, website, country, city, job_title, linkedin_url,
    source, medium, channel, utm, owner_name, do_not_route, lifecycle_stage, furthest_stage, score_fit,
    score_engagement, grade, properties, created_at, recorded_at, updated_at, owner_id, campaign_id)
SELECT 'p' || n || '@c' || mod(n, 50000) || '.example', 'First' || mod(n, 997), 'Last' || mod(n, 9973), '',
    'Company ' || mod(n, 50000), '', (ARRAY['DE', 'FR', 'US', 'GB', 'BR'])[1 + mod(n, 5)::int], '', 'Marketing Manager', '',
    'web', '', {_CHANNEL.format("n")}, '{{}}', '', false,
    {_STAGE}, {_STAGE}, 0, 0, '', '{{}}', {_CAME}, {_CAME}, now(),
    CASE WHEN mod(n, 20) > 0 THEN {_REP.format("n")} END, CASE WHEN mod(n, 3) = 0 THEN {_CAMPAIGN.format("n")} END
FROM generate_series(1::bigint, %s) AS n
"""
_STAGES = """
INSERT INTO martech_stagemove (person_id, from_stage, stage, at, reason)
SELECT id, '', 'lead', created_at, '' FROM martech_person
UNION ALL SELECT id, 'lead', 'mql', created_at + mod(id * 31, 30) * interval '1 day', '' FROM martech_person
    WHERE furthest_stage IN ('mql', 'sql', 'opportunity')
UNION ALL SELECT id, 'mql', 'sql', created_at + (31 + mod(id * 17, 60)) * interval '1 day', '' FROM martech_person
    WHERE furthest_stage IN ('sql', 'opportunity')
UNION ALL SELECT id, 'sql', 'opportunity', created_at + (92 + mod(id * 13, 90)) * interval '1 day', '' FROM martech_person
    WHERE furthest_stage = 'opportunity'
"""
_TOUCHES = f"""
INSERT INTO martech_touch (person_id, at, kind, channel, source, medium, url, properties, recorded_at)
SELECT person.id, person.created_at + n * interval '3 days', (ARRAY['page', 'email_open', 'form'])[1 + mod(n, 3)::int],
    {_CHANNEL.format("(person.id + n)")}, 'web', '', '', '{{}}', now()
FROM martech_person AS person CROSS JOIN generate_series(1::bigint, %s) AS n
"""
_DEALS = f"""
INSERT INTO martech_deal (name, amount, currency, stage, state, owner_name, region, product, source, channel, opened_at,
    closed_at, properties, created_at, updated_at, owner_id)
SELECT 'Deal ' || n, 1000 + mod(n * 31, 90000), 'EUR', 'Stage', (ARRAY['open', 'won', 'lost'])[1 + mod(n, 3)::int], '',
    {_REGION.format("n")}, '', 'web', {_CHANNEL.format("n")}, {_CAME},
    CASE WHEN mod(n, 3) > 0 THEN {_CAME} + interval '40 days' END, '{{}}', now(), now(), {_REP.format("n")}
FROM generate_series(1::bigint, %s) AS n
"""
_SPEND = f"""
INSERT INTO martech_spend (date, channel, campaign_name, amount, currency, impressions, clicks, conversions, revenue,
    source, key, properties, created_at, updated_at, campaign_id)
SELECT current_date - mod(n, 730)::int, {_CHANNEL.format("n")}, 'Campaign ' || mod(n, 200), 100 + mod(n, 900), 'EUR', 1000, 50,
    2, 0, 'bench', 'row ' || n, '{{}}', now(), now(), {_CAMPAIGN.format("n")}
FROM generate_series(1::bigint, %s) AS n
"""


@contextmanager
def triggers_resting(cursor: Any) -> Iterator[None]:
    cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
    is_let = cursor.fetchone()[0]
    if is_let:
        cursor.execute("SET session_replication_role = replica")
    yield
    if is_let:
        cursor.execute("SET session_replication_role = origin")


def make_people(people: int) -> None:
    """`people` people over two years with owners and campaigns, in no stage and without touches."""
    with connection.cursor() as cursor:
        for statement in (_TEAMS, _USERS, _CAMPAIGNS):
            cursor.execute(statement, [])
        cursor.execute(_PEOPLE, [people])
        cursor.execute("VACUUM ANALYZE martech_person")


def make_market(people: int) -> None:
    """`people` people, ten touches each, a deal for ten of them, and fifty rows of spend for a thousand.

    Triggers and checks of foreign keys rest meanwhile, on a server that lets them: what is made here keeps every rule,
    and ten million touches take minutes instead of a quarter of an hour.
    """
    make_people(people)
    with connection.cursor() as cursor, triggers_resting(cursor):
        cursor.execute(_STAGES, [])
        cursor.execute(_TOUCHES, [TOUCHES_EACH])
        cursor.execute(_DEALS, [people // PEOPLE_A_DEAL])
        cursor.execute(_SPEND, [people // 20])
        cursor.execute("VACUUM ANALYZE")
