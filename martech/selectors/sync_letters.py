"""Dead letters as people read them: whose record each is about."""

from typing import Any

from django.db.models import Case, CharField, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from martech.models import DeadLetter, RemoteRow, SyncObject
from martech.selectors.sync_rows import MODELS, name_of


def letter_rows(user: Any) -> QuerySet[DeadLetter]:
    """With `ours`, the id of our record where there is one, and `record_name`, what it is called. The schema of an object
    is long and the same for all of its letters: it is neither joined to each nor read."""
    mirrored = RemoteRow.objects.filter(object=OuterRef("object"), external_id=OuterRef("external_id"))
    objects = Prefetch("object", SyncObject.objects.select_related("connection").defer("schema"))
    rows = DeadLetter.objects.prefetch_related(objects, "owner").annotate(
        ours=Coalesce("local_id", Subquery(mirrored.values("local_id")[:1]))
    )
    names = [
        When(
            object__kind=kind,
            then=Subquery(
                model._default_manager.filter(pk=OuterRef("ours")).values_list(name_of(model, user))[:1],
                output_field=CharField(),
            ),
        )
        for kind, model in MODELS.items()
    ]
    return rows.annotate(record_name=Coalesce(Case(*names, output_field=CharField()), Value("")))


def letter_name(letter: Any) -> str:
    """Of our record, else the other side's id of it."""
    return letter.record_name or letter.external_id or f"Our number {letter.ours}"


def letter_address(letter: Any) -> str:
    """Of our record, where there is one."""
    kind = letter.object.kind
    return reverse(f"martech:{kind}", args=[letter.ours]) if letter.record_name and kind in MODELS else ""
