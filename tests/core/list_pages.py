"""A list page over teams and one over users, for the tests of the machinery; and addresses for them."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django_filters import CharFilter, ChoiceFilter, FilterSet

from governance.models import User
from mops.core import pages, search
from mops.core.lists import (
    BulkAction,
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    MaskedColumn,
    PillColumn,
    Total,
    WhenColumn,
)
from mops.core.rights import SIGNED_IN, requires


class UserFilter(FilterSet):
    theme = ChoiceFilter(label="Theme", choices=[("light", "Light"), ("dark", "Dark")])
    job_title = CharFilter(label="Title", lookup_expr="icontains")

    class Meta:
        model = User
        fields: list[str] = []


class UserTable(ListTable):
    name = LinkedColumn(linkify=lambda record: f"/users/{record.pk}/")
    email = tables.Column(verbose_name="E-mail")
    secret = MaskedColumn(accessor="email")
    theme = PillColumn(accessor="get_theme_display", order_by="theme", kinds={"Light": "good"})
    team = tables.Column(accessor="team__name")
    job_title = tables.Column(verbose_name="Title")
    created_at = WhenColumn(verbose_name="Joined")

    fixed = ("name",)
    default_columns = ("name", "email", "team", "job_title")


class UserList(ListPage):
    permission = "governance.view_users"
    model = User
    table_class = UserTable
    filterset_class = UserFilter
    search_fields = ("name", "email")
    title = "Colleagues"
    key = "test.users"
    per_page = 25
    export_permission = "governance.edit_users"
    empty = Empty("No colleagues yet", "Invite the first.", "users", "Invite", "bulk")
    bulk_actions = (BulkAction("Deactivate", "bulk", "user-off", "governance.edit_users", "Really?"),)

    def visible(self, user: Any) -> QuerySet[User]:
        return User.objects.exclude(name="Invisible").select_related("team")

    def lede(self, total: Total) -> str:
        return f"{total} people work here."


class NobodyList(UserList):
    def visible(self, user: Any) -> QuerySet[User]:
        return User.objects.none()


@requires("governance.edit_users")
def bulk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(" ".join(UserList.selected(request).order_by("name").values_list("name", flat=True)))


@requires(SIGNED_IN)
def toasting(request: HttpRequest) -> HttpResponse:
    pages.toast(request, "Saved")
    pages.toast(request, "Careful", "warning")
    return HttpResponse("done", headers={"HX-Trigger": "changed"})


urlpatterns = [
    path("users/", UserList.as_view(), name="list"),
    path("nobody/", NobodyList.as_view(), name="nobody"),
    path("bulk/", bulk, name="bulk"),
    path("toasting/", toasting, name="toasting"),
    path("search/", search.palette, name="palette"),
    path("preferences/", pages.preferences, name="preferences"),
    path("accounts/", include("allauth.urls")),
]
