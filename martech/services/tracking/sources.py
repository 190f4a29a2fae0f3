"""Sources and their write keys. The text of a key leaves `create_source` and `add_write_key` once."""

import re
import secrets
import time
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from governance.models import User
from governance.services.tokens import USED_EVERY, digest_of
from martech.models import EventSource, WriteKey
from martech.models.tracking import DEFAULT_RATE
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording

PREFIX = "wk_"
ORIGIN = re.compile(r"\*|https?://[a-z0-9.\-\[\]:]+")


def create_source(
    *,
    name: str,
    actor: User | None,
    system: str = "cdp",
    origins: Sequence[str] = (),
    purpose: str = "",
    events_per_second: int = DEFAULT_RATE,
) -> tuple[EventSource, str]:
    """A source and the text of its first write key, which nobody can read again. Raises DomainError, ConflictError."""
    values = checked(name, system, origins, purpose, events_per_second)
    try:
        with transaction.atomic(), recording("create_source", actor=actor):
            source = EventSource.objects.create(**values, actor=actor)
            return source, new_key(source)
    except IntegrityError:
        raise ConflictError(
            "There is a source of this name.",
            errors={"name": ["Choose another name, or change that source."]},
            kind="duplicate",
        ) from None


def change_source(
    *,
    source: EventSource,
    actor: User | None,
    name: str,
    system: str,
    origins: Sequence[str],
    purpose: str,
    events_per_second: int,
) -> None:
    """Raises DomainError, and ConflictError when the name is taken."""
    values = checked(name, system, origins, purpose, events_per_second)
    try:
        with transaction.atomic(), recording("change_source", actor=actor):
            EventSource.objects.filter(pk=source.pk).update(**values)
        _known.clear()
    except IntegrityError:
        raise ConflictError(
            "There is a source of this name.", errors={"name": ["Choose another name."]}, kind="duplicate"
        ) from None


def checked(name: str, system: str, origins: Sequence[str], purpose: str, events_per_second: int) -> dict[str, object]:
    errors: dict[str, list[str]] = {}
    name, system, purpose = name.strip(), system.strip() or "cdp", purpose.strip()
    for field, text, longest in (("name", name, 80), ("system", system, 80), ("purpose", purpose, 60)):
        if len(text) > longest:
            errors[field] = [f"Use at most {longest} characters."]
    if not name:
        errors["name"] = ["Give the source a name, like “Website”."]
    wanted = [origin.strip().lower().rstrip("/") for origin in origins if origin.strip()]
    if wrong := [origin for origin in wanted if not ORIGIN.fullmatch(origin)]:
        errors["origins"] = [f"“{wrong[0]}” is no web origin; write it like https://www.example.com."]
    if not 1 <= events_per_second <= 1_000_000:
        errors["events_per_second"] = ["Use a number from 1 to 1,000,000."]
    if errors:
        raise DomainError("The source was not saved.", errors=errors)
    return {
        "name": name,
        "system": system,
        "origins": wanted,
        "purpose": purpose,
        "events_per_second": events_per_second,
    }


def add_write_key(*, source: EventSource, actor: User | None) -> str:
    """Another valid key beside the present ones; answers its text, once."""
    with transaction.atomic(), recording("add_write_key", actor=actor):
        return new_key(source)


def new_key(source: EventSource) -> str:
    text = PREFIX + secrets.token_urlsafe(24)
    WriteKey.objects.create(source=source, digest=digest_of(text), prefix=text[:8])
    return text


def revoke_write_key(*, key: WriteKey, actor: User | None) -> None:
    """Refuse the key from now on; a second call changes nothing."""
    with transaction.atomic(), recording("revoke_write_key", actor=actor):
        WriteKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    _known.clear()


REMEMBERED_SECONDS = 5.0
"""For how long a process need not look a key and the settings of its source up again. That a key is still valid is
asked anew with every request, by the statement that keeps its events."""
_known: dict[str, tuple[float, WriteKey]] = {}


def known_key(text: str) -> WriteKey | None:
    """A valid write key with its source, as it was a few seconds ago at most."""
    found = _known.get(text)
    if found is not None and found[0] > time.monotonic():
        return found[1]
    key = look_up(text)
    if key is None:
        _known.pop(text, None)
    else:
        _known[text] = (time.monotonic() + REMEMBERED_SECONDS, key)
    return key


def look_up(text: str) -> WriteKey | None:
    """The valid write key of this text, which is marked as used at most once a minute."""
    if not text.startswith(PREFIX):
        return None
    key = WriteKey.objects.select_related("source").filter(digest__in=digests_of(text), revoked_at=None).first()
    if key is None:
        return None
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        WriteKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key


def revoked_key(text: str) -> WriteKey | None:
    """The key of this text that somebody revoked, with its source."""
    if not text.startswith(PREFIX):
        return None
    keys = WriteKey.objects.select_related("source").exclude(revoked_at=None)
    return keys.filter(digest__in=digests_of(text)).first()


def digests_of(text: str) -> list[str]:
    return [digest_of(text, secret=secret) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
