"""Pages of workflow: asking, the queue, one request."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mops.core.errors import DomainError
from mops.core.inputs import DayRangeFilter
from mops.core.lists import (
    DayColumn,
    Empty,
    LinkedColumn,
    ListPage,
    ListTable,
    PageAction,
    PillColumn,
    ReadyView,
    Total,
    WhenColumn,
)
from mops.core.lists.options import options
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import can, requires
from workflow.forms import AnswersForm, CommentForm, TriageForm
from workflow.models import IntakeForm, Request, RequestDraft, RequestState
from workflow.questions import read_questions
from workflow.selectors import answers_of, drafts_of, merge_targets, open_forms, requests_for, similar_requests
from workflow.services import answer_question, comment_request, file_request, triage_request
from workflow.services.requests import TRANSITIONS

STATE_KINDS = {"New": "accent", "Question open": "warn", "Accepted": "good", "Declined": "bad"}


class RequestTable(ListTable):
    title = LinkedColumn(accessor="title")
    reference = tables.Column(order_by="number")
    state = PillColumn(accessor="get_state_display", order_by="state", kinds=STATE_KINDS)
    requester = tables.Column()
    form = tables.Column(accessor="form_version__form__name", verbose_name="Form")
    campaign = tables.Column(accessor="campaign__code", linkify=lambda record: record.campaign.get_absolute_url())
    needed_by = DayColumn(verbose_name="Needed by")
    answer_due_at = WhenColumn(verbose_name="Answer due")
    created_at = WhenColumn(verbose_name="Asked")

    fixed = ("title",)
    default_columns = ("title", "reference", "state", "requester", "form", "campaign", "needed_by", "created_at")

    class Meta(ListTable.Meta):
        model = Request
        fields = ()


class RequestFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=RequestState.choices, label="State")
    late = filters.BooleanFilter(method="by_lateness", label="Answer is late")
    form = filters.ModelChoiceFilter(
        field_name="form_version__form", queryset=IntakeForm.objects.all(), to_field_name="key", label="Form"
    )
    version = filters.NumberFilter(field_name="form_version__number", label="Version of the form")
    needed = DayRangeFilter(field_name="needed_by", label="Needed by")
    asked = DayRangeFilter(field_name="created_at", label="Asked")

    class Meta:
        model = Request
        fields: list[str] = []

    def by_lateness(self, rows: QuerySet[Request], _name: str, value: bool) -> QuerySet[Request]:
        late = {"state": RequestState.SUBMITTED, "answer_due_at__lt": timezone.now()}
        return rows.filter(**late) if value else rows.exclude(**late)


class RequestList(ListPage):
    permission = "workflow.view_request"
    model = Request
    table_class = RequestTable
    filterset_class = RequestFilter
    search_fields = ("title", "requester__name")
    title = "Requests"
    actions = (
        PageAction("Intake forms", "workflow:forms", icon="forms", permission="workflow.view_form"),
        PageAction("Ask for something", "workflow:ask", permission="workflow.file_request", is_primary=True),
    )
    ready_views = (
        ReadyView("to-triage", "To triage", "state=submitted&sort=created_at", "workflow.triage_request"),
        ReadyView("questions", "Question open", "state=asked"),
        ReadyView("deferred", "Deferred", "state=deferred"),
        ReadyView("accepted", "Accepted", "state=accepted"),
    )
    empty = Empty(
        "No requests yet", "Ask marketing for a campaign or a piece of content.", "inbox", "Ask", "workflow:ask"
    )

    def visible(self, user: Any) -> QuerySet[Request]:
        return requests_for(user)

    def lede(self, total: Total) -> str:
        rows = requests_for(self.request.user).filter(state=RequestState.SUBMITTED)
        late = rows.filter(answer_due_at__lt=timezone.now()).count()
        number = rows.count()
        if not number:
            return "Nothing waits for a verdict."
        return f"{number} wait for a verdict" + (f", {late} longer than we promised." if late else ".")


@requires("workflow.file_request")
def ask(request: HttpRequest) -> HttpResponse:
    """Choose what to ask for, and see what became of what you asked."""
    mine = requests_for(request.user).filter(requester=request.user)[:20]  # type: ignore[misc]
    asked = list(mine)
    context = {
        "title": "Ask for something",
        "forms": list(open_forms()),
        "mine": asked,
        "drafts": drafts_of(request.user),
        "waiting": sum(row.state == RequestState.SUBMITTED for row in asked),
        "late": sum(row.is_late for row in asked),
        "questions": [row for row in asked if row.state == RequestState.ASKED],
    }
    return render_page(request, "workflow/ask.html", context)


@requires("workflow.file_request")
def ask_form(request: HttpRequest, key: str) -> HttpResponse:
    """Fill in a form, from where one stopped; a query string fills in answers beforehand."""
    version = get_object_or_404(open_forms(), form__key=key)
    questions, _errors = read_questions(version.fields)
    draft = RequestDraft.objects.filter(user=request.user, form=version.form).first()  # type: ignore[misc]
    initial = {**(draft.answers if draft else {}), **request.GET.dict()}
    form = AnswersForm(questions, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = file_request(form_key=key, answers=form.cleaned_data, actor=request.user, is_drafted=True)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{made.reference} is with marketing; you hear from us within two working days.")
            return redirect(made)
    context = {"title": version.form.name, "version": version, "form": form, "draft": draft, "now": timezone.now()}
    context["titled"] = next((form[one.key] for one in questions if one.maps_to == "name"), None)
    context["crumbs"] = [Crumb("Ask for something", reverse("workflow:ask"))]
    return render_page(request, "workflow/ask_form.html", context, status=422 if form.errors else 200)


@requires("workflow.file_request")
def similar(request: HttpRequest) -> HttpResponse:
    """Requests like the one being typed; `of` is the question that says what it is called."""
    found = similar_requests(request.user, request.GET.get(request.GET.get("of", "title"), ""))
    return render_page(request, "workflow/similar.html", {"requests": found})


def request_page(http: HttpRequest, found: Request, triage: TriageForm, comment: CommentForm) -> HttpResponse:
    may_decide = can(http.user, "workflow.triage_request")
    verdicts = [verdict for verdict, (sources, _target) in TRANSITIONS.items() if found.state in sources]
    has_errors = bool(triage.errors or comment.errors)
    context = {
        "title": found.title,
        "found": found,
        "answers": answers_of(found),
        "comments": list(found.comments.select_related("author")),
        "similar": similar_requests(http.user, found.title, found.pk) if may_decide else [],
        "triage_form": triage if may_decide and verdicts else None,
        "comment_form": comment,
        "may_answer": found.state == RequestState.ASKED and found.requester_id == http.user.pk,
        "is_late": found.is_late,
    }
    return render_page(http, "workflow/request.html", context, status=422 if has_errors else 200)


def request_of(http: HttpRequest, number: int) -> Request:
    return get_object_or_404(requests_for(http.user), number=number)


@requires("workflow.view_request")
def request_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One request: answers, verdict, what it became."""
    found = request_of(request, number)
    return request_page(request, found, TriageForm(request=found), CommentForm())


@requires("workflow.triage_request")
@require_POST
def triage(request: HttpRequest, number: int) -> HttpResponse:
    """Give a verdict."""
    found = request_of(request, number)
    form = TriageForm(request.POST, request=found)
    if form.is_valid():
        try:
            done = triage_request(request=found, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{done.reference}: {done.get_state_display().lower()}. {done.requester} was told.")
            return redirect(done)
    return request_page(request, found, form, CommentForm())


@requires("workflow.triage_request")
def merge_options(request: HttpRequest, number: int) -> HttpResponse:
    """Requests that this one can be merged into, for a select, while somebody types."""
    return options(request, merge_targets(request_of(request, number)), "title", "told", value="number")


@requires("workflow.view_request")
@require_POST
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """Add a remark; from the requester it answers an open question."""
    found = request_of(request, number)
    form = CommentForm(request.POST)
    if form.is_valid():
        is_answer = found.state == RequestState.ASKED and found.requester_id == request.user.pk
        say = answer_question if is_answer else comment_request
        try:
            say(request=found, text=form.cleaned_data["text"], actor=request.user)  # type: ignore[arg-type]
            return redirect(found)
        except DomainError as error:
            add_errors(form, error)
    return request_page(request, found, TriageForm(request=found), form)
