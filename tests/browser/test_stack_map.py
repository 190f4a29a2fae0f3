"""The map of integrations on a phone: the same as a list, which nobody has to push aside to read."""

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
