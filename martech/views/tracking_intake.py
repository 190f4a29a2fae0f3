"""`POST /cdp/v1/{identify,track,page,screen,group,alias,batch}`: the tracking protocol, with a write key."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from martech.connectors.cdp.events import SHORT, TYPES
from martech.services.tracking.accepting import Delivery, IntakeRefused, Receipt, accept_request, refuse_length
from mops.core.rights import PUBLIC, requires

KINDS = {**SHORT, **{name: name for name in (*TYPES, "batch")}}
MOST_NAMED = 20


@csrf_exempt
@requires(PUBLIC)
def receive(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the events of a request and answer; what they mean is worked out afterwards."""
    if kind not in KINDS:
        raise Http404
    origin = request.headers.get("Origin", "")
    if request.method == "OPTIONS":
        return preflight(origin)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST, OPTIONS"})
    return with_origin(answer(request, KINDS[kind], origin), origin)


def answer(request: HttpRequest, kind: str, origin: str) -> HttpResponse:
    delivery = Delivery(
        kind=kind,
        body=b"",
        received_at=timezone.now(),
        authorization=request.headers.get("Authorization", ""),
        encoding=request.headers.get("Content-Encoding", ""),
        origin=origin,
    )
    try:
        refuse_length(delivery, int(request.headers.get("Content-Length") or 0))
        receipt = accept_request(delivery.with_body(request.body))
    except IntakeRefused as refused:
        return refusal(refused)
    return kept(receipt, kind)


def kept(receipt: Receipt, kind: str) -> HttpResponse:
    """200 also for a batch of which events were refused: the good ones are kept, and clients repeat nothing."""
    refused = [{"index": one.index, "code": one.code, "message": one.detail} for one in receipt.refused[:MOST_NAMED]]
    if kind != "batch" and refused:
        return JsonResponse({"success": False, **{k: refused[0][k] for k in ("code", "message")}}, status=400)
    counts = {"accepted": receipt.accepted, "repeated": receipt.repeated, "refused": len(receipt.refused)}
    return JsonResponse({"success": True, **counts, **({"errors": refused} if refused else {})})


def refusal(refused: IntakeRefused) -> HttpResponse:
    response = JsonResponse({"success": False, "code": refused.code, "message": refused.detail}, status=refused.status)
    if refused.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="mops write key"'
    if refused.retry_after:
        response["Retry-After"] = str(refused.retry_after)
    return response


def preflight(origin: str) -> HttpResponse:
    """A browser asks before it sends; the key, which says whose origin this must be, comes with the sending."""
    headers = {
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding",
        "Access-Control-Max-Age": "7200",
    }
    return with_origin(HttpResponse(status=204, headers=headers), origin)


def with_origin(response: HttpResponse, origin: str) -> HttpResponse:
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Vary"] = "Origin"
    return response
