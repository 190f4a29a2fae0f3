"""The whole installation as one file: database, uploaded files, and the keys of an embedded installation."""

import json
import shutil
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from mops.core.embedded.postgres import run_program
from mops.core.embedded.state import write_private

FORMAT = 1
KEYS = ("secret_key", "encryption_keys")
KNOWS_TRANSACTION_TIMEOUT = 17
UNKNOWN_SETTING = b"SET transaction_timeout = 0;\n"


class ArchiveError(Exception):
    """Says what is wrong with the file or the installation, and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself. `migrations` are the latest of each app when it was made."""

    format: int
    made_at: str
    server: int
    migrations: dict[str, str]
    has_keys: bool


def backup(path: Path, *, with_keys: bool = True) -> Manifest:
    """Write everything to `path`, readable by its owner only. The file appears when it is complete."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as name:
        folder = Path(name)
        _run("pg_dump", "--format=custom", "--compress=gzip:3", f"--file={folder / 'database.dump'}")
        keys = [key for key in KEYS if with_keys and (settings.DATA_DIR / key).is_file()]
        manifest = Manifest(FORMAT, datetime.now(UTC).isoformat(), _server_version(), applied_migrations(), bool(keys))
        (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2))
        part = folder / "archive"
        with tarfile.open(part, "w") as archive:
            archive.add(folder / "manifest.json", "manifest.json")
            archive.add(folder / "database.dump", "database.dump")
            for key in keys:
                archive.add(settings.DATA_DIR / key, f"keys/{key}")
            if Path(settings.MEDIA_ROOT).is_dir():
                archive.add(settings.MEDIA_ROOT, "media")
        part.chmod(0o600)
        part.replace(path)
    return manifest


def restore(path: Path, *, is_forced: bool = False) -> Manifest:
    """Replace this installation by the archived one; the database changes as a whole or not at all.

    Raises ArchiveError when the file is no archive, was made by a newer version, or something is here already.
    """
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR if settings.DATA_DIR.is_dir() else None) as name:
        folder = Path(name)
        manifest = _unpack(path, folder)
        _refuse_newer(manifest)
        if not is_forced and (what := _what_is_here()):
            raise ArchiveError(
                f"There is data here already ({what}). Use an empty installation, or --force to replace it."
            )
        server = _server_version()
        connection.close()
        _load(folder / "database.dump", server)
        _place_files(folder)
    call_command("migrate", verbosity=0)
    return manifest


def applied_migrations() -> dict[str, str]:
    found: dict[str, str] = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations):
        found[app] = name
    return found


def _server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _unpack(path: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        told: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        manifest = Manifest(**told)
    except FileNotFoundError as error:
        raise ArchiveError(f"{path} is not there, or lacks its parts: {error.filename}") from error
    except (tarfile.TarError, json.JSONDecodeError, TypeError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{path} is no backup of mops, or it is damaged.") from error
    if manifest.format != FORMAT or not (folder / "database.dump").is_file():
        raise ArchiveError(f"{path} has the format {manifest.format}; this version reads {FORMAT}.")
    return manifest


def _refuse_newer(manifest: Manifest) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest.migrations.items() if (app, name) not in known]
    if unknown:
        raise ArchiveError(f"The backup was made by a newer version ({', '.join(unknown)}). Upgrade mops first.")
    if manifest.server > _server_version():
        raise ArchiveError(f"The backup comes from PostgreSQL {manifest.server}; this server is {_server_version()}.")


def _what_is_here() -> str:
    """What would be lost; empty for an installation without users."""
    if "governance_user" not in connection.introspection.table_names():
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM governance_user), (SELECT count(*) FROM martech_person)")
        users, people = cursor.fetchone()
    return f"{users:,} users, {people:,} people" if users or people else ""


def _load(dump: Path, server: int) -> None:
    """Replace the database's contents in one transaction.

    pg_restore 17 and newer sets a parameter that older servers do not know; those get its script without that line.
    """
    options = ["--clean", "--if-exists", "--no-owner"]
    if server >= KNOWS_TRANSACTION_TIMEOUT:
        _run("pg_restore", *options, "--single-transaction", "--exit-on-error", str(dump))
        return
    full, script = dump.with_suffix(".full.sql"), dump.with_suffix(".sql")
    _run("pg_restore", *options, f"--file={full}", str(dump))
    with full.open("rb") as lines, script.open("wb") as kept:
        for line in lines:
            if line == UNKNOWN_SETTING:
                break  # it stands once, before any data
            kept.write(line)
        shutil.copyfileobj(lines, kept)
    _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}")


def _place_files(folder: Path) -> None:
    for key in KEYS:
        if (folder / "keys" / key).is_file():
            write_private(settings.DATA_DIR / key, (folder / "keys" / key).read_text())
    if (folder / "media").is_dir():
        media = Path(settings.MEDIA_ROOT)
        if media.exists():
            shutil.rmtree(media)
        shutil.move(folder / "media", media)


def _run(program: str, *options: str) -> None:
    """Run a program of PostgreSQL on our database."""
    is_direct = program == "pg_restore" and not any(option.startswith("--file=") for option in options)
    parameters = connection.get_connection_params()
    target = [f"--dbname={parameters['dbname']}"] if is_direct else []
    said = run_program(program, ["--no-password", *target, *options], parameters)
    if said is not None:
        raise ArchiveError(f"{program} failed: {said}")
