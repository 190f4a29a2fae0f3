"""What is shown once is copied with one press."""

from playwright.sync_api import expect

from martech.models import WriteKey
from martech.services.tracking import create_source
from tests.browser.conftest import OpenIn


def test_a_write_key_is_copied_whole(open_in: OpenIn) -> None:
    source = create_source(name="Site", actor=None)[0]
    visit = open_in(source.get_absolute_url())
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Add a key").click()
    page.locator("[data-copy=new-key]").click()
    expect(page.locator("#toasts")).to_contain_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text == page.locator("#new-key").inner_text()
    assert WriteKey.objects.filter(prefix=text[:8]).exists()
    assert visit.complaints == []
