"""The components, on pages of their own, in both themes and both widths."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import OpenIn, assert_sound, shoot
from tests.browser.gallery import gallery_registry
from tests.factories import make_user

pytestmark = pytest.mark.urls("tests.browser.gallery")
PAGES = ["dashboard", "person", "routing", "list", "nobody", "form"]


@pytest.fixture(autouse=True)
def pictures_sidebar() -> Iterator[None]:
    with gallery_registry():
        yield


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound(open_in: OpenIn, name: str, theme: str, width: int) -> None:
    for number in range(30 if name == "list" else 0):
        make_user(name=f"Colleague {number:02d}", job_title="Analyst")
    visit = open_in(f"/gallery/{name}/", theme, width)
    print(visit.complaints, visit.page.content()[:1500])
    shoot(visit.page, "x")
    if name == "dashboard":
        visit.page.wait_for_selector(".main-svg", timeout=5_000)
    shoot(visit.page, f"gallery-{name}-{theme}-{width}")
    assert_sound(visit)
