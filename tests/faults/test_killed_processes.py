"""Whatever is killed while leads are imported and routed: nothing is lost, and nothing is done twice."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mops.core.embedded.servers import PROJECT
from tests.faults.installation import Installation, installation, wait_until

pytestmark = pytest.mark.faults

LEADS = 15_000
DONE_SECONDS = 80
"""A worker that dies leaves its lease, of 60 s; the sweep then finds the work."""

PUBLISH = """
from tests.factories import make_user
make_user("admin")
from tests.martech.policies import document, make_reps, publish
publish(document(make_reps("Ana", "Bo")))
"""
DECISIONS = """
SELECT count(*) FROM martech_routingdecision d JOIN martech_personidentity i ON i.person_id = d.person_id
WHERE i.system = %s
"""
OWNED_ONCE = """
SELECT count(*) FROM (
  SELECT p.id FROM martech_person p JOIN martech_personidentity i ON i.person_id = p.id
  JOIN martech_routingdecision d ON d.person_id = p.id AND d.outcome = 'assigned'
  WHERE i.system = %s AND p.owner_id = d.owner_id GROUP BY p.id HAVING count(*) = 1) AS once
"""
PEOPLE = "SELECT count(*) FROM martech_personidentity WHERE system = %s"
UNFINISHED = """
SELECT (SELECT count(*) FROM martech_importwork WHERE state <> 'done')
  + (SELECT count(*) FROM martech_routingwork WHERE state <> 'done')
"""
"""Routing follows an import in steps of its own, of which each is there before the one before it is done."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("faults")) as started:
        started.manage("shell", script=PUBLISH)
        yield started


def leads(house: Installation, system: str) -> Path:
    """A file of LEADS new people, whose ids are unique within `system`."""
    path = house.directory / f"{system}.csv"
    rows = (f"{number},{system}{number}@company{number}.example,DE\n" for number in range(LEADS))
    path.write_text("external_id,email,country\n" + "".join(rows), encoding="utf-8")
    return path


def take_in(house: Installation, system: str) -> dict[str, int]:
    return dict(json.loads(house.manage("import_people", str(leads(house, system)), "--source", system)))


def await_routing_under_way(house: Installation, system: str) -> None:
    """Return while some of the leads are routed and others are not."""
    wait_until(lambda: house.ask(DECISIONS, system) > 0, 30, lambda: "nothing was routed")
    assert house.ask(UNFINISHED) > 0, "routing was done before anything could be killed; raise LEADS"


def assert_each_lead_was_given_away_once(house: Installation, system: str) -> None:
    wait_until(lambda: house.ask(UNFINISHED) == 0, DONE_SECONDS, lambda: f"{house.ask(UNFINISHED)} rows wait")
    counts = [house.ask(question, system) for question in (PEOPLE, DECISIONS, OWNED_ONCE)]
    assert counts == [LEADS, LEADS, LEADS]
    assert "BROKEN" not in house.manage("check_invariants")


def test_a_killed_worker_neither_loses_nor_repeats_a_decision(house: Installation) -> None:
    take_in(house, "worker")
    await_routing_under_way(house, "worker")
    house.kill("celery", "worker")
    assert_each_lead_was_given_away_once(house, "worker")


def test_a_killed_database_comes_back_with_everything_it_had_said_yes_to(house: Installation) -> None:
    take_in(house, "postgres")
    await_routing_under_way(house, "postgres")
    house.kill("pginstall", "postgres", "-D")
    assert_each_lead_was_given_away_once(house, "postgres")


def test_a_killed_broker_costs_time_only(house: Installation) -> None:
    house.kill("valkey-server")
    take_in(house, "broker")
    assert_each_lead_was_given_away_once(house, "broker")


def test_a_killed_import_leaves_nothing_half_written_and_can_be_repeated(house: Installation) -> None:
    command = [sys.executable, "manage.py", "import_people", str(leads(house, "import")), "--source", "import"]
    started = subprocess.Popen(command, cwd=PROJECT, env=house.environment, stdout=subprocess.DEVNULL)
    wait_until(lambda: house.ask("SELECT count(*) FROM martech_importbatch WHERE source = 'import'") > 0, 30, str)
    started.kill()
    assert started.wait() == -9
    summary = take_in(house, "import")
    assert (summary["created"] + summary["unchanged"] + summary["updated"], summary["rejected"]) == (LEADS, 0)
    assert_each_lead_was_given_away_once(house, "import")


def test_a_killed_supervisor_does_not_block_the_next(house: Installation) -> None:
    take_in(house, "supervisor")
    assert house.up is not None
    house.up.kill()
    house.up.wait()
    house.start()
    assert_each_lead_was_given_away_once(house, "supervisor")
