"""Trails are read page by page, however long they are: nothing twice, nothing left out, also of one moment."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from governance.selectors.history import history_trail
from martech.models import DealPerson, Person, Segment, SegmentMembership, Touch
from mops.core.history import recording
from mops.core.registry import tabbed_trail, trail_page
from mops.core.trails import CursorRefused, Newest, TrailEntry, TrailSource, page_of, read_cursor, with_tabs
from tests.api import Api
from tests.factories import make_account, make_deal, make_person, make_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTES = st.lists(st.integers(0, 6), max_size=30)


def source(name: str, minutes: list[int]) -> Any:
    """A source with an entry a minute, as a QuerySet answers: newest first, ties in one order."""
    entries = [TrailEntry(NOON + timedelta(minutes=m), "home", f"{name}{n}") for n, m in enumerate(minutes)]
    entries.sort(key=lambda entry: entry.at, reverse=True)

    def make(user: Any, obj: Any, asked: Newest) -> list[TrailEntry]:
        return [entry for entry in entries if asked.before is None or entry.at <= asked.before][: asked.limit]

    return TrailSource(name, make)


def read_all(sources: list[Any], limit: int, kind: str = "") -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        page = page_of(sources, None, None, cursor, limit, kind)  # type: ignore[arg-type]
        pages.append([entry.title for entry in page.entries])
        cursor = page.next
        if not cursor:
            return pages


@given(st.lists(MINUTES, max_size=3), st.integers(1, 7))
def test_pages_together_are_the_whole_trail_in_its_order(sources: list[list[int]], limit: int) -> None:
    given_sources = [source(name, minutes) for name, minutes in zip("abc", sources, strict=False)]
    whole = page_of(given_sources, None, None, "", 1_000)  # type: ignore[arg-type]
    pages = read_all(given_sources, limit)
    assert [title for page in pages for title in page] == [entry.title for entry in whole.entries]
    assert all(len(page) == limit for page in pages[:-1])
    assert whole.next == ""


@given(st.lists(MINUTES, min_size=1, max_size=3), st.integers(1, 7))
def test_a_tab_has_its_kind_of_the_whole_trail_and_every_kind_has_a_tab(sources: list[list[int]], limit: int) -> None:
    # Two sources may be of one kind.
    known = [source(name, minutes) for name, minutes in zip("aba", sources, strict=False)]
    whole = page_of(known, None, None, "", 1_000).entries  # type: ignore[arg-type]
    tabs = with_tabs(page_of(known, None, None, "", limit), known, None, None).tabs  # type: ignore[arg-type]
    assert list(tabs) == sorted({entry.kind for entry in whole})
    for kind in tabs:
        titles = [title for page in read_all(known, limit, kind) for title in page]
        assert titles == [entry.title for entry in whole if entry.kind == kind]


def test_a_tab_that_no_source_has_is_refused() -> None:
    with pytest.raises(CursorRefused):
        page_of([source("a", [1])], None, None, "", 5, "b")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cursor", ["soon", "2026-03-02T12:00:00~1", "2026-03-02T12:00:00+00:00~x", "~", "2026-03-02T12:00:00+00:00~-1"]
)
def test_what_is_no_place_in_a_trail_is_refused(cursor: str) -> None:
    with pytest.raises(CursorRefused):
        read_cursor(cursor)


def busy(touches: int) -> Person:
    person = make_person()
    rows = [
        Touch(person=person, at=NOON + timedelta(minutes=n // 3), kind="page", channel="email") for n in range(touches)
    ]
    Touch.objects.bulk_create(rows)
    return person


@pytest.mark.django_db
def test_a_trail_of_ten_thousand_entries_is_as_fast_at_its_end_as_at_its_top() -> None:
    person, user = busy(10_000), make_user()
    seen, cursor, statements = 0, "", set()
    while True:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = trail_page(user, person, cursor, 500)
        seen += len(page.entries)
        statements.add(len(asked))
        cursor = page.next
        if not cursor:
            break
    assert seen == 10_000 + len(history_trail(user, person, Newest(10)))
    assert max(statements) < 20


@pytest.mark.django_db
def test_changes_of_nothing_that_is_shown_do_not_end_the_trail() -> None:
    person = make_person(city="Bonn")
    for number in range(30):
        with recording("update_person"):
            Person.objects.filter(pk=person.pk).update(updated_at=NOON + timedelta(minutes=number))
    titles = [entry.title for entry in history_trail(make_user(), person, Newest(5))]
    assert titles == ["Created"]


@pytest.mark.django_db
def test_the_page_of_a_person_leads_on_to_what_is_older_and_back() -> None:
    person = busy(120)
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    url, pages = person.get_absolute_url(), []
    for _number in range(4):
        answer = client.get(url)
        page = answer.context["trail_page"]
        pages.append(len(page.entries))
        if not page.next:
            break
        url = f"{person.get_absolute_url()}?trail={page.next.replace('+', '%2B')}"
        assert f'hx-get="{url.replace("~", "~")}"' in answer.content.decode().replace("%3A", ":")
    assert pages == [50, 50, 21]
    assert "The newest entries" in answer.content.decode()
    assert client.get(f"{person.get_absolute_url()}?trail=soon").status_code == 404


@pytest.mark.django_db
def test_a_kind_that_is_older_than_the_page_has_a_tab_and_is_found_under_it() -> None:
    acme = make_account()
    person = make_person(account=acme)
    deal = make_deal(name="Rollout", account=acme, opened_at=NOON - timedelta(days=90))
    DealPerson.objects.create(deal=deal, person=person)
    Touch.objects.bulk_create(
        [Touch(person=person, at=NOON + timedelta(minutes=n), kind="page", channel="email") for n in range(120)]
    )
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    url = person.get_absolute_url()
    top = client.get(url).context["trail_page"]
    assert "Deals" not in {entry.kind for entry in top.entries}
    assert list(top.tabs) == ["Changes", "Deals", "Touches"]
    deals = client.get(f"{url}?entries=Deals")
    page = deals.context["trail_page"]
    assert ([entry.title for entry in page.entries], page.next) == (["Deal open: Rollout"], "")
    assert list(page.tabs) == list(top.tabs)
    assert 'aria-current="true">Deals</a>' in deals.content.decode()
    touches = client.get(f"{url}?entries=Touches")
    assert "38 and more earlier" in touches.content.decode()
    older = f"{url}?entries=Touches&trail={touches.context['trail_page'].next}".replace("+", "%2B")
    assert older.replace("&", "&amp;") in touches.content.decode().replace("%3A", ":").replace("%7E", "~")
    second = client.get(older).context["trail_page"]
    assert ({entry.kind for entry in second.entries}, len(second.entries)) == ({"Touches"}, 50)
    assert client.get(f"{url}?entries=Pigeons").status_code == 404


@pytest.mark.django_db
def test_the_tabs_of_a_long_trail_cost_a_query_a_source() -> None:
    person, user = busy(200), make_user()
    with CaptureQueriesContext(connection) as asked:
        page = tabbed_trail(user, person, "", 50)
    assert list(page.tabs) == ["Changes", "Touches"]
    assert len(asked) < 25


@pytest.mark.django_db
def test_deals_stand_in_a_trail_by_the_day_that_is_told() -> None:
    acme = make_account()
    make_deal(name="Old", account=acme, opened_at=NOON - timedelta(days=90), closed_at=NOON, state="won")
    make_deal(name="New", account=acme, opened_at=NOON - timedelta(days=1))
    user = make_user()
    first = trail_page(user, acme, "", 2).entries
    assert [entry.title for entry in first if entry.kind == "Deals"][-1] == "Deal won: Old"


@pytest.mark.django_db
def test_the_api_answers_a_trail_in_pages() -> None:
    person, call = busy(5), Api()
    path, found = f"people/{person.pk}/trail/?limit=2", []
    while path:
        answer = call("GET", path).json()
        assert answer["previous"] is None
        found += answer["results"]
        path = answer["next"].partition("/api/v1/")[2] if answer["next"] else ""
    assert [row["kind"] for row in found] == ["Changes", *["Touches"] * 5]
    refused = call("GET", f"people/{person.pk}/trail/?cursor=soon")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["cursor"])
    assert list(call("GET", f"people/{person.pk}/trail/?limit=501").json()["errors"]) == ["limit"]
    assert list(call("GET", f"people/{person.pk}/trail/?kind=Touches").json()["errors"]) == ["kind"]
    assert json.dumps(found[0])


@pytest.mark.django_db
def test_the_history_page_is_paged_by_change() -> None:
    person = make_person(city="Bonn 0")
    for number in range(1, 130):
        with recording("update_person"):
            Person.objects.filter(pk=person.pk).update(city=f"Bonn {number}")
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    path = f"/governance/history/martech.person/{person.pk}/"
    first = client.get(path)
    assert len(first.context["changes"]) == 100
    second = client.get(f"{path}?before={first.context['next']}")
    changes = second.context["changes"]
    assert (len(changes), changes[-1].kind, second.context["next"]) == (30, "insert", None)
    assert changes[0].fields[0].after == "Bonn 29"
    assert client.get(f"{path}?before=soon").status_code == 404


@pytest.mark.django_db
def test_a_stay_in_a_segment_stands_where_it_began_and_where_it_ended() -> None:
    person, user = make_person(), make_user()
    segments = [Segment.objects.create(key=f"s{n}", name=f"Segment {n}", kind="static") for n in range(3)]
    for number, segment in enumerate(segments):
        entered = NOON + timedelta(days=number)
        SegmentMembership.objects.create(
            segment=segment, person=person, entered_at=entered, left_at=entered + timedelta(days=10 - 3 * number)
        )
    pages, cursor = [], ""
    while cursor or not pages:
        page = trail_page(user, person, cursor, 1)
        pages += [entry.title for entry in page.entries if entry.kind == "Segments"]
        cursor = page.next
    assert pages == [
        "Left Segment 0",
        "Left Segment 1",
        "Left Segment 2",
        "Entered Segment 2",
        "Entered Segment 1",
        "Entered Segment 0",
    ]
