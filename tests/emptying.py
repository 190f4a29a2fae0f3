"""After a test that commits, the tables it wrote to are emptied, and no others.

Django's own way truncates every table there is and makes rights and content types anew, which takes seconds each time.
"""

from typing import Any

from django.db import connections
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission", "django_site"}
GROWN = """
select relname from pg_class
where relnamespace = current_schema()::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0 and relname <> all(%s)
"""


def empty_tables(alias: str) -> None:
    """Delete every row but those that migrations make; checks of foreign keys and triggers rest meanwhile.

    The tables are then as small as new ones: the planner would take one of many pages and no row for empty for ever.
    """
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(GROWN, [list(KEPT)])
        grown = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        if grown:
            deletions = "; ".join(f"delete from {name}" for name in grown)
            cursor.execute(
                f"set session_replication_role = replica; {deletions}; set session_replication_role = origin"
            )
            cursor.execute(f"vacuum {', '.join(grown)}")


def may_rest(alias: str) -> bool:
    """Whether triggers may rest for us, which takes a superuser."""
    with connections[alias].cursor() as cursor:
        cursor.execute("select usesuper from pg_user where usename = current_user")
        return bool(cursor.fetchone()[0])


truncate = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def teardown(test: Any) -> None:
    aliases = list(test._databases_names(include_mirrors=False))
    if not all(may_rest(alias) for alias in aliases):
        truncate(test)
        return
    for alias in aliases:
        empty_tables(alias)


def install() -> None:
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
