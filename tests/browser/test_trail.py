"""The tabs of a trail by keyboard: a kind that is older than what is shown is found, and the focus stays."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from martech.models import DealPerson
from tests.browser.conftest import OpenIn, assert_sound
from tests.core.test_trails import NOON, busy
from tests.factories import make_deal


def test_an_older_kind_is_found_under_its_tab(open_in: OpenIn) -> None:
    person = busy(120)
    deal = make_deal(name="Rollout", opened_at=NOON - timedelta(days=90))
    DealPerson.objects.create(deal=deal, person=person)
    visit = open_in(person.get_absolute_url())
    page, trail = visit.page, visit.page.locator("#trail")
    expect(trail).not_to_contain_text("Rollout")
    trail.get_by_role("link", name="Deals", exact=True).press("Enter")
    expect(trail.locator("li.e")).to_have_count(1)
    expect(trail).to_contain_text("Rollout")
    expect(page.locator("#trail-deals")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?entries=Deals$"))
    trail.get_by_role("link", name="Touches", exact=True).press("Enter")
    trail.get_by_text("38 and more earlier").click()
    trail.get_by_role("link", name="Show earlier").click()
    expect(trail.locator("li.e")).to_have_count(100)
    trail.get_by_role("link", name="Show earlier").click()
    expect(trail.locator("li.e")).to_have_count(120)
    assert_sound(visit)
    trail.get_by_role("link", name="Everything", exact=True).press("Enter")
    expect(trail.locator("li.e")).to_have_count(50)


def test_the_tabs_work_without_scripts(open_in: OpenIn) -> None:
    person = busy(60)
    page = open_in(person.get_absolute_url(), java_script_enabled=False).page
    page.get_by_role("link", name="Changes", exact=True).click()
    expect(page.locator("#trail li.e")).to_have_text(re.compile("Created"))
