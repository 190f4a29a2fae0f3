"""A practice Salesforce that is stopped and started again knows what happened to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from martech.twins.clock import TwinClock
from martech.twins.invention import invented
from martech.twins.salesforce import make
from martech.twins.serving import serve
from martech.twins.shelf import Shelf
from tests.martech.salesforce_practice import NOW, Org

POPULATION = invented(people=60, seed=3)


@contextmanager
def started(file: Path) -> Iterator[Org]:
    twin = make(POPULATION, clock=TwinClock(NOW))
    shelf = Shelf(file)
    twin.keep(shelf)
    running = serve(twin)
    try:
        yield Org(twin, running.url)
    finally:
        running.stop()
        shelf.close()


def test_records_deletions_sessions_and_the_clock_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "salesforce.sqlite3"
    with started(file) as org:
        client = org.client()
        made = client.Lead.create({"LastName": "Ng", "Company": "Acme", "Email": "ng@acme.test"})["id"]
        contact = client.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"]
        client.Contact.update(contact, {"Title": "Head of Growth"})
        member = client.query("SELECT Id FROM CampaignMember LIMIT 1")["records"][0]["Id"]
        client.CampaignMember.delete(member)
        org.control("clock", advance=3_600)
        token, before = client.session_id, org.control("truth", object="Lead", fields=["Email", "SystemModstamp"])
    with started(file) as org:
        assert org.twin.clock.now() == NOW + timedelta(hours=1)
        assert token in org.twin.sign_in.sessions
        assert org.control("truth", object="Lead", fields=["Email", "SystemModstamp"]) == before
        client = org.client()
        assert client.Contact.get(contact)["Title"] == "Head of Growth"
        assert client.query(f"SELECT Id FROM CampaignMember WHERE Id = '{member}'")["totalSize"] == 0
        log = client.CampaignMember.deleted(NOW - timedelta(hours=1), NOW + timedelta(hours=2))
        assert [one["id"] for one in log["deletedRecords"]] == [member]
        again = client.Lead.create({"LastName": "Ng", "Company": "Beta"})["id"]
        assert again != made
        assert client.Lead.get(made)["Company"] == "Acme"
