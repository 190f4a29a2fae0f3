"""Segments: the list, the builder with its live count, a segment's page, its export."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST
from django_filters import CharFilter, ChoiceFilter, FilterSet

from martech.api.segments import words_of
from martech.models import Segment, SegmentKind
from martech.segment_forms import ChangeSegmentForm, CountForm, ExportForm, OnDayForm, SegmentForm
from martech.selectors.segment_page import daily_moves, on_day, screened, segment_page
from martech.selectors.segments import preview, segments_for, versions_in_force
from martech.services.segments import (
    archive_segment,
    change_segment,
    create_segment,
    discard_segment_draft,
    publish_segment,
    save_segment_draft,
)
from martech.views.drafts import say_dropped, say_published
from mops.core.conditions import get_catalogue, parse
from mops.core.errors import DomainError
from mops.core.lists import (
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    NumberColumn,
    PageAction,
    PillColumn,
    Total,
    WhenColumn,
)
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires
from mops.core.versions import newest_among

HERE = Crumb("Segments", "/martech/segments/")


class SegmentFilter(FilterSet):
    kind = ChoiceFilter(choices=SegmentKind.choices, label="Kind")
    name = CharFilter(lookup_expr="icontains", label="Name")

    class Meta:
        model = Segment
        fields: list[str] = []


class SegmentTable(ListTable):
    name = LinkedColumn(accessor="name")
    condition = tables.Column(empty_values=(), orderable=False, verbose_name="People for whom")
    members = NumberColumn()
    state = PillColumn(
        accessor="state_label",
        orderable=False,
        kinds={"Live": "good", "Static": "neutral", "Counting": "warn", "Stuck": "bad"},
    )
    created_by = tables.Column(verbose_name="Made by")
    created_at = WhenColumn(verbose_name="Made")

    fixed = ("name",)

    class Meta(ListTable.Meta):
        model = Segment
        fields = ()

    def render_condition(self, record: Segment) -> str:
        versions = self.in_force()
        return words_of(versions[record.pk].condition)[:240] if record.pk in versions else "—"

    value_condition = render_condition

    def in_force(self) -> dict[int, Any]:
        """The conditions of all rows, read once."""
        if not hasattr(self, "_versions"):
            self._versions = versions_in_force()
        return self._versions


class SegmentList(ListPage):
    permission = "martech.view_segment"
    model = Segment
    table_class = SegmentTable
    filterset_class = SegmentFilter
    search_fields = ("name", "description", "key")
    title = "Segments"
    actions = (PageAction("New segment", "martech:new-segment", permission="martech.edit_segment", is_primary=True),)
    empty = Empty(
        "No segments yet",
        "Describe people by what they are, did and said; a live segment follows as they change.",
        "chart-pie",
        "New segment",
        "martech:new-segment",
        "martech.edit_segment",
    )

    def visible(self, user: Any) -> QuerySet[Segment]:
        return segments_for(user)

    def lede(self, total: Total) -> str:
        return "Live segments follow their condition within seconds, and every night a full count proves them."


def builder(request: HttpRequest, form: SegmentForm, title: str, **more: Any) -> HttpResponse:
    context = {"title": title, "form": form, "crumbs": [HERE], **more}
    return render_page(request, "martech/segment_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_segment")
def new_segment(request: HttpRequest) -> HttpResponse:
    """Describe people, see how many they are, and make the segment."""
    form = SegmentForm(request.POST or None, initial={"condition": {"all": []}})
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "description", "condition", "kind")}
        try:
            made = create_segment(**given, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, told(made.segment, made.is_counted))
            return redirect(made.segment)
    return builder(request, form, "New segment", back=reverse("martech:segments"))


def told(segment: Segment, is_counted: bool) -> str:
    if is_counted:
        return f"{segment}: {segment.members:,} people."
    return f"{segment} is being counted; its page shows when it is done."


@requires("martech.edit_segment")
def edit_segment(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a segment; `intent=draft` keeps the condition for later, anything else puts it into force."""
    segment = get_object_or_404(segments_for(request.user), pk=pk)
    newest = newest_among(segment.versions.all())
    initial = {
        "name": segment.name,
        "description": segment.description,
        "condition": newest.condition if newest else {"all": []},
        "revision": newest.revision if newest else 0,
    }
    form = ChangeSegmentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            message = save_changes(request, segment, form)
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, message)
            return redirect(segment)
    return builder(request, form, f"Edit {segment}", back=segment.get_absolute_url(), segment=segment)


def save_changes(request: HttpRequest, segment: Segment, form: ChangeSegmentForm) -> str:
    """Keep name and draft, and publish unless only the draft was asked for; answers what to say."""
    given, actor = form.cleaned_data, request.user
    if {"name", "description"} & set(form.changed_data):
        change_segment(segment=segment, name=given["name"], description=given["description"], actor=actor)  # type: ignore[arg-type]
    draft = save_segment_draft(
        segment=segment,
        condition=given["condition"],
        revision=given["revision"],
        actor=actor,  # type: ignore[arg-type]
    )
    if request.POST.get("intent") == "draft":
        return "Saved as a draft; nobody moves before you publish."
    done = publish_segment(segment=segment, revision=draft.revision, actor=actor)  # type: ignore[arg-type]
    return told(done.segment, done.is_counted)


@requires("martech.edit_segment")
@require_POST
def count_segment(request: HttpRequest) -> HttpResponse:
    """How many a condition that is being written catches, and some of them."""
    form = CountForm(request.POST)
    found = None
    if form.is_valid():
        found = preview(parse(form.cleaned_data["condition"], get_catalogue("segment")), request.user)
    context: dict[str, Any] = {"found": found, "errors": form.errors.get("condition", [])}
    return render_page(request, "martech/segment_count.html", context)


@requires("martech.view_segment")
def segment(request: HttpRequest, pk: int) -> HttpResponse:
    """One segment: who is in it and why, how that changed, how fresh it is."""
    found = get_object_or_404(segments_for(request.user), pk=pk)
    on = OnDayForm(request.GET if "on" in request.GET else None)
    moves = daily_moves(found)
    context: dict[str, Any] = {
        "title": found.name,
        "page": segment_page(found, request.user),
        "segment": found,
        "crumbs": [HERE],
        "on_form": on,
        "on": on_day(found, on.cleaned_data["on"], request.user) if on.is_bound and on.is_valid() else None,
        "entered": sum(came for came, _went in moves.values()),
        "left": sum(went for _came, went in moves.values()),
    }
    return render_page(request, "martech/segment.html", context)


@requires("martech.edit_segment")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the draft that was seen into force."""
    found = get_object_or_404(segments_for(request.user), pk=pk)

    def put(revision: int) -> str:
        done = publish_segment(segment=found, actor=request.user, revision=revision)  # type: ignore[arg-type]
        return told(done.segment, done.is_counted)

    say_published(request, put)
    return redirect(found)


@requires("martech.edit_segment")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop the draft."""
    found = get_object_or_404(segments_for(request.user), pk=pk)
    say_dropped(request, discard_segment_draft, segment=found)
    return redirect(found)


@requires("martech.edit_segment")
@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a segment out of use."""
    found = get_object_or_404(segments_for(request.user), pk=pk)
    try:
        archive_segment(segment=found, actor=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        toast(request, error.detail, "error")
        return redirect(found)
    toast(request, f"{found} is out of use; who was in it stays on record.")
    return redirect("martech:segments")


@requires("martech.export_segment")
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file is for, and whom the gate would hold back; the file itself is the list of people, screened."""
    found = get_object_or_404(segments_for(request.user), pk=pk)
    form = ExportForm(request.GET if "purpose" in request.GET else None)
    asked = {"purpose": form.fields["purpose"].initial, "channel": form.fields["channel"].initial}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
    query = urlencode({"segment": found.key, "for": asked["purpose"], "over": asked["channel"]})
    context: dict[str, Any] = {
        "title": f"Export {found}",
        "segment": found,
        "form": form,
        "screened": screened(found, request.user, **asked),
        "file_url": f"{reverse('martech:people')}?{query}",
        "crumbs": [HERE, Crumb(found.name, found.get_absolute_url())],
    }
    return render_page(request, "martech/segment_export.html", context, status=422 if form.errors else 200)
