"""Addresses of the rows behind a number."""

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from reporting.scope import Scope


def records_url(metric: str, start: date, end: date, scope: Scope) -> str:
    """The page with the rows behind a number; `end` is exclusive."""
    query = {"metric": metric, "from": start.isoformat(), "to": end.isoformat(), **scope.query}
    return f"{reverse('reporting:records')}?{urlencode(query)}"
