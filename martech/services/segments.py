"""Segments made, changed in versions, and put out of use."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from governance.models import User
from martech.models import Person, Segment, SegmentKind, SegmentVersion
from martech.segments.dependencies import dependencies_of
from martech.segments.nesting import cycle_through
from martech.selectors.segments import CATALOGUE, mentions, rule_of, where_used
from martech.services.memberships import mark, move
from martech.services.segment_refresh import count_fully
from mops.core.conditions import ConditionError, Node, dump, get_catalogue, parse
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.versions import drop_draft, locked_draft, put_draft, put_into_force

AT_ONCE_SECONDS = 5
"""How long whoever publishes waits for the count; a longer one is done in the background."""


@dataclass(frozen=True)
class Published:
    """`is_counted` says whether the members are there already."""

    segment: Segment
    version: SegmentVersion
    is_counted: bool


def read_condition(condition: Any) -> Node:
    """The tree of a condition. Raises DomainError naming every finding."""
    try:
        return parse(condition, get_catalogue(CATALOGUE))
    except ConditionError as error:
        found: dict[str, list[str]] = {}
        for finding in error.findings:
            path = f"condition.{finding.path}" if finding.path else "condition"
            found.setdefault(path, []).append(f"{finding.reason}; {finding.remedy}")
        raise DomainError("The condition was not understood.", errors=found) from error


def refuse_cycles(key: str, node: Node) -> None:
    """Raises DomainError with the path when a segment would lie within itself."""
    nested = dependencies_of(node).segments
    if way := cycle_through(key, {**mentions(), key: nested}):
        names = dict(Segment.objects.filter(key__in=way).values_list("key", "name"))
        path = " → ".join(names.get(one, one) for one in way)
        raise DomainError(
            "A segment cannot lie within itself.",
            errors={"condition": [f"It would: {path}. Take one of these out of the other's condition."]},
        )


def create_segment(
    *, name: str, condition: Any, actor: User | None, kind: str = SegmentKind.LIVE, description: str = ""
) -> Published:
    """Make a segment and count it. Raises DomainError for a condition that cannot be used or a name that is taken."""
    title = " ".join(name.split()) if isinstance(name, str) else ""
    if not 0 < len(title) <= 120 or "\x00" in title:
        raise DomainError("The segment was not made.", errors={"name": ["Give it a name of at most 120 characters."]})
    if kind not in SegmentKind.values:
        raise DomainError(
            "The segment was not made.", errors={"kind": [f"Use one of {', '.join(SegmentKind.values)}."]}
        )
    node = read_condition(condition)
    try:
        with transaction.atomic(), recording("create_segment", actor=actor):
            segment = Segment.objects.create(
                key=free_key(title), name=title, description=description.strip()[:400], kind=kind, created_by=actor
            )
            put_draft(segment.versions.all(), {"condition": dump(node)}, segment=segment)
            return publish_locked(segment, actor=actor, revision=None)
    except IntegrityError as error:
        taken = {"name": ["Another segment has this name; choose another, or change that one."]}
        raise ConflictError("The segment was not made.", errors=taken, kind="duplicate") from error


def free_key(title: str) -> str:
    """A key made of the name that no segment has yet."""
    stem = slugify(title)[:70] or "segment"
    taken = set(Segment.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for key in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))) if key not in taken)


def save_segment_draft(
    *, segment: Segment, condition: Any, actor: User | None, revision: int | None = None
) -> SegmentVersion:
    """Keep a condition as the draft; nobody moves before it is published. Raises DomainError, ConflictError."""
    node = read_condition(condition)
    refuse_cycles(segment.key, node)
    with transaction.atomic(), recording("save_segment_draft", actor=actor):
        return put_draft(segment.versions.all(), {"condition": dump(node)}, revision=revision, segment=segment)


def discard_segment_draft(*, segment: Segment, actor: User | None, revision: int | None = None) -> bool:
    """Drop the draft. Raises ConflictError when it is no longer the one that was seen (`revision`)."""
    with transaction.atomic(), recording("discard_segment_draft", actor=actor):
        return drop_draft(segment.versions.all(), revision=revision)


def publish_segment(*, segment: Segment, actor: User | None, revision: int | None = None) -> Published:
    """Put the draft into force and count. Raises DomainError for cycles, ConflictError when there is no draft."""
    with transaction.atomic(), recording("publish_segment", actor=actor):
        return publish_locked(segment, actor=actor, revision=revision)


def publish_locked(segment: Segment, *, actor: User | None, revision: int | None) -> Published:
    """One publishing of segments at a time, so that two of them cannot close a cycle together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('martech_segments'))")
    locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    draft = locked_draft(locked.versions.all(), revision=revision, noun="segment")
    node = read_condition(draft.condition)
    refuse_cycles(locked.key, node)
    now = timezone.now()
    put_into_force(draft, rivals=locked.versions.all(), actor=actor, now=now)
    Segment.objects.filter(pk=locked.pk).update(is_due=True)
    is_counted = count_at_once(locked, draft)
    locked.refresh_from_db()
    return Published(locked, draft, is_counted)


def count_at_once(segment: Segment, version: SegmentVersion) -> bool:
    """Count while somebody waits; False leaves it to the background."""
    try:
        with transaction.atomic():
            why = f"version {version.number} published"
            moved = count_fully(segment, rule_of(version), timezone.now(), why, AT_ONCE_SECONDS)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != "57014":
            raise
        return False
    mark(moved, f"segment:{segment.key}")
    return True


def change_segment(*, segment: Segment, name: str, description: str, actor: User | None) -> None:
    """Rename or describe a segment. Raises ConflictError when the name is taken."""
    try:
        with transaction.atomic(), recording("change_segment", actor=actor):
            Segment.objects.filter(pk=segment.pk).update(name=name.strip()[:120], description=description.strip()[:400])
    except IntegrityError as error:
        raise ConflictError(
            "Not renamed.", errors={"name": ["Another segment has this name."]}, kind="duplicate"
        ) from error


def archive_segment(*, segment: Segment, actor: User | None) -> None:
    """Put a segment out of use; who was in it when stays known. Raises ConflictError while others mention it."""
    with transaction.atomic(), recording("archive_segment", actor=actor):
        if users := where_used(segment):
            names = ", ".join(user.name for user in users)
            raise ConflictError(f"{segment} is mentioned by {names}; take it out there first.")
        Segment.objects.filter(pk=segment.pk, archived_at=None).update(archived_at=timezone.now())


def change_static_members(
    *, segment: Segment, add: Collection[int] = (), remove: Collection[int] = (), actor: User | None
) -> None:
    """Add people to a static segment, or take them out, by hand. Raises DomainError for a live one."""
    if segment.is_live:
        raise DomainError(f"{segment} follows its condition; change that, or make a static segment.")
    by = f"by {actor}" if actor else "by hand"
    living = set(Person.objects.living().filter(pk__in=list(add)).values_list("pk", flat=True))
    with transaction.atomic():
        locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
        move(
            locked,
            entered=dict.fromkeys(sorted(living), f"added {by}"),
            left=dict.fromkeys(sorted(set(remove)), f"taken out {by}"),
            at=timezone.now(),
        )
    mark(living | set(remove), f"segment:{segment.key}")
