"""Intake forms and their versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

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


RESERVED = ("new", "similar")
"""Keys that would be the address of another page."""


def create_form(*, key: str, name: str, actor: User | None, description: str = "") -> IntakeForm:
    """Create a form without questions; publish a version to open it. Raises ConflictError for a used key."""
    try:
        with transaction.atomic(), recording("create_form", actor=actor):
            return IntakeForm.objects.create(key=key, name=name, description=description)
    except IntegrityError as error:
        raise ConflictError("The form was not created.", errors={"key": [f"{key} is taken."]}) from error


def build_form(*, name: str, description: str, is_active: bool, fields: Sequence[Any], actor: User) -> IntakeForm:
    """Create a form with its first version, under a key made from its name. Raises DomainError naming all that is wrong."""
    name, description = checked(name, description, fields, "The form was not created.")
    with transaction.atomic(), recording("create_form", actor=actor):
        form = _create_under_free_key(name, description, actor)
        publish_form_version(form=form, fields=fields, actor=actor)
        if not is_active:
            IntakeForm.objects.filter(pk=form.pk).update(is_active=False)
    form.refresh_from_db()
    return form


def _create_under_free_key(name: str, description: str, actor: User) -> IntakeForm:
    base = slugify(name)[:50].strip("-") or "form"
    for number in range(1, 1_000):
        key = f"{base}-{number}" if number > 1 else base
        if key in RESERVED:
            continue
        try:
            return create_form(key=key, name=name, description=description, actor=actor)
        except ConflictError:
            continue
    raise ConflictError(
        "The form was not created.", errors={"name": ["A thousand forms are called so; give another name."]}
    )


def change_form(
    *,
    form: IntakeForm,
    name: str,
    description: str,
    is_active: bool,
    fields: Sequence[Any],
    seen: datetime,
    actor: User,
) -> FormVersion | None:
    """Rename a form, open or close it, and publish its questions as the next version where they changed; that version.

    `seen` is the form's `updated_at` when the editor began. Raises DomainError naming all that is wrong, and ConflictError when
    somebody saved the form meanwhile; then nothing changed.
    """
    name, description = checked(name, description, fields, "The form was not changed.")
    with transaction.atomic(), recording("change_form", actor=actor):
        rows = IntakeForm.objects.filter(pk=form.pk, updated_at=seen)
        now = timezone.now()
        if not rows.update(name=name, description=description, is_active=is_active, updated_at=now):
            raise ConflictError("Somebody changed this form meanwhile.")
        form.refresh_from_db()
        in_force = FormVersion.objects.filter(form=form, state=FormVersion.State.PUBLISHED).first()
        if in_force and read_questions(in_force.fields)[0] == read_questions(fields)[0]:
            return None
        return publish_form_version(form=form, fields=fields, actor=actor)


def checked(name: str, description: str, fields: Sequence[Any], refusal: str) -> tuple[str, str]:
    """Name and description as they are kept. Raises DomainError naming all that is wrong with the form."""
    name, description = " ".join(name.split()), " ".join(description.split())
    _questions, errors = read_questions(fields)
    if not name or len(name) > 120:
        errors["name"] = ["Give a name of at most 120 characters."]
    if len(description) > 300:
        errors["description"] = [f"Use at most 300 characters; this has {len(description)}."]
    if errors:
        raise DomainError(refusal, errors=errors)
    return name, description


def publish_form_version(*, form: IntakeForm, fields: Sequence[Any], actor: User | None) -> FormVersion:
    """Publish questions as the form's next version; requests stay on theirs. Raises DomainError."""
    _questions, errors = read_questions(fields)
    if errors:
        raise DomainError("The form was not published.", errors=errors)
    with transaction.atomic(), recording("publish_form_version", actor=actor):
        IntakeForm.objects.select_for_update().get(pk=form.pk)
        versions, now = FormVersion.objects.filter(form=form), timezone.now()
        newest = versions.aggregate(newest=Max("number"))["newest"] or 0
        versions.filter(state=FormVersion.State.PUBLISHED).update(state=FormVersion.State.SUPERSEDED)
        IntakeForm.objects.filter(pk=form.pk).update(updated_at=now)
        return FormVersion.objects.create(
            form=form,
            number=newest + 1,
            state=FormVersion.State.PUBLISHED,
            fields=list(fields),
            published_at=now,
            published_by=actor,
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
