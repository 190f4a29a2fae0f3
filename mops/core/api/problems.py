"""Every error of the API is problem+json (RFC 9457) with the fields, the reasons and the remedies."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from mops.core.errors import DomainError
from mops.core.problems import KINDS, MEDIA_TYPE, general_kind, problem_body


def flat_errors(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested validation errors as `{"utm.source": ["…"], "rows[3].email": ["…"]}`."""
    if isinstance(detail, Mapping):
        merged: dict[str, list[str]] = {}
        for key, value in detail.items():
            place = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else str(key)
            merged.update(flat_errors(value, place))
        return merged
    if isinstance(detail, Sequence) and not isinstance(detail, str):
        if all(isinstance(item, str) for item in detail):
            return {path or "non_field_errors": [str(item) for item in detail]}
        merged = {}
        for index, item in enumerate(detail):
            if item:
                merged.update(flat_errors(item, f"{path}[{index}]"))
        return merged
    return {path or "non_field_errors": [str(detail)]}


def problem(
    kind: str, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None, headers: Any = None
) -> Response:
    """A problem+json answer (RFC 9457) of one of the kinds, with field errors."""
    body = problem_body(KINDS[kind], detail, errors)
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Map every expected exception to problem+json; an unexpected one stays a 500 and is logged by Django."""
    set_rollback()
    if isinstance(error, DomainError):
        return problem(error.kind, error.detail, errors=error.errors)
    if isinstance(error, DjangoValidationError):
        details = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        return problem("refused", "Some values were refused.", errors=details)
    if isinstance(error, Http404):
        return problem("not-found", "There is no such object, or you may not see it.")
    if isinstance(error, PermissionDenied):
        return problem("not-allowed", str(error) or "Your role does not allow this.")
    if isinstance(error, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return problem("too-large", f"A call has at most {most:,} bytes; send it in several.")
    if isinstance(error, exceptions.ValidationError):
        return problem("refused", "Some values were refused.", errors=flat_errors(error.detail))
    return of_framework(error, context.get("view")) if isinstance(error, exceptions.APIException) else None


def of_framework(error: exceptions.APIException, view: Any) -> Response:
    """What the framework refused before a service was asked."""
    headers = {"WWW-Authenticate": error.auth_header} if getattr(error, "auth_header", None) else {}
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    code = error.get_codes()
    kind = KINDS[code] if isinstance(code, str) and code in KINDS else general_kind(error.status_code)
    body = problem_body(kind, remedy_of(error, view), status=error.status_code)
    return Response(body, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


def remedy_of(error: exceptions.APIException, view: Any) -> str:
    """What the framework found wrong with a call, and what to send instead."""
    said = str(error.detail)
    if isinstance(error, exceptions.NotAuthenticated):
        return "Send the header “Authorization: Bearer mops_…”; a token is made under your profile."
    if isinstance(error, exceptions.UnsupportedMediaType):
        kinds = " or ".join(parser.media_type for parser in view.parser_classes)
        return f"The body is not of a kind this address reads; send it with “Content-Type: {kinds}”."
    if isinstance(error, exceptions.ParseError) and said.startswith("JSON parse error - "):
        return f"The body is not JSON in UTF-8: {said.removeprefix('JSON parse error - ')}."
    return said
