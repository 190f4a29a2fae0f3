"""Mappings as versions: draft → check (schema, convergence) → publish. A new mapping looks at everything again."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.models import User
from martech.connectors.port import Kind, ObjectCapability, Vendor
from martech.models import MappingVersion, RemoteRow, SyncObject
from martech.services.sync.course import owners_of, with_owners
from martech.services.sync.due_rounds import be_due
from martech.services.sync.first_contact import forget_held
from martech.sync.convergence import CounterExample, find_counterexample, settling
from martech.sync.document import FieldMapping, Reading, read_mapping
from martech.sync.drift import AGREED, from_json, what_forbids
from martech.sync.fields import our_field
from martech.sync.keys import KEY
from martech.sync.rules import TRUTHS, FieldRule
from martech.sync.suggest import suggested_document
from martech.sync.value_maps import ordered
from mops.core.conditions import get_catalogue
from mops.core.documents import Finding, Reader, refuse
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.versions import drop_draft, locked_draft, newest_among, published_among, put_draft, put_into_force


def publish_first_mapping(vendor: Vendor, object: SyncObject, capability: ObjectCapability) -> list[str]:
    """Put the suggested mapping in force; it creates nothing over there until somebody says so. Answers why fields were
    left out: those that would go to and fro with another connection, so that all else can begin.

    CRMs are right about their deals, and of two that both are, no deal may be in both; the second looks for none of ours.
    """
    document = suggested_document(object.kind, vendor.suggestions.get(object.name, ()), from_json(object.schema))
    if object.kind == Kind.DEAL and other_rules(object, read_mapping(document, object.kind).mapping):
        document["match"] = []
    clashes = {one.path: one.reason for one in check_convergence(object, read_mapping(document, object.kind).mapping)}
    document["fields"] = [row for i, row in enumerate(document["fields"]) if f"fields[{i}]" not in clashes]
    if document["fields"]:
        save_mapping_draft(object=object, document=document, actor=None)
        publish_mapping(object=object, actor=None)
    return list(clashes.values())


def save_mapping_draft(
    *, object: SyncObject, document: Any, actor: User | None, revision: int | None = None
) -> MappingVersion:
    """Keep a document as the draft; only what is no mapping at all is refused. Raises DomainError, ConflictError."""
    found = read_mapping(document, object.kind)
    refuse([one for one in found.findings if one.is_shape], "The draft was not saved.", "mapping")
    with transaction.atomic(), recording("save_mapping_draft", actor=actor):
        return put_draft(object.versions.all(), ordered(document), revision=revision, object=object)


def document_to_edit(object: SyncObject) -> dict[str, Any]:
    """A copy of the draft, else of what was published last, else a mapping without fields."""
    newest = newest_among(object.versions.all())
    return copy.deepcopy(newest.document) if newest else {"fields": []}


def edit_mapping_draft(
    *, object: SyncObject, change: Callable[[dict[str, Any]], None], actor: User | None, revision: int
) -> MappingVersion:
    """Save the draft (or a copy of the newest version) after `change` altered its document in place."""
    document = document_to_edit(object)
    change(document)
    return save_mapping_draft(object=object, document=document, actor=actor, revision=revision)


def discard_mapping_draft(*, object: SyncObject, actor: User | None, revision: int | None = None) -> bool:
    """Drop the draft. Raises ConflictError when it is no longer the one that was seen (`revision`)."""
    with transaction.atomic(), recording("discard_mapping_draft", actor=actor):
        return drop_draft(object.versions.all(), revision=revision)


def check_mapping(object: SyncObject, document: Any) -> Reading:
    """Everything there is to say about a mapping: its words, the two schemas, and whether it comes to rest."""
    found = read_mapping(document, object.kind, from_json(object.schema) or None)
    findings = [*found.findings, *check_creation(object, found.mapping)]
    if not [one for one in findings if one.level == "error"]:
        findings += check_convergence(object, found.mapping)
    return Reading(found.mapping, findings)


def check_creation(object: SyncObject, mapping: FieldMapping) -> list[Finding]:
    if isinstance(mapping.create_there, bool) or object.kind != "person":
        return []
    reader = Reader()
    reader.condition_of(mapping.create_there, "create_there", get_catalogue("person"))
    return reader.findings


def check_convergence(object: SyncObject, mapping: FieldMapping) -> list[Finding]:
    """Each field of ours with all rules of all connections that touch it; a story without an end is an error.

    What is taken once and then stays, such as the source, cannot go to and fro, nor can our id.
    """
    findings = []
    others = other_rules(object, mapping)
    owners, here = owners_of(object.connection), side_of(object)
    for index, rule in enumerate(mapping.rules):
        known = our_field(object.kind, rule.ours)
        if rule.ours == KEY or (known is not None and known.is_once):
            continue
        rules = {here: with_owners(rule, owners), **others.get(rule.ours, {})}
        if (found := find_counterexample(rule.ours, rules)) is not None:
            label = known.label if known else rule.ours
            findings.append(endless(f"fields[{index}]", label, found, rules))
    return findings


def endless(path: str, label: str, found: CounterExample, rules: Mapping[str, FieldRule]) -> Finding:
    """What is wrong with a rule, the first of `rules`, that never comes to rest, and with whose together."""
    here = next(iter(rules))
    others = [side for side in found.sides if side != here]
    choice = what_settles(found.field, rules, here)
    if not others:
        remedy = f"{choice}, or translate its values to and fro alike"
        return Finding(path, f"{label} never comes to rest", remedy, steps=found.story)
    names = " and ".join(others)
    if is_one_system(here, others):
        reason = f"{label} goes to and fro without end where somebody is in {here} and in {names} at once"
        remedy = "let theirs count in one of them and the newest change in the other"
        remedy += "; a lead that was converted is only its contact, so it is about those who were entered twice"
        return Finding(path, reason, remedy, steps=found.story, parties=tuple(others))
    reason = f"{label} goes to and fro without end between {here} and {names}"
    there = "; ".join(f"in {side} it is “{TRUTHS[rules[side].truth]}”" for side in others)
    remedy = f"{choice}; {there}. You can also change that one instead, or leave the field out of one of them"
    return Finding(path, reason, remedy, steps=found.story, parties=tuple(others))


def what_settles(field: str, rules: Mapping[str, FieldRule], here: str) -> str:
    """Whose word to let count here: one that was tried, and with which everything comes to rest."""
    now, truth = TRUTHS[rules[here].truth], settling(field, rules, here)
    if truth is None:
        return f"whose word counts is “{now}” here, and no other choice here alone settles it"
    return f"choose “{TRUTHS[truth]}” in place of “{now}” under “Whose word counts” here, and it comes to rest"


def is_one_system(here: str, others: Sequence[str]) -> bool:
    """Whether all sides are objects of one connection, which `side_of` then names by both."""
    connection, _, object = here.partition(" ")
    return bool(object) and all(one.startswith(f"{connection} ") for one in others)


def side_of(object: SyncObject) -> str:
    """How a mapping is called beside others: by its connection, and by its object where that has several of the kind."""
    twins = SyncObject.objects.filter(connection=object.connection_id, kind=object.kind, is_enabled=True)
    return f"{object.connection.name} {object.name}" if twins.count() > 1 else object.connection.name


def other_rules(object: SyncObject, mapping: FieldMapping) -> dict[str, dict[str, FieldRule]]:
    """{our field: {connection: rule}} of the mappings in force of the same kind elsewhere that may meet in a record."""
    found: dict[str, dict[str, FieldRule]] = {}
    for other in rivals_of(object):
        if (version := published_among(other.versions.all())) is None:
            continue
        owners = owners_of(other.connection)
        theirs = read_mapping(version.document, other.kind).mapping
        if not may_meet(mapping, theirs):
            continue
        for rule in theirs.rules:
            found.setdefault(rule.ours, {})[side_of(other)] = with_owners(rule, owners)
    return found


def rivals_of(object: SyncObject) -> QuerySet[SyncObject]:
    """Other objects that are mapped to the same kind of records of ours."""
    rows = SyncObject.objects.filter(kind=object.kind, is_enabled=True).exclude(pk=object.pk)
    return rows.select_related("connection")


def may_meet(one: FieldMapping, other: FieldMapping) -> bool:
    """Whether a record of ours may be linked by both: found by a value they share, or made there from the other's."""
    return bool(set(one.match) & set(other.match) or one.create_there or other.create_there)


def publish_mapping(*, object: SyncObject, actor: User | None, revision: int | None = None) -> MappingVersion:
    """Put the draft in force. Records are read from the start again, as their other fields are not mirrored yet.

    Raises DomainError when a finding is an error, ConflictError when the draft is not the one seen.
    """
    with transaction.atomic(), recording("publish_mapping", actor=actor):
        draft = locked_draft(object.versions.all(), revision=revision, noun="mapping")
        found = check_mapping(object, draft.document)
        errors = [one for one in found.findings if one.level == "error"]
        refuse(errors, "The mapping was not published.", "mapping")
        before = published_among(object.versions.all())
        put_into_force(draft, rivals=object.versions.all(), actor=actor, now=timezone.now())
        forget_held(object, found.mapping.rules)
        locked = SyncObject.objects.select_for_update().get(pk=object.pk)
        locked.schema.pop(AGREED, None)
        locked.pushed_at = None
        if before is None or locked.set_aside or asks_more(before.document, draft.document):
            locked.backfilled_at = locked.backfill_position = None
        locked.set_aside = {}
        locked.save(update_fields=["schema", "pushed_at", "backfilled_at", "backfill_position", "set_aside"])
    return draft


def let_go_on(*, object: SyncObject, theirs: str, actor: User | None) -> None:
    """Let a field go on whose type changed over there: somebody looked, and it fits. Everything is read again, as what it
    said meanwhile is not known.

    Raises DomainError where the field cannot go on as it is mapped, ConflictError where it is not put aside.
    """
    with transaction.atomic(), recording("let_field_go_on", actor=actor):
        locked = SyncObject.objects.select_for_update().get(pk=object.pk)
        version = published_among(locked.versions.all())
        if theirs not in locked.set_aside or version is None:
            raise ConflictError("This field is not put aside any more.")
        fields = from_json(locked.schema)
        for rule in read_mapping(version.document, locked.kind).mapping.rules:
            if rule.theirs == theirs and (why := what_forbids(rule, fields.get(theirs))):
                raise DomainError(f"{why[0]} You can {why[1]}, and publish.")
        locked.schema.setdefault(AGREED, {})[theirs] = str(fields[theirs].type)
        del locked.set_aside[theirs]
        locked.backfilled_at = locked.backfill_position = None
        locked.save(update_fields=["schema", "set_aside", "backfilled_at", "backfill_position"])
        be_due([locked.connection_id])


def asks_more(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a mapping reads a field of theirs that the one before did not."""
    return bool({row["theirs"] for row in now["fields"]} - {row["theirs"] for row in before["fields"]})


def linked_count(object: SyncObject) -> int:
    return RemoteRow.objects.filter(object=object, local_id__isnull=False, fate="").count()
