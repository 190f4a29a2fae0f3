"""The staging tables: rows that were read wait here for the set-based statements that match and write them."""

import io

from django.db import connection

from governance.models import User
from martech.importing.reading import Chunk
from martech.importing.staging import NULL
from martech.services.imports.tables import LOOKED_UP, STATE, Target, column_types
from mops.core.sql import execute

STAGE = "import_stage"
HELD = "import_held"
PARENTS = "import_parents"


def colleagues() -> dict[str, int]:
    """Whom a file means by an owner: the id of a user by address, and by a name that only one of them has."""
    by_text: dict[str, int] = {}
    doubled: set[str] = set()
    for pk, email, name in User.objects.filter(is_active=True).values_list("pk", "email", "name"):
        by_text[email.lower()] = pk
        key = name.lower()
        if key in by_text:
            doubled.add(key)
        by_text[key] = pk
    return {text: pk for text, pk in by_text.items() if text and text not in doubled}


def create_stage(target: Target) -> None:
    """Empty tables for this transaction: the stage of a chunk, and the rows about objects that exist already."""
    types = column_types(target)
    # An id for each row as it arrives: setting it later would write every row once more.
    ids = f"bigint default nextval(pg_get_serial_sequence('{target.table}', 'id'))"
    columns = ", ".join(f'"{name}" {kind}' for name, kind in {**types, **STATE, "reserved": ids}.items())
    held = ", ".join(f'"{name}" {kind}' for name, kind in {**types, "target": "bigint"}.items())
    for name, definition in ((STAGE, columns), (HELD, held), (PARENTS, "target bigint, parent_ref text")):
        execute(f"drop table if exists {name}")
        execute(f"create temp table {name} ({definition}) on commit drop")
    # Larger than the usual 4 MB: the sorts, joins and transition tables of a chunk stay in memory, and the search
    # index takes its entries in larger pieces.
    execute("set local work_mem = '64MB'")
    execute("set local gin_pending_list_limit = '64MB'")


def fill_stage(chunk: Chunk) -> None:
    """COPY a chunk into the emptied stage."""
    quoted = ", ".join(f'"{name}"' for name in chunk.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {STAGE}")
        cursor.copy_expert(f"copy {STAGE} ({quoted}) from stdin with (null '{NULL}')", io.BytesIO(chunk.copy))
        cursor.execute(f"analyze {STAGE} ({', '.join(LOOKED_UP)})")
