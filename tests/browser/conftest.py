"""A real Chromium before a real server: pages are opened signed in, in a theme and at a width, and watched for errors."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from governance.models import User
from governance.policies import Role
from tests.factories import make_user

# Playwright's own event loop runs in this thread; Django would refuse the database because of it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "var" / "shots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of the rules we ask, one looks at films and none at style sheets, which axe would fetch and parse at every run.
PRELOADED = {"assets": ["media"]}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-background-networking"]
# The shell is Chromium without the browser around the page: the same engine for a fifth less work.
KNOWN = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("MOPS_CHROMIUM") or next(filter(None, map(shutil.which, KNOWN)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.django_db(transaction=True))


@dataclass
class Visit:
    """An open page and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium found: install Debian's `chromium` or set MOPS_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def person() -> User:
    """Whoever the pages are opened as: an administrator, so that every page can be seen."""
    return make_user(Role.ADMIN, name="Maya Krüger", job_title="Marketing leader")


@pytest.fixture(scope="session")
def kept() -> list[tuple[dict[str, Any], BrowserContext]]:
    """Contexts of former tests with the options they were made with: a new one fetches styles and scripts anew."""
    return []


@pytest.fixture
def contexts(
    browser: Browser, kept: list[tuple[dict[str, Any], BrowserContext]], live_server: Any
) -> Iterator[Callable[..., BrowserContext]]:
    """`contexts(**options)` -> one in which nobody is signed in and nothing is stored."""
    used: list[BrowserContext] = []

    def take(**options: Any) -> BrowserContext:
        free = [context for given, context in kept if given == options and context not in used]
        if not free:
            free = [browser.new_context(**{"reduced_motion": "reduce", "locale": "en-GB", **options})]
            kept.append((options, free[0]))
        used.append(free[0])
        return free[0]

    yield take
    for context in used:
        empty(context, live_server.url)


def empty(context: BrowserContext, origin: str) -> None:
    """Leave no page, cookie or stored word in a context, but what it has fetched."""
    session = context.new_cdp_session(context.new_page())
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    for page in context.pages:
        page.close()
    context.clear_cookies()


OpenIn = Callable[..., Visit]


@pytest.fixture
def open_in(contexts: Callable[..., BrowserContext], live_server: Any, person: User) -> OpenIn:
    """`open_in(path, theme="light", width=1440, user=person)` -> Visit; `user=None` opens it signed out."""

    def open_page(
        path: str, theme: str = "light", width: int = 1440, user: User | None = person, **options: Any
    ) -> Visit:
        size = {"width": width, "height": 900 if width > 600 else 844}
        context = contexts(viewport=size, color_scheme=theme, **options)
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])
        page = context.new_page()
        visit = Visit(page)
        page.on("console", lambda m: visit.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        answer = page.goto(live_server.url + path, wait_until="load")
        assert answer is not None
        return visit

    return open_page


def session_cookie(user: User, url: str) -> Any:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def load_axe(page: Page) -> None:
    if not page.evaluate("() => Boolean(window.axe)"):
        page.add_script_tag(url="/static/vendor/axe.js")


def accessibility_findings(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, one line per node."""
    load_axe(page)
    options = {"runOnly": RULES, "preload": PRELOADED, "resultTypes": ["violations"], "elementRef": False}
    result = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{found['id']}: {node['html'][:160]} | {node['failureSummary'][:200]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    assert accessibility_findings(page) == []


def assert_sound(visit: Visit) -> None:
    """Nothing on the console (a CSP violation is an error there), nothing for axe, nothing to scroll sideways."""
    page = visit.page
    assert visit.complaints == []
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def shoot(page: Page, name: str) -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    # Charts are drawn when they come into view.
    for plot in page.locator("[data-figure]").all():
        plot.scroll_into_view_if_needed()
        plot.locator(".main-svg").first.wait_for(timeout=5_000)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=path, full_page=True)
    return path


def shoot_top(page: Page, name: str, height: int = 1120) -> Path:
    """The first screen of a page, a little taller than usual, into `top/`."""
    size, path = page.viewport_size, SHOTS / "top" / f"{name}.png"
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": height})
    page.screenshot(path=path)
    page.set_viewport_size(size)
    return path
