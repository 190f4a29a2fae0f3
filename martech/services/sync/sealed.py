"""The secrets of a connection: sealed on writing, opened only for a call, never shown."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from martech.models import Connection, HintKind, HintSource
from mops.core.errors import DomainError
from mops.core.secrets import SecretUnreadable, seal, unseal


def place_of(connection: Connection, field: str) -> str:
    return f"martech_connection/{connection.name}/{field}"


def sealed_secrets(connection: Connection, secrets: Mapping[str, str]) -> str:
    return seal(json.dumps(dict(secrets)), place=place_of(connection, "sealed")) if secrets else ""


def known_secrets(connection: Connection) -> frozenset[str]:
    """The names of those that are kept; none where they cannot be read."""
    try:
        return frozenset(name for name, value in open_secrets(connection).items() if value)
    except DomainError:
        return frozenset()


def open_secrets(connection: Connection) -> dict[str, str]:
    """The secrets by name. Raises DomainError when the key that sealed them is gone."""
    if not connection.sealed:
        return {}
    try:
        found: dict[str, str] = json.loads(unseal(connection.sealed, place=place_of(connection, "sealed")))
    except SecretUnreadable as error:
        raise DomainError(
            "The credentials cannot be read.", errors={"secrets": [f"{error} Enter them again."]}
        ) from error
    return found


def keep_token(connection: Connection, token: str, until: datetime) -> None:
    """Keep a short-lived token so that other workers need not sign in again."""
    connection.token, connection.token_until = seal(token, place=place_of(connection, "token")), until
    Connection.objects.filter(pk=connection.pk).update(token=connection.token, token_until=until)


def kept_token(connection: Connection) -> str:
    if not connection.token or connection.token_until is None or connection.token_until <= timezone.now():
        return ""
    try:
        return unseal(connection.token, place=place_of(connection, "token"))
    except SecretUnreadable:
        return ""


def keep_journal_token(connection: Connection, token: str, until: datetime) -> None:
    """That of the journal is the app's own, and apart from the connection's."""
    sealed = seal(token, place=place_of(connection, "journal_token"))
    HintSource.objects.bulk_create(
        [HintSource(connection=connection, kind=HintKind.JOURNAL, token=sealed, token_until=until)],
        update_conflicts=True,
        unique_fields=["connection", "kind"],
        update_fields=["token", "token_until"],
    )


def kept_journal_token(connection: Connection) -> str:
    source = HintSource.objects.filter(
        connection=connection, kind=HintKind.JOURNAL, token_until__gt=timezone.now()
    ).first()
    try:
        return unseal(source.token, place=place_of(connection, "journal_token")) if source else ""
    except SecretUnreadable:
        return ""
