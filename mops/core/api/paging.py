"""Keyset pages: as fast on the last page as on the first, and stable while rows arrive."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Q, QuerySet
from rest_framework import exceptions, status
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from mops.core.api.asking import refuse_unread


def encode_cursor(direction: str, values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([direction, *values], default=str).encode()).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> tuple[str, list[Any]]:
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, TypeError) as error:
        raise exceptions.ValidationError(
            {"cursor": ["This is not a cursor; follow `next` as it was given."]}
        ) from error
    if direction not in ("n", "p") or len(values) != length:
        raise exceptions.ValidationError({"cursor": ["This cursor belongs to another list."]})
    return direction, values


def narrowing(view: Any) -> Mapping[str, str]:
    """The query parameters that narrow the view's list, with their descriptions."""
    return getattr(view, "narrowed_by", {})


class CursorPages(BasePagination):
    """Keyset pages `{"next", "previous", "results"}` in the order of the view's `page_order` (last key unique).

    `page_order` is a tuple of `(field, descending)`; all keys share one direction, so the page is one index range.
    `narrowed_by` of the view says by which query parameters its list is narrowed, with a description of each; any other is refused.
    """

    limit_max = 500
    limit_default = 100
    default_order: tuple[str, ...] = ("-id",)

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.request = request
        refuse_unread(request, ("cursor", "limit", *narrowing(view)))
        order = getattr(view, "page_order", self.default_order)
        self.fields = [name.lstrip("-") for name in order]
        self.is_descending = order[0].startswith("-")
        self.limit = self.read_limit(request)
        cursor = request.query_params.get("cursor")
        direction, values = decode_cursor(cursor, len(order)) if cursor else ("n", [])
        is_back = direction == "p"
        if values:
            queryset = queryset.filter(self.beyond(values, ascending=self.is_descending == is_back))
        sign = "" if self.is_descending == is_back else "-"
        try:
            rows = list(queryset.order_by(*[sign + field for field in self.fields])[: self.limit + 1])
        except (ValueError, DjangoValidationError) as error:
            raise exceptions.ValidationError({"cursor": ["This cursor belongs to another list."]}) from error
        has_more = len(rows) > self.limit
        rows = rows[: self.limit]
        if is_back:
            rows.reverse()
        self.has_next = has_more if not is_back else True
        self.has_previous = bool(values) if not is_back else has_more
        self.rows = rows
        return rows

    def read_limit(self, request: Request) -> int:
        text = request.query_params.get("limit", str(self.limit_default))
        if not text.isdigit() or not 1 <= int(text) <= self.limit_max:
            raise exceptions.ValidationError({"limit": [f"Use a whole number from 1 to {self.limit_max}."]})
        return int(text)

    def beyond(self, values: Sequence[Any], *, ascending: bool) -> Q:
        """Rows strictly after `values` in the given direction, as nested comparisons."""
        operator = "gt" if ascending else "lt"
        condition = Q()
        for position in range(len(self.fields) - 1, -1, -1):
            field, value = self.fields[position], values[position]
            condition = Q(**{f"{field}__{operator}": value}) | (
                Q(**{field: value}) & condition if condition else Q(pk__in=[])
            )
        return condition

    def link(self, direction: str, row: Any) -> str:
        values = []
        for field in self.fields:
            value: Any = row
            for part in field.split("__"):
                value = value[part] if isinstance(value, dict) else getattr(value, part)
            values.append(value.isoformat() if hasattr(value, "isoformat") else value)
        url = self.request.build_absolute_uri()
        return replace_query_param(url, "cursor", encode_cursor(direction, values))

    def get_paginated_response(self, data: Any) -> Response:
        has_rows = bool(self.rows)
        following = self.link("n", self.rows[-1]) if has_rows and self.has_next else None
        preceding = self.link("p", self.rows[0]) if has_rows and self.has_previous else None
        return Response({"next": following, "previous": preceding, "results": data}, status=status.HTTP_200_OK)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.limit_max, "default": self.limit_default}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            *(
                {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": text}
                for name, text in narrowing(view).items()
            ),
        ]
