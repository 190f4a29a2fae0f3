"""The sentence that the connections open with."""

from django.utils import timezone

from martech.models import Connection
from martech.selectors.sync import ConnectionLine
from martech.selectors.sync_health import Health, health_of
from martech.selectors.sync_opening import sentence_of

GOOD = Health("good", "In step")


def line(name: str, health: Health = GOOD, held: int = 0, letters: int = 0) -> ConnectionLine:
    return ConnectionLine(Connection(name=name), "HubSpot", health, timezone.now(), 10, 0, letters, held)


def test_without_a_connection_it_says_what_one_brings() -> None:
    assert sentence_of([]).startswith("Connect a system")


def test_all_in_step_and_nothing_waits() -> None:
    assert (
        sentence_of([line("a"), line("b")])
        == "<b>All 2 connections are in step</b>, read just now. Nothing waits for you."
    )


def test_what_was_read_and_waits_for_somebody_is_not_said_to_be_in_step() -> None:
    waits = line("a", Health("warn", "Waits for approval", url="/held/"), held=1)
    assert sentence_of([waits, line("b")]).startswith("All 2 connections were read just now. ")
    assert sentence_of([waits]).startswith("The connection was read just now. ")


def test_what_waits_is_counted_with_its_list() -> None:
    said = sentence_of([line("a", held=1, letters=54)])
    assert said.startswith("<b>The connection is in step</b>")
    assert '<a href="/martech/sync/runs/?state=held">1 write waits for approval</a>' in said
    assert '<a href="/martech/sync/letters/">54 records did not go through</a>.' in said


def test_records_of_owners_who_left_wait_for_somebody() -> None:
    said = sentence_of([line("a")], orphans=494)
    assert said.endswith('<a href="/martech/sync/corrections/">494 records name an owner who left</a>.')


def test_the_broken_are_named_before_the_slow() -> None:
    slow = line("slow", Health("warn", "Waits"))
    broken = line("broken", Health("bad", "Late"))
    assert "broken</a> needs attention." in sentence_of([slow, broken])
    new = line("new", Health("warn", "Not tested yet"))
    assert sentence_of([slow, new, line("a")]).startswith("<b>slow</b>: waits; <b>new</b>: not tested yet. Nothing")
    assert sentence_of([slow, new, slow]).startswith("<b>slow</b>: waits; <b>new</b>: not tested yet and 1 more.")


def test_a_connection_that_waits_for_its_vendor_did_not_fail() -> None:
    connection = Connection(
        name="a", state="active", problem={"class": "Throttled", "detail": "It writes the extract."}
    )
    found = health_of(connection, timezone.now())
    assert (found.word, found.detail) == ("Goes on", "It writes the extract.")
    connection.problem = {"class": "VendorDown", "detail": "502", "remedy": ""}
    assert health_of(connection, timezone.now()).word == "Last round failed in part"
