"""Calls of the tracking protocol, as its clients make them."""

import base64
import json
from typing import Any

from django.test import Client

from martech.models import EventSource
from martech.services.tracking import create_source
from mops.core import work


def make_source(**fields: Any) -> tuple[EventSource, str]:
    return create_source(**{"name": "Website", "actor": None, **fields})


def post(key: str, kind: str, document: Any, **headers: str) -> Any:
    """The answer to a call; `document` may be bytes."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    given = {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()} if key else {}
    return Client().post(f"/cdp/v1/{kind}", body, content_type="application/json", headers={**given, **headers})


def send(key: str, *events: dict[str, Any]) -> Any:
    answer = post(key, "batch", {"batch": list(events)})
    assert answer.status_code == 200
    return answer.json()


def apply() -> None:
    work.run_due("tracking")
