"""Our id on records of the other side: whose a record is that carries one, and where it may be written.

It is written with what is made there, and with another change of a record that has none: never alone, since that would
be a write of every record, and never over another id.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from django.conf import settings
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from martech.connectors.port import Value
from martech.models import Account, Deal, Person, RemoteRow
from martech.services.sync.course import Course
from martech.services.sync.incoming import Incoming
from martech.sync.keys import KEY, key_pk, key_text
from martech.sync.rules import FieldRule

MODELS = {"account": Account, "deal": Deal}


@cache
def tag_of(secret: str) -> str:
    return hmac.digest(secret.encode(), b"mops id", "sha256").hex()[:8]


def key_of(pk: int) -> str:
    """Our id of a record as it is written over there."""
    return key_text(tag_of(settings.SUBJECT_KEY), pk)


def key_rule(course: Course) -> FieldRule | None:
    return next((rule for rule in course.mapping.rules if rule.ours == KEY), None)


def records_of_keys(kind: str, keys: Iterable[Value]) -> dict[str, int]:
    """{key: the record of ours it leads to}; that of a person merged away leads to the survivor."""
    wanted = {pk: str(key) for key in keys if (pk := key_pk(tag_of(settings.SUBJECT_KEY), key)) is not None}
    if kind == "person":
        rows = Person.objects.filter(pk__in=wanted).values_list("pk", Coalesce("merged_into_id", "pk"))
    else:
        rows = MODELS[kind]._default_manager.filter(pk__in=wanted).values_list("pk", "pk")
    return {wanted[pk]: survivor for pk, survivor in rows}


def link_by_key(course: Course, rows: Sequence[Incoming]) -> None:
    """A record that carries our id is ours, however little else of it is known here."""
    rule = key_rule(course)
    strangers = [row for row in rows if row.local_id is None and rule and row.values.get(rule.theirs)]
    if rule is None or not strangers:
        return
    found = records_of_keys(course.mapping.kind, [row.values[rule.theirs] for row in strangers])
    for row in strangers:
        row.local_id = found.get(str(row.values[rule.theirs]))


def foreign_keys(course: Course, rows: Sequence[Incoming]) -> dict[str, str]:
    """{their id: the key it carries}, of records that carry another id than that of the record they are here."""
    rule = key_rule(course)
    if rule is None:
        return {}
    said = {row.id: str(row.values[rule.theirs]) for row in rows if row.local_id and row.values.get(rule.theirs)}
    locals_ = {row.id: row.local_id or 0 for row in rows}
    others = {id: key for id, key in said.items() if not is_same(key, key_of(locals_[id]))}
    led = records_of_keys(course.mapping.kind, others.values()) if others else {}
    return {id: key for id, key in others.items() if led.get(key) != locals_[id]}


def is_same(one: Value, other: Value) -> bool:
    return str(one or "").strip().lower() == str(other or "").strip().lower()


def keys_to_ride(course: Course, values: Mapping[int, Mapping[str, Value]]) -> dict[int, str]:
    """{ours: the key to write}, of records about to be written whose own has none and that no other record carries.

    `values` are what the mirror says of each.
    """
    rule = key_rule(course)
    if rule is None or not rule.pushes:
        return {}
    blank = {pk: key_of(pk) for pk, said in values.items() if not said.get(rule.theirs)}
    rows = RemoteRow.objects.filter(object=course.object, local_id__in=list(blank), fate="")
    carried = rows.annotate(key=KeyTextTransform(rule.theirs, "values")).filter(key__in=list(blank.values()))
    taken = set(carried.values_list("key", flat=True))
    return {pk: key for pk, key in blank.items() if key not in taken}
