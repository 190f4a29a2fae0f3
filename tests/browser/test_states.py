"""Pages where there is nothing yet, where something went wrong, and where somebody may not go."""

import re
from typing import Any

from playwright.sync_api import expect

from governance.models import User
from governance.policies import Role
from tests.browser.conftest import OpenIn, accessibility_findings
from tests.browser.looking import problems_of
from tests.factories import make_user
from tests.martech.policies import document, make_reps, publish

EMPTY = {
    "first-steps": "/first-steps/",
    "empty-due": "/due/",
    "empty-dashboard": "/reporting/",
    "empty-people": "/martech/people/",
    "empty-segments": "/martech/segments/",
    "empty-scoring": "/martech/scoring/",
    "empty-lifecycle": "/martech/lifecycle/",
    "empty-quality": "/martech/quality/",
    "empty-duplicates": "/martech/duplicates/",
    "empty-connections": "/martech/sync/",
    "empty-imports": "/martech/imports/",
    "empty-routing": "/martech/routing/",
    "empty-board": "/martech/routing/board/",
    "empty-tools": "/martech/tools/",
    "empty-campaigns": "/planning/campaigns/",
    "empty-calendar": "/planning/calendar/",
    "empty-ask": "/workflow/ask/",
    "empty-naming": "/governance/naming/",
}


def test_an_empty_installation_is_sound(open_in: OpenIn, live_server: Any, person: User) -> None:
    assert problems_of(open_in("/governance/inbox/"), EMPTY, live_server.url) == {}


def test_pages_of_what_went_wrong_are_sound(open_in: OpenIn, live_server: Any, monkeypatch: Any) -> None:
    visit = open_in("/governance/inbox/", user=make_user(Role.REQUESTER))
    assert problems_of(visit, {"not-allowed": "/governance/users/"}, live_server.url, status=403) == {}
    assert problems_of(visit, {"not-found": "/no/such/page/"}, live_server.url, status=404) == {}
    monkeypatch.setattr("mops.core.search.render_page", lambda *_a, **_k: 1 / 0)
    assert problems_of(visit, {"broken": "/search/?q=a"}, live_server.url, status=500) == {}


def test_the_admin_is_sound_and_the_pages_of_the_api_draw_themselves(
    open_in: OpenIn, live_server: Any, person: User
) -> None:
    policy = publish(document(make_reps("Ana"))).policy
    # How Swagger UI looks inside is its makers' affair; that it draws itself under our policy is ours.
    visit = open_in("/api/v1/docs/")
    visit.page.locator(".opblock").first.wait_for(timeout=30_000)
    assert visit.complaints == []
    pages = {
        "admin": "/admin/",
        "admin-list": "/admin/governance/user/",
        "admin-form": f"/admin/governance/user/{person.pk}/change/",
        "admin-policies": "/admin/martech/routingpolicy/",
        "admin-policy": f"/admin/martech/routingpolicy/{policy.pk}/change/",
    }
    assert problems_of(visit, pages, live_server.url) == {}
    # The admin takes its theme as it loads, and does not follow a change as our own pages do.
    visit.page.emulate_media(color_scheme="dark")
    for path in pages.values():
        visit.page.goto(live_server.url + path)
        expect(visit.page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
        assert accessibility_findings(visit.page) == [], path
