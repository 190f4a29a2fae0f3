"""What is filled in and not sent yet: kept as it is typed, with the word which questions are asked now."""

import json
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.models import User
from mops.core.errors import DomainError
from mops.core.pages import is_htmx, toast
from mops.core.rights import requires
from workflow.forms import AnswersForm
from workflow.models import IntakeForm, RequestDraft
from workflow.questions import Question, read_questions
from workflow.selectors import open_forms
from workflow.services import drop_draft, keep_draft


@requires("workflow.file_request")
@require_POST
def keep(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the draft. A script hears which questions are asked, others go on to their requests."""
    version = get_object_or_404(open_forms(), form__key=key)
    questions = read_questions(version.fields)[0]
    try:
        kept = _keep(request, version.form, questions)
        words = f"Draft kept at {timezone.localtime(kept.updated_at):%H:%M}" if kept else ""
    except DomainError as error:
        words = error.detail
    if is_htmx(request):
        asked = AnswersForm(questions, request.POST).asked_keys
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"asked": {"keys": asked, "words": words}})})
    toast(request, f"{words}; go on with it here." if words else "Nothing was filled in, so there is no draft.")
    return redirect("workflow:ask")


def _keep(request: HttpRequest, form: IntakeForm, questions: list[Question]) -> RequestDraft | None:
    answers = {question.key: request.POST.get(question.key, "") for question in questions}
    try:
        opened = datetime.fromisoformat(request.POST.get("questions-opened", ""))
    except ValueError:
        opened = timezone.now()
    return keep_draft(form=form, answers=answers, opened=opened, user=cast(User, request.user))


@requires("workflow.file_request")
@require_POST
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Forget a draft."""
    form = get_object_or_404(IntakeForm, key=key)
    if drop_draft(form=form, user=cast(User, request.user)):
        toast(request, "The draft is deleted.")
    return redirect("workflow:ask")
