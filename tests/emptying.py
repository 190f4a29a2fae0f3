"""After a test that commits, the tables it wrote to are emptied, and no others.

Django's own way truncates every table there is and makes rights and content types anew, which takes seconds each time.
"""

from typing import Any

from django.db import connections
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission", "django_site"}


def empty_tables(alias: str) -> None:
    """Delete every row but those that migrations make; checks of foreign keys and triggers rest meanwhile."""
    connection = connections[alias]
    quote = connection.ops.quote_name
    names = [name for name in connection.introspection.table_names() if name not in KEPT]
    asked = " union all ".join(f"select '{name}' where exists (select from {quote(name)})" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        filled = [name for (name,) in cursor.fetchall()]
        if filled:
            deletions = "; ".join(f"delete from {quote(name)}" for name in filled)
            cursor.execute(
                f"set session_replication_role = replica; {deletions}; set session_replication_role = origin"
            )


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
