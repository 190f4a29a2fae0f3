"""Rule documents as text: a round trip is the identity, and what is wrong is named by line."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mops.core.document_text import (
    FORMATS,
    MOST_BYTES,
    MOST_LEVELS,
    TextRefused,
    changes,
    comments_in,
    read_text,
    write_text,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        *("no", "NO", "yes", "on", "null", "~", "true", "1", "0o7", "0x1f", "1e5", "1.5", ".nan", ".inf", "1_000"),
        *(
            "2026-03-01",
            "2026-03-01 10:00:00",
            "<<",
            "=",
            "- a",
            "a: b",
            "# c",
            "&a",
            "*a",
            "!t",
            " a ",
            "a\nb",
            "\x85",
            "\u2028",
            "12:30",
            "",
        ),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False)
)
TREES = st.recursive(
    SCALARS, lambda of: st.lists(of, max_size=4) | st.dictionaries(TEXTS, of, max_size=4), max_leaves=20
)


def kinds(value: Any) -> Any:
    """Equal numbers of another kind are another value: 1, 1.0 and true."""
    if isinstance(value, dict):
        return {key: kinds(item) for key, item in value.items()}
    if isinstance(value, list):
        return [kinds(item) for item in value]
    sign = math.copysign(1, value) if isinstance(value, float) else 0
    return (type(value).__name__, value, sign)


@pytest.mark.parametrize("text_format", FORMATS)
@given(tree=st.dictionaries(TEXTS, TREES, max_size=5))
def test_a_round_trip_is_the_identity(text_format: str, tree: dict[str, Any]) -> None:
    text = write_text(tree, text_format)
    assert kinds(read_text(text, text_format).document) == kinds(tree)
    assert write_text(read_text(text, text_format).document, text_format) == text


def test_norway_stays_norway_and_days_stay_texts() -> None:
    text = "countries: [NO, on, yes]\nday: 2026-03-01\nweight: 2\nopen: null\n"
    assert read_text(text).document == {
        "countries": ["NO", "on", "yes"],
        "day": "2026-03-01",
        "weight": 2,
        "open": None,
    }


def test_keys_stand_in_the_order_that_was_asked_for() -> None:
    assert write_text({"b": 1, "a": [{"d": 1, "c": 2}]}, "yaml") == "a:\n  - c: 2\n    d: 1\nb: 1\n"


@pytest.mark.parametrize("text_format", FORMATS)
def test_every_place_knows_its_line(text_format: str) -> None:
    text = write_text({"rules": [{"name": "a", "to": "x"}, {"name": "b", "when": {"all": []}}]}, text_format)
    written, lines = read_text(text, text_format), text.splitlines()
    place = written.line_of("rules[1].when.all")
    assert place is not None
    assert "all" in lines[place - 1]
    assert written.line_of("rules[1].sla.calendar") == written.line_of("rules[1]")
    assert written.line_of("nothing.of.it") is None


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: &x [1]\nb: *x\n", 1, "anchors and aliases"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "the tag"),
        ("a: 1\na: 2\n", 2, "stands twice"),
        ("a: 1\n---\nb: 2\n", 3, "second document"),
        ("a: [1, 2\nb: 3\n", 2, ""),
        ("? [a]\n: 1\n", 1, "a key is not text"),
        ("a: 1.5e+999\n", 1, "no finite number"),
        (f"a: {'1' * 400}\n", 1, "too long"),
        ("[" * (MOST_LEVELS + 2) + "]" * (MOST_LEVELS + 2), 1, "nested too deep"),
        ("a: " + "[" * 5000 + "]" * 5000, 1, "nested too deep"),
        ('{"a": 1,\n "b" 2}', 2, "not JSON at column 6"),
        ('{"a": 1, "a": 2}', None, "stands twice"),
        ('{"a": NaN}', None, "no number"),
        ("[" * 100_000, None, ""),
        ("a" * (MOST_BYTES + 1), None, "longer than"),
        ("a: \x07", None, ""),
    ],
)
def test_what_is_no_document_is_refused_with_its_line(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(TextRefused) as refused:
        read_text(text)
    assert (refused.value.line, reason in refused.value.reason) == (line, True)
    assert refused.value.remedy


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(TextRefused, match="anchors"):
        read_text(bomb)


def test_what_changed_is_shown_by_lines() -> None:
    before, after = write_text({"a": 1, "b": 2}, "yaml"), write_text({"a": 1, "b": 3}, "yaml")
    assert changes(before, after) == ["@@ -1,2 +1,2 @@", " a: 1", "-b: 2", "+b: 3"]
    assert changes(before, before) == []


def test_comments_are_found_and_not_in_what_is_quoted_or_set_out_in_lines() -> None:
    text = "# head\nname: \"a # b\"  # tail\nwhen: |\n  text # none\n  more\nlist:\n  - x: é#y\n    z: 'q' # ü\n"
    assert comments_in(text) == comments_in(text.replace("\n", "\r\n")) == [1, 2, 8]
    assert comments_in('{"a": "# none"}') == comments_in("a: '\n# none") == []
