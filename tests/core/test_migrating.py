"""Tables made at once are the tables that their operations one by one would have made."""

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from mops.core.migrating import Tables

PARTS = [
    migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
    migrations.CreateModel("Book", [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())]),
    migrations.AddField("book", "shelf", models.ForeignKey("library.shelf", models.CASCADE)),
    migrations.AddField(
        "shelf", "finest", models.ForeignKey("library.book", models.SET_NULL, null=True, related_name="+")
    ),
    migrations.AddIndex("book", models.Index(fields=["title", "id"], name="book_title")),
    migrations.AddConstraint("shelf", models.UniqueConstraint(fields=["name"], name="shelf_once")),
]
LAID_OUT = """
select table_name, column_name, data_type, is_nullable from information_schema.columns where table_name like 'library_%'
union all select tablename, indexname, indexdef, '' from pg_indexes where tablename like 'library_%'
union all select conrelid::regclass::text, contype::text, pg_get_constraintdef(oid), '' from pg_constraint
  where conrelid::regclass::text like 'library_%'
"""


def made_by(operations: list[migrations.operations.base.Operation]) -> set[tuple[str, ...]]:
    migration = migrations.Migration("0001_initial", "library")
    migration.operations = operations
    with connection.schema_editor() as editor:
        after = migration.apply(ProjectState(), editor)
    found = laid_out()
    with connection.schema_editor() as editor:
        migration.unapply(ProjectState(), editor)
    assert set(after.models) == {("library", "shelf"), ("library", "book")}
    assert laid_out() == set()
    return found


def laid_out() -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(LAID_OUT)
        return set(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_tables_made_at_once_equal_those_made_step_by_step() -> None:
    assert made_by([Tables(PARTS)]) == made_by(PARTS) != set()


def test_an_operation_on_a_table_that_is_not_made_here_is_refused() -> None:
    with pytest.raises(ValueError, match="book is not made here"):
        Tables([PARTS[0], PARTS[2]])


@pytest.mark.django_db
def test_models_and_migrations_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out
