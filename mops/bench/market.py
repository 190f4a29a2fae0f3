"""A market of any size made inside the database: people with stages, touches, deals and spend over two years."""

from django.db import connection

TOUCHES_EACH = 10
PEOPLE_A_DEAL = 10

_CHANNEL = "(ARRAY['paid_search', 'email', 'organic_search', 'webinar', 'other'])[1 + mod({}, 5)::int]"
_CAME = "now() - mod(n * 7919, 730) * interval '1 day' - mod(n, 86400) * interval '1 second'"
_PEOPLE = f"""
INSERT INTO martech_person (email, first_name, last_name, phone, company, website, country, city, job_title, linkedin_url,
    source, medium, channel, utm, owner_name, do_not_route, lifecycle_stage, furthest_stage, score_fit,
    score_engagement, grade, properties, created_at, recorded_at, updated_at)
SELECT 'p' || n || '@c' || mod(n, 50000) || '.example', 'First' || mod(n, 997), 'Last' || mod(n, 9973), '',
    'Company ' || mod(n, 50000), '', (ARRAY['DE', 'FR', 'US', 'GB', 'BR'])[1 + mod(n, 5)::int], '', 'Marketing Manager', '',
    'web', '', {_CHANNEL.format("n")}, '{{}}', '', false,
    CASE WHEN mod(n, 4) = 0 THEN 'mql' ELSE 'lead' END, CASE WHEN mod(n, 4) = 0 THEN 'mql' ELSE 'lead' END,
    0, 0, '', '{{}}', {_CAME}, {_CAME}, now()
FROM generate_series(1::bigint, %s) AS n
"""
_STAGES = """
INSERT INTO martech_stagemove (person_id, from_stage, stage, at, reason)
SELECT id, '', 'lead', created_at, '' FROM martech_person
UNION ALL SELECT id, 'lead', 'mql', created_at + interval '9 days', '' FROM martech_person WHERE mod(id, 4) = 0
UNION ALL SELECT id, 'mql', 'sql', created_at + interval '20 days', '' FROM martech_person WHERE mod(id, 12) = 0
"""
_TOUCHES = f"""
INSERT INTO martech_touch (person_id, at, kind, channel, source, medium, url, properties, recorded_at)
SELECT person.id, person.created_at + n * interval '3 days', (ARRAY['page', 'email_open', 'form'])[1 + mod(n, 3)::int],
    {_CHANNEL.format("(person.id + n)")}, 'web', '', '', '{{}}', now()
FROM martech_person AS person CROSS JOIN generate_series(1::bigint, %s) AS n
"""
_DEALS = f"""
INSERT INTO martech_deal (name, amount, currency, stage, state, owner_name, region, product, source, channel, opened_at,
    closed_at, properties, created_at, updated_at)
SELECT 'Deal ' || n, 1000 + mod(n * 31, 90000), 'EUR', 'Stage', (ARRAY['open', 'won', 'lost'])[1 + mod(n, 3)::int], '',
    (ARRAY['EMEA', 'AMER'])[1 + mod(n, 2)::int], '', 'web', {_CHANNEL.format("n")}, {_CAME},
    CASE WHEN mod(n, 3) > 0 THEN {_CAME} + interval '40 days' END, '{{}}', now(), now()
FROM generate_series(1::bigint, %s) AS n
"""
_SPEND = f"""
INSERT INTO martech_spend (date, channel, campaign_name, amount, currency, impressions, clicks, conversions, revenue,
    source, key, properties, created_at, updated_at)
SELECT current_date - mod(n, 730)::int, {_CHANNEL.format("n")}, 'Campaign ' || mod(n, 200), 100 + mod(n, 900), 'EUR', 1000, 50,
    2, 0, 'bench', 'row ' || n, '{{}}', now(), now()
FROM generate_series(1::bigint, %s) AS n
"""


def make_market(people: int) -> None:
    """`people` people, ten touches each, a deal for ten of them, and fifty rows of spend for a thousand."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [people])
        cursor.execute(_STAGES)
        cursor.execute(_TOUCHES, [TOUCHES_EACH])
        cursor.execute(_DEALS, [people // PEOPLE_A_DEAL])
        cursor.execute(_SPEND, [people // 20])
        cursor.execute("VACUUM ANALYZE")
