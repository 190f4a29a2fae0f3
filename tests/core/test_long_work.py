"""Long work is left to its worker while that lives, and to the next one as soon as it does not."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from martech.models import RoutingWork
from mops.core.work import Kind, claim, due, kinds, register_work, run_batch
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)


class Worker:
    """A worker with a session of its own, in the middle of a row until it is told to end."""

    def __init__(self, *, is_long: bool) -> None:
        self.is_at_work, self.may_end = threading.Event(), threading.Event()
        self.session = self.done = 0
        self.kind = Kind("test", RoutingWork, self._work, is_long=is_long)
        self.thread = threading.Thread(target=self._live)

    def _work(self, rows: Sequence[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.session = cursor.fetchone()[0]
        self.is_at_work.set()
        assert self.may_end.wait(30)

    def _live(self) -> None:
        try:
            self.done = run_batch(self.kind, claim(self.kind))
        except Exception:
            pass
        finally:
            connection.close()

    def start(self) -> None:
        self.thread.start()
        assert self.is_at_work.wait(30)

    def end(self) -> None:
        self.may_end.set()
        self.thread.join()


def later() -> Any:
    return timezone.now() + timedelta(minutes=2)


def kill(session: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session])
        assert cursor.fetchone() == (True,)


def test_long_work_is_not_taken_over_however_long_it_takes() -> None:
    RoutingWork.objects.create(person=make_person())
    worker = Worker(is_long=True)
    worker.start()
    assert claim(worker.kind, now=later()) == []
    assert not due(RoutingWork, later()).exists()
    worker.end()
    assert worker.done == 1
    assert RoutingWork.objects.get().state == "done"


def test_long_work_whose_worker_died_is_taken_over_after_the_lease() -> None:
    row = RoutingWork.objects.create(person=make_person())
    worker = Worker(is_long=True)
    worker.start()
    kill(worker.session)
    worker.end()
    assert worker.done == 0
    assert claim(worker.kind) == []
    assert due(RoutingWork, later()).get() == row
    (again,) = claim(worker.kind, now=later())
    assert (again.pk, again.attempts) == (row.pk, 2)


def test_short_work_is_taken_over_after_the_lease_and_fences_its_worker_off() -> None:
    RoutingWork.objects.create(person=make_person())
    worker = Worker(is_long=False)
    worker.start()
    (again,) = claim(worker.kind, now=later())
    assert again.attempts == 2
    worker.end()
    assert worker.done == 0
    assert RoutingWork.objects.get().state == "running"


def test_long_work_without_a_transaction_cannot_be_registered() -> None:
    before = kinds()
    with pytest.raises(ImproperlyConfigured, match="has no transaction"):
        register_work(Kind("test", RoutingWork, lambda rows: None, is_long=True, is_atomic=False))
    assert kinds() == before
