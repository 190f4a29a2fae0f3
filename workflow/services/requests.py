"""Requests: filed, decided about once, answered, linked to what they became."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from governance.models import User
from governance.services import notify_users
from mops.core import clock
from mops.core.calendar_document import parse_calendar
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from planning.models import Campaign, Channel, Region
from planning.services import create_campaign
from workflow.models import FormVersion, Request, RequestComment, RequestDraft, RequestState, Verdict
from workflow.questions import check_answers, read_questions

WORKDAY_HOURS = [["09:00", "17:00"]]
PROMISE = timedelta(hours=16)
"""Two working days: when the requester hears from us at the latest."""

TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    Verdict.ACCEPT: ((RequestState.SUBMITTED, RequestState.ASKED, RequestState.DEFERRED), RequestState.ACCEPTED),
    Verdict.ASK: ((RequestState.SUBMITTED,), RequestState.ASKED),
    Verdict.MERGE: ((RequestState.SUBMITTED, RequestState.ASKED, RequestState.DEFERRED), RequestState.MERGED),
    Verdict.DEFER: ((RequestState.SUBMITTED, RequestState.ASKED), RequestState.DEFERRED),
    Verdict.DECLINE: ((RequestState.SUBMITTED, RequestState.ASKED, RequestState.DEFERRED), RequestState.DECLINED),
}
NOTICES = {
    Verdict.ACCEPT: "was accepted",
    Verdict.ASK: "has a question for you",
    Verdict.MERGE: "was merged into another request",
    Verdict.DEFER: "was deferred",
    Verdict.DECLINE: "was declined",
}


def answer_due(since: datetime) -> datetime:
    """When a verdict is promised: two working days of Monday to Friday in the installation's zone."""
    days = ("mon", "tue", "wed", "thu", "fri")
    document = parse_calendar({"zone": settings.TIME_ZONE, "hours": dict.fromkeys(days, WORKDAY_HOURS)})
    return clock.add(document.resolve(), since, PROMISE)


def next_number() -> int:
    """The next request number; a lock makes numbers gapless and unique."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('workflow_request'))")
        cursor.execute("select coalesce(max(number), 0) + 1 from workflow_request")
        return int(cursor.fetchone()[0])


def options() -> dict[str, list[str]]:
    return {"channel": list(Channel.values), "region": list(Region.values)}


def file_request(
    *, form_key: str, answers: Mapping[str, Any], actor: User, today: date | None = None, is_drafted: bool = False
) -> Request:
    """File a request on the published version of a form. Raises DomainError naming every wrong answer.

    When it `is_drafted` the actor's draft of this form is what was filed, and is gone with it.
    """
    version = (
        FormVersion.objects.select_related("form")
        .filter(form__key=form_key, form__is_active=True, state=FormVersion.State.PUBLISHED)
        .first()
    )
    if version is None:
        raise DomainError("There is no such form.", errors={"form": ["Choose one of the open forms."]})
    questions, _errors = read_questions(version.fields)
    kept, errors = check_answers(questions, answers, today or timezone.localdate(), options())
    if errors:
        raise DomainError("The request was not filed.", errors=errors)
    title = next((str(kept[q.key]) for q in questions if q.maps_to == "name" and q.key in kept), version.form.name)
    needed = next((kept[q.key] for q in questions if q.type == "date" and q.key in kept), None)
    with transaction.atomic(), recording("file_request", actor=actor):
        if is_drafted:
            User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
            RequestDraft.objects.filter(user=actor, form=version.form_id).delete()
        return Request.objects.create(
            number=next_number(),
            form_version=version,
            title=title[:200],
            answers=kept,
            requester=actor,
            needed_by=date.fromisoformat(needed) if needed else None,
            answer_due_at=answer_due(timezone.now()),
        )


def triage_request(
    *,
    request: Request,
    verdict: str,
    actor: User,
    reason: str = "",
    question: str = "",
    campaign: Campaign | None = None,
    name: str = "",
    merge_into: Request | None = None,
    defer_until: date | None = None,
) -> Request:
    """Decide about a request: exactly one verdict wins. Raises DomainError, ConflictError.

    Accepting links `campaign`, or creates one from the answers (under `name`, where the naming rule asks for it).
    """
    given = {"reason": reason, "question": question, "merge_into": merge_into, "defer_until": defer_until}
    check_verdict(request, verdict, given)
    with transaction.atomic(), recording("triage_request", actor=actor, reason=reason or question, verdict=verdict):
        locked, target = lock_requests(request, merge_into)
        state = state_after(locked, verdict)
        if verdict == Verdict.MERGE:
            locked.merged.update(merged_into=live_target(target), updated_at=timezone.now())
        if verdict == Verdict.ACCEPT:
            locked.campaign = campaign or campaign_from(locked, name, actor)
        locked.state, locked.decided_by, locked.decided_at = state, actor, timezone.now()
        locked.reason, locked.question = reason.strip(), question.strip()
        locked.merged_into = merge_into if verdict == Verdict.MERGE else None
        locked.deferred_until = defer_until if verdict == Verdict.DEFER else None
        locked.save()
        tell_requester(locked, verdict)
    return locked


def lock_requests(request: Request, other: Request | None) -> tuple[Request, Request | None]:
    """The rows a verdict is about, locked. Merges go one at a time, so that none waits for another that waits for it."""
    if other is not None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext('workflow_request_merge'))")
    rows = Request.objects.select_for_update(of=("self",)).select_related("form_version", "decided_by")
    locked = rows.in_bulk({request.pk, *([other.pk] if other else [])})
    return locked[request.pk], locked.get(other.pk) if other else None


def state_after(request: Request, verdict: str) -> str:
    """What a verdict makes of the request. Raises ConflictError where its state does not allow the verdict any more."""
    sources, state = TRANSITIONS[verdict]
    if request.state not in sources:
        who = f" by {request.decided_by}" if request.decided_by_id else ""
        raise ConflictError(f"{request.reference} is {request.get_state_display().lower()} already{who}.")
    return state


def live_target(target: Request | None) -> Request:
    """A request lives on in one that is alive itself; so merging never leads in a circle. Raises ConflictError."""
    if target is None or target.state in (RequestState.MERGED, RequestState.DECLINED):
        state = target.get_state_display().lower() if target else "gone"
        raise ConflictError(
            "The verdict was not taken.",
            errors={"merge_into": [f"{target.reference if target else 'It'} is {state}; choose one that is alive."]},
        )
    return target


def check_verdict(request: Request, verdict: str, given: Mapping[str, Any]) -> None:
    if verdict not in TRANSITIONS:
        raise DomainError("Unknown verdict.", errors={"verdict": [f"Use one of {', '.join(Verdict.values)}."]})
    errors: dict[str, list[str]] = {}
    if verdict == Verdict.DECLINE and not given["reason"].strip():
        errors["reason"] = ["Say why; the requester reads it."]
    if verdict == Verdict.ASK and not given["question"].strip():
        errors["question"] = ["Write the question; the requester gets it."]
    if verdict == Verdict.MERGE and (given["merge_into"] is None or given["merge_into"].pk == request.pk):
        errors["merge_into"] = ["Choose another request to merge into."]
    if verdict == Verdict.DEFER and (given["defer_until"] is None or given["defer_until"] <= timezone.localdate()):
        errors["defer_until"] = ["Choose a day after today."]
    if errors:
        raise DomainError("The verdict was not taken.", errors=errors)


def campaign_from(request: Request, name: str, actor: User) -> Campaign:
    """A campaign made of the answers; what a form did not ask is filled with what is usual."""
    questions, _errors = read_questions(request.form_version.fields)
    values = {q.maps_to: request.answers[q.key] for q in questions if q.maps_to and q.key in request.answers}
    start = (
        date.fromisoformat(values["starts_on"]) if "starts_on" in values else request.needed_by or timezone.localdate()
    )
    end = date.fromisoformat(values["ends_on"]) if "ends_on" in values else start + timedelta(days=30)
    return create_campaign(
        name=name or values.get("name", request.title),
        channel=values.get("channel", Channel.CONTENT),
        region=values.get("region", Region.GLOBAL),
        starts_on=start,
        ends_on=end,
        objective=values.get("objective", ""),
        owner=actor,
        actor=actor,
    )


def tell_requester(request: Request, verdict: str) -> None:
    detail = request.question or request.reason or (f"Campaign {request.campaign.code}" if request.campaign else "")
    notify_users(
        user_ids=[request.requester_id],
        kind="request",
        title=f"{request.reference} {NOTICES[Verdict(verdict)]}: {request.title}",
        detail=detail,
        url=request.get_absolute_url(),
    )


def answer_question(*, request: Request, text: str, actor: User) -> Request:
    """The requester answers; the request waits for marketing again, with a new promise."""
    if not text.strip():
        raise DomainError("The answer was not sent.", errors={"text": ["Write the answer."]})
    with transaction.atomic(), recording("answer_question", actor=actor):
        rows = Request.objects.filter(pk=request.pk, state=RequestState.ASKED)
        if not rows.update(
            state=RequestState.SUBMITTED, answer_due_at=answer_due(timezone.now()), updated_at=timezone.now()
        ):
            raise ConflictError("Nobody waits for an answer to this request.")
        RequestComment.objects.create(request=request, author=actor, text=text.strip())
    request.refresh_from_db()
    return request


def comment_request(*, request: Request, text: str, actor: User) -> RequestComment:
    """Add a remark that everybody who sees the request reads."""
    if not text.strip() or len(text) > 10_000:
        raise DomainError("The comment was not added.", errors={"text": ["Write 1 to 10,000 characters."]})
    return RequestComment.objects.create(request=request, author=actor, text=text.strip())
