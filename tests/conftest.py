"""What every test shares.

In CI (`CI=true`) the examples of Hypothesis are the same every time and a skipped test fails the run; elsewhere every
run tries others, and `--hypothesis-profile=thorough` tries twenty times as many.
"""

import gc
import os
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from tests import databases, emptying

TEMPLATE = pytest.StashKey[Thread]()
"""The thread that makes the tables: the server stops with the session, and must not stop under it where no test asked for them."""

IS_CI = os.environ.get("CI", "").lower() == "true"

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
settings.register_profile("thorough", settings.get_profile("local"), max_examples=1_000)
settings.register_profile("ci", settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if IS_CI else "local")
emptying.install()
databases.install()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.name_of_template()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """While workers load and collect, whoever waits for them makes the tables they will copy."""
    if getattr(session.config.option, "numprocesses", None):
        blocker = session.config.stash[blocking_manager_key]
        making = Thread(target=make_template, args=[blocker], name="template", daemon=True)
        session.config.stash[TEMPLATE] = making
        making.start()


def make_template(blocker: DjangoDbBlocker) -> None:
    with blocker.unblock():
        databases.name_of_template()


LONG = [
    "test_every_page_is_sound_and_none_is_missing",
    "test_an_empty_installation_is_sound",
    "test_every_page_before_the_door_is_sound",
    "test_every_page_of_the_account_is_sound",
]
"""What takes longest, longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: rank(getattr(item, "originalname", ""), item.path))


def rank(name: str, path: Path) -> int:
    return LONG.index(name) if name in LONG else len(LONG) + ("browser" not in path.parts)


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded by now stays; the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if making := session.config.stash.get(TEMPLATE, None):
        making.join()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if IS_CI and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} tests were skipped, which CI does not allow", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
