"""Looking at a page in both themes and at both widths, loaded once: the theme and the width change in place.

Everything is asked in the light theme when wide and in the dark one when narrow. What is shown at one width only is then
asked for its contrast in the other theme, where there is such a thing. `test_looking.py` proves that a fault of any one look
alone is found. What looks alike on several pages is asked on the first of them there, and so is the frame that all share.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import PRELOADED, RULES, Visit, load_axe, shoot, shoot_top

Look = tuple[str, int]
WHOLE = (("light", 1440), ("dark", 390))
CROSSED = {("dark", 1440): (1440, 390), ("light", 390): (390, 1440)}
"""Looks at what is shown at the first width and not at the second."""
COLOURS = ["color-contrast", "link-in-text-block"]
EVERYTHING = {"runOnly": {"type": "tag", "values": RULES}}
# What the document says is the same in every look: it is not asked a second time.
FIXED = [
    "allowed-attr",
    "conditional-attr",
    "deprecated-role",
    "prohibited-attr",
    "required-attr",
    "valid-attr-value",
    "valid-attr",
]
WITHOUT_FIXED = {**EVERYTHING, "rules": {f"aria-{name}": {"enabled": False} for name in FIXED}}
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
SHOWN_ONLY = """([at, notAt, left, known]) => {
  const isOnly = (one) => one.isConnected && window.seen[at].has(one) && !window.seen[notAt].has(one);
  const isLeft = (one) => left.some((frame) => one.closest(frame));
  const look = (one) => `${one.tagName} ${one.getAttribute("class")} ${one.getAttribute("style")}`;
  const around = (one) => (one === document.body ? [] : [look(one), ...around(one.parentElement)]);
  const likeness = (one) => [...around(one), "", ...[...one.querySelectorAll("*")].map(look)].join("|");
  const shown = [...window.seen[at]].filter((one) => isOnly(one) && !isOnly(one.parentElement) && !isLeft(one));
  const fresh = new Map(shown.map((one) => [likeness(one), one]).filter(([like]) => !known.includes(like)).reverse());
  window.only = [...fresh.values()];
  return [...fresh.keys()];
}"""
FRAME = [".side", ".top"]
# Most of what a page holds is the menu. Where it is not asked, axe need not walk it, nor the browser lay it out: it is
# emptied once the page has loaded, and its box stays as it was.
EMPTY_MENU = "document.querySelector('.side')?.replaceChildren()"
ASK = """async ([options, preload, isOfTheOnly, left]) => {
  const whole = left.length ? { exclude: left.map((one) => [one]) } : document;
  const there = isOfTheOnly ? window.only.filter((one) => one.isConnected) : [document];
  const asked = isOfTheOnly ? { include: there } : whole;
  const said = { ...options, preload, resultTypes: ["violations"], elementRef: false };
  const { violations } = there.length ? await axe.run(asked, said) : { violations: [] };
  if (!isOfTheOnly) {
    window.seen ??= {};
    window.seen[innerWidth] = new Set([...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()));
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return violations.flatMap((found) => found.nodes.map((node) =>
    `${found.id}: ${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 200)}`)).concat(wide ? `wide by ${wide}` : []);
}"""


def face(page: Page, theme: str, width: int) -> None:
    size: ViewportSize = {"width": width, "height": 900 if width > 600 else 844}
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]


def turn(page: Page, theme: str, width: int) -> None:
    """The page in a look; what follows the theme has followed when this returns."""
    face(page, theme, width)
    page.evaluate(SETTLED, [theme == "dark", width])


def asked(page: Page, options: Mapping[str, Any], left: Sequence[str], *, is_of_the_only: bool = False) -> list[str]:
    """What axe finds in the page's look now and how far it scrolls sideways; `left` are selectors axe leaves out."""
    return list(page.evaluate(ASK, [options, PRELOADED, is_of_the_only, left]))


def looked(page: Page, left: list[str], known: dict[Look, set[str]]) -> Iterator[tuple[Look, list[str]]]:
    """Each look that is needed, the page being in it, and what is wrong there."""
    for number, (theme, width) in enumerate(WHOLE):
        turn(page, theme, width)
        found = asked(page, WITHOUT_FIXED if number else EVERYTHING, left)
        yield (theme, width), found
    for look, (width, other) in CROSSED.items():
        if fresh := page.evaluate(SHOWN_ONLY, [width, other, left, list(known.setdefault(look, set()))]):
            known[look].update(fresh)
            turn(page, *look)
            yield look, asked(page, ONLY_COLOURS, left, is_of_the_only=True)


def findings(
    page: Page, name: str = "", left: Sequence[str] = (), known: dict[Look, set[str]] | None = None
) -> list[str]:
    """What is wrong in any look: axe's findings and how far it scrolls sideways, each with the looks it was found in.

    `known` are likenesses of what is shown at one width only, by the look they were asked in on a page before.
    """
    load_axe(page)
    found: dict[str, list[str]] = {}
    for (theme, width), wrong in looked(page, list(left), {} if known is None else known):
        for finding in wrong:
            found.setdefault(finding, []).append(f"{theme} {width}")
    if name and os.environ.get("MOPS_SHOTS"):
        take_pictures(page, name)
    return [f"{', '.join(looks)}: {finding}" for finding, looks in found.items()]


def take_pictures(page: Page, name: str) -> None:
    for theme, width in (*WHOLE, *CROSSED):
        turn(page, theme, width)
        shoot(page, f"{name}-{theme}-{width}")
        shoot_top(page, f"{name}-{theme}-{width}")


def problems_of(visit: Visit, addresses: Mapping[str, str], server: str, status: int = 200) -> dict[str, list[str]]:
    """What is wrong with each page, by its name: its status, the console (a CSP violation is an error there), `findings`."""
    problems: dict[str, list[str]] = {}
    left: list[str] = []
    known: dict[Look, set[str]] = {}
    for name, path in addresses.items():
        visit.page.evaluate("document.body.replaceChildren()")  # or the page before is laid out once more
        face(visit.page, *WHOLE[0])
        visit.complaints.clear()
        answer = visit.page.goto(server + path, wait_until="load")
        wrong = [] if answer is not None and answer.status == status else [f"status {answer and answer.status}"]
        if left and not os.environ.get("MOPS_SHOTS"):
            visit.page.evaluate(EMPTY_MENU)
        wrong += findings(visit.page, name, left, known)
        left = FRAME if visit.page.locator(".side").count() else left
        wrong += [text for text in visit.complaints if status < 400 or "Failed to load resource" not in text]
        if wrong:
            problems[name] = wrong
    return problems
