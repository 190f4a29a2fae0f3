"""Consent as people gave or withdrew it."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.models import ConsentRecord, ConsentState, User
from mops.core.errors import DomainError


def subject_of(email_key: str) -> str:
    """The keyed hash under which consent of a canonical e-mail address is kept."""
    key = hashlib.sha256(b"governance.ConsentRecord" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, email_key.encode(), hashlib.sha256).hexdigest()


def checked_consents(given: Sequence[Any]) -> list[dict[str, str]]:
    """`[{"purpose", "state", "channel"}]` with every wrong value named. Raises DomainError."""
    errors: dict[str, list[str]] = {}
    for index, entry in enumerate(given):
        if not isinstance(entry, dict) or not str(entry.get("purpose", "")).strip():
            errors[f"consent[{index}].purpose"] = ["Name the purpose, for example newsletter."]
        elif entry.get("state") not in ConsentState.values:
            errors[f"consent[{index}].state"] = [f"Use one of {', '.join(ConsentState.values)}."]
    if errors:
        raise DomainError("The consent was not understood.", errors=errors)
    return [
        {"purpose": entry["purpose"][:60], "state": entry["state"], "channel": str(entry.get("channel", "email"))[:20]}
        for entry in given
    ]


def record_consents(
    *, email_key: str, consents: Sequence[dict[str, str]], source: str, actor: User | None, at: datetime | None = None
) -> list[ConsentRecord]:
    """Append what a person said; nothing earlier is changed."""
    rows = [
        ConsentRecord(
            subject=subject_of(email_key), source=source[:120], actor=actor, occurred_at=at or timezone.now(), **entry
        )
        for entry in consents
    ]
    return ConsentRecord.objects.bulk_create(rows)
