"""`POST /hooks/{connection}/`: webhooks of other systems, believed only when signed."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from martech.connectors.errors import Forged, Stale, VendorError
from martech.models import Connection, ConnectionState
from martech.services.sync.hints import MOST, receive_webhook
from mops.core.rights import PUBLIC, requires


def addresses_of(request: HttpRequest) -> tuple[str, str]:
    """What a sender may have signed: the public address of this installation, whatever a proxy made of it, or the address
    the request came to."""
    return f"{settings.WEBHOOK_URL}{request.get_full_path()}", request.build_absolute_uri()


@csrf_exempt
@requires(PUBLIC)
def receive(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the hints and answer at once; the records are fetched afterwards."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    connection = Connection.objects.filter(name=name).exclude(state=ConnectionState.NEW).first()
    if connection is None:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > MOST:
        return JsonResponse({"detail": f"A webhook has at most {MOST:,} bytes."}, status=413)
    headers = {key.lower(): value for key, value in request.headers.items()}
    try:
        new = receive_webhook(connection, method="POST", urls=addresses_of(request), headers=headers, body=request.body)
    except (Forged, Stale) as refused:
        return JsonResponse({"detail": refused.detail}, status=401)
    except VendorError as error:
        return JsonResponse({"detail": error.detail}, status=503)
    return JsonResponse({"accepted": new})
