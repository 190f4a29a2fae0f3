"""One of very many is found by typing a few letters, by keyboard alone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenIn, accessibility_findings, assert_sound
from tests.factories import make_account, make_campaign, make_person
from tests.workflow.test_requests import ask


def test_people_are_narrowed_to_an_account_that_is_typed(open_in: OpenIn) -> None:
    for number in range(40):
        make_account(name=f"Company of many {number}")
    acme = make_account(name="Acme Steel", domain="rolling.test")
    make_person(first_name="Ana", account=acme), make_person(first_name="Bo")
    visit = open_in("/martech/people/")
    page = visit.page
    page.get_by_text("Filter", exact=True).click()
    field = page.locator("#id_account-ts-control")
    field.focus()
    expect(page.locator("#id_account-ts-dropdown .option")).not_to_have_count(0)
    page.keyboard.type("rolling")  # by its domain, which the option does not show
    expect(page.locator("#id_account-ts-dropdown .option")).to_have_text(["Acme Steel"])
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list tbody tr")).to_contain_text("Ana")
    expect(page).to_have_url(re.compile(f"account={acme.pk}"))
    assert accessibility_findings(page) == []
    assert visit.complaints == []


def test_a_request_is_merged_into_one_that_is_typed(open_in: OpenIn) -> None:
    request, other = ask(title="Launch"), ask(title="Spring fair")
    visit = open_in(request.get_absolute_url())
    page = visit.page
    expect(page.locator("#id_merge_into-ts-control")).to_be_hidden()
    page.get_by_label("Verdict").select_option("merge")
    page.locator("#id_merge_into-ts-control").focus()
    page.keyboard.type("spring")
    expect(page.locator(".ts-wrapper.loading")).to_have_count(0)
    expect(page.locator("#id_merge_into-ts-dropdown .option")).to_have_text([f"{other.reference} Spring fair"])
    page.keyboard.press("Enter")
    expect(page.locator("#id_merge_into + .ts-wrapper .item")).to_have_text(f"{other.reference} Spring fair")
    assert_sound(visit)
    page.get_by_role("button", name="Give the verdict").click()
    expect(page.locator("h1")).to_contain_text("Launch")
    request.refresh_from_db()
    assert (request.state, request.merged_into) == ("merged", other)


def test_without_scripts_a_campaign_is_named_by_its_code(open_in: OpenIn) -> None:
    fair = make_campaign(name="Fair")
    page = open_in("/planning/budget/new/", java_script_enabled=False).page
    page.get_by_label("Name").fill("Booth")
    page.get_by_label("Its code").fill(fair.code)
    page.get_by_role("button", name="Open the line").click()
    expect(page.locator("h1")).to_contain_text("Booth")
    expect(page.locator(".lede")).to_contain_text(fair.code)
