"""Looking at a page in every theme and at every width, loaded once: the theme and the width change in place.

Everything is asked once in each theme and at each width: in the light one when wide and in the dark one when narrow. What
is shown at one width only is asked for its contrast in the other theme, too. `test_looking.py` proves that a fault of any
one look alone is found. The frame that all pages share is asked on the first of them.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import RULES, Visit, load_axe, shoot, shoot_top

LOOKS = (("light", 1440), ("light", 390), ("dark", 390), ("dark", 1440))
WHOLE = (("light", 1440), ("dark", 390))
COLOURS = ["color-contrast", "link-in-text-block"]
EVERYTHING = {"runOnly": {"type": "tag", "values": RULES}}
# Of the rules we ask, one looks at films and none at style sheets, which axe would fetch and parse at every run.
PRELOADED = {"assets": ["media"]}
ONLY_COLOURS = {"runOnly": {"type": "rule", "values": COLOURS}}
SETTLED = """([isDark, width]) => new Promise((done, fail) => {
  const latest = performance.now() + 10_000;
  const isSettled = () => {
    const own = document.documentElement.dataset.bsTheme;
    const isThere = matchMedia("(prefers-color-scheme: dark)").matches === isDark && innerWidth === width;
    return isThere && (!own || own === (isDark ? "dark" : "light"));
  };
  const look = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    if (isSettled()) done();
    else if (performance.now() > latest) fail(new Error("the page does not follow the theme or the width"));
    else look();
  }));
  look();
})"""
SEE = """() => {
  window.seen = new WeakSet([...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()));
}"""
FRAME = [".side", ".top"]
ASK = """([options, preload, isOfTheNew, left]) => {
  const isNew = (one) => one.checkVisibility() && !window.seen.has(one) && !left.some((frame) => one.closest(frame));
  const shown = isOfTheNew && [...document.querySelectorAll("body *")].filter((one) => isNew(one) && !isNew(one.parentElement));
  if (isOfTheNew && !shown.length) return [];
  const rest = left.length ? { exclude: left.map((one) => [one]) } : document;
  return axe.run(isOfTheNew ? { include: shown } : rest, { ...options, preload, resultTypes: ["violations"], elementRef: false })
    .then((result) => result.violations.flatMap((found) => found.nodes.map((node) =>
      `${found.id}: ${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 200)}`)));
}"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def turn(page: Page, theme: str, width: int) -> None:
    """The page in a look; what follows the theme has followed when this returns."""
    size: ViewportSize = {"width": width, "height": 900 if width > 600 else 844}
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.evaluate(SETTLED, [theme == "dark", width])


def asked(page: Page, number: int, left: Sequence[str]) -> list[str]:
    """What axe finds in the look of that number, which is the page's look now; `left` are selectors left out."""

    def ask(options: Mapping[str, Any], is_of_the_new: bool = False) -> list[str]:
        return list(page.evaluate(ASK, [options, PRELOADED, is_of_the_new, left]))

    if LOOKS[number] not in WHOLE:
        return ask(ONLY_COLOURS, True)
    found = ask(EVERYTHING)
    page.evaluate(SEE)
    return found


def findings(page: Page, name: str = "", left: Sequence[str] = ()) -> list[str]:
    """What is wrong in any look: axe's findings and how far it scrolls sideways, each with the looks it was found in."""
    load_axe(page)
    found: dict[str, list[str]] = {}
    for number, (theme, width) in enumerate(LOOKS):
        turn(page, theme, width)
        wide = page.evaluate(WIDE)
        for finding in [*asked(page, number, list(left)), *([f"wide by {wide}"] if wide else [])]:
            found.setdefault(finding, []).append(f"{theme} {width}")
        if name and os.environ.get("MOPS_SHOTS"):
            shoot(page, f"{name}-{theme}-{width}")
            shoot_top(page, f"{name}-{theme}-{width}")
    return [f"{', '.join(looks)}: {finding}" for finding, looks in found.items()]


def problems_of(visit: Visit, addresses: Mapping[str, str], server: str, status: int = 200) -> dict[str, list[str]]:
    """What is wrong with each page, by its name: its status, the console (a CSP violation is an error there), `findings`."""
    problems: dict[str, list[str]] = {}
    left: list[str] = []
    for name, path in addresses.items():
        visit.page.evaluate("document.body.replaceChildren()")  # or the page before is laid out once more
        turn(visit.page, *LOOKS[0])
        visit.complaints.clear()
        answer = visit.page.goto(server + path, wait_until="load")
        wrong = [] if answer is not None and answer.status == status else [f"status {answer and answer.status}"]
        wrong += findings(visit.page, name, left)
        left = FRAME if visit.page.locator(".side").count() else left
        wrong += [text for text in visit.complaints if status < 400 or "Failed to load resource" not in text]
        if wrong:
            problems[name] = wrong
    return problems
