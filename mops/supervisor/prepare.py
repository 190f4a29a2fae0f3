"""Before the start, in a process of its own that loads Django and ends: tables, static files, the demo company."""

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command, get_commands
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from mops.core.embedded import trouble_of
from mops.core.embedded.state import write_private

PRACTICE_PEOPLE = 2_000
"""Enough to practise on, few enough that all practice servers together stay below fifty megabytes."""


def say(text: str) -> None:
    print(text, flush=True)


def make_tables() -> None:
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say(f"Preparing the database ({len(plan)} steps)…")
        call_command("migrate", verbosity=0, interactive=False)
    (settings.DATA_DIR / "database-is-new").unlink(missing_ok=True)


def collect_files() -> None:
    say("Collecting static files…")
    call_command("collectstatic", verbosity=0, interactive=False, clear=False)


def load_demo(*, is_wanted: bool) -> None:
    """Load the demo company on the first start with this data directory, if nobody has an account yet."""
    from governance.models import User

    marker: Path = settings.DATA_DIR / "first-start-done"
    if is_wanted and not marker.exists() and "seed_demo" in get_commands() and not User.objects.exists():
        say("Loading the demo company…")
        call_command("seed_demo")
        write_private(settings.DATA_DIR / "demo-sign-ins", "".join(f"{line}\n" for line in demo_sign_ins()))
    marker.touch()


def write_practice(*, is_wanted: bool) -> None:
    """Tell the practice servers who lives in them: once, the newest of the demo company."""
    from martech.selectors.practice import own_population
    from martech.twins.addresses import population_file
    from martech.twins.storing import save_population

    path = population_file(settings.DATA_DIR)
    if is_wanted and not path.exists() and (settings.DATA_DIR / "demo-sign-ins").exists():
        say("Seeding the practice servers…")
        market = own_population(people=PRACTICE_PEOPLE, touches=3 * PRACTICE_PEOPLE)
        # Two CRMs with stages of their own would each claim to be right about the deals.
        save_population(replace(market, deals=()), path)


def demo_sign_ins() -> list[str]:
    """Lines of `mops.demo.sign_ins()`, where there is one."""
    try:
        return list(import_module("mops.demo").sign_ins())
    except (ImportError, AttributeError):
        return []


def say_how_to_begin() -> None:
    """Where nobody has an account, nobody can sign in to make one."""
    from governance.models import User

    if not User.objects.exists():
        say("Nobody has an account yet; make the first: manage.py create_user you@example.com --role admin")


def main(*, with_demo: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mops.settings")
    try:
        django.setup()
        make_tables()
        collect_files()
        load_demo(is_wanted=with_demo)
        write_practice(is_wanted=with_demo)
        say_how_to_begin()
    except OperationalError as error:
        sys.exit(f"mops: {trouble_of(str(error))}")
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(f"mops: {error}")


if __name__ == "__main__":
    main(with_demo="--no-demo" not in sys.argv)
