"""The keys of accounts, made from their fields and from the people known there, many accounts at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from martech.accounts import MatchSettings, account_keys, is_company_domain, phone_key
from martech.models import Account, AccountChange, AccountKey
from martech.normalisation import domain_of
from mops.core.sql import fetch

MOST_AT_A_CALL = 5_000
"""Stale accounts whose keys a match makes itself; beyond them the background work is on its way."""
SURE = ("name", "former", "chosen")
"""What a domain or number of people may be learned from: never from a match that itself rests on learned keys."""
ENOUGH_PEOPLE = 2
SWITCHBOARD = 3

KNOWN_PEOPLE = """
select p.account_id, split_part(e.key, '@', 2), p.phone
from martech_person p left join martech_personemail e on e.person_id = p.id
where p.account_id = any(%s) and p.merged_into_id is null and p.account_match->>'rule' = any(%s)
"""


STALE = "select 1 from martech_accountchange where not is_keyed limit 1"


def refresh_stale_keys(settings: MatchSettings) -> int:
    """Make the keys of accounts that changed since the background work last ran; answers how many."""
    if not fetch(STALE):
        return 0
    with transaction.atomic():
        changes = AccountChange.objects.select_for_update(skip_locked=True).filter(is_keyed=False)
        found = list(changes.order_by("pk").values_list("pk", "account_id")[:MOST_AT_A_CALL])
        if found:
            refresh_keys({account for _pk, account in found}, settings)
            AccountChange.objects.filter(pk__in=[pk for pk, _account in found]).update(is_keyed=True)
    return len(found)


def refresh_keys(account_ids: Iterable[int], settings: MatchSettings) -> dict[int, set[tuple[str, str]]]:
    """Bring the stored keys of these accounts up to date; answers those that came or went, by account."""
    ids = sorted(set(account_ids))
    columns = ("pk", "name", "former_names", "domain", "website", "extra_domains")
    wanted = {
        pk: account_keys(name, former, [domain, website, *extra], settings.ignored_domains)
        for pk, name, former, domain, website, extra in Account.objects.filter(pk__in=ids).values_list(*columns)
    }
    for pk, keys in keys_of_people(ids, settings).items():
        if pk in wanted:
            wanted[pk] |= keys - {("people", value) for kind, value in wanted[pk] if kind == "domain"}
    stored: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for row, pk, kind, key in AccountKey.objects.filter(account__in=ids).values_list("pk", "account_id", "kind", "key"):
        stored[pk][kind, key] = row
    gone = [row for pk, keys in stored.items() for pair, row in keys.items() if pair not in wanted.get(pk, set())]
    AccountKey.objects.filter(pk__in=gone).delete()
    new = [(pk, pair) for pk, keys in sorted(wanted.items()) for pair in sorted(keys - stored[pk].keys())]
    rows = (AccountKey(account_id=pk, kind=kind, key=key) for pk, (kind, key) in new)
    AccountKey.objects.bulk_create(rows, batch_size=5_000, ignore_conflicts=True)
    return {pk: wanted.get(pk, set()) ^ stored[pk].keys() for pk in ids}


def keys_of_people(ids: Sequence[int], settings: MatchSettings) -> dict[int, set[tuple[str, str]]]:
    """Domains that several sure people of an account share, and how their numbers begin."""
    counts: dict[tuple[int, str, str], int] = defaultdict(int)
    for account, host, phone in fetch(KNOWN_PEOPLE, list(ids), list(SURE)):
        domain = domain_of(host or "")
        if is_company_domain(domain, settings.ignored_domains):
            counts[account, "people", domain] += 1
        if beginning := phone_key(phone):
            counts[account, "phone", beginning] += 1
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for (account, kind, value), number in counts.items():
        if number >= (ENOUGH_PEOPLE if kind == "people" else SWITCHBOARD):
            found[account].add((kind, value))
    return found
