"""A part of a page that is answered by itself sees nothing that the rest of the template has set."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
SET = re.compile(r"{% (?:can|url|media)\b[^%]* as (\w+) %}")
BEGIN, END = "{% partialdef ", "{% endpartialdef %}"


def parts_of(text: str) -> list[tuple[str, str]]:
    """(what comes before, the part) of every outermost part."""
    found, at = [], 0
    while (start := text.find(BEGIN, at)) >= 0:
        at, depth = start + len(BEGIN), 1
        while depth:
            opens, closes = text.find(BEGIN, at), text.index(END, at)
            depth, at = (depth + 1, opens + len(BEGIN)) if 0 <= opens < closes else (depth - 1, closes + len(END))
        found.append((text[:start], text[start:at]))
    return found


def unset_names(text: str) -> list[str]:
    return [
        name
        for before, part in parts_of(text)
        for name in dict.fromkeys(SET.findall(before))
        if (first := re.search(rf"\b{name}\b", part)) and part[: first.end()].rsplit("{%", 1)[1].find(" as ") < 0
    ]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_part_sets_what_it_reads(path: Path) -> None:
    assert unset_names(path.read_text()) == []


def test_a_name_set_outside_is_found() -> None:
    outside = '{% can "a.b" as may %}{% partialdef p inline %}{% if may %}x{% endif %}{% endpartialdef %}'
    inside = '{% can "a.b" as may %}{% partialdef p inline %}{% can "a.b" as may %}{% if may %}x{% endif %}{% endpartialdef %}'
    assert (unset_names(outside), unset_names(inside)) == (["may"], [])
