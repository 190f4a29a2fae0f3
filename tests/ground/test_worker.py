"""What the processes of the worker share, and when another takes the place of one."""

from types import SimpleNamespace

import psutil
import pytest

from martech.normalisation.countries import country_code, known_names
from martech.normalisation.domains import asked_domain
from mops import celery


def test_vocabularies_are_read_before_processes_fork_and_each_may_grow_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    known_names.cache_clear()
    country_code.cache_clear()
    monkeypatch.setattr(celery, "leave_out_what_is_loaded", lambda: done.append("left out"))
    worker = SimpleNamespace()
    celery.before_the_processes_fork(sender=worker)
    assert known_names.cache_info().currsize == 1
    assert asked_domain("shop.example.co.uk") == "example.co.uk"
    assert done == ["left out"]
    held = psutil.Process().memory_info()
    assert abs(worker.max_memory_per_child - (held.rss - held.shared) // 1024 - celery.MORE) < 16 * 1024
