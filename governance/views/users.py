"""People and roles."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from governance.forms import ChangeUserForm, NewUserForm, UserForm
from governance.models import User
from governance.policies import Role
from governance.services import change_user, create_user
from mops.core.errors import DomainError
from mops.core.lists import Empty, LinkedColumn, ListPage, ListTable, PageAction, WhenColumn, YesColumn
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires


class UserTable(ListTable):
    name = LinkedColumn(linkify=("governance:user", {"pk": tables.A("pk")}), empty_values=())
    email = tables.Column(verbose_name="E-mail")
    roles = tables.Column(orderable=False)
    team = tables.Column()
    is_active = YesColumn(verbose_name="May sign in")
    last_login = WhenColumn(verbose_name="Last signed in")

    class Meta(ListTable.Meta):
        model = User
        fields = ("name", "email", "roles", "team", "is_active", "last_login")

    def render_name(self, record: User) -> str:
        return str(record)

    def value_roles(self, value: list[str]) -> str:
        return ", ".join(Role(role).label for role in value)

    render_roles = value_roles


class UserList(ListPage):
    permission = "governance.view_users"
    model = User
    table_class = UserTable
    search_fields = ("name", "email", "team__name")
    title = "People & roles"
    empty = Empty(title="Nobody yet", text="Add the people who will sign in.")
    actions = (
        PageAction("Add a colleague", "governance:new-user", permission="governance.edit_users", is_primary=True),
    )

    def visible(self, user: Any) -> QuerySet[User]:
        return User.objects.select_related("team")

    def lede(self, total: Any) -> str:
        active = User.objects.filter(is_active=True).count()
        return f"{active} people may sign in. What each of them may do follows from their roles."


def answer(request: HttpRequest, form: UserForm, title: str) -> HttpResponse:
    crumbs = [Crumb("People & roles", "/governance/users/")]
    context = {"title": title, "form": form, "crumbs": crumbs}
    return render_page(request, "governance/user.html", context, status=422 if form.errors else 200)


@requires("governance.edit_users")
def new_user(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "password": form.cleaned_data["password"] or None}
        try:
            user = create_user(**values, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error, role="roles")
        else:
            toast(request, f"{user} may sign in now.")
            return redirect("governance:users")
    return answer(request, form, "Add a colleague")


@requires("governance.edit_users")
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a person's name, roles and team, or stop them from signing in."""
    person = get_object_or_404(User, pk=pk)
    fields = ("email", "name", "job_title", "roles", "team", "is_active")
    form = ChangeUserForm(request.POST or None, initial={field: getattr(person, field) for field in fields})
    if request.method == "POST" and form.is_valid():
        try:
            change_user(user=person, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error, role="roles")
        else:
            toast(request, f"{person} was changed.")
            return redirect("governance:users")
    return answer(request, form, str(person))
