"""Keys that are made of words and stay, and every difference between two versions told in words."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workflow.form_design import changes_between, key_of, with_keys
from workflow.questions import MAPS_TO, TYPES, Question, read_questions

WORDS = st.sampled_from(["Region", "Target group", "Wann?", "地域", "1st choice", "When? ", "!", "regi on", "class"])
ROWS = st.lists(
    st.fixed_dictionaries({"label": WORDS, "key": st.sampled_from(["", "region", "goal", "made up"])}), max_size=8
)
FORMER = st.dictionaries(st.sampled_from(["region", "goal", "link", "target_group"]), WORDS)


@st.composite
def questions(draw: st.DrawFn) -> list[Question]:
    keys = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=6))
    return [draw(question(key)) for key in keys]


@st.composite
def question(draw: st.DrawFn, key: str) -> Question:
    kind = draw(st.sampled_from([*TYPES]))
    some = st.lists(st.sampled_from(["Video", "Slides", "Page"]), unique=True, min_size=1).map(tuple)
    return Question(
        key=key,
        label=draw(WORDS),
        type=kind,
        required=draw(st.booleans()),
        help=draw(st.sampled_from(["", "Such as", "For example"])),
        choices=draw(some) if kind == "choice" else (),
        maps_to=draw(st.sampled_from(["", *MAPS_TO])),
        min_days=draw(st.sampled_from([0, 1, 10])) if kind == "date" else 0,
    )


@given(ROWS, FORMER)
def test_every_question_has_a_key_of_its_own_that_can_be_one(
    rows: list[dict[str, str]], former: dict[str, str]
) -> None:
    keys = [row["key"] for row in with_keys(rows, former)]
    assert all(key.isidentifier() for key in keys)
    assert len(set(keys)) == len(keys) == len(rows)


@given(ROWS, FORMER)
def test_a_question_that_has_a_key_keeps_it_and_publishing_again_changes_none(
    rows: list[dict[str, str]], former: dict[str, str]
) -> None:
    once = with_keys(rows, former)
    first = {row["key"]: place for place, row in reversed([*enumerate(rows)])}
    assert [once[place]["key"] for key, place in first.items() if key in former] == [
        key for key in first if key in former
    ]
    again = with_keys(once, {**former, **{row["key"]: row["label"] for row in once}})
    assert again == once


@given(ROWS, FORMER)
def test_a_new_question_takes_no_key_that_once_asked_something_else(
    rows: list[dict[str, str]], former: dict[str, str]
) -> None:
    for row, made in zip(rows, with_keys(rows, former), strict=True):
        if made["key"] in former and made["key"] != row["key"]:
            assert former[made["key"]] == row["label"]


def test_a_key_reads_like_its_question() -> None:
    assert key_of("Target group?", []) == "target_group"
    assert key_of("Target group?", ["target_group"]) == "target_group_2"
    assert key_of("1st choice", []) == "q_1st_choice"
    assert key_of("地域", []) == "地域"
    assert key_of("!", []) == "q"
    assert len(key_of("why " * 40, [])) <= 40


@given(questions(), questions())
def test_two_versions_are_told_apart_exactly_when_they_differ(one: list[Question], other: list[Question]) -> None:
    assert (changes_between(one, other) == []) is (one == other)


@given(questions().filter(lambda found: len(found) > 1), st.data())
def test_one_question_that_moved_is_told_as_one_move(found: list[Question], data: st.DataObject) -> None:
    places = st.integers(0, len(found) - 1)
    at, to = data.draw(places), data.draw(places)
    moved = [*found]
    moved.insert(to, moved.pop(at))
    assert len(changes_between(found, moved)) == (0 if at == to else 1)


def test_every_difference_of_a_question_is_said_in_words() -> None:
    old = Question("when", "When?", "date", min_days=1, maps_to="starts_on", help="The day")
    assert changes_between([old], [replace(old, min_days=0)]) == ["“When?” needs no notice instead of 1."]
    assert changes_between([old], [replace(old, required=True)]) == ["“When?” needs an answer now."]
    assert changes_between([old], [replace(old, maps_to="ends_on")]) == ["“When?” fills the campaign’s end now."]
    assert changes_between([old], [replace(old, maps_to="")]) == ["“When?” no longer fills the campaign’s start."]
    assert changes_between([old], [replace(old, help="")]) == ["“When?” has no help text any more."]
    assert changes_between([old], [replace(old, type="text", min_days=1)]) == [
        "“When?” takes a short text instead of a date."
    ]


@given(st.lists(st.dictionaries(st.sampled_from(["key", "label", "type", "choices", "min_days", "maps_to", "help"]), st.one_of(
    st.none(), st.text(max_size=3), st.integers(-2, 400), st.lists(st.text(max_size=3), max_size=3), st.sampled_from([*TYPES, *MAPS_TO])
)), max_size=4))  # fmt: skip
def test_a_document_that_makes_no_sense_is_refused_by_place_and_never_raises(fields: list[dict[str, object]]) -> None:
    found, errors = read_questions(fields)
    assert len(found) == len(fields)
    assert all(path == "fields" or path.startswith("fields[") for path in errors)
