"""What apps tell the kernel: once, in order, and never twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from governance.models import Team
from mops.core import registry
from mops.core.registry import Hit, Panel
from mops.core.trails import Newest, TrailEntry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    with registry.empty_registry():
        yield


def test_the_same_entry_twice_is_an_error() -> None:
    registry.register_nav("martech", "People", "martech:people", "users")
    with pytest.raises(ImproperlyConfigured, match="'martech:people' is registered twice"):
        registry.register_nav("planning", "Other people", "martech:people", "users")
    assert [item.label for item in registry.nav_items()] == ["People"]


def test_areas_stand_in_their_order_and_only_with_entries() -> None:
    registry.register_area("planning", "Planning", 10)
    registry.register_area("workflow", "Workflow", 20)
    registry.register_area("reporting", "Reporting", 5)
    registry.register_nav("workflow", "Requests", "a", "forms")
    registry.register_nav("planning", "Goals", "b", "target")
    registry.register_nav("", "Home", "c", "home")
    assert [area.label for area in registry.areas()] == ["", "Planning", "Workflow"]


def test_an_area_nobody_named_has_the_name_of_its_app() -> None:
    registry.register_nav("governance", "Users", "a", "users")
    assert [area.label for area in registry.areas()] == ["Governance"]


def test_a_trail_is_all_sources_newest_first() -> None:
    registry.register_trail("governance.team", "Changes", Trail("first", NOON))
    registry.register_trail("governance.Team", "Changes", older)
    registry.register_trail("governance.user", "Changes", unrelated)
    titles = [entry.title for entry in registry.trail_page(None, Team(name="x"), limit=3).entries]
    assert titles == ["first", "an hour before"]


class Trail:
    def __init__(self, title: str, at: datetime) -> None:
        self.entry = TrailEntry(at, "home", title)

    def __call__(self, user: Any, obj: Any, asked: Newest) -> list[TrailEntry]:
        return [self.entry][: asked.limit]


def older(user: Any, obj: Any, asked: Newest) -> list[TrailEntry]:
    return [TrailEntry(NOON - timedelta(hours=1), "home", "an hour before")]


def unrelated(user: Any, obj: Any, asked: Newest) -> list[TrailEntry]:
    return [TrailEntry(NOON, "home", "of another model")]


def test_panels_come_in_order_and_only_where_they_have_something_to_say() -> None:
    registry.register_panel("governance.team", second_panel, 20)
    registry.register_panel("governance.team", first_panel, 10)
    registry.register_panel("governance.team", silent_panel, 1)
    team: Any = Team(name="x")
    assert [panel.title for panel in registry.panels_for(None, team)] == ["First", "Second"]  # type: ignore[arg-type]
    assert [panel.title for panel in registry.panels_for(None, team, "main")] == ["Second"]  # type: ignore[arg-type]


def test_panels_are_made_once_a_request_however_many_places_ask() -> None:
    made: list[Any] = []

    def counted_panel(request: Any, obj: Any) -> None:
        made.append(obj)

    registry.register_panel("governance.team", counted_panel, 10)
    request, team = HttpRequest(), Team(name="x")
    for place in ("top", "main", "side"):
        registry.panels_for(request, team, place)
    registry.panels_for(HttpRequest(), team, "main")
    assert made == [team, team]


def first_panel(request: Any, obj: Any) -> Panel:
    return Panel("First", "x.html")


def second_panel(request: Any, obj: Any) -> Panel:
    return Panel("Second", "x.html", place="main")


def silent_panel(request: Any, obj: Any) -> None:
    return None


def test_home_follows_the_role_with_the_lowest_order() -> None:
    registry.register_home("requester", "workflow:ask", 30)
    registry.register_home("leader", "reporting:dashboard", 10)
    assert registry.home_for(["requester", "leader"]) == "reporting:dashboard"
    assert registry.home_for(["auditor"]) is None


def test_what_was_registered_comes_back_after_a_test() -> None:
    registry.register_search("a", "A", lambda user, text, limit: [Hit("x", "", "/")])
    with registry.empty_registry():
        assert registry.search_sources() == []
    assert [source.key for source in registry.search_sources()] == ["a"]
