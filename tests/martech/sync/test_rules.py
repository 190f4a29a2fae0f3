"""Whose value a field takes: what must hold for any values of any rule."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from martech.connectors.port import FieldType
from martech.sync.rules import KEEP, UNSET, Direction, FieldRule, Truth, decide
from martech.sync.values import same

EARLY = datetime(2026, 9, 1, tzinfo=UTC)
values = st.sampled_from([None, "a", "b", "c"])
bases = st.sampled_from([UNSET, None, "a", "b", "c"])
rules = st.builds(
    FieldRule,
    ours=st.just("job_title"),
    theirs=st.just("jobtitle"),
    direction=st.sampled_from(list(Direction)),
    truth=st.sampled_from([truth for truth in Truth if truth is not Truth.APPEND]),
    blank_wins=st.booleans(),
)
lists = st.one_of(st.none(), st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(sorted))


def rule(truth: Truth, **more: Any) -> FieldRule:
    return FieldRule("job_title", "jobtitle", truth=truth, **more)


@given(rules, values, bases)
def test_equal_values_move_nothing(one: FieldRule, value: Any, base: Any) -> None:
    assert decide(one, ours=value, theirs=value, base=base).is_quiet


def test_values_that_only_differ_in_writing_are_equal() -> None:
    address = FieldRule("email", "email", FieldType.EMAIL, truth=Truth.THEIRS)
    assert decide(address, ours="Ana@Example.org", theirs="ana@example.org").is_quiet
    phone = FieldRule("phone", "phone", FieldType.PHONE, truth=Truth.OURS)
    assert decide(phone, ours="+49 30 901820", theirs="+4930901820").is_quiet


@given(rules, values, values, bases)
def test_a_direction_is_never_gone_against(one: FieldRule, ours: Any, theirs: Any, base: Any) -> None:
    verdict = decide(one, ours=ours, theirs=theirs, base=base)
    assert verdict.take is KEEP or one.direction is not Direction.PUSH
    assert verdict.send is KEEP or one.direction is not Direction.PULL


@given(rules, values, values, bases)
def test_what_moves_is_the_other_sides_value_and_only_one_way(
    one: FieldRule, ours: Any, theirs: Any, base: Any
) -> None:
    verdict = decide(one, ours=ours, theirs=theirs, base=base)
    assert verdict.take is KEEP or verdict.take == theirs
    assert verdict.send is KEEP or verdict.send == ours
    assert verdict.take is KEEP or verdict.send is KEEP


@given(values.filter(bool), bases, st.sampled_from([Truth.OURS, Truth.THEIRS, Truth.FILL]))
def test_a_blank_empties_nothing_unless_it_is_said_to(value: str, base: Any, truth: Truth) -> None:
    blank_here = decide(rule(truth), ours=None, theirs=value, base=base)
    blank_there = decide(rule(truth), ours=value, theirs=None, base=base)
    assert (blank_here.take, blank_here.send) == (value, KEEP)
    assert (blank_there.take, blank_there.send) == (KEEP, value)


@given(values.filter(bool), bases)
def test_a_blank_of_the_side_that_is_right_empties_the_other_where_it_wins(value: str, base: Any) -> None:
    assert decide(rule(Truth.OURS, blank_wins=True), ours=None, theirs=value, base=base).send is None
    assert decide(rule(Truth.THEIRS, blank_wins=True), ours=value, theirs=None, base=base).take is None


MIRRORED = {Truth.OURS: Truth.THEIRS, Truth.THEIRS: Truth.OURS}


@given(rules.filter(lambda one: one.direction is Direction.BOTH), values, values, bases)
def test_the_sides_are_treated_alike(one: FieldRule, ours: Any, theirs: Any, base: Any) -> None:
    """Swap the sides, and whose word counts: the same value wins."""
    other = rule(MIRRORED.get(one.truth, one.truth), blank_wins=one.blank_wins)
    there_last = decide(one, ours=ours, theirs=theirs, base=base, ours_at=EARLY, theirs_at=EARLY + timedelta(1))
    here_last = decide(other, ours=theirs, theirs=ours, base=base, ours_at=EARLY + timedelta(1), theirs_at=EARLY)
    assert (there_last.take, there_last.send) == (here_last.send, here_last.take)


@given(values, values, values)
def test_the_newest_goes_by_who_changed_and_then_by_when(ours: Any, theirs: Any, base: Any) -> None:
    late = EARLY + timedelta(seconds=1)
    verdict = decide(rule(Truth.NEWEST), ours=ours, theirs=theirs, base=base, ours_at=late, theirs_at=EARLY)
    if same(FieldType.TEXT, ours, theirs):
        assert verdict.is_quiet
    elif ours == base:
        assert (verdict.take, verdict.send) == (theirs, KEEP)
    else:
        assert (verdict.take, verdict.send) == (KEEP, ours)


@given(lists, lists)
def test_appending_gives_both_sides_everything(ours: Any, theirs: Any) -> None:
    several = FieldRule("properties.topics", "topics", FieldType.CHOICES, truth=Truth.APPEND)
    verdict = decide(several, ours=ours, theirs=theirs)
    here = ours if verdict.take is KEEP else verdict.take
    there = theirs if verdict.send is KEEP else verdict.send
    both = sorted({*(ours or []), *(theirs or [])}) or None
    assert (here, there) == (both, both)


@given(values, values, bases)
def test_what_people_decide_moves_by_no_rule(ours: Any, theirs: Any, base: Any) -> None:
    verdict = decide(rule(Truth.MANUAL), ours=ours, theirs=theirs, base=base)
    assert (verdict.take, verdict.send) == (KEEP, KEEP)
    assert verdict.is_conflict is (ours != theirs)
