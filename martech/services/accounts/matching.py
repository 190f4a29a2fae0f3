"""Matching people to accounts in sets: evidence, candidates by key, one decision per distinct evidence, one update."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from martech.accounts import (
    DEFAULT_SETTINGS,
    Candidate,
    Evidence,
    Key,
    Match,
    MatchRule,
    MatchSettings,
    Name,
    Outcome,
    match,
    read_evidence,
    read_name,
    read_settings,
)
from martech.models import Account, AccountEvidence, AccountKey, Person, RuleKind, RuleVersion
from martech.services.accounts.keys import refresh_stale_keys
from mops.core.history import expect_many, recording
from mops.core.sql import among, array, execute, fetch, texts

CHUNK = 2_000
MOST_PER_KEY = 200
"""A key of more accounts than this tells nothing apart."""

ACCOUNTS_OF_KEYS = """
select w.kind, w.key, k.account_id from unnest(%s::text[], %s::text[]) w(kind, key)
cross join lateral (
  select account_id from martech_accountkey k where k.kind = w.kind and k.key = w.key order by account_id limit %s
) k
"""
FAMILIES = """
with recursive up (id, above, depth) as (
  select id, parent_id, 1 from martech_account where id = any(%s) and parent_id is not null
  union all
  select up.id, a.parent_id, depth + 1 from up join martech_account a on a.id = up.above
  where a.parent_id is not null and depth < 10
)
select id, above from up order by id, depth
"""
STORE = """
update martech_person p set account_id = r.account, account_match = r.found,
  updated_at = case when p.account_id is distinct from r.account then %s else p.updated_at end
from unnest(%s::bigint[], %s::bigint[], %s::jsonb[]) r (person, account, found)
where p.id = r.person and (p.account_id is distinct from r.account or p.account_match is distinct from r.found)
returning p.id
"""
OURS = """
select p.id, p.company, p.website, p.phone, p.country, p.email,
  (select string_agg(e.key, ' ' order by e.id) from martech_personemail e where e.person_id = p.id)
from martech_person p
where p.id = any(%s::bigint[]) and p.merged_into_id is null
  and (p.account_id is null or p.account_match is not null) and p.account_match->>'rule' is distinct from 'chosen'
order by p.id
"""
STORE_EVIDENCE = """
insert into martech_accountevidence (person_id, keys)
select u.person, u.keys::text[] from unnest(%s::bigint[], %s::text[]) as u(person, keys)
on conflict (person_id) do update set keys = excluded.keys
"""
LEARN = """
insert into martech_accountchange (account_id, is_keyed, state, attempts, run_after, last_error, created_at)
select distinct id, false, 'pending', 0, now(), '', now() from unnest(%s::bigint[]) id where not exists
  (select 1 from martech_accountchange c where c.account_id = id and c.state = 'pending' and not c.is_keyed)
"""


NEWEST = "select id, created_at from martech_ruleversion where kind = %s order by number desc limit 1"


@lru_cache(maxsize=8)
def _settings_of(version: int, at: datetime) -> MatchSettings:
    """A version never changes, so that it is read once."""
    del at
    return read_settings(RuleVersion.objects.get(pk=version).document)


def settings_in_force() -> MatchSettings:
    """The settings of the newest version; without one, those as shipped. Asked for every person who comes in."""
    for version, at in fetch(NEWEST, RuleKind.ACCOUNTS):
        return _settings_of(version, at)
    return DEFAULT_SETTINGS


def match_people(person_ids: Iterable[int]) -> int:
    """Store which account each of these people belongs to, and why; answers how many people changed.

    An account that somebody chose, or that came with the data without our matching, is left alone. People are locked in
    the order of their ids while their result is written.
    """
    ids = sorted(set(person_ids))
    if not ids:
        return 0
    settings = settings_in_force()
    changed = 0
    with transaction.atomic(), recording("match_accounts"):
        refresh_stale_keys(settings)
        known: dict[Evidence, Match] = {}
        for start in range(0, len(ids), CHUNK):
            changed += match_chunk(ids[start : start + CHUNK], settings, known)
    return changed


def match_chunk(ids: Sequence[int], settings: MatchSettings, known: dict[Evidence, Match]) -> int:
    evidence = evidence_of(ids, settings)
    known |= answers({one for one in evidence.values() if one not in known}, settings)
    results = {person: known[one] for person, one in evidence.items()}
    store_evidence(evidence)
    names = names_of({pk for result in results.values() for pk in result.tied})
    changed = store(results, evidence, names)
    learn_from({person: results[person] for person in changed}, evidence)
    return len(changed)


def evidence_of(ids: Sequence[int], settings: MatchSettings) -> dict[int, Evidence]:
    """The evidence of each living person whose account is ours to decide."""
    found = {}
    for pk, company, website, phone, country, email, others in fetch(OURS, array(ids)):
        values = {"company": company, "website": website, "phone": phone, "country": country}
        found[pk] = read_evidence({**values, "email": f"{email} {others or ''}"}, settings.ignored_domains)
    return found


def answers(wanted: Iterable[Evidence], settings: MatchSettings) -> dict[Evidence, Match]:
    """One decision per evidence. Where slips are looked for last, only those whom nothing else found are compared
    with the many accounts that merely sound alike."""
    if settings.rules[-1:] != (MatchRule.FUZZY,):
        return {one: match(one, pool, settings) for one, pool in candidates_of(wanted).items()}
    found = {one: match(one, pool, settings) for one, pool in candidates_of(wanted, without="sound").items()}
    left = [one for one, answer in found.items() if answer.outcome is Outcome.NONE and one.name is not None]
    return found | {one: match(one, pool, settings) for one, pool in candidates_of(left).items()}


def candidates_of(wanted: Iterable[Evidence], without: str = "") -> dict[Evidence, list[Candidate]]:
    """For each evidence the accounts that share a key with it, in four queries for all of them."""
    keys = {one: {pair for pair in one.lookup_keys() if pair[0] != without} for one in wanted}
    pairs = sorted({pair for found in keys.values() for pair in found})
    if not pairs:
        return {one: [] for one in keys}
    accounts: dict[Key, list[int]] = defaultdict(list)
    kinds, values = [kind for kind, _value in pairs], [value for _kind, value in pairs]
    for kind, key, pk in fetch(ACCOUNTS_OF_KEYS, texts(kinds), texts(values), MOST_PER_KEY):
        accounts[kind, key].append(pk)
    loaded = load_candidates({pk for found in accounts.values() for pk in found})
    return {
        one: [loaded[pk] for pk in sorted({pk for pair in found for pk in accounts.get(pair, ())}) if pk in loaded]
        for one, found in keys.items()
    }


def load_candidates(ids: Iterable[int]) -> dict[int, Candidate]:
    """Accounts as matching sees them; one whose name says nothing is known by its domains alone."""
    wanted = list(ids)
    if not wanted:
        return {}
    learned: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = AccountKey.objects.filter(account__in=wanted, kind__in=["domain", "people", "phone"])
    for pk, kind, key in rows.values_list("account_id", "kind", "key"):
        learned[pk][kind].add(key)
    above: dict[int, list[int]] = defaultdict(list)
    for pk, parent in fetch(FAMILIES, wanted):
        above[pk].append(parent)
    accounts = Account.objects.filter(pk__in=wanted)
    return {account.pk: candidate_of(account, learned[account.pk], above[account.pk]) for account in accounts}


NAMELESS = Name("", (), frozenset(), "", frozenset(), frozenset())


def candidate_of(account: Account, keys: Mapping[str, set[str]], above: Sequence[int]) -> Candidate:
    former = (read_name(text) for text in account.former_names)
    return Candidate(
        id=account.pk,
        name=read_name(account.name) or NAMELESS,
        text=account.name,
        domains=frozenset(keys.get("domain", ())),
        former=tuple(name for name in former if name is not None),
        people_domains=frozenset(keys.get("people", ())),
        phones=frozenset(keys.get("phone", ())),
        country=account.country,
        root=above[-1] if above else account.pk,
        ancestors=frozenset(above),
        has_owner=account.owner_id is not None,
        is_customer="customer" in account.type.lower(),
        order=int(account.created_at.timestamp()),
    )


def names_of(ids: Iterable[int]) -> dict[int, str]:
    return dict(Account.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def as_json(result: Match, names: Mapping[int, str]) -> dict[str, Any]:
    """What is stored beside the account: `outcome, rule, evidence, signs, tie_breaker, candidates, reason`."""
    return {
        "outcome": str(result.outcome),
        "rule": result.rule,
        "evidence": result.evidence,
        "signs": list(result.signs),
        "tie_breaker": result.tie_breaker,
        "candidates": [{"id": pk, "name": names.get(pk, "")} for pk in result.tied],
        "reason": result.reason,
    }


def store_evidence(evidence: Mapping[int, Evidence]) -> None:
    keys = [texts(sorted(f"{kind}:{key}"[:311] for kind, key in one.lookup_keys())) for one in evidence.values()]
    execute(STORE_EVIDENCE, array(evidence), texts(keys))


def note_evidence(survivor: int, others: Sequence[int]) -> None:
    """After a merge or unmerge: by what the people are found when an account changes. Their accounts stay as merged."""
    store_evidence(evidence_of([survivor, *others], settings_in_force()))


def store(results: Mapping[int, Match], evidence: Mapping[int, Evidence], names: Mapping[int, str]) -> list[int]:
    """Write the results that differ; answers whose. Where there is nothing to go by, nothing is said."""
    everybody = Person.objects.select_for_update(no_key=True).filter(pk__in=among(results))
    list(everybody.order_by("pk").values_list("pk"))
    people, accounts, found = [], [], []
    for pk, result in sorted(results.items()):
        people.append(pk)
        accounts.append(result.account)
        found.append(None if evidence[pk].is_empty else json.dumps(as_json(result, names)))
    expect_many(len(people))
    return [row[0] for row in fetch(STORE, timezone.now(), array(people), array(accounts), texts(found))]


def learn_from(results: Mapping[int, Match], evidence: Mapping[int, Evidence]) -> None:
    """An account newly found by its name may teach us the domain of its people."""
    teachers = {
        result.account
        for person, result in results.items()
        if result.outcome is Outcome.MATCHED and result.rule in ("name", "former") and "domain" not in result.signs
        if evidence[person].domains or evidence[person].phone
    }
    if teachers:
        execute(LEARN, sorted(pk for pk in teachers if pk))


def explain_match(values: Mapping[str, str]) -> tuple[Match, dict[int, str]]:
    """What matching says about somebody who is not stored, with the names of the accounts in it. Nobody is changed."""
    settings = settings_in_force()
    refresh_stale_keys(settings)
    evidence = read_evidence(values, settings.ignored_domains)
    result = answers([evidence], settings)[evidence]
    return result, names_of({*result.tied, *([result.account] if result.account else [])})


def people_with_keys(account_ids: Iterable[int], keys: Iterable[Key]) -> set[int]:
    """Ids of the people who were last matched by one of these keys, or by one that these accounts have now."""
    now = AccountKey.objects.filter(account__in=list(account_ids)).values_list("kind", "key")
    wanted = [f"{kind}:{key}"[:311] for kind, key in {*now, *keys}]
    return set(AccountEvidence.objects.filter(keys__overlap=wanted).values_list("person_id", flat=True))
