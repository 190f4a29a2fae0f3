"""What an address asks for: metric, dates, breakdown, currency, checked and with a reason for every refusal."""

from collections.abc import Mapping
from datetime import date

from django.http import Http404

from mops.core.errors import DomainError
from reporting.metrics import Period, metric_named
from reporting.scope import read_scope
from reporting.selectors import Question, check_currency, check_dimension

COMPARISONS = ("previous", "year")


def read_question(key: str, query: Mapping[str, str]) -> Question:
    """The question in `?from=&to=&by=&currency=&model=&channel=&region=&owner=`. Http404 for an unknown metric, DomainError for the rest."""
    try:
        metric = metric_named(key, query.get("model", ""))
    except KeyError:
        raise Http404 from None
    except ValueError:
        raise DomainError("This metric has no such model.", errors={"model": [_models(key)]}) from None
    return Question(
        metric=metric,
        period=read_period(query),
        by=check_dimension(metric, query.get("by", "")),
        currency=check_currency(query.get("currency", "")),
        model=query.get("model", ""),
        scope=read_scope(query),
    )


def _models(key: str) -> str:
    names = metric_named(key).models
    return f"Use one of {', '.join(names)}." if names else "Leave it out: this metric has one way to be counted."


def read_period(query: Mapping[str, str]) -> Period:
    """`from` and `to` are ISO dates, `to` exclusive; each may be left out."""
    start, end = _day(query, "from"), _day(query, "to")
    if start and end and end <= start:
        raise DomainError("The period is empty.", errors={"to": ["Use a day after `from`; `to` is not counted."]})
    return Period(start, end)


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise DomainError("A date was not understood.", errors={name: ["Write it like 2026-11-23."]}) from None
    if day and not 1900 <= day.year <= 9000:
        raise DomainError("A date was not understood.", errors={name: ["Use a year from 1900 to 9000."]})
    return day


def read_comparison(query: Mapping[str, str], period: Period) -> Period | None:
    """The period `?compare=` asks to compare with; None for no comparison."""
    name = query.get("compare", "")
    if name in ("", "none"):
        return None
    if name not in COMPARISONS:
        raise DomainError("There is no such comparison.", errors={"compare": ["Use previous or year."]})
    if period.start is None or period.end is None:
        raise DomainError("Only a closed period can be compared.", errors={"compare": ["Name both `from` and `to`."]})
    return period.previous() if name == "previous" else period.last_year()
