"""The engine as a whole: evidence, vetoes, hubs, constrained clusters, and how right it is on labelled sets."""

from itertools import combinations
from itertools import pairwise as neighbours
from operator import attrgetter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from martech.identity import engine, reading
from martech.identity.clusters import Edge, cluster
from martech.identity.confidence import may_merge_alone, wilson_lower, wilson_upper
from martech.identity.consumer import consumer_rulebook
from martech.identity.engine import find_duplicates
from martech.identity.judging import Judge, Verdict
from martech.identity.measures import pairwise
from martech.identity.pairing import hub_keys, key_table
from martech.identity.reading import read_records
from martech.identity.record import Record, read_record
from martech.identity.rulebook import Rulebook, RulebookRefused, read_rulebook
from martech.identity.standard import standard_document, standard_rulebook
from mops.bench.febrl import read_febrl
from mops.bench.labelled import MUST_MERGE, MUST_NOT, make_traps, mean_of, scorecard
from mops.bench.labelled.plain import plain_people

ANNA: dict[str, Any] = {
    "first_name": "Anna",
    "last_name": "Berg",
    "email": "anna.berg@acme.com",
    "company": "Acme GmbH",
    "phone": "+4915112345678",
    "country": "DE",
}


def judged(one: dict[str, Any], other: dict[str, Any]) -> Verdict:
    return Judge(standard_rulebook()).compare(read_record(1, one), read_record(2, other))


def anna(**changes: str) -> dict[str, Any]:
    return {**ANNA, **changes}


def test_company_website_and_mail_domain_are_one_piece_of_evidence() -> None:
    """Three times the same company is no more than once, and never enough without the name."""
    found = judged(
        anna(website="acme.com"),
        anna(website="acme.com", first_name="Karl", last_name="Ott", email="karl.ott@acme.com", phone=""),
    )
    assert [key for key in found.explained()["signals"] if key.startswith("org")] == ["org_same"]
    assert found.rule is None


def test_a_verdict_says_why_and_why_not() -> None:
    found = judged(anna(), anna(email="anna.berg2@acme.com", phone=""))
    explained = found.explained()
    assert explained["rule_name"] == "Same name and company"
    assert explained["band"] == "vetoed"
    assert "the same company" in explained["evidence"]
    assert {"key": "numbered_mailbox", "name": "Two mailboxes at one domain that differ by a number"} in explained[
        "vetoes"
    ]


VETOED = [
    ("generation", anna(phone="", email=""), anna(last_name="Berg Jr.", email="")),
    ("numbered_mailbox", anna(phone=""), anna(email="anna.berg3@acme.com")),
    ("namesakes", anna(), anna(email="aberg@acme.com", phone="+4915187654321")),
    ("family", anna(company="", email=""), anna(first_name="Karl", company="", email="")),
    ("shared_contact", anna(), anna(first_name="Karl", last_name="Ott")),
    ("profiles", anna(linkedin_url="linkedin.com/in/a"), anna(linkedin_url="linkedin.com/in/b", email="", phone="")),
    ("middle", anna(first_name="Anna B.", phone=""), anna(first_name="Anna T.", email="", phone="")),
    ("gender_or_other_first", anna(first_name="Alexander", email=""), anna(first_name="Alexandra", email="", phone="")),
    ("subsidiaries", anna(), anna(company="Acme Iberia", email="anna.berg@acme.es", country="ES", phone="")),
]


@pytest.mark.parametrize(("veto", "one", "other"), VETOED, ids=[row[0] for row in VETOED])
def test_each_veto_keeps_its_two_apart(veto: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    found = judged(one, other)
    assert veto in [clause.key for clause in found.vetoes]
    assert found.band in ("vetoed", "ignore")


def test_a_veto_that_is_switched_off_does_not_hold() -> None:
    document = standard_document()
    vetoes = [{**veto, "is_on": veto["key"] != "numbered_mailbox"} for veto in document["vetoes"]]
    judge = Judge(read_rulebook({**document, "vetoes": vetoes}))
    one, other = read_record(1, anna(phone="")), read_record(2, anna(email="anna.berg2@acme.com"))
    assert judge.compare(one, other).band == "review"


def test_wrong_rules_are_refused_by_place() -> None:
    wrong = {"rules": [{"key": "a b", "all": ["nonsense"], "score": 2}], "vetoes": 1, "odd": 1}
    with pytest.raises(RulebookRefused) as refused:
        read_rulebook(wrong)
    assert set(refused.value.errors) == {"odd", "rules[0].key", "rules[0].all", "rules[0].score", "vetoes"}


record_values = attrgetter(*Record.__slots__)
CARDS = [card for _person, card in plain_people(400, seed=3)] + make_traps(5, 2).rows()
RULEBOOKS = [standard_rulebook(), consumer_rulebook()]


@given(st.integers(0, len(CARDS) - 1), st.integers(0, len(CARDS) - 1))
def test_matching_is_symmetric(one: int, other: int) -> None:
    judge = Judge(standard_rulebook())
    a, b = read_record(1, CARDS[one]), read_record(2, CARDS[other])
    assert judge.compare(a, b).bits == judge.compare(b, a).bits


@given(st.integers(0, len(CARDS) - 1), st.integers(0, len(CARDS) - 1), st.sampled_from(RULEBOOKS))
def test_what_the_names_rule_out_no_rule_takes_for_one_person(one: int, other: int, rulebook: Rulebook) -> None:
    judge = Judge(rulebook)
    a, b = read_record(1, CARDS[one]), read_record(2, CARDS[other])
    verdict = judge.compare(a, b)
    assert judge.found(a, b) == (verdict if verdict.rule else None)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_neither_clusters_nor_their_ids(random: Random) -> None:
    records = [read_record(number, row) for number, row in enumerate(make_traps(9, 2).rows())]
    before = find_duplicates(records, standard_rulebook()).review
    random.shuffle(records)
    after = find_duplicates(records, standard_rulebook()).review
    assert after.cluster_of == before.cluster_of
    assert after.ambiguous == before.ambiguous


def test_two_processes_read_and_find_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (engine, reading):
        monkeypatch.setattr(module, "SMALL", 5_000)
    monkeypatch.setattr(reading, "AT_ONCE", 2_000)
    rows = [(number, values) for number, (_person, values) in enumerate(plain_people(5_500, seed=4))]
    records = read_records(rows)
    assert list(map(record_values, read_records(rows, processes=2))) == list(map(record_values, records))
    one = find_duplicates(records, standard_rulebook(), processes=1)
    two = find_duplicates(records, standard_rulebook(), processes=2)
    assert one.review.cluster_of == two.review.cluster_of
    assert one.pairs.keys() == two.pairs.keys()


def test_a_number_that_many_last_names_share_is_a_hub() -> None:
    surnames = ["Berg", "Ott", "Kramer", "Vogel", "Zorn"]
    records = [read_record(n, anna(last_name=name, email="")) for n, name in enumerate(surnames)]
    assert hub_keys(key_table(records), records, 3) == frozenset({("phone", "5112345678")})
    assert hub_keys(key_table(records[:3]), records[:3], 3) == frozenset()


def never(one: int, other: int, score: float) -> bool:
    return False


def test_a_chain_does_not_swallow_a_stranger() -> None:
    """1 and 3 are two people: the surer link wins, the other is refused."""
    edges = [Edge(1, 2, 0.95), Edge(2, 3, 0.9)]
    found = cluster([1, 2, 3], edges, lambda a, b, score: {a, b} == {1, 3})
    assert found.groups() == [[1, 2]]
    assert found.refused == {(2, 3)}


def test_who_may_be_either_of_two_is_ambiguous_and_joins_neither() -> None:
    edges = [Edge(1, 3, 0.8, needs_unique=True), Edge(2, 3, 0.8, needs_unique=True)]
    found = cluster([1, 2, 3], edges, lambda a, b, score: {a, b} == {1, 2})
    assert found.groups() == []
    assert found.ambiguous == {(1, 3), (2, 3)}


def test_what_people_say_beats_the_rules() -> None:
    edges = [Edge(1, 2, 0.99), Edge(3, 4, 0.99)]
    found = cluster([1, 2, 3, 4, 5], edges, never, pinned=[(2, 5)], apart=[(1, 2)], locked=[3, 4])
    assert found.groups() == [[2, 5]]


def test_a_cluster_stops_growing_at_its_limit() -> None:
    edges = [Edge(a, b, 0.9) for a, b in neighbours(range(1, 12))]
    assert max(map(len, cluster(range(1, 12), edges, never, largest=4).groups())) <= 4


PAIRS = st.lists(st.sampled_from(list(combinations(range(1, 10), 2))), max_size=20)


@given(PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_pairs_kept_apart_never_share_a_cluster_in_any_order(
    links: list[Any], apart: list[Any], random: Random
) -> None:
    edges = [Edge(a, b, 0.9 + (a * b % 7) / 100) for a, b in links]
    first = cluster(range(1, 10), edges, never, apart=apart)
    random.shuffle(edges)
    assert cluster(range(1, 10), edges, never, apart=apart).cluster_of == first.cluster_of
    assert all(first.cluster_of[a] != first.cluster_of[b] for a, b in apart)
    assert all(root == min(r for r, c in first.cluster_of.items() if c == root) for root in first.cluster_of.values())


def test_wilson_needs_765_right_verdicts_for_five_in_a_thousand() -> None:
    assert wilson_lower(765, 765) >= 0.995 > wilson_lower(764, 764)
    assert wilson_lower(381, 381) >= 0.99 > wilson_lower(380, 380)
    assert wilson_lower(0, 0) == 0.0
    assert not may_merge_alone(764, 764)
    assert may_merge_alone(765, 765)


def test_a_trusted_rule_merges_until_verdicts_refute_it() -> None:
    assert may_merge_alone(0, 0, is_trusted=True)
    assert may_merge_alone(199, 200, is_trusted=True)
    assert not may_merge_alone(90, 100, is_trusted=True)


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_bounds_hold_the_share(right: int, wrong: int) -> None:
    total = right + wrong
    if total:
        assert 0 <= wilson_lower(right, total) <= right / total + 1e-12
        assert right / total - 1e-12 <= wilson_upper(right, total) <= 1


@pytest.mark.parametrize(("seed", "is_messy"), [(21, False), (22, True), (23, False), (24, True)])
def test_the_labelled_set_comes_out_right(seed: int, is_messy: bool) -> None:
    made = make_traps(seed, 25, is_messy=is_messy)
    found = find_duplicates([read_record(n, row) for n, row in enumerate(made.rows())], standard_rulebook())
    card = scorecard(made, found.review.cluster_of)
    assert len(MUST_MERGE) + len(MUST_NOT) >= 50
    assert pairwise(found.review.cluster_of, made.truth).f1 >= 0.97
    assert mean_of(card, MUST_MERGE) >= 0.95, card
    assert mean_of(card, MUST_NOT) >= 0.95, card
    assert pairwise(found.automatic.cluster_of, made.truth).precision >= 0.995


def test_plain_contacts_come_out_right() -> None:
    rows = list(plain_people(6_000, seed=5))
    found = find_duplicates([read_record(n, values) for n, (_p, values) in enumerate(rows)], standard_rulebook())
    truth = {number: person for number, (person, _values) in enumerate(rows)}
    review, auto = pairwise(found.review.cluster_of, truth), pairwise(found.automatic.cluster_of, truth)
    assert review.f1 >= 0.975
    assert auto.precision >= 0.998
    assert auto.recall >= 0.74


@pytest.mark.parametrize("number", [1, 3])
def test_febrl_comes_out_right(number: int) -> None:
    records, truth = read_febrl(number)
    assert pairwise(find_duplicates(records, consumer_rulebook()).review.cluster_of, truth).f1 >= 0.998


def test_nobody_alone_is_not_a_cluster() -> None:
    assert find_duplicates([], standard_rulebook()).review.groups() == []
    assert find_duplicates([Record(1)], standard_rulebook()).review.cluster_of == {1: 1}
