"""Versions of rules: what is in force, and putting something else in force."""

from typing import Any

from django.db import IntegrityError, transaction

from governance.models import User
from martech.models import RuleKind, RuleVersion
from mops.core.errors import ConflictError
from mops.core.history import recording

MEANWHILE = "Somebody else changed the rules meanwhile; look at theirs first."


def version_in_force(kind: RuleKind) -> RuleVersion | None:
    """The newest version; None while the rules are as shipped."""
    return RuleVersion.objects.filter(kind=kind).order_by("-number").first()


def publish_version(*, kind: RuleKind, document: dict[str, Any], seen: int, actor: User | None) -> RuleVersion:
    """Put a checked document in force; `seen` is the number the editor started from, 0 for none.

    Raises ConflictError when somebody else published meanwhile.
    """
    latest = version_in_force(kind)
    if (latest.number if latest else 0) != seen:
        raise ConflictError(MEANWHILE, kind="stale")
    try:
        with transaction.atomic(), recording(f"publish_{kind}_rules", actor=actor):
            return RuleVersion.objects.create(kind=kind, number=seen + 1, document=document, created_by=actor)
    except IntegrityError as error:
        raise ConflictError(MEANWHILE, kind="stale") from error
