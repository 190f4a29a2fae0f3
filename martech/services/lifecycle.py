"""Stages: people move forward by themselves when conditions or deals say so; every other move has a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from governance.models import User
from martech.lifecycle.document import DISQUALIFIED, FORWARD, RECYCLED, Lifecycle, StageRule, rank
from martech.models import Deal, DealStageEntry, DealState, LifecycleVersion, MoveCause, Person, Stage, StageMove, Touch
from martech.selectors.lifecycle import (
    check_lifecycle,
    labels,
    lifecycle_in_force,
    lifecycle_of,
    lifecycle_to_edit,
    read_lifecycle_document,
)
from martech.services.scoring import mark_everybody
from martech.services.sync.standing import wait_to_be_sent
from mops.core.conditions import get_catalogue, sentence, to_q
from mops.core.documents import Finding, refuse
from mops.core.errors import DomainError
from mops.core.history import expect_many, recording
from mops.core.versions import drop_draft, locked_draft, put_draft, put_into_force

LONGEST_REASON = 200
CHUNK = 5_000
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def save_lifecycle_draft(*, document: Any, actor: User | None, revision: int | None = None) -> LifecycleVersion:
    """Keep a document as the draft; only what is no lifecycle at all is refused. Raises DomainError, ConflictError."""
    findings = read_lifecycle_document(document).findings
    refuse([one for one in findings if one.is_shape], "The draft was not saved.", "lifecycle")
    with transaction.atomic(), recording("save_lifecycle_draft", actor=actor):
        return put_draft(LifecycleVersion.objects.all(), document, revision=revision)


def edit_lifecycle_draft(
    *, change: Callable[[dict[str, Any]], None], actor: User | None, revision: int
) -> LifecycleVersion:
    """Save the draft (or a copy of the newest version) after `change` altered its document in place."""
    document = lifecycle_to_edit()
    change(document)
    return save_lifecycle_draft(document=document, actor=actor, revision=revision)


def discard_lifecycle_draft(*, actor: User | None, revision: int | None = None) -> bool:
    """Drop the draft. Raises ConflictError when it is no longer the one that was seen (`revision`)."""
    with transaction.atomic(), recording("discard_lifecycle_draft", actor=actor):
        return drop_draft(LifecycleVersion.objects.all(), revision=revision)


def publish_lifecycle(*, actor: User | None, revision: int | None = None) -> tuple[LifecycleVersion, list[Finding]]:
    """Put the draft into force; everybody is looked at again in the background, and nobody is moved backward.

    Raises DomainError for findings of level error, ConflictError when there is no draft or not the one that was seen.
    """
    versions = LifecycleVersion.objects.all()
    with transaction.atomic(), recording("publish_lifecycle", actor=actor):
        draft = locked_draft(versions, revision=revision, noun="lifecycle")
        findings = check_lifecycle(draft.document)
        refuse([one for one in findings if one.level == "error"], "The lifecycle was not published.", "lifecycle")
        put_into_force(draft, rivals=versions, actor=actor, now=timezone.now())
        mark_everybody()
    return draft, findings


# --- moves by themselves --------------------------------------------------------------------------------------------


def advance(ids: Sequence[int], now: datetime) -> int:
    """Move the given people forward as the lifecycle in force says; answers how many moves that were.

    Deals come first, in the order of the way, as they are facts with a date. Then conditions, the furthest stage first,
    until nobody moves any more. Call it inside a transaction.
    """
    version = lifecycle_in_force()
    if version is None:
        return 0
    lifecycle = lifecycle_of(version)
    stages = lifecycle.automatic_stages()
    moved = sum(_enter_by_deal(stage, ids, version, now) for stage in reversed(stages) if stage.on_deal)
    for _pass in stages:
        entered = sum(_enter_by_condition(lifecycle, stage, ids, version, now) for stage in stages if stage.condition)
        moved += entered
        if not entered:
            break
    return moved


def _last_move(**conditions: Any) -> Subquery:
    moves = StageMove.objects.filter(person=OuterRef("pk"), **conditions)
    return Subquery(moves.order_by("-at", "-id").values("at")[:1])


def _enter_by_condition(
    lifecycle: Lifecycle, stage: StageRule, ids: Sequence[int], version: LifecycleVersion, now: datetime
) -> int:
    """A stage never reached is entered as soon as its condition holds. One reached before, or after recycling, only
    when the person did something since: what a colleague took back does not come again by itself.
    """
    sources = lifecycle.automatic_sources(stage.key)
    rows = Person.objects.living().filter(pk__in=ids, lifecycle_stage__in=sources)
    rows = rows.filter(to_q(stage.condition, get_catalogue("person"), now=now))  # type: ignore[arg-type]
    since = Touch.objects.filter(person=OuterRef("pk"), at__gt=OuterRef("moved_at"))
    is_new = Q(furthest_stage__in=_before(stage.key)) & ~Q(lifecycle_stage=RECYCLED)
    rows = rows.annotate(moved_at=_last_move()).filter(is_new | Exists(since))
    reason = sentence(stage.condition) if stage.condition else ""
    found = dict.fromkeys(rows.order_by().values_list("pk", flat=True), now)
    return _write(found, stage.key, sources, cause=MoveCause.AUTOMATIC, reason=reason, version=version, actor=None)


def _enter_by_deal(stage: StageRule, ids: Sequence[int], version: LifecycleVersion, now: datetime) -> int:
    """A deal opened or won moves its people here from wherever they are before; not when a colleague moved them since.

    The moment a deal entered its won stage comes before its close date, which is a plan that people edit.
    """
    entries = DealStageEntry.objects.filter(deal=OuterRef("pk"))
    if stage.on_deal == "opened":
        moment = Coalesce("opened_at", Subquery(entries.order_by("at").values("at")[:1]), "created_at")
    else:
        won = entries.filter(state=DealState.WON).order_by("-at")
        moment = Coalesce(Subquery(won.values("at")[:1]), "closed_at", "updated_at")
    deals = Deal.objects.filter(contacts__person=OuterRef("pk")).annotate(moment=moment)
    if stage.on_deal == "won":
        deals = deals.filter(state=DealState.WON)
    sources = [*_before(stage.key), RECYCLED, DISQUALIFIED]
    by_hand = Coalesce(_last_move(cause=MoveCause.MANUAL), Value(LONG_AGO))
    rows = Person.objects.living().filter(pk__in=ids, lifecycle_stage__in=sources).annotate(by_hand=by_hand)
    newer = deals.filter(moment__gt=OuterRef("by_hand")).order_by("moment")
    rows = rows.annotate(first=Subquery(newer.values("moment")[:1])).exclude(first=None)
    found = {pk: min(at, now) for pk, at in rows.order_by().values_list("pk", "first")}
    reason = "A deal was won" if stage.on_deal == "won" else "A deal was opened"
    return _write(found, stage.key, sources, cause=MoveCause.DEAL, reason=reason, version=version, actor=None)


def _before(stage: str) -> list[str]:
    """The stages of the way before this one."""
    return [key for key in FORWARD if rank(key) < rank(stage)]


def _write(
    moments: Mapping[int, datetime],
    target: str,
    sources: Sequence[str],
    *,
    cause: str,
    reason: str,
    version: LifecycleVersion | None,
    actor: User | None,
) -> int:
    """Move those who are still in one of the source stages once their rows are locked; answers how many."""
    keys, moved = sorted(moments), 0
    for start in range(0, len(keys), CHUNK):
        rows = Person.objects.living().filter(pk__in=keys[start : start + CHUNK], lifecycle_stage__in=sources)
        locked = list(rows.order_by("pk").select_for_update().values_list("pk", "lifecycle_stage"))
        _write_locked(locked, moments, target, cause=cause, reason=reason, version=version, actor=actor)
        moved += len(locked)
    return moved


def _write_locked(
    locked: Sequence[tuple[int, str]], moments: Mapping[int, datetime], target: str, *, reason: str, **stamp: Any
) -> None:
    """The rows and their moves together. An entry is never dated before the one it follows."""
    ids = [pk for pk, _stage in locked]
    latest = StageMove.objects.filter(person__in=ids).order_by("person", "-at", "-id").distinct("person")
    before = dict(latest.values_list("person", "at"))
    further = Case(When(furthest_stage__in=_before(target), then=Value(target)), default=F("furthest_stage"))
    changes: dict[str, Any] = {"furthest_stage": further} if target in FORWARD else {}
    if stamp["cause"] == MoveCause.MANUAL:
        changes["updated_at"] = timezone.now()
    expect_many(len(ids))
    Person.objects.filter(pk__in=ids).update(lifecycle_stage=target, **changes)
    wait_to_be_sent(ids, ["lifecycle_stage"])
    StageMove.objects.bulk_create(
        StageMove(
            person_id=pk,
            from_stage=stage,
            stage=target,
            at=max(moments[pk], before.get(pk, moments[pk])),
            reason=reason[:LONGEST_REASON],
            **stamp,
        )
        for pk, stage in locked
    )


# --- moves by hand --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """What became of a move by hand: how many moved, were there already, or are where no such move begins (by stage)."""

    moved: int
    already: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


def move_people(*, people: QuerySet[Person], to: str, reason: str, actor: User | None) -> Moved:
    """Move people by hand, forward or backward along the moves of the lifecycle; all in one transaction.

    Who is where no such move begins stays there and is counted. Raises DomainError for an unknown stage or no reason.
    """
    version = lifecycle_in_force()
    lifecycle, now = lifecycle_of(version), timezone.now()
    reason = _checked_reason(to, reason, lifecycle)
    sources = lifecycle.sources(to)
    ids = list(people.order_by().values_list("pk", flat=True).distinct())
    with transaction.atomic(), recording("move_people", actor=actor, reason=reason):
        stamp = {"cause": MoveCause.MANUAL, "reason": reason, "version": version, "actor": actor}
        moved = _write(dict.fromkeys(ids, now), to, sources, **stamp)  # type: ignore[arg-type]
        rest = Person.objects.filter(pk__in=ids, merged_into=None).values_list("lifecycle_stage", flat=True)
        stages = list(rest)
    already = stages.count(to) - moved
    return Moved(moved, already, {stage: stages.count(stage) for stage in sorted(set(stages) - {to})})


def move_person(*, person: Person, to: str, reason: str, actor: User | None) -> Person:
    """Move one person by hand. Raises DomainError when the lifecycle has no such move."""
    done = move_people(people=Person.objects.filter(pk=person.pk), to=to, reason=reason, actor=actor)
    person.refresh_from_db()
    if not done.moved and not done.already:
        lifecycle = lifecycle_of(lifecycle_in_force())
        allowed = [key for key in lifecycle.keys if (person.lifecycle_stage, key) in lifecycle.moves]
        here = Stage(person.lifecycle_stage).label
        remedy = f"From {here} one moves to {labels(allowed)}." if allowed else f"From {here} nobody is moved."
        raise DomainError("The person was not moved.", errors={"stage": [remedy]})
    return person


def _checked_reason(to: str, reason: str, lifecycle: Lifecycle) -> str:
    errors: dict[str, list[str]] = {}
    text = " ".join(reason.replace("\x00", "").split())
    if to not in lifecycle.keys:
        errors["stage"] = [f"There is no stage “{to[:40]}”; use one of {', '.join(lifecycle.keys)}."]
    if not text:
        errors["reason"] = ["Say why; it stays with the person."]
    elif len(text) > LONGEST_REASON:
        errors["reason"] = [f"Use at most {LONGEST_REASON} characters."]
    if errors:
        raise DomainError("Nobody was moved.", errors=errors)
    return text
