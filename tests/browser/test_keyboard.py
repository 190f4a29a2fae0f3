"""What hands on a keyboard can do on a list page, and how much a page weighs."""

import re
from collections.abc import Iterator

import brotli
import pytest
from playwright.sync_api import Page, expect

from governance.models import User
from governance.policies import Role
from tests.browser.conftest import OpenIn, accessibility_findings
from tests.factories import make_user

USERS = "/governance/users/"


@pytest.fixture
def colleagues() -> list[User]:
    names = ["Ana Ferreira", "Bo Lindqvist", "Cyril Moreau"]
    return [make_user(Role.ANALYST, name=name, email=f"{name.split()[0].lower()}@example.com") for name in names]


@pytest.fixture
def page(open_in: OpenIn, colleagues: list[User]) -> Iterator[Page]:
    visit = open_in(USERS)
    yield visit.page
    assert visit.complaints == []


def test_the_palette_opens_finds_and_goes(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#palette-hits [role=option]").first).to_be_visible()
    page.keyboard.type("bo lind")
    hit = page.locator("#palette-hits [role=option]", has_text="Bo Lindqvist")
    expect(hit).to_be_visible()
    expect(hit).to_have_attribute("aria-selected", "true")
    assert accessibility_findings(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=bo"))


def test_arrows_choose_and_escape_closes_the_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    options = page.locator("#palette-hits [role=option]")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#palette-q")).to_have_attribute(
        "aria-activedescendant", options.nth(1).get_attribute("id") or ""
    )
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_a_slash_searches_the_list_and_the_address_follows(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("cyril")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.wait_for_url(re.compile(r"\?q=cyril$"))
    expect(page.locator("[data-list-search]")).to_be_focused()
    page.go_back()
    expect(page.locator("#list tbody tr")).to_have_count(4)


def test_j_and_k_walk_the_rows(page: Page) -> None:
    rows = page.locator("#list tbody tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class(re.compile("here"))


def test_single_letters_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert accessibility_findings(page) == []
    page.locator("[data-single-keys]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#list tr.here")).to_have_count(0)


def test_sorting_and_columns_change_the_list_without_a_new_page(page: Page) -> None:
    page.evaluate("window.kept = true")
    page.locator("#list th a").first.click()
    expect(page.locator("#list th[aria-sort]")).to_have_count(1)
    page.locator("summary", has_text="Columns").click()
    page.locator("input[name=columns]:not([disabled])").first.uncheck()
    page.wait_for_url(re.compile(r"columns="))
    assert "sort=" in page.url
    assert page.evaluate("window.kept") is True


def test_a_view_is_saved_and_chosen(page: Page) -> None:
    page.goto(page.url + "?q=ana")
    page.locator("summary", has_text="Save view").click()
    page.locator("#view-name").fill("Only Ana")
    page.locator("[data-save-view] button").click()
    expect(page.locator(".tabs a.on")).to_have_text("Only Ana")
    expect(page.locator("#toasts")).to_contain_text("View “Only Ana” saved")
    assert accessibility_findings(page) == []


def test_dark_is_chosen_once_and_stays(page: Page) -> None:
    page.locator(".foot summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_menu_of_a_phone_opens_and_closes(open_in: OpenIn, colleagues: list[User]) -> None:
    page = open_in(USERS, width=390).page
    expect(page.locator("#side")).not_to_be_in_viewport()
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#side a").first).to_be_focused()
    assert accessibility_findings(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_two_step_pages_are_in_the_products_look(open_in: OpenIn) -> None:
    for path in ("/accounts/password/reset/", "/accounts/login/"):
        visit = open_in(path, user=None)
        assert visit.complaints == []
        assert accessibility_findings(visit.page) == []
        expect(visit.page.locator(".brand")).to_be_visible()


def test_style_and_script_stay_within_their_budgets(open_in: OpenIn, colleagues: list[User]) -> None:
    page = open_in(USERS).page
    css = page.evaluate("[...document.styleSheets].map(s => s.href).filter(Boolean)")
    js = page.evaluate("[...document.scripts].map(s => s.src).filter(Boolean)")
    sizes = {url: len(brotli.compress(page.request.get(url).body())) for url in [*css, *js]}
    assert sum(sizes[url] for url in js) <= 60_000
    assert sum(sizes[url] for url in css) <= 68_000
