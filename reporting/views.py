"""Pages of reporting: the executive dashboard, and the rows behind any number."""

import tempfile
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from mops.core.charts import Series, bar_chart, line_chart
from mops.core.errors import DomainError
from mops.core.money import format_money
from mops.core.pages import Crumb, render_page
from mops.core.periods import BEGINNING, parse_period
from mops.core.registry import dues_for
from mops.core.rights import requires
from mops.core.tabular import write_csv
from reporting.metrics import Kind, Metric, Part
from reporting.questions import read_question
from reporting.scope import read_scope
from reporting.selectors import Question, part_named, records, summary
from reporting.selectors.dashboard import Dashboard, dashboard, facts_of
from reporting.selectors.filters import filters_of
from reporting.selectors.lines import line_of
from reporting.selectors.records import PARTS
from reporting.selectors.rollups import beginning


def charts_of(found: Dashboard) -> dict[str, Any]:
    """Leads and MQLs, and money, by month; every point opens its rows."""
    months = [row.month.strftime("%b ’%y") for row in found.months]
    sign = format_money(Decimal(0), found.currency)[0]
    people = [
        Series("Leads", [row.leads for row in found.months], links=[row.urls["leads"] for row in found.months]),
        Series("MQLs", [row.mqls for row in found.months], links=[row.urls["mqls"] for row in found.months]),
    ]
    amounts = [
        ("Pipeline created", "opened", [float(row.opened) for row in found.months]),
        ("Won", "revenue", [float(row.revenue) for row in found.months]),
        ("Spend", "spend", [float(row.spend) for row in found.months]),
    ]
    money = [Series(n, values, links=[row.urls[key] for row in found.months]) for n, key, values in amounts]
    return {
        "people_chart": bar_chart("leads", "Leads and MQLs by month", months, people, most_words=6),
        "money_chart": line_chart(
            "money", "Pipeline created, won and spend by month", months, money, unit=sign, most_words=6
        ),
    }


@requires("reporting.view_dashboard")
def executive(request: HttpRequest) -> HttpResponseBase:
    """The executive dashboard."""
    today = timezone.localdate()
    first = beginning() or BEGINNING
    period = parse_period(request.GET, today, beginning=first, default="90d", year_starts_in=settings.FISCAL_YEAR_START)
    scope = read_scope(request.GET)
    found = dashboard(period, scope)
    context: dict[str, Any] = {
        "title": f"Marketing, {period.label if period.range == 'custom' else period.label.lower()}",
        "period": period,
        "board": found,
        "facts": facts_of(found),
        "scope": scope,
        "filters": filters_of(scope),
        "decisions": dues_for(request.user),
    }
    if found.months:
        context |= charts_of(found)
    return render_page(request, "reporting/dashboard.html", context)


def asked_of(request: HttpRequest) -> tuple[Question, Part]:
    """The question of the address, and the side of its ratio whose rows are wanted. Raises Http404 for what is neither."""
    try:
        question = read_question(request.GET.get("metric", ""), request.GET)
        return question, part_named(question.metric, request.GET.get("part", ""))
    except DomainError as error:
        raise Http404(error.detail) from error


@requires("reporting.view_dashboard")
def records_page(request: HttpRequest) -> HttpResponseBase:
    """The rows that add up to a number: people, deals or spend, as far as the reader may see them."""
    question, part = asked_of(request)
    value = request.GET.get("value") if question.by else None
    code = request.GET.get("without_rate", "").replace("\x00", "")[:3].upper()
    rows = records(question, part=part, value=value, user=request.user, without_rate=code)
    if request.GET.get("export") == "csv":
        return export_lines(rows, request.user, question.metric.key)
    count, total = summary(rows, question.metric)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "title": question.metric.label,
        "question": question,
        "part": part,
        "value": value,
        "without_rate": code,
        "count": count,
        "total": total,
        "is_money": part.value in ("amount", "revenue"),
        "is_median": question.metric.kind == Kind.MEDIAN,
        "parts": parts_of(request, question.metric, part),
        "narrowed": [entry for entry in filters_of(question.scope) if entry.chosen],
        "lines": [(row, line_of(row, request.user)) for row in page.object_list],
        "page": page,
        "currency": question.currency,
        "crumbs": [Crumb("Executive", reverse("reporting:dashboard"))],
        "query": urlencode([(k, v) for k, v in request.GET.items() if k != "page"]),
    }
    return render_page(request, "reporting/records.html", context)


def parts_of(request: HttpRequest, metric: Metric, current: Part) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is shown, for both sides of a ratio over two kinds of rows; else nothing."""
    if not metric.has_two_subjects:
        return []
    kept = {key: value for key, value in request.GET.items() if key not in ("page", "part", "export")}
    sides = zip(PARTS, metric.parts, strict=True)
    return [(side.label, f"?{urlencode({**kept, 'part': name})}", side == current) for name, side in sides]


def export_lines(rows: Any, user: Any, name: str) -> FileResponse:
    """The same rows as a CSV file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    lines = ((row, line_of(row, user)) for row in rows.iterator(chunk_size=2_000))
    cells = (
        [line.label, str(row.on or ""), line.amount or "", line.currency or "", str(row.adds)] for row, line in lines
    )
    write_csv(file, ["Row", "Day", "Amount", "Currency", "Adds"], cells)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.csv", content_type="text/csv; charset=utf-8")
