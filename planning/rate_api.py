"""API of exchange rates."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mops.core.api.asking import asked_day, checked, takes_nothing
from mops.core.api.revisions import seen_state
from planning.models import ExchangeRate
from planning.rate_file import MOST
from planning.rate_forms import plain
from planning.services import correct_exchange_rate, delete_exchange_rate, set_exchange_rate

SEE, CHANGE = "planning.view_budget", "planning.edit_budget"


class RateSerializer(serializers.ModelSerializer[ExchangeRate]):
    """From `date` on one unit of `currency` is worth `rate` units of `base`, until a later rate."""

    currency = serializers.CharField(max_length=3)
    base = serializers.SerializerMethodField(help_text="The base currency of the installation")

    class Meta:
        model = ExchangeRate
        fields = ("id", "currency", "date", "rate", "base")
        validators: list[Any] = []

    def get_base(self, _row: ExchangeRate) -> str:
        return str(settings.BASE_CURRENCY)


class WorthSerializer(serializers.ModelSerializer[ExchangeRate]):
    class Meta:
        model = ExchangeRate
        fields = ("rate",)


class RatesView(generics.ListAPIView[ExchangeRate]):
    """Exchange rates, the latest day first. A POST adds one (201), or replaces that of its currency and day (200)."""

    right = {"GET": SEE, "POST": CHANGE}
    tells_etag = ("POST",)
    serializer_class = RateSerializer
    page_order = ("-date", "-id")
    narrowed_by = {"currency": "Its code, like USD", "from": "Since this day", "to": "Until this day, included"}

    def get_queryset(self) -> QuerySet[ExchangeRate]:
        rows, query = ExchangeRate.objects.all(), self.request.query_params
        if currency := query.get("currency"):
            rows = rows.filter(currency=currency.replace("\x00", "").upper())
        for name, lookup in (("from", "date__gte"), ("to", "date__lte")):
            if day := asked_day(query, name):
                rows = rows.filter(**{lookup: day})
        return rows

    @extend_schema(request=RateSerializer, responses={200: RateSerializer, 201: RateSerializer})
    def post(self, request: Request) -> Response:
        given = checked(RateSerializer(data=request.data))
        row, is_new = set_exchange_rate(
            currency=given["currency"],
            day=given["date"],
            rate=given["rate"],
            actor=request.user,  # type: ignore[arg-type]
        )
        return _answer(row, 201 if is_new else 200)


class RateView(APIView):
    """One rate; the ETag names what it is worth. A PATCH corrects that, a DELETE takes the rate back; with `If-Match` a
    change in between is 409."""

    right = {"GET": SEE, "PATCH": CHANGE, "DELETE": CHANGE}
    reads_if_match = ("PATCH", "DELETE")
    tells_etag = ("GET", "PATCH")

    @extend_schema(responses=RateSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return _answer(get_object_or_404(ExchangeRate, pk=pk))

    @extend_schema(request=WorthSerializer, responses=RateSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(ExchangeRate, pk=pk)
        rate = checked(WorthSerializer(data=request.data))["rate"]
        correct_exchange_rate(row=row, rate=rate, seen=_seen(request, row), actor=request.user)  # type: ignore[arg-type]
        return _answer(get_object_or_404(ExchangeRate, pk=pk))

    @extend_schema(responses={204: None})
    @takes_nothing
    def delete(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(ExchangeRate, pk=pk)
        delete_exchange_rate(row=row, seen=_seen(request, row), actor=request.user)  # type: ignore[arg-type]
        return Response(status=204)


def _answer(row: ExchangeRate, status: int = 200) -> Response:
    return Response(RateSerializer(row).data, status=status, headers={"ETag": f'"{plain(row.rate)}"'})


def _seen(request: Request, row: ExchangeRate) -> Decimal:
    """What the rate was when it was read: by the caller, or else just now."""
    return seen_state(request, _worth) or row.rate


def _worth(etag: str) -> Decimal:
    try:
        rate = Decimal(etag)
    except InvalidOperation as error:
        raise ValueError(etag) from error
    if not (rate.is_finite() and 0 < rate < MOST):
        raise ValueError(etag)
    return rate
