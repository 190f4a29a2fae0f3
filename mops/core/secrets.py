"""Secrets at rest: envelope encryption with AES-256-GCM. The key's id stands before the ciphertext; what a secret
belongs to is authenticated with it, so that one row's secret cannot be moved into another."""

import base64
import binascii
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12


class SecretUnreadable(Exception):
    """The secret was sealed with a key that is not here, or for another place; enter it again."""


@lru_cache(maxsize=4)
def _ring(configured: tuple[str, ...]) -> dict[str, bytes]:
    ring = {}
    for entry in configured:
        name, _, text = entry.partition(":")
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured(f"MOPS_ENCRYPTION_KEYS: key {name} is no base64") from error
        if len(key) != 32 or not name:
            raise ImproperlyConfigured("MOPS_ENCRYPTION_KEYS: write id:base64 of 32 bytes, newest first")
        ring[name] = key
    if not ring:
        raise ImproperlyConfigured("MOPS_ENCRYPTION_KEYS is empty: secrets cannot be stored")
    return ring


def seal(text: str, *, place: str) -> str:
    """Encrypt for one place (table, row and field); answers text of the form `key:base64`."""
    ring = _ring(tuple(settings.ENCRYPTION_KEYS))
    name, key = next(iter(ring.items()))
    nonce, data_key = os.urandom(NONCE), AESGCM.generate_key(256)
    wrapped = AESGCM(key).encrypt(nonce, data_key, place.encode())
    inner = os.urandom(NONCE)
    body = AESGCM(data_key).encrypt(inner, text.encode(), place.encode())
    return f"{name}:{base64.b64encode(nonce + wrapped + inner + body).decode()}"


def unseal(sealed: str, *, place: str) -> str:
    """The text that was sealed for this place. Raises SecretUnreadable."""
    name, _, coded = sealed.partition(":")
    key = _ring(tuple(settings.ENCRYPTION_KEYS)).get(name)
    if key is None:
        raise SecretUnreadable(f"The key {name} that sealed this secret is not configured.")
    blob = base64.b64decode(coded)
    split = NONCE + 32 + 16
    try:
        data_key = AESGCM(key).decrypt(blob[:NONCE], blob[NONCE:split], place.encode())
        return AESGCM(data_key).decrypt(blob[split : split + NONCE], blob[split + NONCE :], place.encode()).decode()
    except InvalidTag as error:
        raise SecretUnreadable("The secret does not belong to this place, or was changed.") from error
