"""What a select of many is filled with while somebody types (`mops.core.inputs.FoundInput`)."""

from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse

MOST: Final = 20


def options(request: HttpRequest, rows: QuerySet[Any], *searched: str, value: str = "pk") -> JsonResponse:
    """Up to 20 rows, one of whose fields `searched` holds `?q=`, as options under their field `value`."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    holds = reduce(or_, (Q(**{f"{name}__icontains": text}) for name in searched))
    found = rows.filter(holds).order_by(searched[0], "pk") if text else rows.order_by("-pk")
    return JsonResponse({"options": [{"value": str(getattr(row, value)), "text": str(row)} for row in found[:MOST]]})
