"""Match keys in the database: kept in step with people, set by set, and the values that too many share."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from operator import itemgetter

from django.db import connection, transaction
from django.utils import timezone

from martech.identity.keys import HUB_KINDS, Key, match_keys
from martech.identity.names import sound_of
from martech.identity.record import Record
from martech.models import HubValue, IdentityWork, MatchKey
from martech.services.identity.records import load_records
from mops.core.work import wake

LONGEST = 320


def refresh_match_keys(people: Collection[int]) -> dict[int, Record]:
    """Bring the keys of these people in step with what is known of them; answers their records.

    People who were merged away lose their keys. Unchanged keys are not written.
    """
    records = load_records(people)
    with transaction.atomic():
        write_keys(people, records)
    return records


def write_keys(people: Collection[int], records: Mapping[int, Record]) -> None:
    rows = MatchKey.objects.filter(person_id__in=list(people))
    present = {
        (person, kind, value): pk for pk, person, kind, value in rows.values_list("id", "person_id", "kind", "value")
    }
    wanted: dict[tuple[int, str, str], str] = {}
    for person, record in records.items():
        sound = sound_of(record.name.last)
        for kind, value in match_keys(record):
            wanted[person, kind, value[:LONGEST]] = sound if kind in HUB_KINDS else ""
    if gone := [pk for key, pk in present.items() if key not in wanted]:
        MatchKey.objects.filter(pk__in=gone).delete()
    fresh = [(*key, surname) for key, surname in wanted.items() if key not in present]
    if fresh:
        with connection.cursor() as cursor:
            cursor.execute(
                ADD_KEYS, [list(column) for column in zip(*sorted(fresh, key=itemgetter(1, 2, 0)), strict=True)]
            )


ADD_KEYS = """
insert into martech_matchkey (person_id, kind, value, surname)
select * from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) on conflict do nothing
"""
BLOCKS = """
with own as (select distinct kind, value from martech_matchkey where person_id = any(%s))
select o.kind, o.value,
  array(select m.person_id from martech_matchkey m where m.kind = o.kind and m.value = o.value limit %s),
  exists (select 1 from martech_hubvalue h where h.kind = o.kind and h.value = o.value)
from own o
"""
BLOCKS_OF_KEYS = """
select o.kind, o.value,
  array(select m.person_id from martech_matchkey m where m.kind = o.kind and m.value = o.value limit %s),
  exists (select 1 from martech_hubvalue h where h.kind = o.kind and h.value = o.value)
from unnest(%s::text[], %s::text[]) o(kind, value)
"""
MOST = 501
"""One more than the largest block that is compared."""


@dataclass
class Blocks:
    """Everybody under each key, no more than are needed to see that a key does not narrow; and which keys are hubs."""

    people: dict[Key, list[int]]
    hubs: frozenset[Key]


def blocks_of(people: Collection[int]) -> Blocks:
    """The blocks of all keys of these people."""
    return _blocks(BLOCKS, [list(people), MOST])


def blocks_of_keys(keys: Collection[Key]) -> Blocks:
    return _blocks(BLOCKS_OF_KEYS, [MOST, [kind for kind, _ in keys], [value for _, value in keys]])


def _blocks(sql: str, values: list[object]) -> Blocks:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    hubs = frozenset((kind, value) for kind, value, _ids, is_hub in rows if is_hub)
    return Blocks({(kind, value): ids for kind, value, ids, _is_hub in rows}, hubs)


HUBS = """
select kind, value, count(*), count(distinct nullif(surname, '')) from martech_matchkey
where kind = any(%s) group by kind, value having count(distinct nullif(surname, '')) > %s
"""


def refresh_hubs(limit: int) -> list[Key]:
    """Find the values that more than `limit` last names share; answers those that came or went.

    Their people are marked for comparison: what rested on a hub must come apart, what a former hub hid must be found.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('martech_hubvalue'))")
        cursor.execute(HUBS, [list(HUB_KINDS), limit])
        found = {(kind, value): (people, names) for kind, value, people, names in cursor.fetchall()}
        known = {(hub.kind, hub.value): hub for hub in HubValue.objects.all()}
        gone = [hub.pk for key, hub in known.items() if key not in found]
        HubValue.objects.filter(pk__in=gone).delete()
        now = timezone.now()
        HubValue.objects.bulk_create(
            (HubValue(kind=k, value=v, people=p, surnames=n, found_at=now) for (k, v), (p, n) in sorted(found.items())),
            update_conflicts=True,
            unique_fields=["kind", "value"],
            update_fields=["people", "surnames"],
        )
        changed = sorted(found.keys() ^ known.keys())
        if changed:
            mark_holders(changed)
    return changed


def mark_holders(keys: Collection[Key]) -> None:
    """Mark everybody who has one of these keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select martech_identity_mark(array(select m.person_id from martech_matchkey m join "
            "unnest(%s::text[], %s::text[]) k(kind, value) on m.kind = k.kind and m.value = k.value))",
            [[kind for kind, _ in keys], [value for _, value in keys]],
        )
    for kind in ("identity_marks", "identity"):
        wake(kind)


def mark_everybody() -> int:
    """Mark everybody living for comparison; answers how many now wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select martech_identity_mark_each(array(select id from martech_person where merged_into_id is null))"
        )
    return IdentityWork.objects.filter(state="pending").count()
