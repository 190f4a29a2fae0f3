"""The map of integrations: one tool's lines stand out, by mouse and by keyboard; on a phone it is a list."""

from playwright.sync_api import expect

from martech.models import Integration
from tests.browser.conftest import OpenIn
from tests.martech.stack.test_inventory import make_tool


def test_the_map_is_a_list_by_area_where_there_is_no_room(open_in: OpenIn) -> None:
    one, other = make_tool("HubSpot", "email"), make_tool("Salesforce", "crm")
    make_tool("Figma", "design")
    Integration.objects.create(start=one, end=other, what="Contacts")
    visit = open_in("/martech/tools/map/", width=390)
    page = visit.page
    expect(page.locator(".stack-drawn:visible")).to_have_count(0)
    lines = page.locator(".stack-areas .it")
    expect(lines.filter(has_text="HubSpot to Salesforce: Contacts")).to_have_count(2)
    expect(lines.filter(has_text="Figma")).to_contain_text("No integration")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert visit.complaints == []


def test_the_lines_of_the_tool_that_is_pointed_at_or_focused_stand_out_and_are_said(open_in: OpenIn) -> None:
    one, other, third = make_tool("HubSpot", "email"), make_tool("Salesforce", "crm"), make_tool("Slack", "chat")
    Integration.objects.create(start=one, end=other, what="Contacts")
    Integration.objects.create(start=other, end=third, what="Alerts")
    visit = open_in("/martech/tools/map/")
    page = visit.page
    said, lit = page.locator("[data-map-said]"), page.locator(".stack-map .line.on")
    page.locator(".stack-map a", has_text="HubSpot").hover()
    expect(said).to_have_text("HubSpot to Salesforce: Contacts")
    expect(lit).to_have_count(1)
    page.mouse.move(2, 2)
    expect(lit).to_have_count(0)
    page.locator(".stack-map a", has_text="Salesforce").focus()
    expect(said).to_have_text("HubSpot to Salesforce: Contacts · Salesforce to Slack: Alerts")
    expect(lit).to_have_count(2)
    assert visit.complaints == []
