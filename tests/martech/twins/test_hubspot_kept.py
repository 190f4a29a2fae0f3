"""What a practice portal knows outlives its process; the process of all practice servers starts, serves and ends."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from martech.twins.__main__ import run
from martech.twins.addresses import PracticeServer, population_file, practice_servers
from martech.twins.clock import TwinClock
from martech.twins.hubspot import make
from martech.twins.invention import invented
from martech.twins.serving import serve
from martech.twins.shelf import Shelf
from martech.twins.storing import load_population, save_population
from mops.core.embedded import PROJECT
from tests.martech.twins.hubspot import NOON, Portal

FIRST = "10001"


@contextmanager
def kept_portal(path: Path) -> Iterator[Portal]:
    shelf = Shelf(path)
    twin = make(invented(30), clock=TwinClock(NOON), limits=False)
    twin.keep(shelf)
    running = serve(twin)
    with requests.Session() as session:
        try:
            yield Portal(twin, running.url, session)
        finally:
            running.stop()
            shelf.close()


def everything(hub: Portal) -> dict[str, Any]:
    return {name: hub.control("truth", object=name) for name in ("contacts", "companies", "deals")}


def test_records_links_merges_and_settings_are_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "hubspot.sqlite3"
    with kept_portal(path) as hub:
        assert everything(hub)["contacts"]["records"][FIRST]["email"]
        hub.advance(3600)
        hub.call("PATCH", f"/crm/v3/objects/contacts/{FIRST}", {"properties": {"city": "Graz"}})
        made = hub.call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "new@example.com"}}).json()["id"]
        hub.call("DELETE", "/crm/v3/objects/contacts/10003")
        hub.call("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": "10004"})
        hub.call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": "10005", "objectIdToMerge": "10006"})
        hub.call("PUT", f"/crm/v4/objects/contacts/{made}/associations/default/companies/200000002")
        hub.call("POST", "/crm/v3/properties/contacts", {"name": "tier", "label": "Tier", "type": "string"})
        hub.call("POST", "/marketing/v3/campaigns", {"properties": {"hs_name": "New"}})
        hub.control("scope/remove", scope="crm.objects.deals.write")
        before, now = everything(hub), hub.twin.store.clock.now()
    with kept_portal(path) as hub:
        assert everything(hub) == before
        assert hub.twin.store.clock.now() == now
        assert hub.call("GET", "/crm/v3/objects/contacts/10006").json()["id"] == before["contacts"]["aliases"]["10006"]
        assert (
            hub.call("GET", f"/crm/v3/objects/contacts/{FIRST}?propertiesWithHistory=city").json()[
                "propertiesWithHistory"
            ]["city"][0]["value"]
            == "Graz"
        )
        taken = hub.call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "NEW@example.com"}})
        assert taken.json()["message"].endswith(f"Existing ID: {made}")
        assert hub.call("GET", "/crm/v3/properties/contacts/tier").json()["label"] == "Tier"
        assert hub.call("GET", "/marketing/v3/campaigns").json()["total"] == 91
        assert hub.call("DELETE", "/crm/v3/objects/deals/40000001").status_code == 403
        found = hub.call("POST", "/crm/v3/objects/contacts/search", {"limit": 100}).json()
        assert found["total"] == len(before["contacts"]["records"])


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "kept.sqlite3")
    shelf.reader = lambda kind, key: {"of": key}
    assert shelf.flush() == 0
    shelf.changed("record:contacts", "1")
    shelf.changed("record:contacts", "1")
    assert shelf.flush() == 1
    assert list(shelf.documents()) == [("record:contacts", "1", {"of": "1"})]
    shelf.close()


@settings(max_examples=10)
@given(people=st.integers(1, 40), seed=st.integers(0, 99))
def test_a_population_comes_back_from_its_file_as_it_was(
    people: int, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = population_file(tmp_path_factory.mktemp("data"))
    save_population(invented(people, seed=seed), path)
    assert load_population(path) == invented(people, seed=seed)
    path.write_text('{"no": "population"}')
    with pytest.raises(ValueError, match=r"holds no population|zip"):
        load_population(path)


def test_the_process_keeps_its_ports_and_says_where_it_is(tmp_path: Path) -> None:
    save_population(invented(20), population_file(tmp_path))
    assert practice_servers(tmp_path) == {}
    found: list[dict[str, PracticeServer]] = []
    for _start in range(2):
        ended = threading.Event()
        thread = threading.Thread(target=run, args=(tmp_path, ended))
        servers_before = practice_servers(tmp_path)
        thread.start()
        for _wait in range(300):
            if practice_servers(tmp_path) and (not servers_before or answers(practice_servers(tmp_path)["hubspot"])):
                break
            ended.wait(0.05)
        servers = practice_servers(tmp_path)
        assert answers(servers["hubspot"])
        found.append(servers)
        ended.set()
        thread.join(20)
    assert found[0] == found[1]
    assert found[0]["hubspot"].credentials["token"].startswith("pat-")


def answers(server: PracticeServer) -> bool:
    headers = {"Authorization": f"Bearer {server.credentials['token']}"}
    try:
        return requests.get(f"{server.url}/crm/v3/objects/contacts", headers=headers, timeout=5).ok
    except requests.ConnectionError:
        return False


def test_the_process_loads_no_django_and_ends_when_asked(tmp_path: Path) -> None:
    save_population(invented(5), population_file(tmp_path))
    script = (
        "import sys, os, signal, threading, time, runpy\n"
        "def end():\n"
        "    while not os.path.exists(sys.argv[1] + '/practice/servers.json'): time.sleep(0.02)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "threading.Thread(target=end).start()\n"
        "try:\n    runpy.run_module('martech.twins', run_name='__main__')\n"
        "except SystemExit as ended:\n    print(ended.code, 'django' in sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert done.stdout.split() == ["0", "False"], done.stderr
    assert "hubspot" in json.loads((tmp_path / "practice" / "servers.json").read_text())
