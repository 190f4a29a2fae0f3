"""Identify calls: several about one person are one; then known people are changed, and new ones made, together."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce

from governance.services.consents import record_consents
from martech.connectors.cdp.journeys import journey_of
from martech.connectors.cdp.traits import LONGEST_KEPT, NAMES, company_of, first_text, person_of, traits_of
from martech.identity.addresses import read_mail
from martech.models import EventSource, Person, PersonEmail, SourceEvent
from martech.services.accounts import match_people
from martech.services.intake import PersonInput, read_person
from martech.services.people import MATCHED_BY, change_row, changes_of, create_row, create_rows
from martech.services.routing import enqueue_routing
from martech.services.shared_inboxes import people_by_address
from martech.services.tracking.knowing import ANONYMOUS, USER, Known
from mops.core.errors import DomainError

NOTHING = PersonInput("", "", {}, {}, {}, [])


@dataclass
class Said:
    """What all calls of a batch about one person say together; later calls win."""

    source: EventSource
    user_id: str
    anonymous_ids: list[str] = field(default_factory=list)
    traits: dict[str, Any] = field(default_factory=dict)
    utm: dict[str, str] = field(default_factory=dict)
    first_at: datetime | None = None
    events: list[SourceEvent] = field(default_factory=list)
    given: PersonInput = NOTHING
    person: int | None = None

    def add(self, event: SourceEvent) -> None:
        traits = traits_of(event.payload)
        if event.type == "group":
            company = company_of(traits)
            traits = {"company": company} if company.get("name") and "company" not in self.traits else {}
        self.traits.update(traits)
        self.utm = self.utm or journey_of("page", "", event.payload).utm
        self.first_at = min(self.first_at or event.at, event.at)
        self.events.append(event)
        if event.anonymous_id and event.anonymous_id not in self.anonymous_ids:
            self.anonymous_ids.append(event.anonymous_id)


def identify(events: Sequence[SourceEvent], known: Known) -> None:
    """Make or change the people whom identify and group calls are about, and want their ids bound."""
    said = [one for one in fold(events) if is_somebody(one, known)]
    for one in said:
        read(one)
    holders = addresses(said)
    fresh: list[Said] = []
    for one in said:
        one.person = find(one, known, holders)
        if one.person is None:
            fresh.append(one)
    change([one for one in said if one.person is not None])
    create(fresh, known)
    for one in said:
        if one.person is not None:
            known.want(one.source.system, USER, one.user_id, one.person)
            for anonymous_id in one.anonymous_ids:
                known.want(one.source.system, ANONYMOUS, anonymous_id, one.person)
    consent([one for one in fresh if one.person is not None])


def fold(events: Iterable[SourceEvent]) -> list[Said]:
    found: dict[tuple[str, str, str], Said] = {}
    for event in events:
        if event.type in ("identify", "group"):
            mail = "" if event.user_id else first_text(traits_of(event.payload), ("email",)).lower()
            key = (event.source.system, event.user_id, mail or ("" if event.user_id else event.anonymous_id))
            found.setdefault(key, Said(event.source, event.user_id)).add(event)
    return list(found.values())


def is_somebody(one: Said, known: Known) -> bool:
    """A user, somebody with an address, or whoever the browser is known to be; else they stay anonymous.

    A group call alone makes nobody.
    """
    system = one.source.system
    if any(known.person(system, ANONYMOUS, anonymous_id) for anonymous_id in one.anonymous_ids):
        return True
    if all(event.type == "group" for event in one.events):
        return known.person(system, USER, one.user_id) is not None
    return bool(one.user_id or first_text(one.traits, NAMES["email"]))


def read(one: Said) -> None:
    """The traits as fields; what is wrong with one is noted on the events and the others are taken."""
    data = person_of(one.traits)
    if "email" not in data and "@" in one.user_id:
        data["email"] = one.user_id
    data |= {"external_id": one.user_id or "-", "system": one.source.system}
    data |= {"utm": one.utm} if one.utm else {}
    try:
        one.given = read_person(data)
    except DomainError as refused:
        wrong = {name: data.pop(name) for name in refused.errors if name in data}
        reasons = "; ".join(f"{name}: {reasons[0]}" for name, reasons in refused.errors.items())
        for event in one.events:
            event.remark(f"Not taken: {reasons}")
        kept = {name: value for name, value in wrong.items() if len(json.dumps(value)) <= LONGEST_KEPT}
        if "properties" not in wrong:
            data["properties"] = {**data.get("properties", {}), **kept}
        one.given = read_person(data)


def addresses(said: Iterable[Said]) -> dict[str, int]:
    """The living holder of each address."""
    keys = [one.given.key for one in said if one.given.key]
    rows = PersonEmail.objects.filter(key__in=keys)
    return dict(rows.values_list("key", Coalesce("person__merged_into_id", "person_id")))


def find(one: Said, known: Known, holders: dict[str, int]) -> int | None:
    """By the user's id, then the address, then a browser that nobody else of this system signed in with."""
    by_user = known.person(one.source.system, USER, one.user_id)
    by_mail = by_address(one, holders)
    if by_user and by_mail and by_user != by_mail:
        for event in one.events:
            event.remark("The address belongs to another person; both are kept, and compared as duplicates.")
    if by_user or by_mail:
        return by_user or by_mail
    for anonymous_id in one.anonymous_ids:
        person = known.person(one.source.system, ANONYMOUS, anonymous_id)
        if person and not (one.user_id and has_user_id(person, one.source.system)) and not other_address(person, one):
            return person
    return None


def by_address(one: Said, holders: dict[str, int]) -> int | None:
    """The holder of the address; of a desk's address (info@…) only whoever has the name too."""
    holder, mail = holders.get(one.given.key), read_mail(one.given.key)
    if holder is None or mail is None or not mail.is_role:
        return holder
    names = one.given.values.get("first_name", ""), one.given.values.get("last_name", "")
    same = people_by_address(one.given.key, *names)
    if not same:
        one.given = replace(one.given, key="")
    return min(same, default=None)


def has_user_id(person: int, system: str) -> bool:
    return Person.objects.filter(pk=person, identities__system=system, identities__object=USER).exists()


def other_address(person: int, one: Said) -> bool:
    """Somebody who gives another address on a browser that is known may be another person at the same desk."""
    return bool(one.given.key) and PersonEmail.objects.filter(person=person).exists()


def change(said: Sequence[Said]) -> None:
    """Lock the known people in one order and write what differs."""
    people = {
        row.pk: row
        for row in Person.objects.select_for_update(of=("self",))
        .filter(pk__in={one.person for one in said}, merged_into=None)
        .order_by("pk")
    }
    matched: set[int] = set()
    claims: list[PersonEmail] = []
    for one in said:
        person = people.get(one.person or 0)
        if person is None:
            continue
        changes = changes_of(person, one.given)
        if "email" in changes:
            claims.append(PersonEmail(person=person, address=one.given.email, key=one.given.key))
            del changes["email"]
        change_row(person, changes)
        if MATCHED_BY & changes.keys():
            matched.add(person.pk)
    matched |= claim(claims, people)
    match_people(sorted(matched))


def claim(rows: Sequence[PersonEmail], people: dict[int, Person]) -> set[int]:
    """Give people without an address the one they told, unless it is somebody else's."""
    if not rows:
        return set()
    PersonEmail.objects.bulk_create(rows, ignore_conflicts=True)
    theirs = dict(PersonEmail.objects.filter(key__in=[row.key for row in rows]).values_list("key", "person_id"))
    given = [row for row in rows if theirs.get(row.key) == row.person_id]
    for row in given:
        change_row(people[row.person_id], {"email": row.address})
    return {row.person_id for row in given}


def create(fresh: Sequence[Said], known: Known) -> None:
    """Make people together; where an address was taken in this moment, one by one."""
    once: dict[str, Said] = {}
    twice: list[Said] = []
    for number, one in enumerate(fresh):
        key = one.given.key or f"#{number}"
        (twice.append(one) if key in once else once.setdefault(key, one))
    firsts = list(once.values())
    rows = [(number, one.given) for number, one in enumerate(firsts)]
    try:
        with transaction.atomic():
            made = create_rows(rows)
    except IntegrityError:
        for one in firsts:
            one.person = create_one(one)
    else:
        for result in made:
            firsts[result.index].person = result.id
    for one in twice:  # two user ids with one new address
        one.person = once[one.given.key].person
    change(twice)


def create_one(one: Said) -> int | None:
    try:
        with transaction.atomic():
            person = create_row(one.given)
            if one.given.key:
                PersonEmail.objects.create(person=person, address=one.given.email, key=one.given.key)
    except IntegrityError:
        return addresses([one]).get(one.given.key)
    match_people([person.pk])
    enqueue_routing([person.pk], cause="created")
    return person.pk


def consent(said: Iterable[Said]) -> None:
    """The purpose that a source stands for, recorded once for everybody who is new."""
    for one in said:
        if one.source.purpose and one.given.key:
            entry = {"purpose": one.source.purpose, "state": "granted", "channel": "email"}
            record_consents(
                email_key=one.given.key,
                consents=[entry],
                source=f"event source {one.source.name}",
                actor=None,
                at=one.first_at,
            )
