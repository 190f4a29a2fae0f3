"""Drafts of requests: kept while somebody fills in a form, gone once it is sent."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from governance.models import User
from mops.core.errors import DomainError
from workflow.models import IntakeForm, Request, RequestDraft

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


def drop_draft(*, form: IntakeForm, user: User) -> bool:
    """Forget what somebody filled in; answers whether there was something."""
    return RequestDraft.objects.filter(user=user, form=form).delete()[0] > 0
