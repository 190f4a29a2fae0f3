"""The metrics in the API: what there is, each metric's value, and the rows behind every value."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mops.core.api.asking import refuse_unread
from mops.core.api.paging import CursorPages
from mops.core.rights import require
from reporting.metrics import METRICS, Kind, Metric
from reporting.questions import read_comparison, read_question
from reporting.selectors import Measured, Question, Row, dimensions_of, measure, part_named, records, right_for, summary
from reporting.selectors.lines import line_of
from reporting.serializers import MetricListSerializer, MetricSerializer, RecordSerializer
from reporting.writing import asked, part_value, written

SCOPE = ("channel", "region", "owner")
DATES = (("from", "First day"), ("to", "Day after the last; exclusive"))
PARAMETERS = [
    *(OpenApiParameter(name, str, description=f"{text}, as 2026-11-23") for name, text in DATES),
    OpenApiParameter("by", str, description="month, quarter, source, channel, …, or properties.<name>"),
    OpenApiParameter("model", str, description="How credit is given, for metrics that have a choice"),
    OpenApiParameter("currency", str, description="Three letters; the base currency when left out"),
    *(OpenApiParameter(name, str, description=f"Only this {name}; `-` for rows without one") for name in SCOPE),
]
COMPARE = OpenApiParameter("compare", str, enum=["previous", "year"], description="A period to compare with")
RECORD_PARAMETERS = [
    OpenApiParameter("value", str, description="The group of `by` whose rows to list; empty for rows without one"),
    OpenApiParameter("part", str, enum=["numerator", "denominator"], description="Of a ratio: which of its two sums"),
]


def described(metric: Metric, request: Request) -> dict[str, Any]:
    """A definition as data."""
    return {
        "key": metric.key,
        "label": metric.label,
        "definition": metric.definition,
        "unit": metric.unit.value,
        "kind": metric.kind.value,
        "version": metric.version,
        "date_basis": metric.date_basis,
        "source": metric.source,
        "numerator": metric.top.label,
        "denominator": metric.below.label if metric.below else None,
        "by": dimensions_of(metric),
        "models": list(metric.models),
        "url": request.build_absolute_uri(reverse("api:metric", args=[metric.key])),
    }


class MetricList(APIView):
    """Every metric with its definition."""

    right = "reporting.view_metric"

    @extend_schema(operation_id="reporting_metrics_list", responses=MetricListSerializer)
    def get(self, request: Request) -> Response:
        found = [described(metric, request) for metric in METRICS.values()]
        return Response({"next": None, "previous": None, "results": found})


class MetricDetail(APIView):
    """One metric: its total and its rows, each with the address of the records that add up to it."""

    right = "reporting.view_metric"

    @extend_schema(parameters=[*PARAMETERS, COMPARE], responses=MetricSerializer)
    def get(self, request: Request, key: str) -> Response:
        query = request.query_params.dict()
        refuse_unread(request, [parameter.name for parameter in (*PARAMETERS, COMPARE)])
        question = read_question(key, query)
        other = read_comparison(query, question.period)
        compared = measure(replace(question, period=other)) if other else None
        return Response(document(measure(question), compared, request))


def document(measured: Measured, compared: Measured | None, request: Request) -> dict[str, Any]:
    """The answer of the contract, with both sums of a ratio and what could not be converted."""
    question, metric = measured.question, measured.question.metric
    period = question.period
    return {
        **described(metric, request),
        "as_of": measured.as_of.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "from": period.start,
        "to": period.end,
        "breakdown": question.by or None,
        "currency": question.currency if uses_money(metric) else None,
        "model": question.model or (metric.models[0] if metric.models else None),
        "total": written(measured.total.value, metric.unit, metric.kind),
        "records": link(question, request, None, is_all=True),
        "rows": [row_document(row, question, request) for row in measured.rows],
        "unconverted": [unconverted_document(entry) for entry in measured.unconverted],
        "without_amount": measured.without_amount,
        "compare": compare_document(compared, request) if compared else None,
    }


def uses_money(metric: Metric) -> bool:
    return any(part.value in ("amount", "revenue") for part in metric.parts)


def unconverted_document(entry: Any) -> dict[str, Any]:
    reason = f"There is no exchange rate for {entry.currency} on or before its day."
    amount = written(entry.amount, METRICS["spend"].unit, Kind.SUM)
    return {"kind": entry.subject, "currency": entry.currency, "count": entry.count, "amount": amount, "reason": reason}


def compare_document(compared: Measured, request: Request) -> dict[str, Any]:
    question = compared.question
    return {
        "from": question.period.start,
        "to": question.period.end,
        "total": written(compared.total.value, question.metric.unit, question.metric.kind),
        "rows": [row_document(row, question, request) for row in compared.rows],
    }


def row_document(row: Row, question: Question, request: Request) -> dict[str, Any]:
    metric = question.metric
    found = {
        "by": row.group,
        "label": row.label or metric.label,
        "value": written(row.value, metric.unit, metric.kind),
        "records": link(question, request, row.group),
    }
    if metric.kind == Kind.RATIO:
        for name, value in (("numerator", row.top), ("denominator", row.below)):
            part = name if metric.has_two_subjects else ""
            records_url = link(question, request, row.group, part=part)
            found[name] = {"value": part_value(value, metric, name), "records": records_url}
    return found


def link(question: Question, request: Request, group: str | None, *, part: str = "", is_all: bool = False) -> str:
    asks = asked(replace(question, by="") if is_all else question, group, part)
    return request.build_absolute_uri(f"{reverse('api:metric-records', args=[question.metric.key])}?{asks}")


class RecordPages(CursorPages):
    """Pages of records that also say how many there are in all and what they come to."""

    default_order = ("-id",)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        found = super().get_paginated_response_schema(schema)
        found["properties"] |= {"count": {"type": "integer"}, "total": {"nullable": True}}
        return found


@extend_schema(parameters=[*PARAMETERS, *RECORD_PARAMETERS], responses=RecordSerializer(many=True))
class MetricRecords(generics.GenericAPIView):
    """The rows behind a number. `value` is what a row adds; the sum over all pages is the number."""

    right = "reporting.view_metric"
    pagination_class = RecordPages
    serializer_class = RecordSerializer
    narrowed_by = {parameter.name: parameter.description for parameter in (*PARAMETERS, *RECORD_PARAMETERS)}

    def get(self, request: Request, key: str) -> Response:
        question = read_question(key, request.query_params.dict())
        part = part_named(question.metric, request.query_params.get("part", ""))
        require(request.user, right_for(part))
        rows = records(question, part=part, value=request.query_params.get("value"), user=request.user)
        page = self.paginate_queryset(rows)
        response = self.get_paginated_response([record_document(row, question, request.user) for row in page or ()])
        response.data |= summarised(rows, question)
        return response


def summarised(rows: Any, question: Question) -> dict[str, Any]:
    count, total = summary(rows, question.metric)
    kind = Kind.MEDIAN if question.metric.kind == Kind.MEDIAN else Kind.SUM
    return {"count": count, "total": written(total, question.metric.unit, kind)}


def record_document(row: Any, question: Question, user: Any) -> dict[str, Any]:
    line = line_of(row, user)
    metric = question.metric
    found: dict[str, Any] = {
        "id": row.pk,
        "kind": line.kind,
        "label": line.label,
        "url": line.url,
        "on": row.on_day,
        "value": written(row.adds, metric.unit, Kind.SUM),
        "amount": line.amount,
        "currency": line.currency,
    }
    if hasattr(row, "counts"):
        found["denominator"] = part_value(row.counts, metric, "denominator")
    return found
