from django.db import migrations

# Statement-level triggers: whatever changes what a score or a stage may depend on (one by one, in bulk, by COPY or raw
# SQL) names the people. What scoring and the lifecycle write themselves names nobody but who entered a stage.
PERSON_COLUMNS = ["email", "first_name", "last_name", "phone", "company", "website", "country", "city", "job_title", "linkedin_url", "source", "medium", "channel", "campaign_id", "utm", "account_id", "owner_id", "owner_name", "do_not_route", "lifecycle_stage", "properties", "merged_into_id", "created_at"]
ACCOUNT_COLUMNS = ["name", "domain", "country", "employees", "industry", "type", "source", "owner_id", "properties"]
DEAL_COLUMNS = ["state", "opened_at", "closed_at"]


def altered(columns: list[str]) -> str:
    """Rows that are not what they were. A set difference and no join: plpgsql keeps the plan of the first call, and a
    nested loop that was right for one row takes hours for a hundred thousand."""
    listed = ", ".join(["id", *columns])
    return f"(select {listed} from changed except select {listed} from was) n"


MARK = "insert into martech_changedperson (person_id, at) select distinct p, now() from"
BODIES = {
    "people": "(select id as p from changed) found",
    "people_update": f"(select id as p from {altered(PERSON_COLUMNS)} "
    f"union all select merged_into_id from {altered(['merged_into_id'])}) found where p is not null",
    "owned": "(select person_id as p from changed) found",
    "accounts": f"(select person.id as p from {altered(ACCOUNT_COLUMNS)} "
    "join martech_person person on person.account_id = n.id) found",
    "deals": f"(select link.person_id as p from {altered(DEAL_COLUMNS)} "
    "join martech_dealperson link on link.deal_id = n.id) found",
}
TRIGGERS = [
    ("martech_person", "insert", "new", "people"),
    ("martech_person", "update", "both", "people_update"),
    ("martech_touch", "insert", "new", "owned"),
    ("martech_touch", "update", "new", "owned"),
    ("martech_touch", "update", "old", "owned"),
    ("martech_touch", "delete", "old", "owned"),
    ("martech_dealperson", "insert", "new", "owned"),
    ("martech_account", "update", "both", "accounts"),
    ("martech_deal", "update", "both", "deals"),
]
TABLES = {"new": "new table as changed", "old": "old table as changed", "both": "old table as was new table as changed"}


def create_sql() -> str:
    statements = [
        f"create function martech_mark_{name}() returns trigger language plpgsql as $$ begin {MARK} {body}; return null; end $$;"
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
    dependencies = [("martech", "0008_scoring_and_lifecycle")]

    operations = [migrations.RunSQL(create_sql(), drop_sql())]
