"""Bodies of HubSpot's refusals, word for word where the wording is known."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from martech.twins.serving import Answer, answer_json


class Refused(Exception):
    """A call that HubSpot answers with an error."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.category, self.message, self.more = status, category, message, more

    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = {"status": "error", "message": self.message, "correlationId": str(uuid.uuid4())}
        if self.category:
            found["category"] = self.category
        return {**found, **self.more}

    def answer(self) -> Answer:
        return answer_json(self.body(), self.status)

    def in_batch(self, context: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The same as one of the errors of a 207."""
        own = dict(self.more.get("context", {}))
        return {"status": "error", "category": self.category, "message": self.message, "context": {**own, **context}}


def rate_limited(policy: str, **more: Any) -> Refused:
    """`policy`: TEN_SECONDLY_ROLLING, SECONDLY, DAILY, or one that has no words of its own."""
    words = {"TEN_SECONDLY_ROLLING": "ten_secondly_rolling", "SECONDLY": "secondly", "DAILY": "daily"}
    return Refused(
        429,
        "",
        f"You have reached your {words.get(policy, policy.lower())} limit.",
        errorType="RATE_LIMIT",
        policyName=policy,
        **more,
    )


def invalid(message: str, **more: Any) -> Refused:
    return Refused(400, "VALIDATION_ERROR", message, **more)


def not_found(message: str = "resource not found") -> Refused:
    return Refused(404, "OBJECT_NOT_FOUND", message)


def unauthenticated() -> Refused:
    return Refused(
        401,
        "INVALID_AUTHENTICATION",
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
    )


def scopes_missing(needed: Iterable[str]) -> Refused:
    message = "This app hasn't been granted all required scopes to make this call."
    context = {"requiredGranularScopes": list(needed)}
    error = {"message": "One or more of the following scopes are required.", "context": context}
    return Refused(403, "MISSING_SCOPES", message, errors=[error])


def bad_values(found: Sequence[Mapping[str, Any]]) -> Refused:
    """`found`: name, error (the code) and message of each property that was refused."""
    details = [
        {"isValid": False, "message": f["message"], "error": f["error"], "name": f["name"], "portalId": 0}
        for f in found
    ]
    errors = [{"message": f["message"], "code": f["error"], "context": {"propertyName": [f["name"]]}} for f in found]
    text = json.dumps(details, separators=(",", ":"), ensure_ascii=False)
    return invalid(f"Property values were not valid: {text}", errors=errors)
