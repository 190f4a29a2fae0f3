"""The review of possible duplicates: a verdict a key, the next pair at once, and everything can be taken back."""

from typing import Any

import pytest
from django.test import Client

from martech.models import DuplicatePair, PairState, PairVerdict, Person
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db
PAGE = "/martech/duplicates/"


def make_pair(score: float = 0.9, **fields: Any) -> DuplicatePair:
    one = make_person(first_name="Priya", last_name="Raman", company="Acme", phone="+4930111111")
    other = make_person(first_name="Priya", last_name="Raman", company="Acme Ltd", phone="", job_title="CMO")
    defaults: dict[str, Any] = {
        "band": "review",
        "rule": "name_org",
        "signals": 0,
        "rule_version": 1,
        "evidence": {
            "rule": "Same name and company",
            "why": ["the same last name", "different job titles"],
            "why_not": [],
        },
    }
    return DuplicatePair.objects.create(one=one, other=other, score=score, **{**defaults, **fields})


@pytest.fixture
def page() -> Client:
    client = Client()
    client.force_login(make_user("ops_manager"))
    return client


def verdict(page: Client, pair: DuplicatePair, what: str, **given: Any) -> None:
    answer = page.post(f"{PAGE}{pair.pk}/decide/", {"verdict": what, **given})
    assert answer.status_code == 302
    pair.refresh_from_db()


def test_the_surest_pair_comes_first_with_what_speaks_for_and_against(page: Client) -> None:
    make_pair(0.7)
    surest = make_pair(0.95)
    card = page.get(PAGE).context["card"]
    assert card.pair == surest
    assert (card.why, card.why_not) == (["the same last name"], ["different job titles"])
    assert [side.person for side in card.sides] == [surest.one, surest.other]


def test_the_same_merges_and_goes_on(page: Client) -> None:
    pair, following = make_pair(0.9), make_pair(0.8)
    verdict(page, pair, "merge", keep=pair.one_id)
    assert pair.state == PairState.MERGED
    pair.other.refresh_from_db()
    pair.one.refresh_from_db()
    assert pair.other.merged_into == pair.one
    assert (pair.one.company, pair.one.job_title) == ("Acme", "CMO")
    assert PairVerdict.objects.get().is_duplicate
    assert page.get(PAGE).context["card"].pair == following


def test_the_other_one_may_stay_with_values_chosen_by_hand(page: Client) -> None:
    pair = make_pair()
    assert page.get(f"{PAGE}?keep={pair.other_id}").context["card"].sides[0].person == pair.other
    verdict(page, pair, "merge", keep=pair.other_id, **{"choice:company": pair.one_id})
    survivor = Person.objects.get(pk=pair.other_id)
    assert (survivor.merged_into, survivor.company) == (None, "Acme")


def test_two_people_stay_two(page: Client) -> None:
    pair = make_pair()
    verdict(page, pair, "apart")
    assert pair.state == PairState.REJECTED
    assert not PairVerdict.objects.get().is_duplicate
    assert page.get(PAGE).context["card"] is None
    assert Person.objects.filter(merged_into=None).count() == 2


def test_what_cannot_be_told_waits_elsewhere_and_says_nothing_of_the_rule(page: Client) -> None:
    pair = make_pair()
    verdict(page, pair, "ambiguous")
    assert pair.state == PairState.AMBIGUOUS
    assert not PairVerdict.objects.exists()
    assert page.get(PAGE).context["card"] is None
    assert page.get(f"{PAGE}?show=ambiguous").context["card"].pair == pair


def test_later_shows_the_next_and_changes_nothing(page: Client) -> None:
    pair, following = make_pair(0.9), make_pair(0.8)
    verdict(page, pair, "skip")
    assert pair.state == PairState.OPEN
    assert page.get(PAGE).context["card"].pair == following
    verdict(page, following, "apart")
    rest = page.get(PAGE)
    assert rest.context["card"] is None
    assert "You put off 1 pair for later" in rest.content.decode()
    assert page.get(f"{PAGE}?again=1").context["card"].pair == pair


@pytest.mark.parametrize("what", ["merge", "apart", "ambiguous"])
def test_the_last_verdict_is_taken_back(page: Client, what: str) -> None:
    pair = make_pair()
    verdict(page, pair, what, keep=pair.one_id)
    assert page.post(f"{PAGE}take-back/").status_code == 302
    pair.refresh_from_db()
    assert (pair.state, pair.is_pinned) == (PairState.OPEN, False)
    assert Person.objects.filter(merged_into=None).count() == 2
    assert page.get(PAGE).context["card"].pair == pair


def test_a_pair_is_decided_once(page: Client) -> None:
    pair = make_pair()
    verdict(page, pair, "apart")
    verdict(page, pair, "merge", keep=pair.one_id)
    assert pair.state == PairState.REJECTED
    assert PairVerdict.objects.count() == 1


def test_who_may_not_merge_does_not_see_the_queue() -> None:
    client = Client()
    client.force_login(make_user("analyst"))
    assert client.get(PAGE).status_code == 403
