"""Merging people: one transaction, everything in the ledger, nothing lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from governance.models import User
from martech.merging import UNITS, MergeRules, Record, Survival, survive
from martech.models import (
    DealPerson,
    MergedPerson,
    Person,
    PersonIdentity,
    PersonMerge,
    RuleVersion,
)
from martech.services.merging.consent import Restriction, append_restrictions, restrictions
from martech.services.merging.holders import tell_listeners
from martech.services.merging.moving import follow, rows_as_json
from martech.services.merging.rules import rules_in_force
from martech.services.merging.stages import enter_stage
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.sql import fetch

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class MergePlan:
    """What a merge would do: the values that survive and why, and the consents it would end."""

    survivor: Person
    others: list[Person]
    survival: Survival
    rules: MergeRules
    version: RuleVersion | None
    restrictions: list[Restriction]


def merge_people(
    *,
    survivor: Person,
    others: Sequence[Person],
    actor: User | None,
    reason: str = "",
    choices: Mapping[str, int] | None = None,
) -> PersonMerge:
    """Make one person of several: `others` go into `survivor`, with everything that belongs to them.

    `choices` (unit or “properties.key” → person id) beat the rules in force. Raises DomainError for wrong input and
    ConflictError when one of them was merged away meanwhile; then nothing has changed.
    """
    wanted = checked_ids(survivor.pk, [other.pk for other in others])
    with transaction.atomic(), recording("merge_people", actor=actor, reason=reason):
        people = lock_people(survivor.pk, wanted)
        refuse_merged(people)
        plan = plan_merge(people[survivor.pk], [people[pk] for pk in wanted], choices or {})
        before = rows_as_json(Person, people)
        merge = PersonMerge.objects.create(
            survivor=plan.survivor,
            rules=plan.version,
            choices=dict(choices or {}),
            sources=plan.survival.sources,
            before=before[survivor.pk],
            after={},
            reason=reason[:300],
            actor=actor,
        )
        MergedPerson.objects.bulk_create(MergedPerson(merge=merge, person_id=pk, before=before[pk]) for pk in wanted)
        carry_out(plan, merge, actor)
    return merge


def carry_out(plan: MergePlan, merge: PersonMerge, actor: User | None) -> None:
    """Write the values, let the rows follow, and note all of it on `merge`."""
    now, survivor, others = timezone.now(), plan.survivor.pk, [other.pk for other in plan.others]
    merge.consents = append_restrictions(plan.restrictions, merge=merge.pk, actor=actor)
    moves = follow(survivor, others)
    merge.moved, merge.removed, merge.filled = moves.moved, moves.removed, moves.filled
    Person.objects.filter(pk__in=others).update(merged_into=survivor)
    Person.objects.filter(pk=survivor).update(**changed_columns(plan), updated_at=now)
    merge.after = rows_as_json(Person, [survivor])[survivor]
    merge.stages = enter_stage(survivor, plan.survival.values["lifecycle_stage"], merge, actor)
    merge.save(update_fields=["after", "moved", "removed", "filled", "consents", "stages"])
    tell_listeners(survivor, others)


def changed_columns(plan: MergePlan) -> dict[str, Any]:
    names = [*(column for columns in UNITS.values() for column in columns), "properties"]
    values = plan.survival.values
    return {name: values[name] for name in names if values[name] != getattr(plan.survivor, name)}


def checked_ids(survivor: int, others: Sequence[int]) -> list[int]:
    """The others once each, in the order of their ids, whatever order they were given in."""
    wanted = sorted(set(others))
    if not wanted:
        raise DomainError("Nobody was merged.", errors={"others": ["Name at least one other person."]})
    if survivor in wanted:
        raise DomainError("Nobody was merged.", errors={"others": ["A person cannot be merged into themselves."]})
    if len(wanted) > MOST_AT_ONCE:
        raise DomainError("Nobody was merged.", errors={"others": [f"At most {MOST_AT_ONCE} people at once."]})
    return wanted


MERGING = 0x6D65726765
"""The space of the advisory locks that put merges of the same people one after the other."""


def lock_people(survivor: int, others: Sequence[int]) -> dict[int, Person]:
    """The people, locked against everybody who writes them or something of theirs.

    Merges queue up by advisory locks in the order of the ids. Rows are then locked others first: whoever writes for
    somebody merged away goes on from them to the survivor, and must not be met on the way.
    """
    ids = sorted({survivor, *others})
    fetch("select pg_advisory_xact_lock(%s # hashint8(id)) from unnest(%s::bigint[]) id order by id", MERGING, ids)
    rows = Person.objects.select_for_update(of=("self",))
    people = {person.pk: person for person in rows.filter(pk__in=others).order_by("pk")}
    people |= {person.pk: person for person in rows.filter(pk=survivor)}
    if missing := sorted(set(ids) - set(people)):
        listed = ", ".join(str(pk) for pk in missing)
        raise DomainError("Nobody was merged.", errors={"others": [f"Nobody has the id {listed}."]})
    return people


def refuse_merged(people: Mapping[int, Person]) -> None:
    for person in people.values():
        if person.merged_into_id:
            reason = f"Person {person.pk} was merged into person {person.merged_into_id} already."
            raise ConflictError("Nobody was merged.", errors={"others": [f"{reason} Use {person.merged_into_id}."]})


def plan_merge(survivor: Person, others: Sequence[Person], choices: Mapping[str, int]) -> MergePlan:
    """What the merge would do, computed from the rows as they are. Raises DomainError for a wrong choice."""
    version, rules = rules_in_force()
    everybody = [survivor, *others]
    check_choices(choices, everybody)
    records = records_of(everybody)
    survival = survive(records[0], records[1:], rules=rules, choices=choices, now=timezone.now())
    return MergePlan(
        survivor, list(others), survival, rules, version, restrictions([person.pk for person in everybody])
    )


def check_choices(choices: Mapping[str, int], everybody: Sequence[Person]) -> None:
    ids = {person.pk for person in everybody}
    keys = {f"properties.{key}" for person in everybody for key in person.properties}
    errors = {}
    for name, pk in choices.items():
        if name not in UNITS and name not in keys:
            errors[f"choices.{name}"] = [f"There is no such field; use {', '.join(UNITS)} or properties.<key>."]
        elif isinstance(pk, bool) or not isinstance(pk, int) or pk not in ids:
            errors[f"choices.{name}"] = ["Choose the id of one of the people who are merged."]
    if errors:
        raise DomainError("Nobody was merged.", errors=errors)


def records_of(people: Sequence[Person]) -> list[Record]:
    """The people as the pure rules read them, in the given order."""
    ids = [person.pk for person in people]
    systems: dict[int, set[str]] = {pk: set() for pk in ids}
    for pk, system in PersonIdentity.objects.filter(person__in=ids).values_list("person", "system"):
        systems[pk].add(system)
    deals = DealPerson.objects.filter(person__in=ids).values("person").annotate(number=Count("pk")).order_by()
    numbers = dict(deals.values_list("person", "number"))
    return [record_of(person, frozenset(systems[person.pk]), numbers.get(person.pk, 0)) for person in people]


def record_of(person: Person, systems: frozenset[str], deals: int) -> Record:
    columns = [*(column for columns in UNITS.values() for column in columns), "properties"]
    updated: datetime = person.updated_at
    return Record(person.pk, {name: getattr(person, name) for name in columns}, updated, systems, deals)
