"""Monitors: made, drafted, published by a person, paused."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from governance.models import User
from martech.models import FindingState, Monitor, MonitorVersion, QualityFinding
from martech.selectors.quality import read_document
from martech.selectors.quality_sql import baseline_of
from mops.core.documents import refuse
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.paths import is_taken
from mops.core.versions import drop_draft, locked_draft, put_draft, put_into_force


def create_monitor(*, document: Any, actor: User | None, key: str = "", owner: User | None = None) -> Monitor:
    """A new monitor with its first draft. Raises DomainError for what is no monitor, ConflictError for a taken key."""
    refuse_shape(document)
    name = str(document.get("name") or "").strip()[:120]
    key = slugify(key or name)[:60].strip("-")
    if not key:
        raise DomainError("The monitor was not created.", errors={"name": ["Give it a name with letters."]})
    if is_taken("martech:monitor", key=key):
        reasons = {"name": [f"A page of mops is called {key}; choose another name."]}
        raise ConflictError("The monitor was not created.", errors=reasons, kind="duplicate")
    try:
        with transaction.atomic(), recording("create_monitor", actor=actor):
            monitor = Monitor.objects.create(key=key, name=name or key, owner=owner)
            put_draft(monitor.versions.all(), document, monitor=monitor)
    except IntegrityError as error:
        reasons = {"name": [f"A monitor “{key}” is there already; choose another name."]}
        raise ConflictError("The monitor was not created.", errors=reasons, kind="duplicate") from error
    return monitor


def refuse_shape(document: Any) -> None:
    """Refuse what is no monitor at all; anything else a draft may still have."""
    refuse([one for one in read_document(document).findings if one.is_shape], "The draft was not saved.", "monitor")


def save_monitor_draft(
    *, monitor: Monitor, document: Any, actor: User | None, revision: int | None = None
) -> MonitorVersion:
    """Keep a document as the draft. Raises DomainError, and ConflictError when somebody saved meanwhile."""
    refuse_shape(document)
    with transaction.atomic(), recording("save_monitor_draft", actor=actor):
        return put_draft(monitor.versions.all(), document, revision=revision, monitor=monitor)


def discard_monitor_draft(*, monitor: Monitor, actor: User | None, revision: int | None = None) -> bool:
    """Drop the draft. Raises ConflictError when it is no longer the one that was seen (`revision`)."""
    with transaction.atomic(), recording("discard_monitor_draft", actor=actor):
        return drop_draft(monitor.versions.all(), revision=revision)


def publish_monitor(*, monitor: Monitor, actor: User, revision: int | None = None) -> MonitorVersion:
    """Put the draft into force; for drift the pinned window is counted once, here.

    Raises DomainError for findings, ConflictError when there is no draft or it is not the one the publisher saw.
    """
    versions = monitor.versions.all()
    with transaction.atomic(), recording("publish_monitor", actor=actor):
        draft = locked_draft(versions, revision=revision, noun="monitor")
        reading = read_document(draft.document)
        refuse([one for one in reading.findings if one.level == "error"], "The monitor was not published.", "monitor")
        assert reading.rule is not None  # noqa: S101 - without errors there is one
        now = timezone.now()
        if reading.rule.kind == "drift":
            MonitorVersion.objects.filter(pk=draft.pk).update(baseline=baseline_of(reading.rule, now))
        put_into_force(draft, rivals=versions, actor=actor, now=now)
        Monitor.objects.filter(pk=monitor.pk).update(name=reading.rule.name)
    return draft


def change_monitor(*, monitor: Monitor, actor: User | None, **changes: Any) -> Monitor:
    """Give a monitor another owner, pause it or wake it. A paused one closes its finding."""
    with transaction.atomic(), recording("change_monitor", actor=actor):
        Monitor.objects.filter(pk=monitor.pk).update(**changes)
        if changes.get("is_active") is False:
            rows = QualityFinding.objects.filter(monitor=monitor, state=FindingState.OPEN)
            rows.update(state=FindingState.RESOLVED, closed_at=timezone.now(), note="The monitor was paused.")
    monitor.refresh_from_db()
    return monitor


def add_standard_monitors(*, documents: dict[str, dict[str, Any]], actor: User) -> int:
    """Add and publish those of the proposed monitors that are not there yet; answers how many."""
    known = set(Monitor.objects.filter(key__in=documents).values_list("key", flat=True))
    added = 0
    for key, document in documents.items():
        if key not in known:
            monitor = create_monitor(document=document, key=key, actor=actor, owner=actor)
            publish_monitor(monitor=monitor, actor=actor)
            added += 1
    return added
