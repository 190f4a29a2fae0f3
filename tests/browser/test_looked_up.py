"""One of very many is found by typing a few letters, by keyboard alone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenIn, accessibility_findings
from tests.factories import make_account, make_person


def test_people_are_narrowed_to_an_account_that_is_typed(open_in: OpenIn) -> None:
    for number in range(40):
        make_account(name=f"Company of many {number}")
    acme = make_account(name="Acme Steel")
    make_person(first_name="Ana", account=acme), make_person(first_name="Bo")
    visit = open_in("/martech/people/")
    page = visit.page
    page.get_by_text("Filter", exact=True).click()
    field = page.locator("#id_account-ts-control")
    field.focus()
    expect(page.locator("#id_account-ts-dropdown .option")).not_to_have_count(0)
    page.keyboard.type("acme")
    expect(page.locator("#id_account-ts-dropdown .option")).to_have_text(["Acme Steel"])
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list tbody tr")).to_contain_text("Ana")
    expect(page).to_have_url(re.compile(f"account={acme.pk}"))
    assert accessibility_findings(page) == []
    assert visit.complaints == []
