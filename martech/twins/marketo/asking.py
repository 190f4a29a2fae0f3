"""Parameters of a call, wherever they stand."""

import base64
import json
from collections.abc import Iterable
from typing import Any

from martech.twins.marketo.envelope import Refused
from martech.twins.marketo.state import DEFAULT_FIELDS, FIELDS
from martech.twins.serving import Call

PAGE = 300


def parameters(call: Call) -> dict[str, str]:
    """Of the query, and of the form where a GET comes as a POST."""
    found = {name: values[0] for name, values in call.query.items()}
    if call.method == "POST" and "form" in call.headers.get("content-type", ""):
        found |= {name: values[0] for name, values in call.form.items()}
    return found


def document(call: Call) -> dict[str, Any]:
    """The JSON body. Raises Refused 609."""
    try:
        found = call.json
    except ValueError:
        raise Refused("609") from None
    if not isinstance(found, dict):
        raise Refused("609")
    return found


def rows_of(call: Call) -> list[dict[str, Any]]:
    rows = document(call).get("input")
    if not isinstance(rows, list) or not rows:
        raise Refused("1003", "'input' field should be an array of objects")
    if len(rows) > PAGE:
        raise Refused("1003", "Maximum of 300 records are allowed in a call")
    return rows


def page_size(said: dict[str, str]) -> int:
    given = said.get("batchSize", "")
    return min(int(given), PAGE) if given.isdecimal() and int(given) else PAGE


def fields_of(said: dict[str, str]) -> list[str]:
    names = [name.strip() for name in said.get("fields", "").split(",") if name.strip()] or list(DEFAULT_FIELDS)
    check_fields(names)
    return names


def check_fields(names: Iterable[str]) -> None:
    for name in names:
        if name not in FIELDS:
            raise Refused("1006", f"Field '{name}' not found")


def to_token(**said: Any) -> str:
    return base64.b32encode(json.dumps(said).encode()).decode()


def from_token(text: str) -> dict[str, Any]:
    """Raises Refused 1003 for a token that is not one of ours."""
    try:
        found = json.loads(base64.b32decode(text))
    except ValueError:
        raise Refused("1003", "Invalid nextPageToken") from None
    return found if isinstance(found, dict) else {}


def page_of_ids(ids: list[int], said: dict[str, str]) -> tuple[list[int], dict[str, Any]]:
    """The ids of one page, and the token of the next."""
    start = int(from_token(said["nextPageToken"]).get("start", 0)) if said.get("nextPageToken") else 0
    end = start + page_size(said)
    return ids[start:end], {"nextPageToken": to_token(start=end), "moreResult": True} if end < len(ids) else {}
