"""Whether anything has to be prepared before the start: what was prepared last, compared with code and database."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from mops.core.embedded import PROJECT
from mops.core.embedded.state import write_private

WATCHED = ("*/migrations/*.py", "mops/core/migrations/*.py", "static/**/*", "*/static/**/*")
WATCHED_FILES = ("requirements.lock", "package-lock.json", "mops/settings.py", "mops/core/assets.py")
SKIPPED = {"node_modules", "var", "tests", ".venv"}


def watched_files() -> Iterator[Path]:
    for pattern in WATCHED:
        for path in sorted(PROJECT.glob(pattern)):
            if path.is_file() and path.relative_to(PROJECT).parts[0] not in SKIPPED:
                yield path
    yield from (PROJECT / name for name in WATCHED_FILES)


def code_digest() -> str:
    """A digest of everything that migrations and collected files are made from."""
    digest = hashlib.sha256()
    for path in watched_files():
        with contextlib.suppress(OSError):
            digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def applied_digest(database_url: str) -> str:
    """A digest of the migrations the database says it has; empty when it cannot say."""
    import psycopg2

    try:
        connection = psycopg2.connect(database_url, connect_timeout=5)
    except psycopg2.Error:
        return ""
    with contextlib.closing(connection), connection.cursor() as cursor:
        try:
            cursor.execute("select app, name from django_migrations order by id")
        except psycopg2.Error:
            return ""
        return hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()


def current(database_url: str) -> dict[str, str]:
    return {"code": code_digest(), "applied": applied_digest(database_url)}


def is_prepared(directory: Path, database_url: str) -> bool:
    try:
        stored = json.loads((directory / "prepared.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    has_files = (directory / "static" / "staticfiles.json").exists()
    return bool(has_files and stored["applied"] and stored == current(database_url))


def remember(directory: Path, database_url: str) -> None:
    write_private(directory / "prepared.json", json.dumps(current(database_url)))
