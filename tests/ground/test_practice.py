"""`up` runs the practice servers beside the demo company, and only there."""

import argparse
import json
from pathlib import Path

from martech.twins.addresses import practice_servers, servers_file
from martech.twins.invention import invented
from martech.twins.storing import save_population
from mops.supervisor.supervisor import practice


def options(*, no_demo: bool) -> argparse.Namespace:
    return argparse.Namespace(no_demo=no_demo)


def seeded(directory: Path) -> Path:
    save_population(invented(3), directory / "practice" / "population.json")
    servers_file(directory).write_text(json.dumps({"hubspot": {"url": "http://127.0.0.1:1", "credentials": {}}}))
    return directory


def test_they_are_a_process_of_their_own_once_somebody_lives_in_them(tmp_path: Path) -> None:
    assert practice(options(no_demo=False), tmp_path) == {}
    found = practice(options(no_demo=False), seeded(tmp_path))
    assert found["practice"][1:] == ["-m", "martech.twins", str(tmp_path)]
    assert practice_servers(tmp_path)["hubspot"].url == "http://127.0.0.1:1"


def test_without_the_demo_company_there_are_none_and_nothing_says_otherwise(tmp_path: Path) -> None:
    assert practice(options(no_demo=True), seeded(tmp_path)) == {}
    assert practice_servers(tmp_path) == {}
