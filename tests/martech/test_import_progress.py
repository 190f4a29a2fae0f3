"""How far an import is, can be seen by others while its transaction is open; who lost its lease stops."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from martech.importing import reading
from martech.importing.process import chunks_of
from martech.models import ImportBatch, ImportWork, Person
from martech.services.imports import begin_import, engine, progress, run_batch_import
from mops.core.work import StaleLease

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "email\n" + "".join(f"p{number}@example.org\n" for number in range(4))


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    monkeypatch.setattr(reading, "ROWS", 1)
    monkeypatch.setattr(progress, "EVERY", 0)
    path = tmp_path / "people.csv"
    path.write_text(TEXT)
    return begin_import(path=path, file_name=path.name, kind="people", source="crm", actor=None)


def seen_by_others(batch: ImportBatch) -> tuple[int, int]:
    """(rows read, people) as another connection sees them."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute(
            "select rows, (select count(*) from martech_person) from martech_importbatch where id = %s", [batch.pk]
        )
        return tuple(cursor.fetchone())


def test_others_see_the_rows_that_were_read_but_no_person_before_the_commit(
    batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []

    def watched(job: reading.Job) -> Iterator[reading.Chunk]:
        for chunk in chunks_of(job):
            yield chunk
            seen.append(seen_by_others(batch))

    monkeypatch.setattr(engine, "chunks_of", watched)
    run_batch_import(batch=batch, actor=None)
    assert seen[:4] == [(1, 0), (2, 0), (3, 0), (4, 0)]
    assert seen_by_others(batch) == (4, 4)


def test_an_import_whose_lease_went_to_another_worker_writes_nothing(batch: ImportBatch) -> None:
    later = timezone.now() + timedelta(minutes=5)
    work = ImportWork.objects.create(
        batch=batch, step="apply", state="running", lease_until=later, lease_token=uuid.uuid4()
    )
    work.lease_token = uuid.uuid4()
    with pytest.raises(StaleLease):
        run_batch_import(batch=batch, actor=None, work=work)
    assert Person.objects.count() == 0
