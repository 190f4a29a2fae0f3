"""Deciding what was held, at first contact or by a rule that leaves it to people.

Theirs is taken, or ours is kept and written over there by the next plan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.models import User
from martech.connectors.port import Value
from martech.models import HeldValue, RemoteRow, RunKind, RunState, SyncChange, SyncObject, SyncRun
from martech.services.sync.course import Course, course_of
from martech.services.sync.due_rounds import ask_for_round
from martech.services.sync.first_contact import OURS, THEIRS
from martech.services.sync.people import People
from martech.services.sync.taking import LOCALS
from martech.sync.rules import FieldRule, Truth
from martech.sync.values import same
from mops.core.errors import DomainError
from mops.core.history import recording
from mops.core.json_text import as_json
from mops.core.sql import execute, texts

CHUNK = 2_000
WHY = "somebody decided"


@dataclass
class Decided:
    """How many values were decided; `stayed` wait on, as their field's rule says that theirs counts; `changed` are not
    what was shown any more, and the next round looks at them again."""

    number: int = 0
    stayed: int = 0
    changed: int = 0


def decide_held(*, rows: QuerySet[HeldValue], choice: str, actor: User | None) -> Decided:
    """Take theirs or keep ours for these values. Each object has a run of its own, which lists what was taken and can be
    taken back. Raises DomainError for another choice."""
    if choice not in (OURS, THEIRS):
        raise DomainError("Nothing was decided.", errors={"choice": ["Choose ours or theirs."]})
    found, pks = Decided(), list(rows.select_related(None).order_by().values_list("pk", flat=True))
    with transaction.atomic():
        objects = SyncObject.objects.filter(held_values__pk__in=pks).distinct().select_related("connection")
        for object in objects.order_by("pk"):
            if (course := course_of(object)) is not None:
                decide_of(course, pks, choice, actor, found)
    return found


def decide_of(course: Course, pks: Sequence[int], choice: str, actor: User | None, found: Decided) -> None:
    now = timezone.now()
    run = SyncRun.objects.create(
        connection=course.connection,
        object=course.object,
        kind=RunKind.DECISION,
        state=RunState.DONE,
        mapping=course.version,
        actor=actor,
        started_at=now,
        finished_at=now,
    )
    decision = Decision(course, run, choice, found)
    with recording("sync_decision", actor=actor, connection=course.system):
        for start in range(0, len(pks), CHUNK):
            decision.decide(pks[start : start + CHUNK])
    number = len(decision.people)
    counts = {"updated" if choice == THEIRS else "unchanged": number, "read": number}
    SyncRun.objects.filter(pk=run.pk).update(**counts)
    if choice == OURS:
        ask_for_round([course.connection.pk])


BASE = """
update martech_remoterow r set base = r.base || u.base, due_at = coalesce(r.due_at, case when %s then now() end)
from unnest(%s::text[], %s::jsonb[]) as u(id, base)
where r.object_id = %s and r.external_id = u.id and r.base is not null
"""


@dataclass
class Decision:
    """The values of one object, some at a time."""

    course: Course
    run: SyncRun
    choice: str
    found: Decided
    people: set[int] = field(default_factory=set)

    def decide(self, pks: Sequence[int]) -> None:
        rules = {rule.ours: rule for rule in self.course.mapping.rules}
        locked = HeldValue.objects.filter(pk__in=pks, object=self.course.object).order_by("pk").select_for_update()
        rows = [row for row in locked if self.may_decide(rules.get(row.field))]
        local = LOCALS[self.course.mapping.kind]
        ours = local.load({row.local_id for row in rows}, sorted({row.field for row in rows}))
        taken: dict[int, dict[str, Value]] = {}
        decided = []
        for row in rows:
            if not same(rules[row.field].type, ours.get(row.local_id, {}).get(row.field), row.ours):
                self.found.changed += 1
            else:
                decided.append(row)
                taken.setdefault(row.local_id, {})[row.field] = row.theirs
        if self.choice == THEIRS:
            decided = self.take(decided, taken)
        by_hand = [row for row in decided if self.choice == OURS and rules[row.field].truth is Truth.MANUAL]
        self.keep_by_hand(by_hand)
        settled = [row for row in decided if row not in by_hand]
        self.agree(settled)
        self.people |= {row.local_id for row in decided}
        self.found.number += len(decided)
        HeldValue.objects.filter(pk__in=[row.pk for row in settled]).delete()

    def keep_by_hand(self, rows: Sequence[HeldValue]) -> None:
        """A rule that decides nothing by itself keeps the choice, until it was written or one of the two changes."""
        HeldValue.objects.filter(pk__in=[row.pk for row in rows]).update(choice=OURS)
        mirrored = RemoteRow.objects.filter(object=self.course.object, due_at=None)
        mirrored.filter(external_id__in=[row.external_id for row in rows]).update(due_at=timezone.now())

    def may_decide(self, rule: FieldRule | None) -> bool:
        """Ours cannot be kept where the mapping says that theirs counts: the next look would take it."""
        stays = rule is None or (self.choice == OURS and rule.truth is Truth.THEIRS)
        self.found.stayed += stays
        return not stays

    def take(self, rows: Sequence[HeldValue], taken: dict[int, dict[str, Value]]) -> list[HeldValue]:
        """Set theirs here; an address that is somebody else's is left, as people have to merge the two first."""
        local = LOCALS[self.course.mapping.kind]
        others: dict[int, int] = local.taken_addresses(taken) if isinstance(local, People) else {}
        for pk in others:
            taken[pk].pop("email", None)
        left = [row for row in rows if row.field in taken[row.local_id]]
        self.found.changed += len(rows) - len(left)
        local.change(self.course, {pk: values for pk, values in taken.items() if values})
        SyncChange.objects.bulk_create(self.changes(left), batch_size=CHUNK)
        local.after(self.course, created=(), changed={pk: values for pk, values in taken.items() if values})
        return left

    def changes(self, rows: Iterable[HeldValue]) -> Iterable[SyncChange]:
        for row in rows:
            yield SyncChange(
                run=self.run,
                kind=self.course.mapping.kind,
                local_id=row.local_id,
                external_id=row.external_id,
                before={row.field: row.ours},
                after={row.field: row.theirs},
                why={row.field: WHY},
            )

    def agree(self, rows: Iterable[HeldValue]) -> None:
        """Theirs is what both now agree on; where ours is kept it is a change of ours since, and waits to be sent."""
        bases: dict[str, dict[str, Any]] = {}
        for row in rows:
            bases.setdefault(row.external_id, {})[row.field] = row.theirs
        execute(
            BASE,
            self.choice == OURS,
            texts(bases),
            texts(as_json(one) for one in bases.values()),
            self.course.object.pk,
        )
