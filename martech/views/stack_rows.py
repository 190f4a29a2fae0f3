"""The rows behind the numbers of the tool inventory: capabilities by use, contracts by what they ask for, and all as a
file."""

import tempfile
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from martech.models import Tool
from martech.selectors.stack import CapabilityRow, ContractLine, stack
from martech.selectors.stack_export import inventory_rows
from martech.stack.usage import Use
from martech.stack_due import SOON
from mops.core.lists.export import TYPES
from mops.core.pages import Crumb, render_page
from mops.core.rights import requires
from mops.core.tabular import write_csv, write_xlsx

CAPABILITY_VIEWS: dict[str, tuple[str, Callable[[CapabilityRow], bool]]] = {
    "": ("All", lambda row: True),
    "known": ("Known", lambda row: row.verdict.use != Use.UNKNOWN),
    "used": ("Used", lambda row: row.verdict.use == Use.USED),
    "unused": ("Not used", lambda row: row.verdict.use == Use.UNUSED),
    "unknown": ("Not known", lambda row: row.verdict.use == Use.UNKNOWN),
}
CONTRACT_VIEWS: dict[str, tuple[str, Callable[[ContractLine], bool]]] = {
    "": ("All", lambda row: True),
    "paid": ("Paid now", lambda row: row.is_counted),
    "notice": ("Notice can be given", lambda row: row.can_give_notice),
    "soon": (f"Within {SOON.days} days", lambda row: row.is_to_decide and notice_of(row) <= row.today + SOON),
    "kept": ("Kept", lambda row: row.is_kept),
    "undated": ("Next date missing", lambda row: row.contract.renewed_on(row.today) is not None),
}


def notice_of(row: ContractLine) -> date:
    return row.contract.notice_on or date.max


@requires("martech.view_stack")
def capabilities(request: HttpRequest) -> HttpResponse:
    """What the tools that stay can do, by whether it is used."""
    rows, tool = of_tool(request, stack().capability_rows)
    context = {**filtered(request, rows, CAPABILITY_VIEWS, tool), "title": "Capabilities", "tool": tool}
    context["used"] = sum(row.verdict.use == Use.USED for row in rows)
    context["known"] = sum(row.verdict.use != Use.UNKNOWN for row in rows)
    return render_page(request, "martech/stack/capabilities.html", context)


@requires("martech.view_stack")
def contracts(request: HttpRequest) -> HttpResponse:
    """What is paid for the tools until when, those that ask for a decision first."""
    rows, tool = of_tool(request, sorted(stack().contracts, key=by_decision))
    context = {**filtered(request, rows, CONTRACT_VIEWS, tool), "title": "Contracts", "tool": tool}
    counted = [row for row in context["rows"] if row.is_counted]
    context["yearly"] = sum(row.cost for row in counted if row.cost is not None)
    context["counted"], context["currency"] = len(counted), settings.BASE_CURRENCY
    return render_page(request, "martech/stack/contracts.html", context)


def by_decision(row: ContractLine) -> tuple[bool, date, str]:
    return not row.is_to_decide, notice_of(row), row.tool.name


def of_tool(request: HttpRequest, rows: list[Any]) -> tuple[list[Any], Tool | None]:
    """The rows of the tool that is asked for, with it; of all tools where none is. Raises Http404."""
    asked = request.GET.get("tool", "")
    if not asked:
        return rows, None
    tool = Tool.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    if tool is None:
        raise Http404
    return [row for row in rows if row.tool.pk == tool.pk], tool


def filtered(request: HttpRequest, rows: list[Any], views: dict[str, Any], tool: Tool | None) -> dict[str, Any]:
    """`rows` of the view that is asked for, and the choice of `views` with their counts."""
    asked = request.GET.get("show", "")
    asked = asked if asked in views else ""
    suffix = f"&tool={tool.pk}" if tool else ""
    options = [
        {"url": f"?show={key}{suffix}", "label": f"{label} ({sum(map(test, rows))})", "is_active": key == asked}
        for key, (label, test) in views.items()
    ]
    crumbs = [Crumb("Tools", reverse("martech:stack")), *([Crumb(tool.name, tool.get_absolute_url())] if tool else [])]
    return {"rows": list(filter(views[asked][1], rows)), "views": options, "crumbs": crumbs}


@requires("martech.view_stack")
def export(request: HttpRequest) -> HttpResponseBase:
    """The whole inventory as CSV or Excel, for a spreadsheet and for an import elsewhere. Raises Http404."""
    kind = request.GET.get("as", "csv")
    if kind not in TYPES:
        raise Http404
    columns, rows = inventory_rows(stack())
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    (write_xlsx if kind == "xlsx" else write_csv)(file, columns, rows)
    file.seek(0)
    name = f"tools-{timezone.localdate().isoformat()}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[kind])
