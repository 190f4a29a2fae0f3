"""The page on practice servers says what the servers say."""

from pathlib import Path

import pytest

from martech.twins.document import behaviours_of, written
from martech.twins.making import VENDORS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "practice.md"


def test_the_page_is_as_the_registries_have_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run: python -m martech.twins.document docs/practice.md"


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_behaviour_has_a_key_of_its_own_and_a_source(vendor: str) -> None:
    found = behaviours_of(vendor)
    assert len({one.key for one in found}) == len(found) > 10
    assert all(one.text and one.source for one in found)


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        written("# Practice servers")
