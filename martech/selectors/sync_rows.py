"""The rows of a run as people read them: whose record it is, and each change in words, less what the reader may not see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.urls import reverse

from martech.connectors.port import Kind
from martech.models import Account, Deal, Person, PlannedWrite, RemoteOwner, Stage, SyncChange, SyncDifference, SyncRun
from martech.sync.document import read_mapping
from martech.sync.drift import from_json
from martech.sync.fields import FIELDS
from martech.sync.values import in_words
from mops.core.rights import hidden_fields

MODELS: Mapping[str, type[Model]] = {Kind.PERSON: Person, Kind.ACCOUNT: Account, Kind.DEAL: Deal}
MASK = "••••"
NO_NAMES: Mapping[str, Mapping[str, str]] = {}
NO_LABELS: Mapping[str, str] = {}


@dataclass(frozen=True)
class ShownChange:
    """One field of one record. `was` is empty where nothing was there, or nothing is known of it."""

    field: str
    was: str
    becomes: str


def kind_of(run: SyncRun) -> str:
    return run.object.kind if run.object else ""


def named(rows: QuerySet[Any], run: SyncRun, user: Any) -> QuerySet[Any]:
    """The rows with `record_name`, what our record is called; empty when it is gone or not known."""
    model = MODELS.get(kind_of(run))
    if model is None:
        return rows.annotate(record_name=Value(""))
    ours = model._default_manager.filter(pk=OuterRef("local_id"))
    return rows.annotate(record_name=Coalesce(Subquery(ours.values_list(name_of(model, user))[:1]), Value("")))


def name_of(model: type[Model], user: Any) -> Any:
    if model is not Person:
        return F("name")
    name = NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value(""))
    return name if "email" in hidden_fields(user, Person) else Coalesce(name, F("email"))


def record_address(run: SyncRun, local_id: int | None) -> str:
    kind = kind_of(run)
    return reverse(f"martech:{kind}", args=[local_id]) if local_id and kind in MODELS else ""


def masked_fields(run: SyncRun, user: Any) -> frozenset[str]:
    """Fields, by our name and by theirs, whose values the reader may not see."""
    if kind_of(run) != Kind.PERSON:
        return frozenset()
    hidden = hidden_fields(user, Person)
    rules = read_mapping(run.mapping.document, Kind.PERSON).mapping.rules if run.mapping else ()
    return hidden | {rule.theirs for rule in rules if rule.ours in hidden}


def words_in(run: SyncRun) -> Mapping[str, Mapping[str, str]]:
    """{field: {value: what people read for it}} of owners and choices: nobody reads ids and keys."""
    if not run.plan_hash or not run.object:
        return {"lifecycle_stage": {value: str(label) for value, label in Stage.choices}}
    words = {name: remote.labels for name, remote in from_json(run.object.schema).items() if remote.labels}
    rules = read_mapping(run.mapping.document, kind_of(run)).mapping.rules if run.mapping else ()
    fields = [rule.theirs for rule in rules if rule.ours == "owner"]
    owners = RemoteOwner.objects.filter(connection=run.connection_id) if fields else ()
    names = {row.external_id: row.name or row.email for row in owners}
    return words | dict.fromkeys(fields, names)


def labels_in(run: SyncRun) -> Mapping[str, str]:
    """{field: what people call it}: theirs in a plan, else ours."""
    if run.plan_hash and run.object:
        return {name: remote.label or name for name, remote in from_json(run.object.schema).items()}
    return {name: field.label for name, field in FIELDS.get(kind_of(run), {}).items()}


def shown_changes(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    masked: Iterable[str],
    names: Mapping[str, Mapping[str, str]] = NO_NAMES,
    labels: Mapping[str, str] = NO_LABELS,
) -> list[ShownChange]:
    """Each change in words; `names` are those of values that are ids or keys, by field, `labels` those of the fields."""
    hides, found = set(masked), []
    for name, value in after.items():
        known = names.get(name, {})
        was, becomes = in_words((before or {}).get(name)), in_words(value)
        pair = (MASK, MASK) if name in hides else (known.get(was, was), known.get(becomes, becomes))
        found.append(ShownChange(labels.get(name, name), *pair))
    return found


def writes_of(run: SyncRun, user: Any) -> QuerySet[PlannedWrite]:
    return named(PlannedWrite.objects.filter(run=run), run, user)


def empties(field: str = "") -> Q:
    """Planned records of which a value becomes none: of this field of theirs, or of any."""
    if field:
        return Q(after__contains={field: None}) & ~Q(before__contains={field: None})
    template = "jsonb_path_exists(%(expressions)s, '$.* ? (@ == null)')"
    return Q(Func(F("after"), template=template, output_field=BooleanField()))


def changes_of(run: SyncRun, user: Any) -> QuerySet[SyncChange]:
    """What a run changed here; what a push wrote over there is told by its plan."""
    rows = SyncChange.objects.filter(run=run, before__isnull=False)
    return named(rows.none() if run.plan_hash else rows, run, user)


def differences_of(run: SyncRun, user: Any) -> QuerySet[SyncDifference]:
    return named(SyncDifference.objects.filter(run=run), run, user)
