"""Merkle trees over hashes, and the chain of seals: pure.

Leaves and inner nodes are hashed with different first bytes (RFC 6962), so that a node can never pass for a leaf.
"""

import hashlib
import hmac
from collections.abc import Iterable

EMPTY = hashlib.sha256(b"").hexdigest()


def merkle_root(leaves: Iterable[bytes]) -> str:
    """The root of a tree over the leaves in their order, as 64 hexadecimal digits; a lone node moves up as it is."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return EMPTY
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = above + level[-1:] if len(level) % 2 else above
    return level[0].hex()


def seal_mac(key: bytes, *parts: str) -> str:
    """The keyed hash that binds a seal to what it covers and to the seal before it."""
    text = "\x1f".join(parts)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
