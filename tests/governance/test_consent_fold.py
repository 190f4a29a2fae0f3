"""The fold of consent: any order of arrival ends in one state, and only the person lifts a no."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from governance.consent import (
    COLLEAGUE,
    EXPIRED,
    GRANTED,
    IMPORT,
    PERSON,
    REFUSED,
    REQUESTED,
    STRICTNESS,
    SYSTEM,
    VOIDED,
    WITHDRAWN,
    Said,
    fold,
    origin_of,
)
from governance.models import ConsentRecord
from governance.selectors.consents import standing_consents

AT = datetime(2026, 3, 1, tzinfo=UTC)
NOW = AT + timedelta(days=30)
DAYS = st.integers(0, 6)
STATES = [REQUESTED, GRANTED, REFUSED, WITHDRAWN, EXPIRED]
ORIGINS = [PERSON, COLLEAGUE, IMPORT, SYSTEM]


def said(pk: int, state: str, origin: str, day: int, delay: int = 0, ends: int | None = None) -> Said:
    occurred = AT + timedelta(days=day)
    until = occurred + timedelta(days=ends) if ends is not None else None
    return Said(pk, state, origin, occurred, occurred + timedelta(days=delay), until)


@st.composite
def histories(draw: st.DrawFn, delays: st.SearchStrategy[int] = DAYS) -> list[Said]:
    """Up to eight records with few distinct days, so that ties are common; some are taken back."""
    ends = st.one_of(st.none(), st.integers(1, 60))
    rows = [
        said(pk, draw(st.sampled_from(STATES)), draw(st.sampled_from(ORIGINS)), draw(DAYS), draw(delays), draw(ends))
        for pk in range(1, draw(st.integers(0, 8)) + 1)
    ]
    taken = draw(st.lists(st.sampled_from(rows), unique=True, max_size=2)) if rows else []
    voids = [Said(100 + row.pk, VOIDED, SYSTEM, row.occurred_at, row.received_at, None, row.pk) for row in taken]
    return rows + voids


def state_of(records: Sequence[Said]) -> str | None:
    stand = fold(records, NOW)
    return stand.state if stand else None


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_ends_in_the_same_state(records: list[Said], random: object) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled, NOW) == fold(records, NOW)


@given(histories())
def test_hearing_something_twice_changes_nothing(records: list[Said]) -> None:
    again = [
        Said(1000 + r.pk, r.state, r.origin, r.occurred_at, r.received_at, r.valid_until)
        for r in records
        if not r.voids
    ]
    kept = [r for r in records if not r.voids]
    assert state_of(kept + again) == state_of(kept)


@given(histories(), st.sampled_from([COLLEAGUE, IMPORT, SYSTEM]), DAYS)
def test_nobody_but_the_person_lifts_a_no(records: list[Said], origin: str, day: int) -> None:
    before = state_of(records)
    after = state_of([*records, said(99, GRANTED, origin, day)])
    if before in STRICTNESS or before == REQUESTED:
        assert after in ({before, GRANTED, EXPIRED} if before == REQUESTED else {before})
    if before in STRICTNESS:
        assert after == before


@given(histories(), st.sampled_from([REFUSED, WITHDRAWN]), st.sampled_from(ORIGINS))
def test_a_no_that_comes_last_always_stands(records: list[Said], no: str, origin: str) -> None:
    after = state_of([*records, said(99, no, origin, 20)])
    assert after in {REFUSED, WITHDRAWN}


@given(histories())
def test_a_later_grant_by_the_person_always_stands(records: list[Said]) -> None:
    assert state_of([*records, said(99, GRANTED, PERSON, 20)]) == GRANTED


@given(histories(delays=st.just(0)), st.data())
def test_how_late_we_heard_of_it_does_not_matter(records: list[Said], data: st.DataObject) -> None:
    late = [
        Said(
            r.pk,
            r.state,
            r.origin,
            r.occurred_at,
            r.occurred_at + timedelta(days=data.draw(DAYS)),
            r.valid_until,
            r.voids,
        )
        for r in records
    ]
    assert state_of(late) == state_of(records)


def test_of_one_moment_the_no_stands_whichever_came_first() -> None:
    pair = [said(1, WITHDRAWN, PERSON, 1), said(2, GRANTED, PERSON, 1)]
    assert {state_of(order) for order in permutations(pair)} == {WITHDRAWN}


def test_a_clock_that_runs_ahead_dates_nothing_after_we_received_it() -> None:
    ahead = Said(1, GRANTED, PERSON, AT + timedelta(days=900), AT, None)
    assert state_of([ahead, said(2, WITHDRAWN, PERSON, 1)]) == WITHDRAWN


def test_a_late_old_grant_does_not_undo_a_newer_withdrawal() -> None:
    assert state_of([said(1, WITHDRAWN, PERSON, 5), said(2, GRANTED, PERSON, 2, delay=10)]) == WITHDRAWN


def test_an_import_states_a_grant_where_nothing_was_said_and_never_lifts_one_that_ended() -> None:
    assert state_of([said(1, GRANTED, IMPORT, 1)]) == GRANTED
    assert state_of([said(1, GRANTED, IMPORT, 5), said(2, REFUSED, PERSON, 1)]) == REFUSED
    assert state_of([said(1, GRANTED, IMPORT, 5), said(2, REQUESTED, PERSON, 1)]) == REQUESTED
    assert state_of([said(1, GRANTED, PERSON, 1, ends=3), said(2, GRANTED, IMPORT, 5)]) == EXPIRED
    assert state_of([said(1, GRANTED, COLLEAGUE, 3, ends=3), said(2, GRANTED, IMPORT, 1)]) == EXPIRED


def test_a_request_takes_no_grant_away_and_is_answered_by_one() -> None:
    assert state_of([said(1, GRANTED, PERSON, 1), said(2, REQUESTED, PERSON, 2)]) == GRANTED
    assert state_of([said(1, REQUESTED, PERSON, 1), said(2, GRANTED, PERSON, 2)]) == GRANTED


def test_taking_back_a_withdrawal_of_our_own_brings_the_grant_back() -> None:
    void = Said(3, VOIDED, SYSTEM, AT, AT, None, 2)
    assert state_of([said(1, GRANTED, PERSON, 1), said(2, WITHDRAWN, SYSTEM, 2), void]) == GRANTED


def test_what_stood_on_a_past_day_can_be_asked() -> None:
    records = [said(1, GRANTED, PERSON, 1), said(2, WITHDRAWN, PERSON, 5)]
    stand = fold(records, AT + timedelta(days=3))
    assert stand is not None
    assert stand.state == GRANTED


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("web form", PERSON),
        ("preference_centre", PERSON),
        ("api", PERSON),
        ("import", IMPORT),
        ("csv:leads", IMPORT),
        ("hubspot", SYSTEM),
        ("Salesforce sync", SYSTEM),
        ("sales", COLLEAGUE),
    ],
)
def test_a_source_says_who_speaks(source: str, origin: str) -> None:
    assert origin_of(source) == origin


class SqlAgrees(TestCase):
    @settings(max_examples=60)
    @given(histories(), st.integers(0, 40))
    def test_the_statement_says_the_same_as_the_fold(self, records: list[Said], day: int) -> None:
        moment = AT + timedelta(days=day)
        with transaction.atomic():
            pks = keep(records)
            again = [
                Said(pks[r.pk], r.state, r.origin, r.occurred_at, r.received_at, r.valid_until, pks.get(r.voids or 0))
                for r in records
            ]
            expected = fold(again, moment)
            found = standing_consents(["subject"], at=moment)
            narrowed = standing_consents(["subject"], purpose="newsletter", channel="email", at=moment)
            transaction.set_rollback(True)
        assert [(row.state, row.pk) for row in found] == ([(expected.state, expected.by.pk)] if expected else [])
        assert narrowed == found


def keep(records: Sequence[Said]) -> dict[int, int]:
    """Store them in the order they come; answers the primary key each got."""
    pks: dict[int, int] = {}
    for r in records:
        row = ConsentRecord.objects.create(
            subject="subject",
            purpose="newsletter",
            state=r.state,
            origin=r.origin,
            occurred_at=r.occurred_at,
            received_at=r.received_at,
            valid_until=r.valid_until,
            voids_id=pks.get(r.voids or 0),
        )
        pks[r.pk] = row.pk
    return pks
