"""JSON as text for the many documents that are written at once."""

import json
from typing import Any

import orjson

_AS_IS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_json(value: Any) -> str:
    """Compact JSON of dictionaries, lists, texts, numbers, booleans and None. Raises TypeError for anything else."""
    try:
        return orjson.dumps(value, option=_AS_IS).decode()
    except TypeError:  # whole numbers beyond 64 bits, keys that are no texts: JSON and PostgreSQL know them
        return _encode(value)
