"""Associations: kept from the records that brought them, or asked for, and followed to people on deals and accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from martech.connectors.port import Kind, Link, RemoteRecord
from martech.models import DealPerson, RemoteLink, RemoteRow, SyncObject
from martech.services.sync.course import Course, Line
from martech.services.sync.mirror import local_ids
from mops.core.history import expect_many, recording
from mops.core.sql import execute

CHUNK = 500


@dataclass(frozen=True)
class Brought:
    """The associations of these records to one object, complete for each of them."""

    to_object: str
    ids: Sequence[str]
    links: Sequence[Link]


def ask_links(line: Line, course: Course, records: Sequence[RemoteRecord]) -> list[Brought]:
    """Ask the other system for the associations of records that are news here, before any transaction."""
    enabled = SyncObject.objects.filter(connection=course.connection, is_enabled=True).values_list("name", flat=True)
    wanted = [name for name in line.vendor.objects[course.object.name].link_objects if name in set(enabled)]
    if not wanted:
        return []
    ids = news(course, records)
    return [
        Brought(name, part, line.connector.links(course.object.name, name, part))
        for name in wanted
        for part in (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    ]


def news(course: Course, records: Sequence[RemoteRecord]) -> list[str]:
    """Ids of records that are new, or whose stamp is not the one we saw."""
    stamps = {record.id: record.modified_at for record in records}
    rows = RemoteRow.objects.filter(object=course.object, external_id__in=list(stamps))
    seen = dict(rows.values_list("external_id", "modified_at"))
    return [one for one, stamp in stamps.items() if one not in seen or seen[one] != stamp]


def take_links(course: Course, to_object: str, ids: Sequence[str], links: Sequence[Link]) -> int:
    """What these records are associated with is now exactly this; answers how many links are new or gone."""
    now = {(link.from_id, link.to_id, link.role): link for link in links}
    rows = RemoteLink.objects.filter(object=course.object, external_id__in=ids, to_object=to_object)
    before = set(rows.values_list("external_id", "to_id", "role"))
    gone, fresh = before - now.keys(), [now[key] for key in now.keys() - before]
    with recording("sync_links", connection=course.system):
        for external_id, to_id, role in gone:
            rows.filter(external_id=external_id, to_id=to_id, role=role).delete()
        RemoteLink.objects.bulk_create(
            [
                RemoteLink(
                    object=course.object,
                    external_id=link.from_id,
                    to_object=to_object,
                    to_id=link.to_id,
                    role=link.role,
                    is_primary=link.is_primary,
                )
                for link in fresh
            ],
            ignore_conflicts=True,
        )
        _show(course, to_object, list(now.values()), gone)
    return len(gone) + len(fresh)


def _show(course: Course, to_object: str, links: Sequence[Link], gone: set[tuple[str, str, str]]) -> None:
    """What the associations mean here."""
    kinds = dict(SyncObject.objects.filter(connection=course.connection).values_list("name", "kind"))
    here = local_ids(course.connection.pk, course.object.name, [link.from_id for link in links] + [g[0] for g in gone])
    there = local_ids(course.connection.pk, to_object, [link.to_id for link in links] + [g[1] for g in gone])
    pairs = [
        (here[link.from_id], there[link.to_id], link) for link in links if link.from_id in here and link.to_id in there
    ]
    match (course.object.kind, kinds.get(to_object)):
        case (Kind.DEAL, Kind.PERSON):
            _put_on_deals([(deal, person, link.role) for deal, person, link in pairs])
            _take_off_deals([(here[g[0]], there[g[1]]) for g in gone if g[0] in here and g[1] in there])
        case (Kind.DEAL, Kind.ACCOUNT):
            _set_accounts("martech_deal", _primary(pairs))
        case (Kind.PERSON, Kind.ACCOUNT):
            _set_accounts("martech_person", _primary(pairs), is_matched=True)


def _primary(pairs: Sequence[tuple[int, int, Link]]) -> dict[int, int]:
    """One account a record: the primary one, else the first."""
    chosen: dict[int, int] = {}
    for one, account, _link in sorted(pairs, key=lambda pair: (pair[0], not pair[2].is_primary, pair[1])):
        chosen.setdefault(one, account)
    return chosen


def _put_on_deals(pairs: Sequence[tuple[int, int, str]]) -> None:
    DealPerson.objects.bulk_create(
        [DealPerson(deal_id=deal, person_id=person, role=role[:60]) for deal, person, role in sorted(pairs)],
        ignore_conflicts=True,
    )


def _take_off_deals(pairs: Sequence[tuple[int, int]]) -> None:
    if pairs:
        wanted = Q()
        for deal, person in pairs:
            wanted |= Q(deal_id=deal, person_id=person)
        DealPerson.objects.filter(wanted).delete()


SET = """
update {table} t set account_id = u.account{match}, updated_at = now()
from unnest(%s::bigint[], %s::bigint[]) as u(id, account)
where t.id = u.id and t.account_id is distinct from u.account{unless}
"""


def _set_accounts(table: str, accounts: dict[int, int], *, is_matched: bool = False) -> None:
    """Set the account that the other system says. Somebody who was put to an account by hand stays there."""
    if not accounts:
        return
    expect_many(len(accounts))
    match, unless = "", ""
    if is_matched:
        match = ", account_match = null"
        unless = " and coalesce(t.account_match->>'rule', '') <> 'chosen'"
    execute(SET.format(table=table, match=match, unless=unless), list(accounts), list(accounts.values()))
