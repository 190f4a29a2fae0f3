"""Pages of exchange rates: those that are there, the amounts that lack one, one rate, a file of them."""

from decimal import Decimal
from typing import Any

import django_filters as filters
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mops.core.errors import ConflictError, DomainError
from mops.core.inputs import DayRangeFilter
from mops.core.lists import DayColumn, Empty, LinkedColumn, ListPage, ListTable, NumberColumn, PageAction, Total
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import can, requires
from planning.models import ExchangeRate
from planning.rate_forms import RateForm, RatesFileForm, SeenWorthForm, WorthForm, plain
from planning.services import (
    RatesImported,
    correct_exchange_rate,
    delete_exchange_rate,
    import_exchange_rates,
    set_exchange_rate,
)
from planning.without_rate import amounts_without_rate

SHOWN_REFUSALS = 100


class RateColumn(NumberColumn):
    """All of its digits: a rate is not rounded for the eye."""

    def render(self, value: Decimal) -> str:
        return plain(value)


class RateTable(ListTable):
    currency = LinkedColumn()
    date = DayColumn(verbose_name="From")
    rate = RateColumn(verbose_name="One unit is worth")

    fixed = ("currency",)
    default_columns = ("currency", "date", "rate")

    class Meta(ListTable.Meta):
        model = ExchangeRate
        fields = ()


class RateFilter(filters.FilterSet):
    currency = filters.AllValuesMultipleFilter(label="Currency")
    date = DayRangeFilter(label="From")

    class Meta:
        model = ExchangeRate
        fields: list[str] = []


class RateList(ListPage):
    permission = "planning.view_budget"
    model = ExchangeRate
    table_class = RateTable
    filterset_class = RateFilter
    search_fields = ("currency",)
    title = "Exchange rates"
    template_name = "planning/rates.html"
    actions = (
        PageAction("Import a file", "planning:import-rates", icon="upload", permission="planning.edit_budget"),
        PageAction("New rate", "planning:new-rate", permission="planning.edit_budget", is_primary=True),
    )
    empty = Empty(
        "No exchange rates yet",
        "Amounts in other currencies are in no sum before a rate says what they are worth on their day.",
        "coins",
        "Import a file",
        "planning:import-rates",
        "planning.edit_budget",
    )

    def visible(self, user: Any) -> QuerySet[ExchangeRate]:
        return ExchangeRate.objects.all()

    def lede(self, total: Total) -> str:
        return f"What one unit is worth in {settings.BASE_CURRENCY}. A rate holds from its day on, until a later one."

    def extra_context(self) -> dict[str, Any]:
        may_edit = can(self.request.user, "planning.edit_budget")
        return {"missing": amounts_without_rate(), "may_edit": may_edit, "base": settings.BASE_CURRENCY}


def form_page(request: HttpRequest, title: str, form: Any, **more: Any) -> HttpResponse:
    back = reverse("planning:rates")
    context = {"title": title, "form": form, "back": back, "crumbs": [Crumb("Exchange rates", back)], **more}
    return render_page(request, "planning/rate.html", context, status=422 if form.errors else 200)


@requires("planning.edit_budget")
def new_rate(request: HttpRequest) -> HttpResponse:
    """Add a rate; `?currency=` and `?day=` fill the form in."""
    initial = {"currency": request.GET.get("currency", "")[:3], "date": request.GET.get("day", timezone.localdate())}
    form = RateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            row, _is_new = set_exchange_rate(
                currency=values["currency"],
                day=values["date"],
                rate=values["rate"],
                actor=request.user,  # type: ignore[arg-type]
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{row.currency} counts from {row.date:%-d %B %Y} on; sums follow within seconds.")
            return redirect("planning:rates")
    return form_page(request, "New exchange rate", form, submit="Save")


@requires("planning.view_budget")
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """One rate; who may edit corrects it here, as it was seen."""
    row = get_object_or_404(ExchangeRate, pk=pk)
    may_edit = can(request.user, "planning.edit_budget")
    form = WorthForm(request.POST or None, initial=WorthForm.initial_of(row), currency=row.currency)
    if request.method == "POST" and may_edit and form.is_valid():
        values = form.cleaned_data
        try:
            correct_exchange_rate(
                row=row,
                rate=values["rate"],
                seen=values["seen"] or row.rate,
                actor=request.user,  # type: ignore[arg-type]
            )
        except ConflictError as error:
            toast(request, error.detail, "error")
            return redirect(row)
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{row.currency} from {row.date:%-d %B %Y} is corrected; sums follow within seconds.")
            return redirect("planning:rates")
    title = f"{row.currency} from {row.date:%-d %B %Y}"
    return form_page(request, title, form, submit="Correct", row=row, may_edit=may_edit, worth=plain(row.rate))


@requires("planning.edit_budget")
@require_POST
def delete_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rate back, as it was seen."""
    row = get_object_or_404(ExchangeRate, pk=pk)
    form = SeenWorthForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else None
    try:
        delete_exchange_rate(row=row, seen=seen or Decimal(0), actor=request.user)  # type: ignore[arg-type]
    except ConflictError as error:
        toast(request, error.detail, "error")
        return redirect(row)
    toast(
        request,
        f"The rate of {row.currency} from {row.date:%-d %B %Y} is gone; what it converted counts by the one before it.",
    )
    return redirect("planning:rates")


@requires("planning.edit_budget")
def import_rates(request: HttpRequest) -> HttpResponse:
    """Rates from a file; what was not taken stands there with its reason."""
    form, outcome = RatesFileForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        try:
            outcome = imported(form, request.user)
        except DomainError as error:
            add_errors(form, error)
            if not form.errors:
                form.add_error("file", error.detail)
    context = {
        "title": "Import exchange rates",
        "form": form,
        "outcome": outcome,
        "refused": outcome.refused[:SHOWN_REFUSALS] if outcome else [],
        "base": settings.BASE_CURRENCY,
        "back": reverse("planning:rates"),
        "crumbs": [Crumb("Exchange rates", reverse("planning:rates"))],
    }
    return render_page(request, "planning/import_rates.html", context, status=422 if form.errors else 200)


def imported(form: RatesFileForm, user: Any) -> RatesImported:
    values = form.cleaned_data
    return import_exchange_rates(
        file=values["file"].file,
        name=values["file"].name,
        is_inverse=values["direction"] == "per_base",
        wanted=values["currencies"],
        actor=user,
    )
