"""Backup and restore: the whole installation, both ways."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from martech.models import Person
from mops.bench.scratch import scratch_database
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db(transaction=True)

CHECKSUM = "SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)), 0) FROM {} AS row"


def contents() -> dict[str, Any]:
    """Rows and a checksum of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(CHECKSUM.format(connection.ops.quote_name(table)))
            found[table] = cursor.fetchone()
    return found


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "data"
    (directory / "media" / "imports").mkdir(parents=True)
    (directory / "media" / "imports" / "leads.csv").write_text("email\n")
    (directory / "secret_key").write_text("a key\n")
    monkeypatch.setattr(settings, "DATA_DIR", directory)
    monkeypatch.setattr(settings, "MEDIA_ROOT", directory / "media")
    return directory


def test_a_restored_installation_equals_the_one_that_was_saved(tmp_path: Path, data: Path) -> None:
    make_user(name="Ana")
    make_person(first_name="Zoë", properties={"note": "héllo\n"})
    before = contents()
    call_command("backup", tmp_path / "mops.backup")
    assert (tmp_path / "mops.backup").stat().st_mode & 0o777 == 0o600
    with scratch_database("restore", has_tables=False):
        (data / "secret_key").write_text("another key\n")
        (data / "media" / "imports" / "leads.csv").unlink()
        call_command("restore", tmp_path / "mops.backup")
        assert contents() == before
    assert (data / "secret_key").read_text() == "a key\n"
    assert (data / "media" / "imports" / "leads.csv").read_text() == "email\n"


def test_an_installation_with_people_is_not_replaced_unless_forced(tmp_path: Path) -> None:
    make_user()
    make_person(first_name="Saved")
    call_command("backup", tmp_path / "mops.backup")
    Person.objects.update(first_name="Newer")
    with pytest.raises(CommandError, match="data here already .1 users, 1 people."):
        call_command("restore", tmp_path / "mops.backup")
    assert Person.objects.get().first_name == "Newer"
    call_command("restore", tmp_path / "mops.backup", force=True)
    assert Person.objects.get().first_name == "Saved"


def test_what_is_no_backup_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(CommandError, match="is no backup of mops, or it is damaged"):
        call_command("restore", tmp_path / "photo.jpg")
    with pytest.raises(CommandError, match="is not there"):
        call_command("restore", tmp_path / "nothing")


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    call_command("backup", tmp_path / "mops.backup")
    with tarfile.open(tmp_path / "mops.backup") as archive:
        told = json.loads(archive.extractfile("manifest.json").read())  # type: ignore[union-attr]
        dump = archive.extractfile("database.dump").read()  # type: ignore[union-attr]
    told["migrations"]["martech"] = "9999_from_the_future"
    with tarfile.open(tmp_path / "newer.backup", "w") as archive:
        for name, body in (("manifest.json", json.dumps(told).encode()), ("database.dump", dump)):
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    make_person(first_name="Kept")
    with pytest.raises(CommandError, match=r"newer version .martech\.9999_from_the_future."):
        call_command("restore", tmp_path / "newer.backup")
    assert Person.objects.get().first_name == "Kept"
