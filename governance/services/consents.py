"""Consent as people gave or withdrew it: records are appended, nothing earlier is changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from governance.consent import SYSTEM, origin_of
from governance.models import SAYABLE, ConsentOrigin, ConsentRecord, ConsentState, User
from governance.subjects import subject_of
from mops.core.errors import DomainError

ENTRY = {"purpose", "state", "channel", "origin", "source", "evidence", "occurred_at", "valid_until"}
LONGEST = {"purpose": 60, "channel": 20, "source": 120}


def checked_consents(given: Sequence[Any], path: str = "consent") -> list[dict[str, Any]]:
    """`[{"purpose", "state", "channel"}]`, optionally with `origin`, `source`, `evidence`, `occurred_at` and
    `valid_until`, as `record_consents` takes them; every wrong value is named. Raises DomainError.
    """
    errors: dict[str, list[str]] = {}
    entries = [checked_entry(entry, f"{path}[{index}]" if path else "", errors) for index, entry in enumerate(given)]
    if errors:
        raise DomainError("The consent was not understood.", errors=errors)
    return entries


def checked_entry(entry: Any, path: str, errors: dict[str, list[str]]) -> dict[str, Any]:
    prefix = f"{path}." if path else ""
    if not isinstance(entry, Mapping):
        errors[path or "non_field_errors"] = ["Send an object with purpose, state and channel."]
        return {}
    for name in sorted(set(entry) - ENTRY):
        errors[f"{prefix}{name}"] = [f"Unknown field; use {', '.join(sorted(ENTRY))}."]
    kept: dict[str, Any] = {"purpose": "", "channel": "email"}
    for name, limit in LONGEST.items():
        text = entry.get(name) or kept.get(name, "")
        if not isinstance(text, str) or len(text.strip()) > limit or "\x00" in text:
            errors[f"{prefix}{name}"] = [f"Send text of at most {limit} characters."]
        elif text:
            kept[name] = text.strip() if name == "source" else text.strip().lower()
    if not kept["purpose"] and f"{prefix}purpose" not in errors:
        errors[f"{prefix}purpose"] = ["Name the purpose, for example newsletter."]
    read_choices(entry, prefix, kept, errors)
    read_moments(entry, prefix, kept, errors)
    evidence = entry.get("evidence") or {}
    kept["evidence"] = evidence if isinstance(evidence, Mapping) else {"text": evidence}
    if "\\u0000" in repr(evidence) or "\\x00" in repr(evidence):
        errors[f"{prefix}evidence"] = ["It holds a NUL character, which cannot be stored."]
    return kept


def read_choices(entry: Mapping[str, Any], prefix: str, kept: dict[str, Any], errors: dict[str, list[str]]) -> None:
    if entry.get("state") not in SAYABLE:
        errors[f"{prefix}state"] = [f"Use one of {', '.join(SAYABLE)}."]
    kept["state"] = entry.get("state")
    if origin := entry.get("origin"):
        if origin not in ConsentOrigin.values:
            errors[f"{prefix}origin"] = [f"Who said it: use one of {', '.join(ConsentOrigin.values)}."]
        kept["origin"] = origin


def read_moments(entry: Mapping[str, Any], prefix: str, kept: dict[str, Any], errors: dict[str, list[str]]) -> None:
    for name in ("occurred_at", "valid_until"):
        given = entry.get(name)
        if given in (None, ""):
            continue
        try:
            moment = given if isinstance(given, datetime) else parse_datetime(str(given))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            errors[f"{prefix}{name}"] = ["Send a time with its offset, like 2026-03-01T09:30:00Z."]
        else:
            kept[name] = moment


Listener = Callable[[Sequence[str]], None]
_listeners: list[Listener] = []


def register_consent_listener(listener: Listener) -> None:
    """Call `listener(canonical addresses)` inside the transaction of every new record, for whatever follows from it."""
    _listeners.append(listener)


def record_consents(
    *,
    email_key: str,
    consents: Sequence[Mapping[str, Any]],
    source: str,
    actor: User | None,
    at: datetime | None = None,
) -> list[ConsentRecord]:
    """Append what was said about a canonical e-mail address; nothing earlier is changed.

    Who said it is `origin` of an entry, else what its source, or `source`, stands for (`governance.consent.origin_of`):
    a connector or an import that names itself can take consent away, but never gives it back.
    """
    subject, now = subject_of(email_key), timezone.now()
    rows = [
        ConsentRecord(
            **{
                "source": source[:120],
                "origin": origin_of(str(entry.get("source") or source)),
                "occurred_at": at or now,
                **entry,
            },
            subject=subject,
            received_at=now,
            actor=actor,
        )
        for entry in consents
    ]
    with transaction.atomic():
        ConsentRecord.objects.bulk_create(rows)
        for listener in _listeners:
            listener([email_key])
    return rows


def take_back(*, records: Sequence[ConsentRecord], source: str, evidence: Mapping[str, Any], actor: Any) -> None:
    """Void records that mops itself wrote by mistake, a merge's for instance: what they ended stands again, unless
    somebody said no since. Raises DomainError for a record that a person, a colleague or a file made.
    """
    if any(record.origin != SYSTEM for record in records):
        raise DomainError("Only what mops itself recorded can be taken back; record what the person says now.")
    now = timezone.now()
    with transaction.atomic():
        ConsentRecord.objects.bulk_create(
            ConsentRecord(
                subject=record.subject,
                purpose=record.purpose,
                channel=record.channel,
                state=ConsentState.VOIDED,
                origin=SYSTEM,
                source=source,
                evidence=dict(evidence),
                occurred_at=now,
                received_at=now,
                voids=record,
                actor=actor,
            )
            for record in records
        )
