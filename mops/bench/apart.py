"""Work in a process of its own on the database at hand: its memory is that of a worker, not of whoever made the tables."""

import multiprocessing
import os
import resource
from concurrent.futures import ProcessPoolExecutor
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
    return answer, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
