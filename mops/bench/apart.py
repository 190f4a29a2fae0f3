"""Work in a process of its own on the database at hand: its memory is that of a worker, not of whoever made the tables."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def run_apart(dotted: str, *arguments: Any) -> tuple[Any, int]:
    """What the function answers in a fresh process, and the most memory that had, in MB. Its module is named, not imported."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    connection.close()
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=_begin, initargs=(url,)) as pool:
        return pool.submit(_run, dotted, *arguments).result()


def _begin(url: str) -> None:
    import django

    from mops.core.collecting import leave_out_what_is_loaded

    os.environ["DATABASE_URL"] = url
    django.setup()
    leave_out_what_is_loaded()  # as a worker does


def _run(dotted: str, *arguments: Any) -> tuple[Any, int]:
    from django.utils.module_loading import import_string

    answer = import_string(dotted)(*arguments)
    return answer, most_memory()


def most_memory() -> int:
    """MB this process has had at most. `ru_maxrss` would begin with what the process that started it had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) // 1024
