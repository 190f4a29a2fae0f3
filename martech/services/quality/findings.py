"""Findings: who cares for one until when, and accepting what will stay as it is."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.models import User
from governance.services.notifications import notify_users
from martech.models import FindingState, QualityFinding
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording

CLOSED = "This finding is closed; a new one opens when the monitor falls short again."


def assign_finding(*, finding: QualityFinding, owner: User | None, due_on: date, actor: User | None) -> QualityFinding:
    """Give an open finding an owner and a due date; a new owner is told. Raises ConflictError when it is closed."""
    with transaction.atomic(), recording("assign_finding", actor=actor):
        rows = QualityFinding.objects.filter(pk=finding.pk, state=FindingState.OPEN)
        if not rows.update(owner=owner, due_on=due_on, reminded_on=None):
            raise ConflictError(CLOSED)
        if owner is not None and owner.pk != finding.owner_id and owner != actor:
            title = f"{finding.monitor.name} is yours, due on {due_on:%d %b}"
            notify_users(
                user_ids=[owner.pk],
                kind="quality",
                title=title,
                detail=str(finding),
                url=finding.get_absolute_url(),
            )
    finding.refresh_from_db()
    return finding


def accept_finding(*, finding: QualityFinding, until: date, note: str, actor: User | None) -> QualityFinding:
    """Live with an open finding until a day, with the reason. Raises DomainError, ConflictError when it is closed."""
    errors: dict[str, list[str]] = {}
    if not note.strip():
        errors["note"] = ["Say why; whoever looks next has to know."]
    if until <= timezone.localdate():
        errors["until"] = ["Choose a day to come."]
    if errors:
        raise DomainError("The finding was not accepted.", errors=errors)
    with transaction.atomic(), recording("accept_finding", actor=actor, reason=note.strip()):
        values: dict[str, Any] = {"note": note.strip()[:300], "accepted_until": until, "closed_at": timezone.now()}
        rows = QualityFinding.objects.filter(pk=finding.pk, state=FindingState.OPEN)
        if not rows.update(state=FindingState.ACCEPTED, **values):
            raise ConflictError(CLOSED)
    finding.refresh_from_db()
    return finding
