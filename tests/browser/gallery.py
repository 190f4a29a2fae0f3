"""Every component on made-up pages; exists only in the browser tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone
from django.utils.safestring import mark_safe
from django_filters import CharFilter, ChoiceFilter, FilterSet

from governance.models import User
from mops.core import registry, search
from mops.core.charts import Note, Series, bar_chart, line_chart
from mops.core.lists import BulkAction, Empty, LinkedColumn, ListPage, ListTable, PageAction, PillColumn, WhenColumn
from mops.core.pages import Crumb, preferences, toast
from mops.core.periods import parse_period
from mops.core.rights import PUBLIC, SIGNED_IN, requires
from tests.browser import gallery_pages as pages

handler403 = "mops.core.pages.handler403"
handler404 = "mops.core.pages.handler404"
handler500 = "mops.core.pages.handler500"

NAV = [
    ("", "Home", "gallery-home", "home", None),
    ("", "Inbox ", "gallery-inbox", "inbox", (7, False)),
    ("planning", "Goals", "gallery-1", "target-arrow", None),
    ("planning", "Calendar", "gallery-2", "calendar", None),
    ("planning", "Budget", "gallery-3", "coins", None),
    ("planning", "Capacity", "gallery-4", "users-group", None),
    ("workflow", "Requests", "gallery-5", "forms", (12, False)),
    ("workflow", "Board", "gallery-6", "layout-kanban", None),
    ("workflow", "Approvals", "gallery-7", "checks", (3, True)),
    ("martech", "People", "gallery-person", "address-book", None),
    ("martech", "Routing", "gallery-routing", "route", None),
    ("martech", "Sync", "gallery-8", "refresh", (1, True)),
    ("martech", "Tools", "gallery-9", "stack-2", None),
    ("reporting", "Dashboards", "gallery-dashboard", "chart-histogram", None),
    ("reporting", "Reconciliation", "gallery-10", "scale", None),
    ("governance", "Gates", "gallery-11", "shield-check", None),
    ("governance", "Privacy", "gallery-12", "lock", None),
    ("governance", "History", "gallery-list", "history", None),
]
AREAS = [("planning", "Planning"), ("workflow", "Workflow"), ("martech", "Martech & data"), ("reporting", "Reporting")]


@contextmanager
def gallery_registry() -> Iterator[None]:
    """The sidebar of the pictures instead of the product's."""
    with registry.empty_registry():
        for order, (key, label) in enumerate([*AREAS, ("governance", "Governance")]):
            registry.register_area(key, label, order)
        for order, (area, label, name, icon, count) in enumerate(NAV):
            registry.register_nav(area, label, name, icon, None, (lambda user, c=count: c), order)
        registry.register_action("Import people", "gallery-list", keywords="csv excel", icon="upload")
        registry.register_search("users", "People", find_users)
        yield


def find_users(user: Any, text: str, limit: int) -> list[registry.Hit]:
    rows = User.objects.filter(name__icontains=text)[:limit]
    return [registry.Hit(row.name, row.email, "/gallery/list/", "user") for row in rows]


class UserFilter(FilterSet):
    team = ChoiceFilter(
        field_name="theme", label="Theme", choices=[("light", "Light"), ("dark", "Dark"), ("system", "System")]
    )
    title = CharFilter(field_name="job_title", lookup_expr="icontains", label="Title")

    class Meta:
        model = User
        fields: list[str] = []


class UserTable(ListTable):
    name = LinkedColumn(linkify=lambda record: f"/gallery/person/?id={record.pk}")
    email = tables.Column()
    theme = PillColumn(accessor="get_theme_display", order_by="theme", kinds={"Light": "good", "Dark": "accent"})
    created_at = WhenColumn(verbose_name="Joined")
    fixed = ("name",)


class UserList(ListPage):
    permission = SIGNED_IN
    model = User
    table_class = UserTable
    filterset_class = UserFilter
    search_fields = ("name", "email")
    title = "Colleagues"
    per_page = 25
    actions = (
        PageAction("Import", "gallery-form", "upload"),
        PageAction("New colleague", "gallery-form", "plus", is_primary=True),
    )
    bulk_actions = (BulkAction("Deactivate", "gallery-bulk", "user-off", confirm="Deactivate these people?"),)
    empty = Empty("No colleagues yet", "Invite the first one.", "users", "Invite", "gallery-form")

    def visible(self, user: Any) -> QuerySet[User]:
        return User.objects.all()

    def lede(self, total: Any) -> str:
        return mark_safe(f"<b>{total} people</b> use mops; most of them looked in this week.")


class NobodyList(UserList):
    title = "Nobody"

    def visible(self, user: Any) -> QuerySet[User]:
        return User.objects.none()


class RequestForm(forms.Form):
    name = forms.CharField(label="What do you need?", help_text="One line, as you would say it.")
    kind = forms.ChoiceField(choices=[("web", "Web page"), ("mail", "E-mail"), ("event", "Event")])
    due = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    regions = forms.MultipleChoiceField(choices=[("de", "DACH"), ("uk", "UK & Ireland"), ("fr", "France")])
    brief = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    is_urgent = forms.BooleanField(label="It is urgent", required=False)


def show(source: str, **context: Any) -> Any:
    """A view that renders a template given as text."""

    @requires(SIGNED_IN)
    def view(request: HttpRequest) -> HttpResponse:
        made = {key: value(request) if callable(value) else value for key, value in context.items()}
        return HttpResponse(engines["django"].from_string(source).render(made, request))

    return view


def charts(_request: HttpRequest) -> dict[str, Any]:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    actual = [700e3, 1.35e6, 2.2e6, 2.85e6, 3.5e6, 4.05e6, 4.8e6, 5.6e6, 6.6e6, 7.55e6, 8.02e6]
    plan = [650e3, 1.3e6, 2e6, 2.7e6, 3.45e6, 4.2e6, 5e6, 5.7e6, 6.5e6, 7.3e6, 8.1e6]
    links = [f"/gallery/list/?q={month}" for month in months]
    series = [Series("Pipeline", actual, links, "area"), Series("Target", plan, style="target")]
    return {
        "line": line_chart(
            "pipeline", "Sourced pipeline against plan", months, series, unit="€", notes=[Note("Jun", "Summer launch")]
        ),
        "bars": bar_chart(
            "spend",
            "Spend",
            months,
            [Series("Search", actual, links), Series("Social", plan)],
            unit="€",
            is_stacked=True,
        ),
    }


def form(request: HttpRequest) -> RequestForm:
    return RequestForm({} if "wrong" in request.GET else None)


def period(request: HttpRequest) -> Any:
    return parse_period(request.GET, date(2026, 11, 23))


@requires(SIGNED_IN)
def bulk(request: HttpRequest) -> HttpResponse:
    toast(request, f"{UserList.selected(request).count()} selected")
    return HttpResponse(status=204)


@requires(PUBLIC)
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def trail(_request: HttpRequest) -> list[registry.TrailEntry]:
    now = timezone.now()
    return [registry.TrailEntry(now, icon, title, detail, "", kind) for icon, title, detail, kind in pages.TRAIL]


urlpatterns = [
    path("search/", search.palette, name="palette"),
    path("preferences/", preferences, name="preferences"),
    path("accounts/", include("allauth.urls")),
    path(
        "gallery/dashboard/",
        show(pages.DASHBOARD, title="Executive", charts=charts, period=period, **pages.NUMBERS),
        name="gallery-dashboard",
    ),
    path("gallery/person/", show(pages.PERSON, title="Priya Raman", entries=trail), name="gallery-person"),
    path("gallery/routing/", show(pages.ROUTING, title="Inbound leads"), name="gallery-routing"),
    path(
        "gallery/form/",
        show(pages.FORM, title="Ask for something", form=form, crumbs=[Crumb("Requests", "/")]),
        name="gallery-form",
    ),
    path("gallery/list/", UserList.as_view(), name="gallery-list"),
    path("gallery/nobody/", NobodyList.as_view(), name="gallery-nobody"),
    path("gallery/bulk/", bulk, name="gallery-bulk"),
    path("gallery/broken/", broken),
    path("gallery/home/", show(pages.FORM, title="Home", form=form), name="gallery-home"),
    path("gallery/inbox/", show(pages.FORM, title="Inbox", form=form), name="gallery-inbox"),
    *(path(f"gallery/{n}/", show(pages.FORM, title=str(n), form=form), name=f"gallery-{n}") for n in range(1, 13)),
]
