from importlib import import_module

from django.db import migrations

# The triggers of 0009 stay; their functions now also say under which topics somebody changed, so that only the segments
# that mention one of them are looked at. Joins of old and new rows never go by a nested loop: plpgsql keeps the plan of
# a function's first call, and one that was right for a single row takes hours for a hundred thousand.
before = import_module("martech.migrations.0009_changed_people")
DEAL_COLUMNS = ["state", "stage", "amount", "currency", "product", "region", "opened_at", "closed_at"]
PERSON = before.PERSON_COLUMNS
MARK = "insert into martech_changedperson (person_id, at, fields) select p, now(), topics from"


def row(alias: str, columns: list[str]) -> str:
    return "(" + ", ".join(f"{alias}.{column}" for column in columns) + ")"


TOPICS = ", ".join(f"case when n.{column} is distinct from w.{column} then '{column}' end" for column in PERSON)
BODIES = {
    "people": "(select id as p, array['new'] as topics from changed) found",
    "people_update": f"(select n.id as p, array_remove(array[{TOPICS}]::text[], null) as topics from changed n "
    f"join was w on w.id = n.id where {row('n', PERSON)} is distinct from {row('w', PERSON)} "
    "union all select n.merged_into_id, array['merged_into_id'] from changed n join was w on w.id = n.id "
    "where n.merged_into_id is distinct from w.merged_into_id) found where p is not null",
    "owned": "(select person_id as p, array_agg(distinct 'touch:' || lower(kind)) as topics "
    "from changed group by person_id) found",
    "deal_people": "(select distinct person_id as p, array['deals'] as topics from changed) found",
    "accounts": f"(select person.id as p, array['account'] as topics from {before.altered(before.ACCOUNT_COLUMNS)} "
    "join martech_person person on person.account_id = n.id) found",
    "deals": f"(select distinct link.person_id as p, array['deals'] as topics from {before.altered(DEAL_COLUMNS)} "
    "join martech_dealperson link on link.deal_id = n.id) found",
    "owners": f"(select person.id as p, array['owner_id'] as topics from {before.altered(['email', 'team_id'])} "
    "join martech_person person on person.owner_id = n.id union all "
    f"select person.id, array['account'] from {before.altered(['email'])} "
    "join martech_account account on account.owner_id = n.id "
    "join martech_person person on person.account_id = account.id) found",
}
NO_LOOPS = {"people_update": "set enable_nestloop = off"}
NEW_TRIGGERS = [
    ("martech_dealperson", "delete", "old", "deal_people"),
    ("martech_dealperson", "update", "new", "deal_people"),
    ("martech_dealperson", "update", "old", "deal_people"),
    ("governance_user", "update", "both", "owners"),
]


def trigger(table: str, event: str, side: str, function: str) -> str:
    return (
        f"create trigger mark_changed_{event}_{side} after {event} on {table} referencing {before.TABLES[side]} "
        f"for each statement execute function martech_mark_{function}();"
    )


def create_sql() -> str:
    statements = [
        f"create or replace function martech_mark_{name}() returns trigger language plpgsql {NO_LOOPS.get(name, '')} "
        f"as $$ begin {MARK} {body}; return null; end $$;"
        for name, body in BODIES.items()
    ]
    statements.append("drop trigger mark_changed_insert_new on martech_dealperson;")
    statements.append(trigger("martech_dealperson", "insert", "new", "deal_people"))
    return "\n".join([*statements, *(trigger(*one) for one in NEW_TRIGGERS)])


def drop_sql() -> str:
    statements = [f"drop trigger mark_changed_{event}_{side} on {table};" for table, event, side, _name in NEW_TRIGGERS]
    statements.append("drop trigger mark_changed_insert_new on martech_dealperson;")
    statements += [
        f"create or replace function martech_mark_{name}() returns trigger language plpgsql as $$ "
        f"begin {before.MARK} {body}; return null; end $$;"
        for name, body in before.BODIES.items()
    ]
    statements.append(before_trigger())
    return "\n".join([*statements, "drop function martech_mark_deal_people();", "drop function martech_mark_owners();"])


def before_trigger() -> str:
    return trigger("martech_dealperson", "insert", "new", "owned")


class Migration(migrations.Migration):
    dependencies = [("martech", "0017_segments"), ("governance", "0006_consent_and_suppression")]

    operations = [migrations.RunSQL(create_sql(), drop_sql())]
