"""The pure matching of people to accounts, on a set of hard cases and by its properties."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.accounts import (
    DEFAULT_SETTINGS,
    Candidate,
    Outcome,
    SettingsRefused,
    account_keys,
    match,
    read_evidence,
    read_name,
    read_settings,
)
from martech.accounts.evidence import is_company_domain, label_of
from martech.accounts.matching import Match
from martech.normalisation import domain_of
from tests.martech.account_hard_set import ACCOUNTS, ASK, LEADS, NOBODY, Known, Lead

BY_ID = {known.id: known for known in ACCOUNTS}


def ancestors(known: Known) -> list[int]:
    return [known.parent, *ancestors(BY_ID[known.parent])] if known.parent else []


def candidate(known: Known) -> Candidate:
    name = read_name(known.name)
    assert name is not None
    above = ancestors(known)
    domains = {domain_of(text) for text in (known.domain, *known.extra)}
    return Candidate(
        id=known.id,
        name=name,
        text=known.name,
        domains=frozenset(domain for domain in domains if is_company_domain(domain)),
        former=tuple(old for text in known.former if (old := read_name(text))),
        people_domains=frozenset(known.people),
        phones=frozenset(known.phones),
        country=known.country,
        root=above[-1] if above else known.id,
        ancestors=frozenset(above),
        order=known.id,
    )


CANDIDATES = [candidate(known) for known in ACCOUNTS]
KEYS = {
    known.id: account_keys(known.name, known.former, [known.domain, *known.extra])
    | {("people", domain) for domain in known.people}
    | {("phone", phone) for phone in known.phones}
    for known in ACCOUNTS
}


def answer(lead: Lead, settings: object = DEFAULT_SETTINGS) -> Match:
    """As in production: candidates are only those that share a key."""
    evidence = read_evidence(lead.given)
    wanted = evidence.lookup_keys()
    pool = [one for one in CANDIDATES if KEYS[one.id] & wanted]
    return match(evidence, pool, settings)  # type: ignore[arg-type]


def verdict(found: Match) -> int:
    return {Outcome.MATCHED: found.account or NOBODY, Outcome.AMBIGUOUS: ASK, Outcome.NONE: NOBODY}[found.outcome]


def test_the_set_has_enough_categories_of_both_kinds() -> None:
    categories = {lead.category for lead in LEADS}
    assert len(categories) >= 35
    assert sum(lead.expected <= 0 for lead in LEADS) >= 40


@pytest.mark.parametrize("lead", LEADS, ids=lambda lead: f"{lead.category}: {lead.given}"[:110])
def test_hard_case(lead: Lead) -> None:
    found = answer(lead)
    assert verdict(found) == lead.expected, found


def test_no_match_is_false_and_the_macro_recall_is_at_least_95_percent() -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    false = []
    for lead in LEADS:
        found = answer(lead)
        right[lead.category].append(verdict(found) == lead.expected)
        if found.outcome is Outcome.MATCHED and found.account != lead.expected:
            false.append((lead, found))
    macro = sum(sum(hits) / len(hits) for hits in right.values()) / len(right)
    assert false == []
    assert macro >= 0.95


@pytest.mark.parametrize("rule", ["domain", "name", "former", "people", "core", "acronym", "fuzzy"])
def test_every_rule_finds_somebody_that_no_other_finds(rule: str) -> None:
    rules = [one for one in DEFAULT_SETTINGS.as_json()["rules"] if one != rule]
    without = read_settings({"rules": rules})
    lost = [lead for lead in LEADS if lead.expected > 0 and verdict(answer(lead, without)) != lead.expected]
    assert lost != []


def test_ignored_domains_are_nobodys() -> None:
    evidence = read_evidence({"email": "j@brightwater.com"}, frozenset({"brightwater.com"}))
    assert match(evidence, CANDIDATES).outcome is Outcome.NONE


def test_tie_breakers_decide_in_their_order_and_are_named() -> None:
    group = [one for one in CANDIDATES if one.id in (10, 11, 12)]
    evidence = read_evidence({"email": "n@veridian.com"})
    assert match(evidence, group, read_settings({"tie_breakers": []})).tied == (10, 11, 12)
    by_parent = match(evidence, group, read_settings({"tie_breakers": ["country", "parent", "oldest"]}))
    assert (by_parent.account, by_parent.tie_breaker) == (10, "parent")
    by_age = match(evidence, group[1:], read_settings({"tie_breakers": ["parent", "oldest"]}))
    assert (by_age.account, by_age.tie_breaker) == (11, "oldest")


def test_wrong_settings_are_refused_place_by_place() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"rules": ["luck"], "tie_breakers": ["name", "name"], "ignored_domains": ["x"], "y": 1})
    assert set(refused.value.errors) == {"rules", "tie_breakers", "ignored_domains", "y"}
    assert read_settings(DEFAULT_SETTINGS.as_json()) == DEFAULT_SETTINGS


leads = st.sampled_from(LEADS)


@given(leads, st.randoms())
def test_the_order_of_the_candidates_changes_nothing(lead: Lead, random: object) -> None:
    shuffled = list(CANDIDATES)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert match(read_evidence(lead.given), shuffled) == match(read_evidence(lead.given), CANDIDATES)


@given(leads)
def test_candidates_by_key_are_enough(lead: Lead) -> None:
    """Looking at every account gives the same answer as looking only at those that share a key."""
    assert verdict(match(read_evidence(lead.given), CANDIDATES)) == verdict(answer(lead))


@given(st.text(max_size=60))
def test_any_text_is_read_as_a_name_or_as_none(text: str) -> None:
    name = read_name(text)
    assert name is None or (name.compact and name.core)


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=40))
def test_any_evidence_gets_an_answer(company: str, email: str, website: str) -> None:
    evidence = read_evidence({"company": company, "email": email, "website": website})
    assert match(evidence, CANDIDATES).outcome in Outcome
    assert all(label_of(domain) is not None for domain in evidence.domains)
