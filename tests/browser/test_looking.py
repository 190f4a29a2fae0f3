"""A page that is loaded once and turned from look to look shows the faults of every look."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenIn
from tests.browser.looking import EMPTY_MENU, FRAME, WHOLE, findings, turn

FAINT = "color: rgb(120, 120, 120); background: rgb(128, 128, 128);"
TEXT = "<p class='put'>Here is a sentence that somebody should be able to read.</p>"


@pytest.mark.parametrize(
    ("html", "css", "where", "what"),
    [
        (TEXT, f"[data-bs-theme=light] .put {{ {FAINT} }}", "light 1440", "color-contrast"),
        (TEXT, f"[data-bs-theme=dark] .put {{ {FAINT} }}", "dark 390", "color-contrast"),
        (TEXT, f"@media (max-width: 600px) {{ .put {{ display: none }} }} [data-bs-theme=dark] .put {{ {FAINT} }}", "dark 1440", "color-contrast"),
        (TEXT, f"@media (min-width: 600px) {{ .put {{ display: none }} }} [data-bs-theme=dark] .put {{ {FAINT} }}", "dark 390", "color-contrast"),
        (TEXT, f"@media (min-width: 600px) {{ .put {{ display: none }} }} [data-bs-theme=light] .put {{ {FAINT} }}", "light 390", "color-contrast"),
        ("<button class='put'></button>", "@media (min-width: 600px) { .put { display: none } }", "dark 390", "button-name"),
        ("<div class='put'>wide</div>", "@media (max-width: 600px) { .put { width: 700px } }", "dark 390", "wide by"),
    ],
)  # fmt: skip
def test_a_fault_of_one_look_is_found_in_that_look(open_in: OpenIn, html: str, css: str, where: str, what: str) -> None:
    page = open_in("/governance/inbox/", bypass_csp=True).page
    page.add_style_tag(content=css)
    page.evaluate("(html) => { document.querySelector('main').innerHTML = `<h1>A page</h1>${html}` }", html)
    page.evaluate("(frame) => document.querySelectorAll(frame).forEach((one) => one.remove())", ", ".join(FRAME))
    (found,) = findings(page)
    assert found.startswith(f"{where}: {what}")


BOXES = """() => [...document.querySelectorAll("body, body *")].filter((one) => !one.closest(".side > *")).map((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return [one.tagName, x, y, width, height, getComputedStyle(one).backgroundColor, one.checkVisibility()];
})"""


def boxes(page: Page) -> list[Any]:
    found = []
    for look in WHOLE:
        turn(page, *look)
        found.append(page.evaluate(BOXES))
    return found


@pytest.mark.parametrize("path", ["/governance/inbox/", "/workflow/forms/new/"])
def test_a_page_whose_menu_is_emptied_looks_as_it_did(open_in: OpenIn, path: str) -> None:
    page = open_in(path).page
    before = boxes(page)
    page.evaluate(EMPTY_MENU)
    assert boxes(page) == before
    assert [len(look) for look in before] == [page.locator("body, body *").count()] * 2
