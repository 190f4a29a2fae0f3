"""The hash of a plan: what was approved is what is applied, to the letter."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def plan_hash(mapping: int | None, until: str, rows: Iterable[dict[str, Any]]) -> str:
    """SHA-256 over the mapping's version, the watermark of the input and every row in the order of its local id."""
    digest = hashlib.sha256(json.dumps([mapping, until]).encode())
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()
