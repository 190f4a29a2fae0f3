"""The Celery application. State lives in Postgres; Celery only wakes (docs/adr/0001)."""

import os
from typing import Any

import psutil
from celery import Celery
from celery.signals import worker_init

from mops.core.collecting import leave_out_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mops.settings")

app = Celery("mops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


MORE = 64 * 1024
"""KiB that a process of the worker may have grown by when its task ends, a quarter of it for files it reads. What a large
run leaves behind in caches and half-used pages is given back by another process taking its place; nothing waits for that."""


@worker_init.connect
def before_the_processes_fork(sender: Any, **_event: object) -> None:
    """What every process would load for itself is loaded once, and shared."""
    from martech.vocabularies import read_vocabularies

    read_vocabularies()
    leave_out_what_is_loaded()
    held = psutil.Process().memory_info()
    # Pages of files are not inherited; only Linux tells them apart.
    sender.max_memory_per_child = (held.rss - getattr(held, "shared", 0)) // 1024 + MORE
