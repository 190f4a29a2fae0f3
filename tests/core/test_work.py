"""Durable work on the queue of routing: claimed once, fenced, retried, quarantined."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from martech.models import RoutingWork
from mops.core import work
from mops.core.work import Kind, StaleLease, claim, complete, fail, postpone, release, run_batch, withdraw
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def kind_of(handle: Any = lambda rows: None, **more: Any) -> Kind:
    return Kind("test", RoutingWork, handle, **more)


def waiting(number: int) -> list[RoutingWork]:
    return [RoutingWork.objects.create(person=make_person()) for _ in range(number)]


def states() -> list[str]:
    return list(RoutingWork.objects.order_by("pk").values_list("state", flat=True))


def test_a_row_is_claimed_once_while_its_lease_holds() -> None:
    waiting(3)
    kind = kind_of()
    assert len(claim(kind)) == 3
    assert claim(kind) == []


def test_an_expired_lease_is_claimed_again_and_the_first_worker_is_fenced_off() -> None:
    waiting(1)
    kind = kind_of()
    first = claim(kind)
    second = claim(kind, now=timezone.now() + timedelta(minutes=2))
    assert [row.pk for row in second] == [row.pk for row in first]
    assert second[0].attempts == 2
    with pytest.raises(StaleLease):
        complete(first)
    complete(second)
    assert states() == ["done"]


def test_the_row_that_poisons_a_batch_stands_alone_and_the_others_are_done() -> None:
    rows = waiting(5)
    poison = rows[2].pk

    def handle(batch: Sequence[Any]) -> None:
        if any(row.pk == poison for row in batch):
            raise ValueError("poison")

    kind = kind_of(handle)
    assert run_batch(kind, claim(kind)) == 4
    assert states() == ["done", "done", "pending", "done", "done"]
    row = RoutingWork.objects.get(pk=poison)
    assert row.last_error == "ValueError: poison"
    assert row.run_after > timezone.now()


def test_what_is_withdrawn_from_a_worker_s_hands_is_left_and_the_rest_of_its_batch_is_done_at_once() -> None:
    rows = waiting(3)
    handled: list[list[int]] = []
    kind = kind_of(lambda batch: handled.append([row.pk for row in batch]))
    claimed = claim(kind)
    assert withdraw(RoutingWork.objects.filter(pk=rows[1].pk)) == 1
    assert run_batch(kind, claimed) == 2
    assert handled == [[row.pk for row in rows], [rows[0].pk, rows[2].pk]]
    assert states() == ["done", "done", "done"]


def test_a_worker_who_lost_all_of_its_batch_does_nothing() -> None:
    waiting(2)
    kind = kind_of(lambda _rows: None)
    claimed = claim(kind)
    assert withdraw(RoutingWork.objects.all()) == 2
    assert run_batch(kind, claimed) == 0


def test_work_that_fails_for_the_last_time_is_quarantined_and_can_be_released() -> None:
    waiting(1)
    kind = kind_of(max_attempts=1)
    fail(kind, claim(kind)[0], "broken")
    assert states() == ["quarantined"]
    release(RoutingWork.objects.get())
    assert states() == ["pending"]


def test_work_that_kills_its_worker_is_quarantined_after_its_attempts() -> None:
    waiting(1)
    kind, now = kind_of(max_attempts=2), timezone.now()
    for minute in range(2):
        assert len(claim(kind, now=now + timedelta(minutes=2 * minute))) == 1
    assert claim(kind, now=now + timedelta(minutes=10)) == []
    assert states() == ["quarantined"]


def test_postponed_rows_wait_without_counting_the_attempt() -> None:
    waiting(2)
    later = timezone.now() + timedelta(hours=1)
    kind = kind_of(lambda rows: postpone(rows[:1], until=later))
    assert run_batch(kind, claim(kind)) == 2
    assert states() == ["pending", "done"]
    assert RoutingWork.objects.order_by("pk").first().attempts == 0  # type: ignore[union-attr]


def batches_of(monkeypatch: pytest.MonkeyPatch, *comes: int, batch: int = 20) -> tuple[list[int], list[float]]:
    """Sizes of the batches, and for how long the worker waited, when so many rows come while each batch is worked off."""
    sizes: list[int] = []
    waits: list[float] = []
    coming = list(comes)

    def handle(rows: Sequence[Any]) -> None:
        sizes.append(len(rows))
        waiting(coming.pop(0) if coming else 0)

    kind = kind_of(handle, batch=batch, gather=0.3)
    monkeypatch.setitem(work._kinds, kind.name, kind)
    monkeypatch.setattr(work.time, "sleep", waits.append)
    monkeypatch.setattr(work, "GATHERS", 3)
    waiting(coming.pop(0))
    work.run_due(kind.name)
    return sizes, waits


def test_where_batch_follows_batch_the_next_is_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert batches_of(monkeypatch, 4, 5, 6) == ([4, 5, 6], [0.3, 0.3])


def test_one_burst_makes_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert batches_of(monkeypatch, 8) == ([8], [])


def test_after_few_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert batches_of(monkeypatch, 2, 2, 2) == ([2, 2, 2], [])


def test_a_backlog_is_worked_off_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    assert batches_of(monkeypatch, 21, batch=7) == ([7, 7, 7], [])
