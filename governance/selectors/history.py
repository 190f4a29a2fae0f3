"""What happened to an object: its history rows as changes a person can read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import zip_longest
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format

from governance.models import User
from mops.core.history import way_of, word_of
from mops.core.registry import told_by_others
from mops.core.rights import called, hidden_fields
from mops.core.templatetags.mops import spoken
from mops.core.trails import Newest, TrailEntry

BOOKKEEPING = {"id", "updated_at", "recorded_at", "created_at"}
LABELS = {"insert": "Created", "update": "Changed", "delete": "Deleted"}
MOST_LETTERS = 40
"""Of a value that stands in the line of a change; a longer one is read in the history."""
ICONS = {"insert": "plus", "update": "pencil", "delete": "trash"}


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str

    @property
    def told(self) -> str:
        """The change with its values, where they are short enough for a line."""
        if max(len(self.before), len(self.after)) > MOST_LETTERS:
            return f"{self.label} changed"
        if self.before == "—":
            return f"{self.label} set to {self.after}"
        return f"{self.label} emptied" if self.after == "—" else f"{self.label}: {self.before} → {self.after}"


@dataclass(frozen=True)
class Change:
    """One recorded change: when, by whom, under which verb, and the fields it touched."""

    at: datetime
    kind: str
    verb: str
    actor: str
    reason: str
    request_id: str
    fields: tuple[FieldChange, ...]
    id: int = 0

    @property
    def by(self) -> str:
        """By whom: a user, or the part of mops whose verb it was."""
        return f"by {self.actor}" if self.actor else way_of(self.verb)

    @property
    def label(self) -> str:
        """What happened: the one field with its values, the names of several, or that it was made.

        A new state tells more than the names of what came with it.
        """
        if self.kind != "update" or not self.fields:
            return LABELS.get(self.kind, self.kind)
        if len(self.fields) == 1:
            return self.fields[0].told
        state = next((field for field in self.fields if field.label == "State"), None)
        return f"{state.told}, and {len(self.fields) - 1} more" if state else f"{self.summary} changed"

    @property
    def icon(self) -> str:
        return ICONS.get(self.kind, "pencil")

    @property
    def summary(self) -> str:
        shown = [self.fields[0].label, *(field.label[:1].lower() + field.label[1:] for field in self.fields[1:4])]
        if len(self.fields) > 4:
            return f"{', '.join(shown)} and {len(self.fields) - 4} more"
        return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def tracked_models() -> list[type[Model]]:
    """The models that have a history, in the order of their labels."""
    return sorted(event_models(), key=lambda model: model._meta.label_lower)


@cache
def event_models() -> dict[type[Model], type[Model]]:
    """Tracked model → its event model."""
    return {
        model.pgh_tracked_model: model  # type: ignore[attr-defined]
        for model in apps.get_models()
        if getattr(model, "pgh_tracked_model", None)
    }


def tracked_object(user: User, label: str, pk: str) -> Model:
    """The object behind a history address, if the user may see it. Raises Http404."""
    model = next((model for model in tracked_models() if model._meta.label_lower == label.lower()), None)
    if model is None or not pk.isdigit():
        raise Http404
    rows = model._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    obj = rows.filter(pk=pk).first()
    if obj is None:
        raise Http404
    return obj


Names = Mapping[tuple[type[Model], Any], str]


def text_of(value: Any, field: Any = None, names: Names | None = None) -> str:
    """A value as the history shows it: the word of a choice, the name of what a key points to, an em dash for nothing."""
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{spoken(key)}: {text_of(inner, field, names)}" for key, inner in value.items())
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y, H:i")
    if isinstance(value, date):
        return date_format(value, "j M Y")
    if field is not None and field.is_relation:
        return (names or {}).get((field.related_model, value), str(value))
    if isinstance(value, list):
        return ", ".join(text_of(item, field, names) for item in value)
    if field is not None and (word := word_of(field.model._meta.label_lower, field.name)):
        return word(value)
    words = dict(getattr(field, "flatchoices", ()))
    return str(words.get(value, value) if words else value)


def changes_between(
    before: Any, after: Any, fields: Iterable[Any], names: Names | None = None
) -> tuple[FieldChange, ...]:
    """The fields in which two snapshots differ; every filled field when there is no earlier one."""
    found = []
    for field in fields:
        old = getattr(before, field.attname) if before is not None else None
        new = getattr(after, field.attname)
        shown = text_of(old, field, names), text_of(new, field, names)
        if old != new and shown != ("—", "—"):
            found.append(FieldChange(spoken(field.verbose_name), *shown))
    return tuple(found)


def names_of(events: Sequence[Any], fields: Iterable[Any], user: Any) -> Names:
    """What the keys in the events point to, by model and key: one query a model."""
    keys: dict[type[Model], set[Any]] = {}
    for field in fields:
        if field.is_relation:
            keys.setdefault(field.related_model, set()).update(getattr(event, field.attname) for event in events)
    return {
        (model, pk): called(user, row)
        for model, wanted in keys.items()
        if wanted - {None}
        for pk, row in model._default_manager.in_bulk(wanted - {None}).items()
    }


def last_saved(user: Any, obj: Model) -> str:
    """ "Ana saved it at 10:32." about the newest change of an object."""
    latest = history_of(user, obj, 1)
    if not latest:
        return ""
    return f"{latest[0].actor or 'Somebody'} saved it at {timezone.localtime(latest[0].at):%H:%M}."


def history_of(
    user: Any,
    obj: Model,
    limit: int = 100,
    *,
    without: Collection[str] = (),
    told: Mapping[str, Collection[str]] | None = None,
    rows: "QuerySet[Any] | None" = None,
) -> list[Change]:
    """The newest `limit` changes of an object, newest first, without the fields the user may not see and `without`, and
    in those of a verb without its fields of `told`.

    `rows` are the events to take them from, where it is not all of the object's.
    """
    event_model = event_models()[type(obj)]
    events = list((events_of(obj) if rows is None else rows).select_related("pgh_context")[: limit + 1])
    names = actor_names(events)
    hidden = hidden_fields(user, type(obj)) | BOOKKEEPING | set(without)
    tracked = {field.name for field in event_model._meta.fields}
    fields = [f for f in obj._meta.concrete_fields if f.name in tracked and f.name not in hidden]
    shown = names_of(events, fields, user)
    pairs = zip_longest(events[:limit], events[1:])
    return [
        change_of(event, earlier, names, untold(event, fields, told or {}), shown)
        for event, earlier in pairs
        if event is not None
    ]


def untold(event: Any, fields: Sequence[Any], told: Mapping[str, Collection[str]]) -> list[Any]:
    """The fields of a change that nobody else tells."""
    elsewhere = told.get(str(metadata_of(event).get("verb", "")), ())
    return [field for field in fields if field.name not in elsewhere]


def metadata_of(event: Any) -> Mapping[str, Any]:
    return event.pgh_context.metadata if event.pgh_context else {}


def events_of(obj: Model) -> "QuerySet[Any]":
    """Everything recorded about an object, newest first."""
    return event_models()[type(obj)]._default_manager.filter(pgh_obj_id=obj.pk).order_by("-pgh_id")


def change_of(event: Any, earlier: Any, names: Mapping[Any, str], fields: Iterable[Any], shown: Names) -> Change:
    context = metadata_of(event)
    before = None if event.pgh_label == "insert" else earlier
    return Change(
        at=event.pgh_created_at,
        kind=event.pgh_label,
        verb=str(context.get("verb", "")),
        actor=names.get(context.get("user"), ""),
        reason=str(context.get("reason", "")),
        request_id=str(context.get("request_id", "")),
        fields=changes_between(before, event, fields, shown),
        id=event.pgh_id,
    )


def actor_names(events: Iterable[Any]) -> dict[Any, str]:
    """Names of the users in the contexts of the events, in one query."""
    ids = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk in ids if pk is not None])}


def history_trail(user: Any, obj: Model, asked: Newest) -> list[TrailEntry]:
    """The history as entries of the object's trail, but for what the object or another source says is told elsewhere."""
    told_elsewhere: Collection[str] = getattr(obj, "told_elsewhere", ())
    told = told_by_others(user, obj)
    rows = events_of(obj)
    found: list[Change] = []
    if asked.before is not None:
        rows = rows.filter(pgh_created_at__lte=asked.before)
    batch = max(asked.limit, 50)
    while len(found) < asked.limit:  # a change of nothing that is shown is no entry
        changes = history_of(user, obj, batch, without=told_elsewhere, told=told, rows=rows)
        found += [change for change in changes if change.fields or change.kind != "update"]
        if len(changes) < batch:
            break
        rows = rows.filter(pgh_id__lt=changes[-1].id)
    return [trail_entry(change) for change in found[: asked.limit]]


def trail_entry(change: Change) -> TrailEntry:
    detail = f"{change.by}{f': {change.reason}' if change.reason else ''}"
    return TrailEntry(at=change.at, icon=change.icon, title=change.label, detail=detail)
