"""A routing rule is put in its place by keyboard alone."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenIn
from tests.martech.policies import GERMANS, document, make_reps, publish


def test_the_keyboard_stays_with_a_rule_that_is_moved(open_in: OpenIn) -> None:
    text = document(make_reps("Ana"))
    other = {"field": "person.country", "op": "eq", "value": "FR"}
    text["rules"] = [
        {"name": name, "when": {"all": [test]}, "to": "desk"}
        for name, test in (("First", GERMANS), ("Second", other), ("Third", other))
    ]
    publish(text)
    page = open_in("/martech/routing/inbound/").page
    page.get_by_role("button", name="Move rule 3 up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rule-2-up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rule-1-down")).to_be_focused()
    expect(page.locator(".rule b").first).to_have_text("Third")
