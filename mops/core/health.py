"""For probes: is the process alive, and can it do its work?"""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from mops.core.rights import PUBLIC, requires

log = structlog.get_logger(__name__)


class HealthMiddleware:
    """Answers probes before anything asks for a host name, a session or TLS: a probe has none of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.probes = {"/healthz": healthz, "/readyz": readyz}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.probes.get(request.path, self.get_response)(request)


@requires(PUBLIC)
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks nobody else, so that an outage elsewhere restarts nothing here."""
    return HttpResponse("ok\n", content_type="text/plain")


@requires(PUBLIC)
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when pages can be served: database there and migrated. The broker is reported, but pages do without it."""
    checks = {"database": database_condition(), "broker": broker_condition()}
    is_ready = checks["database"] == "ok"
    return JsonResponse({"ready": is_ready, **checks}, status=200 if is_ready else 503)


_is_migrated = False


def database_condition() -> str:
    """`ok`, `away` or `not migrated`; the last is asked until it is answered once."""
    global _is_migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        if not _is_migrated:
            executor = MigrationExecutor(connection)
            _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        log.warning("database is away", error=type(error).__name__)
        return "away"
    return "ok" if _is_migrated else "not migrated"


def broker_condition() -> str:
    """`ok` or `away`, decided within a second."""
    retry = Retry(NoBackoff(), 0)
    client = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=retry)
    try:
        with client:
            client.ping()
    except (RedisError, OSError):
        return "away"
    return "ok"
