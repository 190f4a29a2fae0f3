"""Whatever changes what a score, a stage or a segment may depend on names the people, and under which topics."""

from django.db import migrations

# Statement-level triggers, so that writes one by one, in bulk, by COPY or raw SQL all do. Only the segments that mention
# a topic are looked at again. What scoring and the lifecycle write themselves names nobody but who entered a stage.
PERSON = ["email", "first_name", "last_name", "phone", "company", "website", "country", "city", "job_title", "linkedin_url", "source", "medium", "channel", "campaign_id", "utm", "account_id", "owner_id", "owner_name", "do_not_route", "lifecycle_stage", "properties", "merged_into_id", "created_at"]
ACCOUNT = ["name", "domain", "country", "employees", "industry", "type", "source", "owner_id", "properties"]
DEAL = ["state", "stage", "amount", "currency", "product", "region", "opened_at", "closed_at"]


def altered(columns: list[str]) -> str:
    """Rows that are not what they were. A set difference and no join: plpgsql keeps the plan of the first call, and a
    nested loop that was right for one row takes hours for a hundred thousand."""
    listed = ", ".join(["id", *columns])
    return f"(select {listed} from changed except select {listed} from was) n"


def row(alias: str, columns: list[str]) -> str:
    return "(" + ", ".join(f"{alias}.{column}" for column in columns) + ")"


MARK = "insert into martech_changedperson (person_id, at, fields) select p, now(), topics from"
TOPICS = ", ".join(f"case when n.{column} is distinct from w.{column} then '{column}' end" for column in PERSON)
BODIES = {
    "people": "(select id as p, array['new'] as topics from changed) found",
    "people_update": f"(select n.id as p, array_remove(array[{TOPICS}]::text[], null) as topics from changed n "
    f"join was w on w.id = n.id where {row('n', PERSON)} is distinct from {row('w', PERSON)} "
    "union all select n.merged_into_id, array['merged_into_id'] from changed n join was w on w.id = n.id "
    "where n.merged_into_id is distinct from w.merged_into_id) found where p is not null",
    "addresses": "(select distinct person.id as p, array['email'] as topics from changed "
    # One that came in with its person is told of by the person.
    "join martech_person person on person.id = changed.person_id where person.recorded_at < now()) found",
    "owned": "(select person_id as p, array_agg(distinct 'touch:' || lower(kind)) as topics "
    "from changed group by person_id) found",
    "deal_people": "(select distinct person_id as p, array['deals'] as topics from changed) found",
    "accounts": f"(select person.id as p, array['account'] as topics from {altered(ACCOUNT)} "
    "join martech_person person on person.account_id = n.id) found",
    "deals": f"(select distinct link.person_id as p, array['deals'] as topics from {altered(DEAL)} "
    "join martech_dealperson link on link.deal_id = n.id) found",
    "owners": f"(select person.id as p, array['owner_id'] as topics from {altered(['email', 'team_id'])} "
    "join martech_person person on person.owner_id = n.id union all "
    f"select person.id, array['account'] from {altered(['email'])} "
    "join martech_account account on account.owner_id = n.id "
    "join martech_person person on person.account_id = account.id) found",
}
NO_LOOPS = {"people_update": "set enable_nestloop = off"}
TRIGGERS = [
    ("martech_person", "insert", "new", "people"),
    ("martech_person", "update", "both", "people_update"),
    ("martech_personemail", "insert", "new", "addresses"),
    ("martech_personemail", "delete", "old", "addresses"),
    ("martech_touch", "insert", "new", "owned"),
    ("martech_touch", "update", "new", "owned"),
    ("martech_touch", "update", "old", "owned"),
    ("martech_touch", "delete", "old", "owned"),
    ("martech_dealperson", "insert", "new", "deal_people"),
    ("martech_dealperson", "update", "new", "deal_people"),
    ("martech_dealperson", "update", "old", "deal_people"),
    ("martech_dealperson", "delete", "old", "deal_people"),
    ("martech_account", "update", "both", "accounts"),
    ("martech_deal", "update", "both", "deals"),
    ("governance_user", "update", "both", "owners"),
]
TABLES = {"new": "new table as changed", "old": "old table as changed", "both": "old table as was new table as changed"}


def create_sql() -> str:
    statements = [
        f"create function martech_mark_{name}() returns trigger language plpgsql {NO_LOOPS.get(name, '')} "
        f"as $$ begin {MARK} {body}; return null; end $$;"
        for name, body in BODIES.items()
    ]
    statements += [
        f"create trigger mark_changed_{event}_{side} after {event} on {table} referencing {TABLES[side]} "
        f"for each statement execute function martech_mark_{function}();"
        for table, event, side, function in TRIGGERS
    ]
    return "\n".join(statements)


def drop_sql() -> str:
    statements = [f"drop trigger mark_changed_{event}_{side} on {table};" for table, event, side, _function in TRIGGERS]
    return "\n".join([*statements, *(f"drop function martech_mark_{name}();" for name in BODIES)])


class Migration(migrations.Migration):
    dependencies = [("martech", "0003_identity_marks")]

    operations = [migrations.RunSQL(create_sql(), drop_sql())]
