"""What every operation of the OpenAPI schema has in common."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from mops.core.api.permissions import SAFE_METHODS
from mops.core.api.revisions import revision_parameters
from mops.core.problems import MEDIA_TYPE, kinds_of


def problem_schema(status: int) -> dict[str, Any]:
    """A problem of this status, with the kinds it may be of."""
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "errors"],
        "properties": {
            "type": {"type": "string", "format": "uri", "enum": [kind.type for kind in kinds_of(status)]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        },
    }


class Schema(AutoSchema):
    """Adds to every operation the problem answer, the headers that name states and, where it writes, `Idempotency-Key`."""

    def get_override_parameters(self) -> list[Any]:
        parameters = [*super().get_override_parameters(), *revision_parameters(self.view, self.method)]
        if self.method not in SAFE_METHODS:
            parameters.append(
                OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Repeat safely for 24 h")
            )
        return parameters

    def _get_response_bodies(self, direction: str = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        codes = {"401": "Not signed in", "403": "Not allowed", "404": "Not found", "422": "Refused"}
        if self.method not in SAFE_METHODS:
            codes["409"] = "Conflict"
            codes["415"] = "Unsupported media type"
            codes["400"] = "Not JSON"
        for code, description in codes.items():
            content = {MEDIA_TYPE: {"schema": problem_schema(int(code))}}
            bodies.setdefault(code, {"content": content, "description": description})
        return bodies
