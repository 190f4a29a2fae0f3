"""The one view behind every list page."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views import View
from django_filters import FilterSet

from mops.core import registry, rights
from mops.core.lists import saved, state
from mops.core.lists.columns import ListTable, SelectColumn, shows_hidden
from mops.core.lists.counting import CountedPaginator, Total, count_up_to
from mops.core.lists.export import TYPES, Screen, everything, export_response
from mops.core.pages import is_htmx, render_page


@dataclass(frozen=True)
class Empty:
    """What a list says to somebody who has nothing in it yet."""

    title: str = "Nothing here yet"
    text: str = ""
    icon: str = "inbox"
    action_label: str = ""
    action_url_name: str = ""
    permission: str | None = None


@dataclass(frozen=True)
class PageAction:
    """A button at the top right; one of them may be primary."""

    label: str
    url_name: str
    icon: str = "plus"
    permission: str | None = None
    is_primary: bool = False

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class BulkAction:
    """A button of the bulk bar: posts the marked rows to `url_name`, whose view reads `ListPage.selected(request)`.

    With `confirm` it asks first; with `is_dialog` the answer of the POST opens in a dialog (to ask for more).
    """

    label: str
    url_name: str
    icon: str = "check"
    permission: str | None = None
    confirm: str = ""
    is_dialog: bool = False

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class ReadyView:
    """A tab every list comes with, beside the views people save: `key` names it in the address.

    `empty` is what it says when nobody is in it; without, that nothing matches.
    """

    key: str
    label: str
    querystring: str
    permission: str | None = None
    empty: Empty | None = None

    @property
    def address(self) -> str:
        return f"?{self.querystring}&view={self.key}"


class ListPage(View):
    """Subclass, set the attributes, override `visible`. Everything the page shows follows from its address."""

    #: The right to see the page (`<app>.<verb>_<noun>`); also checked for export unless `export_permission` is set.
    permission: ClassVar[str]
    model: ClassVar[type[Model]]
    table_class: ClassVar[type[ListTable]]
    filterset_class: ClassVar[type[FilterSet] | None] = None
    #: Field paths searched for every word of the search box, without case.
    search_fields: ClassVar[Sequence[str]] = ()
    title: ClassVar[str] = ""
    #: Names the list for saved views; the URL name unless set.
    key: ClassVar[str] = ""
    per_page: ClassVar[int] = 50
    empty: ClassVar[Empty] = Empty()
    actions: ClassVar[Sequence[PageAction]] = ()
    ready_views: ClassVar[Sequence[ReadyView]] = ()
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    export_permission: ClassVar[str | None] = None
    is_exportable: ClassVar[bool] = True
    template_name: ClassVar[str] = "lists/page.html"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        return rights.requires(cls.permission)(super().as_view(**initkwargs))

    # --- to override -------------------------------------------------------------------------------------------------

    def visible(self, user: Any) -> QuerySet[Any]:
        """Every row the user may see, with what the table needs joined in; usually a selector."""
        raise TypeError(f"{type(self).__name__} must say which rows are visible")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Rows in which every word stands in one of the search fields."""
        for word in text.split()[:8]:
            rows = rows.filter(reduce(Q.__or__, (Q(**{f"{path}__icontains": word}) for path in self.searched)))
        return rows

    def lede(self, total: Total) -> str:
        """The sentence under the title; may be marked safe."""
        return ""

    def extra_context(self) -> dict[str, Any]:
        return {}

    def screened(self) -> AbstractContextManager[Screen]:
        """What an export holds back: a context around the whole export that gives a screen for its chunks."""
        return nullcontext(everything)

    # --- what the address says --------------------------------------------------------------------------------------

    @cached_property
    def hidden(self) -> frozenset[str]:
        return rights.hidden_fields(self.request.user, self.model)

    @cached_property
    def searched(self) -> list[str]:
        return [path for path in self.search_fields if not state.is_hidden(path, self.hidden)]

    @cached_property
    def text(self) -> str:
        return self.request.GET.get("q", "").replace("\x00", "").strip()[:200] if self.searched else ""

    @cached_property
    def filterset(self) -> FilterSet | None:
        if self.filterset_class is None:
            return None
        filterset = self.filterset_class(
            self.request.GET, queryset=self.visible(self.request.user), request=self.request
        )
        state.hide_filters(filterset, self.hidden)
        return filterset

    @cached_property
    def matching(self) -> QuerySet[Any]:
        """The rows of the page's filters and search, in no order; all of them when a filter makes no sense."""
        filterset = self.filterset
        usable = filterset is not None and filterset.is_bound and filterset.is_valid()
        rows = filterset.qs if filterset is not None and usable else self.visible(self.request.user)
        return self.search(rows, self.text) if self.text else rows

    @cached_property
    def choices(self) -> dict[str, str]:
        """The columns this user can choose from, name to label."""
        columns = self.table_class.base_columns
        labels = self.table_class.column_labels()
        return {name: label for name, label in labels.items() if not shows_hidden(name, columns[name], self.hidden)}

    @cached_property
    def columns(self) -> list[str]:
        return self._chosen(self.request.GET)

    @cached_property
    def default_choice(self) -> list[str]:
        """The columns shown when the address says nothing of them."""
        return self._chosen(QueryDict())

    def _chosen(self, query: QueryDict) -> list[str]:
        table = self.table_class
        return state.chosen_columns(query, list(self.choices), table.fixed, table.default_columns)

    def table_for(self, rows: Any) -> ListTable:
        """The table with the chosen columns; columns the user may not see are not in it at all."""
        left_out = [name for name in self.table_class.base_columns if name not in self.columns]
        marks = [("select", SelectColumn())] if self.bulk_buttons else []
        sequence = (["select"] if marks else []) + ["..."]
        sort = self.request.GET.getlist("sort") or None
        table = self.table_class(rows, exclude=left_out, extra_columns=marks, sequence=sequence, order_by=sort)
        table.reader = self.request.user
        if isinstance(rows, QuerySet):
            table.data.data = _in_steady_order(table.data.data)
        return table

    @cached_property
    def bulk_buttons(self) -> list[BulkAction]:
        return [action for action in self.bulk_actions if self._may(action.permission)]

    def _may(self, permission: str | None) -> bool:
        return permission is None or rights.can(self.request.user, permission)

    @cached_property
    def page_key(self) -> str:
        match = self.request.resolver_match
        return self.key or (match.view_name if match else type(self).__name__)

    # --- answers ----------------------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("export"):
            return self.export(request.GET["export"])
        if not request.GET and not is_htmx(request) and (view := saved.default_view(request.user, self.page_key)):
            return redirect(f"{request.path}?{view.querystring}&view={view.pk}")
        return render_page(request, self.template_name, self.context(), partial="list")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Saving and deleting views of this list."""
        return saved.handle(request, self.page_key)

    def export(self, kind: str) -> HttpResponseBase:
        if not self.is_exportable or not self._may(self.export_permission):
            raise PermissionDenied("Your role does not include exporting this list.")
        ordered = self.table_for(self.matching).data.data
        name = (self.title or self.model._meta.verbose_name_plural or "list").lower().replace(" ", "-")
        with self.screened() if kind in TYPES else nullcontext(everything) as screen:
            return export_response(kind, name, ordered, lambda rows: self.table_for(list(rows)), screen)

    def context(self) -> dict[str, Any]:
        total = count_up_to(self.matching)
        table = self._paged(total)
        filters = state.chips(self.filterset, self.request.GET)
        return {
            "list": self,
            "title": self.title,
            "lede": self.lede(total),
            "table": table,
            "total": total,
            "chips": filters,
            "is_first_use": not (total.number or filters or self.text),
            "is_narrowed": bool(filters or self.text),
            "page_actions": [action for action in self.actions if self._may(action.permission)],
            "may_export": self.is_exportable and self._may(self.export_permission),
            "may_start": self._may(self.empty.permission),
            "nobody": None if total.number else self._empty_view(),
            "open_view": self.open_view(filters),
            "ready_views": [view for view in self.ready_views if self._may(view.permission)],
            "saved_views": saved.views(self.request.user, self.page_key),
            "can_save_views": registry.saved_view_store() is not None,
            "columns": [
                (n, label, n in self.columns, n in self.table_class.fixed) for n, label in self.choices.items()
            ],
            "default_columns": ",".join(n for n in self.default_choice if n not in self.table_class.fixed),
            "sort_inputs": state.hidden_inputs(self.request.GET, ("sort", "view", "per_page")),
            "clear_url": "?view=all",
            "without_export": state.without(self.request.GET, "export"),
            **self.extra_context(),
        }

    def open_view(self, filters: Sequence[Any]) -> str:
        """The tab the page stands under: the one its address names or amounts to; none for another filter."""
        if named := self.request.GET.get("view"):
            return named
        asked = saved.clean(self.request.GET.urlencode())
        amounts = (
            view.key
            for view in self.ready_views
            if asked in (view.querystring, view.querystring.partition("&sort=")[0])
        )
        return next(amounts, "" if filters or self.text else "all")

    def _empty_view(self) -> Empty | None:
        """What the tab that the page amounts to, and nothing beside it, says when it is empty."""
        names = self.filterset.form.fields if self.filterset is not None and not self.text else {}

        def filters_of(query: QueryDict) -> dict[str, list[str]]:
            return {name: query.getlist(name) for name in query if name in names and query[name]}

        asked = filters_of(self.request.GET)
        views = (view for view in self.ready_views if asked and filters_of(QueryDict(view.querystring)) == asked)
        found = next((view.empty for view in views), None)
        return found if found is None or self._may(found.permission) else replace(found, action_url_name="")

    def _paged(self, total: Total) -> ListTable:
        query = self.request.GET
        per_page = state.as_int(query.get("per_page"), self.per_page, state.PER_PAGE)
        last = max(1, -(-total.reachable // per_page))
        page = min(max(1, state.as_int(query.get("page"), 1)), last)
        table = self.table_for(self.matching)
        table.paginate(CountedPaginator, per_page=per_page, page=page, total=total)
        return table

    @classmethod
    def selected(cls, request: HttpRequest, **kwargs: Any) -> QuerySet[Any]:
        """The rows a bulk action is for: those marked, or with `all=1` everything the list's filters match.

        Call it in the bulk action's view; the list's querystring comes along in that view's own address. `kwargs` are
        what the list's address says besides.
        """
        page = cls()
        page.setup(request, **kwargs)
        if request.POST.get("all") == "1":
            filterset = page.filterset
            # What a filter that makes no sense would have left out is not known; nobody was marked then.
            is_known = filterset is None or not filterset.is_bound or filterset.is_valid()
            return page.matching if is_known else page.matching.none()
        marked = [pk for pk in request.POST.getlist("pk") if pk]
        return page.visible(request.user).filter(pk__in=marked)


def _in_steady_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Ends the ordering with the primary key, so that no row moves between pages."""
    order = rows.query.order_by or tuple(rows.model._meta.ordering)
    names = {str(part).lstrip("-") for part in order}
    return rows if names & {"pk", rows.model._meta.pk.name} else rows.order_by(*order, "pk")
