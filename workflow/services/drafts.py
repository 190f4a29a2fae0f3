"""Drafts of requests: kept while somebody fills in a form, gone once it is sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.models import User
from mops.core.errors import DomainError
from workflow.asking import asked_among
from workflow.models import FormVersion, IntakeForm, Request, RequestDraft
from workflow.questions import read_questions
from workflow.services.requests import file_request

LARGEST = 200_000


def keep_draft(*, form: IntakeForm, answers: Mapping[str, str], opened: datetime, user: User) -> RequestDraft | None:
    """Keep what was typed in the form, over what was kept before; nothing is kept of an empty form.

    `opened` is when the page was: what arrives after the request was sent from it begins no new draft.
    """
    typed = {key: text.replace("\x00", "") for key, text in answers.items() if text.strip()}
    if sum(map(len, typed.values())) > LARGEST:
        reason = f"The draft is not kept: it has more than {LARGEST:,} characters. Shorten the longest answer."
        raise DomainError(reason)
    with transaction.atomic():
        # Filing locks the same row, so that neither overtakes the other.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        if Request.objects.filter(requester=user, form_version__form=form, created_at__gt=opened).exists():
            return None
        if not typed:
            RequestDraft.objects.filter(user=user, form=form).delete()
            return None
        values = {"answers": typed, "updated_at": timezone.now()}
        return RequestDraft.objects.update_or_create(user=user, form=form, defaults=values)[0]


def send_draft(*, form: IntakeForm, actor: User) -> Request:
    """File what the draft says, as its page would. Raises DomainError naming every wrong answer, or when it is gone."""
    with transaction.atomic():
        # Keeping locks the same row, so that what is typed in this moment is sent or begins no draft.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
        draft = RequestDraft.objects.filter(user=actor, form=form).first()
        version = FormVersion.objects.filter(form=form, state=FormVersion.State.PUBLISHED).first()
        if draft is None or version is None:
            raise DomainError("There is nothing to send.", errors={"form": ["Fill it in again; the draft is gone."]})
        asked = asked_among(read_questions(version.fields)[0], draft.answers)
        answers = {question.key: draft.answers.get(question.key, "") for question in asked}
        return file_request(form_key=form.key, answers=answers, actor=actor, is_drafted=True)


def purge_drafts(now: datetime) -> int:
    """Delete the drafts that nobody changed for `REQUEST_DRAFT_DAYS`; answers how many."""
    old = now - timedelta(days=settings.REQUEST_DRAFT_DAYS)
    return RequestDraft.objects.filter(updated_at__lt=old).delete()[0]


def drop_draft(*, form: IntakeForm, user: User) -> bool:
    """Forget what somebody filled in; answers whether there was something."""
    return RequestDraft.objects.filter(user=user, form=form).delete()[0] > 0
