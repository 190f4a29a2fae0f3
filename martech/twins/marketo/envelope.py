"""Marketo's answers: HTTP 200 with an envelope, whatever happened."""

import itertools
from typing import Any

from martech.twins.serving import Answer, answer_json

_numbers = itertools.count(0x1A2B)
MESSAGES = {
    "600": "Access token is missing",
    "601": "Access token invalid",
    "602": "Access token expired",
    "603": "Access denied",
    "606": "Max rate limit '100' exceeded with in '20' secs",
    "607": "Daily API Request Limit Reached",
    "608": "API Temporarily Unavailable",
    "609": "Invalid JSON",
    "610": "Requested resource not found",
    "611": "System error",
    "615": "Concurrent access limit reached",
    "702": "No data found",
    "713": "Transient Error",
    "1004": "Lead not found",
    "1005": "Lead already exists",
    "1007": "Multiple lead match lookup criteria",
    "1080": "Too many leads to merge: 25 are the most",
}


class Refused(Exception):
    """A call that fails as a whole."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message or MESSAGES[code]


def request_id() -> str:
    return f"{next(_numbers):x}#{0x18E0A1B2C3:x}"


def succeeded(result: list[Any] | None, **more: Any) -> Answer:
    body: dict[str, Any] = {"requestId": request_id(), "success": True}
    if result is not None:
        body["result"] = result
    return answer_json({**body, **more})


def failed(code: str, message: str = "") -> Answer:
    text = message or MESSAGES.get(code, "")
    return answer_json({"requestId": request_id(), "success": False, "errors": [{"code": code, "message": text}]})


def skipped(code: str, message: str = "") -> dict[str, Any]:
    """A record that is left out, with its reason."""
    return {"status": "skipped", "reasons": [{"code": code, "message": message or MESSAGES.get(code, "")}]}
