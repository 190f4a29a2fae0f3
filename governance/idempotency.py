"""`Idempotency-Key`: a repeated API call gets the first answer, byte for byte, and has no second effect.

The answer is stored in the transaction of the effect. A process killed before the commit leaves neither, one killed
after it leaves both, so a client that repeats a call it got no answer to is always right to do so.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from governance.models import IdempotencyKey
from governance.services.tokens import digest_of, token_of
from mops.core.problems import KINDS, MEDIA_TYPE, problem_body

METHODS = {"POST", "PUT", "PATCH", "DELETE"}
KEPT = timedelta(hours=24)
NOT_STORED = {401, 403, 409, 413, 429}


def problem(kind: str, detail: str) -> HttpResponse:
    body = problem_body(KINDS[kind], detail)
    return HttpResponse(json.dumps(body), status=body["status"], content_type=MEDIA_TYPE)


def credential_of(request: HttpRequest) -> str:
    """Whose key it is: answers are never shared between credentials."""
    if header := request.headers.get("Authorization"):
        return digest_of(header)
    return digest_of(f"session:{request.user.pk if request.user.is_authenticated else 'nobody'}")


def may_still_call(request: HttpRequest) -> bool:
    """A token revoked since the first call gets no stored answer; the view will refuse it."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return token_of(text.strip()) is not None if scheme.lower() == "bearer" else request.user.is_authenticated


def fingerprint_of(request: HttpRequest) -> str:
    parts = [request.method or "", request.get_full_path(), request.content_type or ""]
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request.body).hexdigest()


class IdempotencyMiddleware:
    """Answer repeated unsafe calls below /api/ from the stored answers of the last 24 hours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if not key or request.method not in METHODS or not request.path.startswith("/api/"):
            return self.get_response(request)
        if len(key) > 255:
            return problem("key-too-long", "Idempotency-Key has more than 255 characters; use a UUID.")
        with transaction.atomic():
            return self.answer_once(request, credential_of(request), key)

    def answer_once(self, request: HttpRequest, credential: str, key: str) -> HttpResponse:
        if not lock_key(credential, key):
            response = problem("in-flight", "A call with this Idempotency-Key is still running; repeat it later.")
            response["Retry-After"] = "5"
            return response
        fingerprint = fingerprint_of(request)
        recent = timezone.now() - KEPT
        stored = IdempotencyKey.objects.filter(credential=credential, key=key, created_at__gte=recent).first()
        if stored is not None and may_still_call(request):
            return replay(stored, fingerprint)
        response = self.get_response(request)
        if response.status_code >= 500 or response.status_code in NOT_STORED:
            transaction.set_rollback(True)
            return response
        store(credential, key, fingerprint, response)
        return response


def lock_key(credential: str, key: str) -> bool:
    """One call per key at a time, held until the transaction ends."""
    digest = hashlib.sha256(f"{credential}:{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        return bool(cursor.fetchone()[0])


def replay(stored: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if stored.fingerprint != fingerprint:
        return problem("key-reused", "This Idempotency-Key was used for another call; use a new key per call.")
    response = HttpResponse(bytes(stored.body), status=stored.status, content_type=stored.content_type)
    response["Idempotency-Replayed"] = "true"
    if stored.location:
        response["Location"] = stored.location
    return response


def store(credential: str, key: str, fingerprint: str, response: HttpResponse) -> None:
    IdempotencyKey.objects.update_or_create(
        credential=credential,
        key=key,
        defaults={
            "fingerprint": fingerprint,
            "status": response.status_code,
            "content_type": response.get("Content-Type", ""),
            "location": response.get("Location", ""),
            "body": response.content,
            "created_at": timezone.now(),
        },
    )
