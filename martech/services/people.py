"""People: matched or created at the door, changed, several at once. The unique address decides every race."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import User
from governance.services.consents import record_consents
from martech.identity.addresses import read_mail
from martech.models import Person, PersonEmail, PersonIdentity, Stage, StageMove
from martech.services.accounts import match_people
from martech.services.intake import PersonInput, read_person
from martech.services.routing import enqueue_routing
from martech.services.shared_inboxes import people_by_address
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.seen import locked_as_seen
from mops.core.sql import array, fetch


class MovedMeanwhile(Exception):
    """The person was merged into another, or made by somebody else, between looking and writing; look again.

    The lock is given up on the way: following it while holding it would be a deadlock with whoever merges.
    """


@dataclass(frozen=True)
class Saved:
    person: Person
    is_new: bool


def save_person(*, data: Any, actor: User | None, source: str = "api") -> Saved:
    """Create a person, or add what is new to the one we know by address or id. Raises DomainError, ConflictError.

    A value that is given replaces ours; an absent or empty one never blanks it. A new person is routed.
    """
    given = read_person(data)
    with recording("save_person", actor=actor):
        return write_settled(given, actor=actor, source=source)


def write_settled(given: PersonInput, *, actor: User | None, source: str) -> Saved:
    """Write, and begin again when somebody else made or merged the same person meanwhile. Raises ConflictError."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return write_person(given, actor=actor, source=source)
        except (IntegrityError, MovedMeanwhile):
            continue
    raise ConflictError("This person is being written by somebody else; repeat the call.", kind="busy")


def write_person(given: PersonInput, *, actor: User | None, source: str) -> Saved:
    known = known_person(given)
    person, changes = known or create_row(given), {}
    if known is not None:
        change_row(known, changes := changes_of(known, given))
    is_new_address = add_keys(person, given, is_new_person=known is None)
    if known is None or is_new_address or MATCHED_BY & changes.keys():
        match_people([person.pk])
    if given.consents and given.key:
        said_at = given.created_at if known is None else None
        record_consents(email_key=given.key, consents=given.consents, source=source, actor=actor, at=said_at)
    if known is None:
        enqueue_routing([person.pk], cause="created")
    return Saved(person, known is None)


# Whom addresses and an id lead to, through merges. In SQL, since the door asks it of everybody who comes in.
SURVIVORS = """
select distinct coalesce(p.merged_into_id, p.id) from martech_person p
where p.id = any(%s::bigint[] || array(select i.person_id from martech_personidentity i
  where i.system = %s and i.object = 'person' and i.external_id = %s))
"""


def known_person(given: PersonInput) -> Person | None:
    """The one person the address and the id belong to. Raises ConflictError when they belong to two."""
    holders: set[int] = set()
    if given.key:
        names = given.values.get("first_name", ""), given.values.get("last_name", "")
        holders = people_by_address(given.key, *names)
    system, external_id = given.identity or ("", "")
    living = {pk for (pk,) in fetch(SURVIVORS, array(holders), system, external_id)}
    if len(living) > 1:
        raise ConflictError(
            "The address and the id belong to two different people.",
            errors={"external_id": ["Correct one of the two, or merge the people first."]},
        )
    if not living:
        return None
    person = Person.objects.select_for_update(of=("self",)).get(pk=living.pop())
    if person.merged_into_id:
        raise MovedMeanwhile
    return person


def create_row(given: PersonInput) -> Person:
    now = timezone.now()
    person = Person(
        email=given.email,
        utm=given.utm,
        properties=given.properties,
        campaign=given.campaign,
        created_at=given.created_at or now,
        recorded_at=now,
        updated_at=now,
        **given.values,
    )
    person.save()
    StageMove.objects.create(person=person, stage=Stage.LEAD, at=person.created_at, reason="Came in")
    return person


def changes_of(person: Person, given: PersonInput) -> dict[str, Any]:
    """What the input says that we do not know yet. Where they first came from is never overwritten."""
    kept_first = {"source", "medium", "channel"}
    changes: dict[str, Any] = {
        name: value
        for name, value in given.values.items()
        if getattr(person, name) != value and not (name in kept_first and person.source)
    }
    properties = {**person.properties, **given.properties}
    if properties != person.properties:
        changes["properties"] = properties
    if given.email and not person.email:
        changes["email"] = given.email
    return changes


def change_row(person: Person, changes: Mapping[str, Any]) -> None:
    if not changes:
        return
    for name, value in changes.items():
        setattr(person, name, value)
    person.updated_at = timezone.now()
    person.save(update_fields=[*changes, "updated_at"])


MATCHED_BY = frozenset({"company", "website", "phone", "country", "email"})
"""A change of these may lead to another account."""


def add_keys(person: Person, given: PersonInput, *, is_new_person: bool) -> bool:
    """The address and the id now belong to this person; a race for either is an IntegrityError. Says if it is new.

    Raises MovedMeanwhile for a new person whose address somebody took since it was looked for.
    """
    is_new = bool(given.key) and not PersonEmail.objects.filter(key=given.key).exists()
    if given.key and not is_new and is_new_person and not is_another_at_a_desk(given):
        raise MovedMeanwhile
    if is_new:
        PersonEmail.objects.create(person=person, address=given.email, key=given.key)
    if given.identity:
        system, external_id = given.identity
        PersonIdentity.objects.get_or_create(
            system=system, object="person", external_id=external_id, defaults={"person": person}
        )
    return is_new


def is_another_at_a_desk(given: PersonInput) -> bool:
    """A named person on a role address may be somebody else than its holder, who keeps it."""
    mail = read_mail(given.key)
    return mail is not None and mail.is_role and bool(given.values.get("first_name") or given.values.get("last_name"))


EDITABLE = (
    *("first_name", "last_name", "company", "website", "phone", "country", "city", "job_title", "linkedin_url"),
    *("source", "do_not_route", "properties"),
)


def update_person(*, person: Person, data: Any, actor: User | None, seen: datetime | None = None) -> Person:
    """Change the given fields of a person; an empty text blanks a field.

    Raises DomainError, and ConflictError when they were changed since they were `seen` (an `updated_at`).
    """
    if not isinstance(data, Mapping):
        raise DomainError("A person is an object.", errors={"non_field_errors": ["Send a JSON object."]})
    errors = {
        str(name): [f"It cannot be changed here; use one of {', '.join(EDITABLE)}."]
        for name in set(data) - set(EDITABLE)
    }
    if not isinstance(data.get("do_not_route", False), bool):
        errors["do_not_route"] = ["Send true or false."]
    if errors:
        raise DomainError("The person was not changed.", errors=errors)
    checked = read_person({"external_id": "-", **{k: v for k, v in data.items() if k != "do_not_route"}})
    blanks = {name: "" for name in data if name in checked_texts(data) and name not in checked.values}
    with transaction.atomic(), recording("update_person", actor=actor):
        locked = locked_as_seen(person, seen)
        wanted: dict[str, Any] = {**blanks, **{k: v for k, v in checked.values.items() if k in data}}
        if "do_not_route" in data:
            wanted["do_not_route"] = data["do_not_route"]
        if "properties" in data:
            wanted["properties"] = {**locked.properties, **checked.properties}
        changes = {name: value for name, value in wanted.items() if getattr(locked, name) != value}
        change_row(locked, changes)
        if MATCHED_BY & changes.keys():
            match_people([locked.pk])
            locked.refresh_from_db()
    return locked


def checked_texts(data: Mapping[str, Any]) -> set[str]:
    return {name for name in data if name not in ("do_not_route", "properties")}


@dataclass(frozen=True)
class RowResult:
    """The outcome of one row of a bulk call: created, updated or refused with its errors."""

    index: int
    status: str
    id: int | None = None
    errors: dict[str, list[str]] | None = None


CHUNK = 500


def save_people(*, rows: Sequence[Any], actor: User | None, source: str = "api") -> list[RowResult]:
    """Save up to 10,000 people; every good row is kept whatever the others are."""
    results: list[RowResult] = []
    for start in range(0, len(rows), CHUNK):
        chunk = list(enumerate(rows[start : start + CHUNK], start))
        try:
            with transaction.atomic(), recording("save_people", actor=actor):
                results += save_chunk(chunk, actor=actor, source=source)
        except IntegrityError:
            results += [save_one(index, row, actor=actor, source=source) for index, row in chunk]
    return results


def save_chunk(chunk: Iterable[tuple[int, Any]], *, actor: User | None, source: str) -> list[RowResult]:
    """One transaction for many rows: new ones are inserted together, known ones are changed one by one."""
    results: list[RowResult] = []
    fresh: list[tuple[int, PersonInput]] = []
    inputs = []
    for index, row in chunk:
        try:
            inputs.append((index, read_person(row)))
        except DomainError as refused:
            results.append(RowResult(index, "rejected", errors=refused.errors))
    known = set(PersonEmail.objects.filter(key__in=[g.key for _i, g in inputs if g.key]).values_list("key", flat=True))
    for index, given in inputs:
        if given.key and not given.identity and given.key not in known and not given.consents:
            known.add(given.key)
            fresh.append((index, given))
    results += create_rows(fresh)
    new = {index for index, _given in fresh}
    for index, given in inputs:
        if index not in new:
            try:
                saved = write_settled(given, actor=actor, source=source)
            except DomainError as refused:
                errors = refused.errors or {"non_field_errors": [refused.detail]}
                results.append(RowResult(index, "rejected", errors=errors))
            else:
                results.append(RowResult(index, "created" if saved.is_new else "updated", saved.person.pk))
    return sorted(results, key=lambda result: result.index)


def create_rows(fresh: Sequence[tuple[int, PersonInput]]) -> list[RowResult]:
    """Insert people nobody knew, with address, first stage and a place in the routing queue."""
    now = timezone.now()
    people = [
        Person(
            email=given.email,
            utm=given.utm,
            properties=given.properties,
            campaign=given.campaign,
            created_at=given.created_at or now,
            **given.values,
        )
        for _index, given in fresh
    ]
    Person.objects.bulk_create(people)
    pairs = list(zip(people, fresh, strict=True))
    PersonEmail.objects.bulk_create(PersonEmail(person=p, address=g.email, key=g.key) for p, (_i, g) in pairs if g.key)
    StageMove.objects.bulk_create(
        StageMove(person=p, stage=Stage.LEAD, at=p.created_at, reason="Came in") for p, _pair in pairs
    )
    match_people([person.pk for person in people])
    enqueue_routing([person.pk for person in people], cause="created")
    return [RowResult(index, "created", person.pk) for person, (index, _given) in pairs]


def save_one(index: int, row: Any, *, actor: User | None, source: str) -> RowResult:
    try:
        saved = save_person(data=row, actor=actor, source=source)
    except DomainError as refused:
        return RowResult(index, "rejected", errors=refused.errors or {"non_field_errors": [refused.detail]})
    return RowResult(index, "created" if saved.is_new else "updated", saved.person.pk)
