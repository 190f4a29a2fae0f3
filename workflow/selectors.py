"""Requests and forms as pages and the API read them."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, F, Func, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from martech.stack.usage import Evidence
from mops.core.registry import Due, Hit, Panel
from mops.core.rights import can
from mops.core.templatetags.mops import number
from mops.core.trails import Newest, TrailEntry
from planning.models import Channel, Region
from workflow.asking import asked_among
from workflow.models import FormVersion, IntakeForm, Request, RequestDraft, RequestState
from workflow.questions import Question, read_questions

SIMILAR = 0.35
"""Titles this alike (trigram similarity, 0 to 1) are worth a look; below it people find the hints noisy."""

RECENT_DAYS = 90
"""How far back the list of forms counts requests."""


def requests_for(user: Any) -> QuerySet[Request]:
    rows = Request.objects.visible_to(user)
    return rows.select_related("requester", "campaign", "decided_by", "form_version__form", "merged_into")


def request_evidence(since: datetime) -> Sequence[Evidence]:
    """That the intake is used, for the tool inventory."""
    count = Request.objects.filter(created_at__gte=since).count()
    told = f"{count:,} {'request' if count == 1 else 'requests'} came in"
    return [Evidence("mops", told, count, capabilities=("intake",), source="requests")]


def merge_targets(request: Request) -> QuerySet[Request]:
    """What a request can be merged into; `told` is its number as people write it."""
    others = Request.objects.exclude(pk=request.pk)
    told = Concat(Value("R-"), Cast("number", TextField()), output_field=TextField())
    return others.filter(state__in=[RequestState.SUBMITTED, RequestState.ACCEPTED]).annotate(told=told)


def open_forms() -> QuerySet[FormVersion]:
    """The published version of every open form."""
    rows = FormVersion.objects.filter(state=FormVersion.State.PUBLISHED, form__is_active=True)
    return rows.select_related("form").order_by("form__name")


@dataclass(frozen=True)
class Draft:
    """A draft as its writer sees it: what it is called so far, and whether its form can still be sent."""

    kept: RequestDraft
    title: str
    is_open: bool


def drafts_of(user: Any, among: QuerySet[RequestDraft] | None = None) -> list[Draft]:
    """What somebody began to ask for and did not send yet, the latest first."""
    drafts = RequestDraft.objects.all() if among is None else among
    rows = list(drafts.filter(user=user).select_related("form"))
    asked = {version.form_id: version for version in open_forms().filter(form__in=[row.form_id for row in rows])}
    return [Draft(row, _draft_title(row, asked.get(row.form_id)), row.form_id in asked) for row in rows]


def _draft_title(draft: RequestDraft, version: FormVersion | None) -> str:
    questions = read_questions(version.fields)[0] if version else []
    named = (str(draft.answers.get(one.key, "")).strip() for one in questions if one.maps_to == "name")
    return next(filter(None, named), draft.form.name)


def forms_for(user: Any) -> QuerySet[IntakeForm]:
    """Every form with `version` and `questions` in force, when it was published, and the `recent` requests that the user sees."""
    in_force = FormVersion.objects.filter(form=OuterRef("pk"), state=FormVersion.State.PUBLISHED)
    asked = Request.objects.visible_to(user).filter(
        form_version__form=OuterRef("pk"), created_at__date__gte=recent_since()
    )
    number = asked.order_by().values("form_version__form").annotate(number=Count("pk")).values("number")
    length = Func(F("fields"), function="jsonb_array_length", output_field=IntegerField())
    return IntakeForm.objects.annotate(
        version=Subquery(in_force.values("number")),
        published_at=Subquery(in_force.values("published_at")),
        questions=Coalesce(Subquery(in_force.annotate(length=length).values("length")), 0),
        recent=Coalesce(Subquery(number), 0),
    )


def recent_since() -> date:
    """The first day of the last 90, today included."""
    return timezone.localdate() - timedelta(days=RECENT_DAYS - 1)


def version_in_force(form: IntakeForm) -> FormVersion | None:
    return form.versions.filter(state=FormVersion.State.PUBLISHED).select_related("published_by").first()


def versions_for(user: Any, form: IntakeForm) -> QuerySet[FormVersion]:
    """A form's versions, newest first, with the `asked` requests of each that the user sees."""
    asked = Request.objects.visible_to(user).filter(form_version=OuterRef("pk"))
    number = asked.order_by().values("form_version").annotate(number=Count("pk")).values("number")
    rows = form.versions.exclude(state=FormVersion.State.DRAFT).select_related("published_by", "form")
    return rows.annotate(asked=Coalesce(Subquery(number), 0)).order_by("-number")


def keys_ever_asked(form: IntakeForm) -> dict[str, str]:
    """The keys of the questions of all versions, each with what was asked under it last."""
    versions = form.versions.order_by("number").values_list("fields", flat=True)
    return {question.key: question.label for fields in versions for question in read_questions(fields)[0]}


def answers_of(request: Request) -> Sequence[tuple[str, str]]:
    """Question and answer in words, in the order of the form; what was not asked is left out."""
    questions, _errors = read_questions(request.form_version.fields)
    asked = {question.key for question in asked_among(questions, request.answers, request.created_at)}
    return [
        (question.label, answer_in_words(question, request.answers.get(question.key)))
        for question in questions
        if question.key in asked or question.key in request.answers
    ]


WORDS = {"channel": dict(Channel.choices), "region": dict(Region.choices)}


def option_in_words(answer: Any) -> str:
    """A channel or a region by its name, a day as it is written; any other answer as it is."""
    if isinstance(answer, str) and ISO_DAY.fullmatch(answer):
        with suppress(ValueError):
            return date_format(date.fromisoformat(answer), "j M Y")
    return str(next((words[answer] for words in WORDS.values() if answer in words), answer))


ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def answer_in_words(question: Question, answer: Any) -> str:
    if answer in (None, ""):
        return "—"
    if question.type == "date":
        return date_format(date.fromisoformat(answer), "j M Y")
    if question.type in ("number", "money"):
        return number(Decimal(str(answer)))
    return str(WORDS.get(question.type, {}).get(answer, answer))


def similar_requests(user: Any, title: str, but: int | None = None) -> list[Request]:
    """Up to four requests whose title is much like this one."""
    if len(title.strip()) < 4:
        return []
    rows = requests_for(user).exclude(state__in=[RequestState.DECLINED, RequestState.MERGED]).exclude(pk=but)
    alike = rows.annotate(similarity=TrigramSimilarity("title", title)).filter(similarity__gte=SIMILAR)
    return list(alike.order_by("-similarity", "-created_at")[:4])


def waiting(user: Any) -> tuple[int, bool] | None:
    """What waits for a verdict, for those who give one; late when a promise has passed."""
    if not can(user, "workflow.triage_request"):
        return None
    rows = Request.objects.visible_to(user).waiting()
    number = rows.count()
    return (number, rows.filter(answer_due_at__lt=timezone.now()).exists()) if number else None


def requests_to_triage(user: Any) -> Due | None:
    """Requests that wait for a verdict, and how many of them longer than was promised."""
    rows = Request.objects.visible_to(user).waiting().order_by()
    late = Count("pk", filter=Q(answer_due_at__lt=timezone.now()))
    total = rows.aggregate(number=Count("*"), since=Min("created_at"), late=late)
    url = f"{reverse('workflow:requests')}?state={RequestState.SUBMITTED}"
    note = f"{total['late']} past the promised day" if total["late"] else ""
    return Due("Requests waiting for triage", total["number"], total["since"], url, "inbox", note=note, action="Triage")


def find_requests(user: Any, text: str, limit: int) -> list[Hit]:
    if not can(user, "workflow.view_request"):
        return []
    rows = Request.objects.visible_to(user).filter(title__icontains=text)[:limit]
    return [
        Hit(row.title, f"{row.reference} · {row.get_state_display()}", row.get_absolute_url(), "inbox") for row in rows
    ]


def requests_panel(http: Any, campaign: Any) -> Panel | None:
    """Why a campaign exists: the requests it came from, on its page."""
    rows = list(requests_for(http.user).filter(campaign=campaign)[:20])
    if not rows:
        return None
    return Panel("Requests", "workflow/requests_panel.html", {"requests": rows}, note="why it exists")


def campaign_trail(user: Any, campaign: Any, asked: Newest) -> list[TrailEntry]:
    """The requests a campaign came from, as entries of its trail."""
    rows = requests_for(user).filter(campaign=campaign).annotate(accepted_at=Coalesce("decided_at", "created_at"))
    return [
        TrailEntry(
            at=row.accepted_at,
            icon="inbox",
            title=f"{row.reference} was accepted for it",
            detail=f"{row.title}, asked by {row.requester}",
            url=row.get_absolute_url(),
        )
        for row in asked.of(rows, "accepted_at")
    ]
