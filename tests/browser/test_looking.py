"""A page that is loaded once and turned from look to look shows the faults of every look."""

import pytest

from tests.browser.conftest import OpenIn
from tests.browser.looking import FRAME, findings

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
