"""The builder of conditions and the question before what cannot be taken back, in a browser."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenIn
from tests.martech.policies import document, make_reps, publish

POLICY = "/martech/routing/inbound/"


def test_a_choice_begins_open_and_what_was_not_chosen_is_asked_for(open_in: OpenIn) -> None:
    publish(document(make_reps("Ana")))
    page = open_in(f"{POLICY}rules/new/").page
    page.get_by_label("Name").fill("Swiss")
    page.get_by_role("button", name="Add test").click()
    value = page.get_by_label("Value")
    expect(value).to_have_value("")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".error-summary")).to_contain_text("Test 1: has no value; give one")
    page.get_by_label("Value").select_option(label="Switzerland")
    page.get_by_role("button", name="Save in the draft").click()
    rule = page.locator(".rule", has_text="Swiss")
    expect(rule).to_contain_text("Switzerland")
    rule.get_by_role("button", name="Remove rule").click()
    page.locator("dialog").get_by_role("button", name="Remove rule").click()
    expect(page.locator(".rule", has_text="Swiss")).to_have_count(0)
