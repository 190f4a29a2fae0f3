"""Every page of a small demo company, in both themes and at both widths: no error, no axe finding, no sideways scroll.

In two parts that take equally long, one for each worker.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from governance.models import User
from mops.core.lists import ListPage
from mops.demo.seeding import seed_demo
from reporting.services import refresh_rollups
from tests.architecture.test_url_rights import OURS
from tests.browser import addresses
from tests.browser.conftest import OpenIn
from tests.browser.looking import problems_of
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account, scripted

UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROWS = 6
"""Of a list. Rows of one table are alike, and axe takes as long for each."""


SMALL = {"people": 150, "months": 4, "until": UNTIL}


def whole() -> dict[str, Any]:
    """The demo company as `manage.py up` makes it: pictures show a living one."""
    return {"people": 20_000, "months": 18, "until": timezone.now()}


@pytest.fixture
def person(monkeypatch: Any, tmp_path: Any, settings: Any) -> User:
    """The administrator of the demo company, who sees every page."""
    settings.MEDIA_ROOT = tmp_path
    if not os.environ.get("MOPS_SHOTS"):
        monkeypatch.setattr(ListPage, "per_page", ROWS)
    size: dict[str, Any] = whole() if os.environ.get("MOPS_SHOTS") else SMALL
    seed_demo(**size, seed=7, password="amber-fjord-linden-4711", say=lambda _text: None)
    refresh_rollups()
    return User.objects.get(email="ada.winter@brightline.example")


@contextmanager
def practising(monkeypatch: Any) -> Iterator[Rig]:
    """A connection to an account in memory."""
    monkeypatch.setattr("martech.services.sync.patience.pause", lambda seconds: None)
    account = Account()
    with scripted(monkeypatch, main=account):
        rig = Rig(account)
        rig.map()
        yield rig


Part = Callable[[User, Any], dict[str, str]]


def of_the_market(user: User, monkeypatch: Any) -> dict[str, str]:
    with practising(monkeypatch) as rig:
        synced = addresses.sync(rig)
    return {**addresses.people(), **addresses.audiences(), **addresses.sources(), **addresses.quality(user), **synced}


def of_the_rest(user: User, monkeypatch: Any) -> dict[str, str]:
    return {
        **addresses.everywhere(),
        **addresses.planning(),
        **addresses.workflow(),
        **addresses.governance(user),
        **addresses.routing(),
        **addresses.imports(user),
        **addresses.tools(),
    }


PARTS: dict[str, Part] = {"market": of_the_market, "rest": of_the_rest}
MARKET = {"people", "accounts", "deals", "duplicates", "segments", "scoring", "lifecycle", "sources", "sync", "quality"}


def part_of(route: str) -> str:
    """The part that looks at the pages below a route."""
    app, _, rest = route.partition("/")
    return "market" if app == "martech" and rest.partition("/")[0] in MARKET else "rest"


@pytest.mark.parametrize("part", PARTS)
def test_every_page_is_sound_and_none_is_missing(
    open_in: OpenIn, live_server: Any, person: User, monkeypatch: Any, part: str
) -> None:
    found = PARTS[part](person, monkeypatch)
    assert missing_of(part, found, person) == []
    assert problems_of(open_in("/governance/inbox/"), found, live_server.url) == {}


NO_PAGES = {
    *(
        "home",
        "first-steps",
        "martech:my-leads",
        "healthz",
        "readyz",
        "tracking",
        "webhook",
        "planning:check-name",
        "planning:campaign-options",
        "martech:account-options",
        "workflow:similar",
    ),
    *("martech:import-rejects", "martech:export-policy", "martech:count-segment", "martech:count-monitor"),
    *("martech:failing-bucket", "martech:sign-in", "martech:signed-in", "martech:stack-export"),
    "governance:inbox-line",
    *("planning:transfer-options", "workflow:merge-options"),
}
"""Redirects and probes, parts of pages that htmx fetches, choices that are looked up, downloads, one list under a second address. The first steps are looked at
while nothing is set up."""


def missing_of(part: str, found: dict[str, str], person: User) -> list[str]:
    """Whoever adds a page adds its address to `addresses`; what only takes a POST is no page."""
    looked_at = {resolve(path.partition("?")[0]).view_name for path in found.values()}
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return [
        name
        for name, route, _view in OURS
        if part_of(route) == part
        and not route.startswith("api/")
        and name not in looked_at | NO_PAGES
        and client.get(some(name, route)).status_code != 405
    ]


def some(name: str, route: str) -> str:
    """The address of a view with made-up keys."""
    parts = [piece.partition(">")[0].split(":") for piece in route.split("<")[1:]]
    return reverse(name, kwargs={key: 1 if kind == "int" else "nothing" for kind, key in parts})
