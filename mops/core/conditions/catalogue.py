"""The fields conditions may speak about: one catalogue per subject, filled by the apps in `AppConfig.ready()`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Protocol, cast

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models

from mops.core.conditions.operators import OPERATORS_OF, Type

Choices = Sequence[tuple[str, str]]
MAX_PROPERTY_NAME = 200

_COLUMNS: dict[Type, tuple[type, ...]] = {
    Type.TEXT: (models.CharField, models.TextField),
    Type.CHOICE: (models.CharField, models.TextField),
    Type.NUMBER: (models.IntegerField, models.DecimalField, models.FloatField, models.AutoField),
    Type.BOOLEAN: (models.BooleanField,),
    Type.DATE: (models.DateField,),
    Type.DATETIME: (models.DateTimeField,),
    Type.LIST: (ArrayField, models.JSONField),
    Type.JSON: (models.JSONField,),
}


class CustomTest(Protocol):
    """A leaf that is not one column: "did X at least n times within d days".

    The same question twice, once over a table and once about one record; whoever writes one owes a test that both
    agree. Operators are of the language (`operators`); `value` is any JSON that `refusal` lets through, as `read` gives it.
    """

    operators: tuple[str, ...]

    def refusal(self, operator: str, value: Any) -> tuple[str, str] | None:
        """The reason and the remedy when the value is wrong."""

    def read(self, value: Any) -> Any:
        """The value as the tree keeps it: hashable, and with `as_json()` when it is not JSON any more."""
        return value

    def to_q(
        self,
        operator: str,
        value: Any,
        now: datetime,
        prefix: str,
        among: Sequence[int] | None = None,
        each: bool = False,
    ) -> Any:
        """The rows that pass, as a Q or a boolean expression that is never NULL; `prefix` leads from the filtered model
        to the catalogue's root ("" or "person__"). With `among` only rows of these roots are asked for; with
        `each` few roots pass the rest of the condition, so that asking for each one's rows beats gathering everybody's.
        """

    def evaluate(self, operator: str, value: Any, actual: Any, now: datetime) -> bool:
        """Whether a record passes, whose entry under the field's key is `actual`."""

    def measure(self, value: Any, actual: Any, now: datetime) -> Any:
        """What an explanation shows for the entry of a record."""
        return actual

    def words(self, operator: str, value: Any) -> tuple[str, str]:
        """The operator and the value as they read in a sentence."""

    def inputs(self) -> list[dict[str, Any]]:
        """What the builder asks for: `{"name", "kind": number|choice|condition, "label"}`, with `before`, `after`,
        `choices`, `min`, `initial` where they help. None: the value is one choice or JSON.
        """
        return []

    def inner(self) -> "Catalogue | None":
        """The catalogue that inputs of kind condition are written in."""
        return None


@dataclass(frozen=True)
class Field:
    """One field.

    `key` is its public name ("person.country"); for a family of JSON properties it ends in ".*".
    `lookup` is the path from the root model ("account__employees"), many-to-one relations only; empty without SQL.
    `choices` gives (value, label) pairs when asked, so that they may come from tables; `names` those of a free text
    whose usual values have a name, beside any other value.
    """

    key: str
    label: str
    type: Type
    lookup: str = ""
    choices: Callable[[], Choices] | None = None
    custom: CustomTest | None = None
    names: Callable[[], Choices] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", Type(self.type))
        if (self.type is Type.JSON) != self.key.endswith(".*"):
            raise ImproperlyConfigured(f"{self.key}: a JSON field's key ends in .* and no other key does")

    @property
    def operators(self) -> tuple[str, ...]:
        return self.custom.operators if self.custom else OPERATORS_OF[self.type]

    @property
    def record_key(self) -> str:
        """Under which key a record holds the value, or for properties the whole mapping."""
        return self.key.removesuffix(".*")

    def label_for(self, key: str) -> str:
        """The label to show for a key of this field: a property shows its own name."""
        return key.removeprefix(self.record_key + ".") if self.type is Type.JSON else self.label

    def choice_labels(self) -> dict[str, str]:
        given = self.choices or self.names
        return dict(given()) if given else {}


class Catalogue:
    """The fields of one subject; `model` is the root that lookups start from (None: single records only)."""

    def __init__(self, name: str, model: type[models.Model] | None = None, fields: Iterable[Field] = ()) -> None:
        self.name = name
        self.model = model
        self.fields: dict[str, Field] = {}
        self.add(*fields)

    def add(self, *fields: Field) -> None:
        """Adds fields; ImproperlyConfigured on a second field of the same key or a lookup that does not fit."""
        for field in fields:
            if field.key in self.fields:
                raise ImproperlyConfigured(f"catalogue {self.name}: {field.key} is there already")
            if self.model is not None and field.custom is None:
                self._check_column(field)
            self.fields[field.key] = field

    def find(self, key: str) -> Field | None:
        """The field a key means: itself, or the family of properties it belongs to."""
        if field := self.fields.get(key):
            return None if field.type is Type.JSON else field
        for field in self.fields.values():
            prefix = field.record_key + "."
            if field.type is Type.JSON and key.startswith(prefix) and 0 < len(key) - len(prefix) <= MAX_PROPERTY_NAME:
                return field
        return None

    def nearest(self, key: str) -> list[str]:
        """Up to three known keys that look like `key`, the nearest first."""
        by_tail = {known.rsplit(".", 1)[-1]: known for known in reversed(self.fields)}
        tails = get_close_matches(key.rsplit(".", 1)[-1], by_tail, n=3, cutoff=0.75)
        return list(dict.fromkeys([*get_close_matches(key, self.fields, n=3), *(by_tail[tail] for tail in tails)]))[:3]

    def column(self, field: Field) -> "models.Field[Any, Any]":
        """The model field at the end of the lookup; ImproperlyConfigured where there is none."""
        if self.model is None:
            raise ImproperlyConfigured(f"catalogue {self.name} has no model, so no SQL")
        model, found = self.model, None
        for name in field.lookup.split("__"):
            try:
                found = model._meta.get_field(name)
            except FieldDoesNotExist as error:
                raise ImproperlyConfigured(f"catalogue {self.name}: {field.key}: {error}") from error
            if found.one_to_many or found.many_to_many:
                raise ImproperlyConfigured(f"catalogue {self.name}: {field.key}: {name} leads to many rows")
            model = found.related_model or model
        return cast("models.Field[Any, Any]", found)

    def _check_column(self, field: Field) -> None:
        column = self.column(field)
        is_instant = isinstance(column, models.DateTimeField)
        if not isinstance(column, _COLUMNS[field.type]) or (field.type is Type.DATE and is_instant):
            kind = type(column).__name__
            raise ImproperlyConfigured(f"catalogue {self.name}: {field.key} is {field.type} but its column is {kind}")


class InstanceRecord(Mapping[str, Any]):
    """A model instance read through a catalogue: field key → value. Select the related rows before, or pay per read."""

    def __init__(self, instance: models.Model, catalogue: Catalogue) -> None:
        self._instance = instance
        self._lookups = {field.record_key: field.lookup for field in catalogue.fields.values() if field.lookup}

    def __getitem__(self, key: str) -> Any:
        value: Any = self._instance
        for name in self._lookups[key].split("__"):
            value = getattr(value, name, None)
        return value

    def __iter__(self) -> Any:
        return iter(self._lookups)

    def __len__(self) -> int:
        return len(self._lookups)


_catalogues: dict[str, Catalogue] = {}


def register_catalogue(catalogue: Catalogue) -> Catalogue:
    """Makes a catalogue known under its name; ImproperlyConfigured when the name is taken."""
    if catalogue.name in _catalogues:
        raise ImproperlyConfigured(f"catalogue {catalogue.name} is registered already")
    _catalogues[catalogue.name] = catalogue
    return catalogue


def get_catalogue(name: str) -> Catalogue:
    """The catalogue of that name; KeyError names the known ones."""
    try:
        return _catalogues[name]
    except KeyError:
        raise KeyError(f"no catalogue {name!r}; known: {', '.join(sorted(_catalogues)) or 'none'}") from None
