"""Rules that are versions: draft → check → publish → superseded. A published version never changes again.

An app's table subclasses `Version` and adds what its versions belong to (a policy) and its constraints
(`version_constraints`). The functions take the versions they may touch as a QuerySet: `policy.versions`, or all rows of
a table of which one is in force at a time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from mops.core.errors import ConflictError, DomainError


class VersionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"


class Version(models.Model):
    """One version of a rule document."""

    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    document = models.JSONField()
    revision = models.PositiveIntegerField(
        default=1, help_text="Counts edits of the draft; an edit names the one it saw"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True


VersionType = TypeVar("VersionType", bound=Version)


def version_constraints(name: str, parent: Sequence[str] = ()) -> list[models.BaseConstraint]:
    """Numbers once, one draft and one published version (of each parent)."""
    alone = list(parent) or ["state"]
    return [
        models.UniqueConstraint(fields=[*parent, "number"], name=f"{name}_version_number"),
        models.UniqueConstraint(fields=alone, condition=Q(state="draft"), name=f"{name}_one_draft"),
        models.UniqueConstraint(fields=alone, condition=Q(state="published"), name=f"{name}_one_published"),
    ]


def draft_among(versions: models.QuerySet[VersionType]) -> VersionType | None:
    return versions.filter(state=VersionState.DRAFT).first()


def published_among(versions: models.QuerySet[VersionType]) -> VersionType | None:
    return versions.filter(state=VersionState.PUBLISHED).first()


def newest_among(versions: models.QuerySet[VersionType]) -> VersionType | None:
    """The draft where there is one, else what was published last."""
    return versions.order_by("-number").first()


def revision_among(versions: models.QuerySet[VersionType]) -> int:
    """The revision of what an editor sees: of the draft, else of the newest version; 0 where there is none."""
    return versions.order_by("-number").values_list("revision", flat=True).first() or 0


def in_force_at(versions: models.QuerySet[VersionType], moment: datetime) -> VersionType | None:
    """The version that was published at a past moment."""
    return versions.filter(published_at__lte=moment).order_by("-published_at", "-number").first()


def put_draft(
    versions: models.QuerySet[VersionType], document: Any, *, revision: int | None = None, **parent: Any
) -> VersionType:
    """Keep a document as the draft, made where there is none. `revision` is the one the editor saw (`revision_among`), 0
    when there was no version at all; None replaces whatever is there.

    A new draft counts on from the version before, so that no revision ever names two texts. Raises ConflictError when
    somebody saved, published or dropped it meanwhile, and DomainError for a text that PostgreSQL cannot keep.
    """
    _refuse_unkept(document)
    drafts = versions.filter(state=VersionState.DRAFT)
    seen = drafts if revision is None else drafts.filter(revision=revision)
    if seen.update(document=document, revision=F("revision") + 1, updated_at=timezone.now()):
        return drafts.get()
    newest = versions.order_by("-number").first()
    number, counted = (newest.number, newest.revision) if newest else (0, 0)
    try:
        if revision in (None, counted) and not drafts.exists():
            with transaction.atomic():
                return versions.model._default_manager.create(
                    number=number + 1, revision=counted + 1, document=document, **parent
                )
    except IntegrityError:
        pass  # somebody made one since we looked
    raise _saved_meanwhile(versions)


def _saved_meanwhile(versions: models.QuerySet[VersionType]) -> ConflictError:
    found, is_draft = revision_among(versions), draft_among(versions) is not None
    what = "saved this draft" if is_draft else "published or dropped the draft"
    return ConflictError(
        f"Somebody {what} meanwhile (revision {found}).",
        errors={"revision": [f"Load revision {found}, and make your change again."]},
        kind="stale",
    )


def _refuse_unkept(document: Any, place: str = "") -> None:
    """JSON of PostgreSQL holds neither the character zero nor half of a pair of UTF-16."""
    if isinstance(document, str):
        if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in document):
            reason = "This text holds a character that no text can keep (U+0000, or half of a pair). Take it out."
            raise DomainError("The draft was not saved.", errors={place or "document": [reason]})
    elif isinstance(document, dict):
        for key, value in document.items():
            _refuse_unkept(key, place)
            _refuse_unkept(value, f"{place}.{key}" if place else key)
    elif isinstance(document, list):
        for index, value in enumerate(document):
            _refuse_unkept(value, f"{place}[{index}]")


def drop_draft(versions: models.QuerySet[VersionType], *, revision: int | None = None) -> bool:
    """Drop the draft; what is in force stays. Answers whether there was one.

    `revision` is the one that was seen: a ConflictError says that somebody saved, published or dropped it meanwhile.
    """
    draft = versions.filter(state=VersionState.DRAFT).select_for_update(of=("self",)).first()
    if draft is None and revision is not None:
        raise _gone("The draft was not dropped.")
    if draft is None:
        return False
    if revision not in (None, draft.revision):
        message = f"Somebody saved this draft meanwhile (revision {draft.revision}). Look at it, then drop it."
        raise ConflictError("The draft was not dropped.", errors={"revision": [message]}, kind="stale")
    draft.delete()
    # Counts on past the dropped one: who still edits that is told, and neither brings it back nor saves over the next.
    newest = versions.order_by("-number").values("pk")[:1]
    versions.model._default_manager.filter(pk__in=newest).update(revision=draft.revision + 1)
    return True


def locked_draft(versions: models.QuerySet[VersionType], *, revision: int | None, noun: str) -> VersionType:
    """The draft, locked until the transaction ends so that it is published as it was seen and once.

    Raises ConflictError when there is none, or it is no longer the one the publisher saw.
    """
    drafts = versions.filter(state=VersionState.DRAFT).select_for_update(of=("self",))
    draft = drafts.first()
    if draft is None and revision is not None:
        raise _gone(f"The {noun} was not published.")
    if draft is None:
        raise ConflictError("There is no draft to publish.", errors={noun: ["Save a draft first."]})
    if revision not in (None, draft.revision):
        message = f"Somebody saved this draft meanwhile (revision {draft.revision}). Look at it, then publish."
        raise ConflictError(f"The {noun} was not published.", errors={"revision": [message]}, kind="stale")
    return draft


def _gone(detail: str) -> ConflictError:
    reason = "Somebody published or dropped the draft that you saw. Look at what is in force now."
    return ConflictError(detail, errors={"revision": [reason]}, kind="stale")


def put_into_force(draft: VersionType, *, rivals: models.QuerySet[VersionType], actor: Any, now: datetime) -> None:
    """Publish a locked draft; whatever of `rivals` is in force is superseded."""
    rivals.filter(state=VersionState.PUBLISHED).update(state=VersionState.SUPERSEDED)
    type(draft)._default_manager.filter(pk=draft.pk).update(
        state=VersionState.PUBLISHED, published_at=now, published_by=actor, updated_at=now
    )
    draft.refresh_from_db()
