"""Intake forms and their versions."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from governance.models import User
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from workflow.models import FormVersion, IntakeForm
from workflow.questions import read_questions

CAMPAIGN_QUESTIONS: list[dict[str, Any]] = [
    {"key": "title", "label": "What do you want to promote?", "type": "text", "required": True, "maps_to": "name"},
    {"key": "goal", "label": "What should it achieve?", "type": "long_text", "required": True, "maps_to": "objective"},
    {"key": "channel", "label": "Channel", "type": "channel", "required": True, "maps_to": "channel"},
    {"key": "region", "label": "Region", "type": "region", "required": True, "maps_to": "region"},
    {
        "key": "starts_on",
        "label": "When should it start?",
        "type": "date",
        "required": True,
        "maps_to": "starts_on",
        "min_days": 10,
        "help": "We need ten days to prepare a campaign.",
    },
    {"key": "ends_on", "label": "When should it end?", "type": "date", "required": True, "maps_to": "ends_on"},
    {"key": "budget", "label": "Budget, if you have one (EUR)", "type": "money"},
    {"key": "link", "label": "Where can we read more?", "type": "url"},
]
CONTENT_QUESTIONS: list[dict[str, Any]] = [
    {"key": "title", "label": "What should we write or make?", "type": "text", "required": True, "maps_to": "name"},
    {
        "key": "format",
        "label": "Format",
        "type": "choice",
        "required": True,
        "choices": ["Blog post", "Case study", "One-pager", "Slides", "Video", "Landing page"],
    },
    {"key": "audience", "label": "Who is it for?", "type": "text", "required": True},
    {"key": "goal", "label": "What should they do afterwards?", "type": "long_text", "maps_to": "objective"},
    {"key": "needed_by", "label": "When do you need it?", "type": "date", "required": True, "min_days": 5},
    {"key": "link", "label": "Source material", "type": "url"},
]
DEFAULT_FORMS = [
    ("campaign", "Campaign", "Promote a product, an event or an offer", CAMPAIGN_QUESTIONS),
    ("content", "Content", "A text, a page, slides or a video", CONTENT_QUESTIONS),
]


def create_form(*, key: str, name: str, actor: User | None, description: str = "") -> IntakeForm:
    """Create a form without questions; publish a version to open it. Raises ConflictError for a used key."""
    try:
        with transaction.atomic(), recording("create_form", actor=actor):
            return IntakeForm.objects.create(key=key, name=name, description=description)
    except IntegrityError as error:
        raise ConflictError("The form was not created.", errors={"key": [f"{key} is taken."]}) from error


def change_form(*, form: IntakeForm, name: str, description: str, is_active: bool, actor: User | None) -> IntakeForm:
    """Rename a form, or open or close it; its requests go on. Raises DomainError without a name."""
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise DomainError("The form was not changed.", errors={"name": ["Give a name of at most 120 characters."]})
    with transaction.atomic(), recording("change_form", actor=actor):
        IntakeForm.objects.filter(pk=form.pk).update(name=name, description=description.strip(), is_active=is_active)
    form.refresh_from_db()
    return form


def publish_form_version(*, form: IntakeForm, fields: Sequence[Any], actor: User | None) -> FormVersion:
    """Publish questions as the form's next version; requests stay on theirs. Raises DomainError."""
    _questions, errors = read_questions(fields)
    if errors:
        raise DomainError("The form was not published.", errors=errors)
    with transaction.atomic(), recording("publish_form_version", actor=actor):
        IntakeForm.objects.select_for_update().get(pk=form.pk)
        versions = FormVersion.objects.filter(form=form)
        newest = versions.aggregate(newest=Max("number"))["newest"] or 0
        versions.filter(state=FormVersion.State.PUBLISHED).update(state=FormVersion.State.SUPERSEDED)
        return FormVersion.objects.create(
            form=form,
            number=newest + 1,
            state=FormVersion.State.PUBLISHED,
            fields=list(fields),
            published_at=timezone.now(),
        )


def create_default_forms(*, actor: User | None) -> list[IntakeForm]:
    """The two forms every installation starts with; those that exist are left alone."""
    forms = []
    for key, name, description, questions in DEFAULT_FORMS:
        form = IntakeForm.objects.filter(key=key).first()
        if form is None:
            form = create_form(key=key, name=name, description=description, actor=actor)
            publish_form_version(form=form, fields=questions, actor=actor)
        forms.append(form)
    return forms
