"""Associations: kept from the records that brought them, or asked for, and followed to people on deals and accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from martech.connectors.port import Kind, Link, RemoteRecord
from martech.models import SyncObject
from martech.services.sync.course import Course, Line
from martech.services.sync.linked_accounts import set_accounts
from martech.services.sync.mirror import ids_met
from martech.services.sync.patience import patiently
from mops.core.history import recording
from mops.core.sql import array, execute, fetch, texts

CHUNK = 1_000


@dataclass(frozen=True)
class Brought:
    """The associations of these records to one object, complete for each of them."""

    to_object: str
    ids: Sequence[str]
    links: Sequence[Link]


MEANT = {(Kind.DEAL, Kind.PERSON), (Kind.DEAL, Kind.ACCOUNT), (Kind.PERSON, Kind.ACCOUNT)}
"""The associations that mean something here (see `_show`); the same ones seen from their other end are not asked for."""


def linked_objects(line: Line, course: Course) -> list[str]:
    """The enabled objects whose associations with records of this one are to be read."""
    names = line.vendor.objects[course.object.name].link_objects
    enabled = SyncObject.objects.filter(connection=course.connection, is_enabled=True, name__in=names)
    known = {name for name, kind in enabled.values_list("name", "kind") if (course.object.kind, kind) in MEANT}
    return [name for name in names if name in known]


def accounts_of(course: Course, brought: Sequence[Brought]) -> dict[str, int]:
    """{their id of a person: account of ours}, so that a new person need not be changed as soon as they are written."""
    if course.object.kind != Kind.PERSON:
        return {}
    found: dict[str, int] = {}
    for one in brought:
        there = ids_met(course, one.to_object, [link.to_id for link in one.links])
        for link in sorted(one.links, key=lambda link: (not link.is_primary, there.get(link.to_id, 0))):
            if link.to_id in there:
                found.setdefault(link.from_id, there[link.to_id])
    return found


def ask_links(line: Line, object: str, to_objects: Sequence[str], ids: Sequence[str]) -> list[Brought]:
    """Ask the other system for the associations of these records. No database: it is done while others are written."""
    parts = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    found = []
    for name in to_objects:
        links = [
            link
            for part in parts
            for link in patiently(lambda to=name, some=part: line.connector.links(object, to, some))  # type: ignore[misc]
        ]
        found.append(Brought(name, ids, links))
    return found if ids else []


def news(course: Course, records: Sequence[RemoteRecord]) -> list[str]:
    """Ids of records that are new, or whose stamp is not the one we saw."""
    stamps = {record.id: record.modified_at for record in records}
    seen = dict(fetch(STAMPS, course.object.pk, texts(stamps)))
    return [one for one, stamp in stamps.items() if one not in seen or seen[one] != stamp]


STAMPS = "select external_id, modified_at from martech_remoterow where object_id = %s and external_id = any(%s::text[])"
BEFORE = """
select external_id, to_id, role, is_primary from martech_remotelink
where object_id = %s and to_object = %s and external_id = any(%s::text[])
"""
KEEP = """
insert into martech_remotelink (object_id, to_object, external_id, to_id, role, is_primary)
select %s, %s, * from unnest(%s::text[], %s::text[], %s::text[], %s::boolean[]) on conflict do nothing
"""
FORGET = """
delete from martech_remotelink l using unnest(%s::text[], %s::text[], %s::text[]) as u(one, other, role)
where l.object_id = %s and l.to_object = %s and l.external_id = u.one and l.to_id = u.other and l.role = u.role
"""


def take_links(course: Course, to_object: str, ids: Sequence[str], links: Sequence[Link]) -> int:
    """What these records are associated with is now exactly this; answers how many links are new or gone."""
    now = {(link.from_id, link.to_id, link.role): link for link in links}
    rows = fetch(BEFORE, course.object.pk, to_object, texts(ids))
    before = {
        (one, other, role): Link(course.object.name, one, to_object, other, role, is_first)
        for one, other, role, is_first in rows
    }
    turned = {key for key in before.keys() & now.keys() if before[key].is_primary != now[key].is_primary}
    gone, fresh = before.keys() - now.keys(), now.keys() - before.keys()
    with recording("sync_links", connection=course.system):
        if gone | turned:
            ends = [texts(end) for end in zip(*sorted(gone | turned), strict=True)]
            execute(FORGET, *ends, course.object.pk, to_object)
        if fresh | turned:
            keys = sorted(fresh | turned)
            ends = [texts(end) for end in zip(*keys, strict=True)]
            execute(KEEP, course.object.pk, to_object, *ends, [now[key].is_primary for key in keys])
        _show(course, to_object, now, before)
    return len(gone) + len(fresh) + len(turned)


Links = Mapping[tuple[str, str, str], Link]


def _show(course: Course, to_object: str, now: Links, before: Links) -> None:
    """What the associations mean here."""
    kinds = dict(SyncObject.objects.filter(connection=course.connection).values_list("name", "kind"))
    every = [*now.values(), *before.values()]
    here = ids_met(course, course.object.name, [link.from_id for link in every])
    there = ids_met(course, to_object, [link.to_id for link in every])

    def pairs_of(links: Links) -> list[tuple[int, int, Link]]:
        known = [link for link in links.values() if link.from_id in here and link.to_id in there]
        return [(here[link.from_id], there[link.to_id], link) for link in known]

    match (course.object.kind, kinds.get(to_object)):
        case (Kind.DEAL, Kind.PERSON):
            gone = {key: link for key, link in before.items() if key not in now}
            _put_on_deals([(deal, person, link.role) for deal, person, link in pairs_of(now)])
            _take_off_deals([(deal, person) for deal, person, _link in pairs_of(gone)])
        case (Kind.DEAL | Kind.PERSON, Kind.ACCOUNT):
            set_accounts(course, _primary(pairs_of(now)), _primary(pairs_of(before)))


def _primary(pairs: Sequence[tuple[int, int, Link]]) -> dict[int, int]:
    """One account a record: the primary one, else the first."""
    chosen: dict[int, int] = {}
    for one, account, _link in sorted(pairs, key=lambda pair: (pair[0], not pair[2].is_primary, pair[1])):
        chosen.setdefault(one, account)
    return chosen


def _put_on_deals(pairs: Sequence[tuple[int, int, str]]) -> None:
    if pairs:
        deals, people, roles = zip(*sorted(pairs), strict=True)
        execute(PUT_ON, array(deals), array(people), texts(role[:60] for role in roles))


def _take_off_deals(pairs: Sequence[tuple[int, int]]) -> None:
    if pairs:
        deals, people = zip(*pairs, strict=True)
        execute(TAKE_OFF, array(deals), array(people))


PUT_ON = """
insert into martech_dealperson (deal_id, person_id, role)
select * from unnest(%s::bigint[], %s::bigint[], %s::text[]) on conflict do nothing
"""
TAKE_OFF = """
delete from martech_dealperson l using unnest(%s::bigint[], %s::bigint[]) as u(deal, person)
where l.deal_id = u.deal and l.person_id = u.person
"""
