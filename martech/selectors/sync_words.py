"""The values of both sides of a mapped field, for whoever says which of ours is which of theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from martech.connectors.port import FieldType, RemoteField
from martech.models.person import Stage
from martech.selectors.sync_rows import MODELS
from martech.sync.fields import PROPERTY, our_field
from martech.sync.suggest import plain

Choices = Sequence[tuple[str, str]]
SHOWN = 40
UNLIKE = {"email", "first_name", "last_name", "phone", "website", "domain", "linkedin_url", "name", "company"}
"""Texts of which everybody has their own: there is nothing to translate."""


@dataclass(frozen=True)
class Words:
    """Values with what people read for them. A closed side has no others."""

    ours: Choices = ()
    theirs: Choices = ()
    is_ours_closed: bool = False
    is_theirs_closed: bool = False
    proposed: Mapping[str, str] = field(default_factory=dict)


def words_of(kind: str, ours: str, remote: RemoteField | None) -> Words:
    """Nothing where values are not of a kind that is translated. `proposed` are those that are called alike."""
    known = our_field(kind, ours) if ours else None
    if known is None or remote is None or known.type is FieldType.REFERENCE or ours in UNLIKE or known.is_read_only:
        return Words()
    theirs = [(option, remote.labels.get(option, option)) for option in remote.options]
    mine, is_closed = our_words(kind, ours, is_open=bool(theirs))
    if not theirs and not is_closed:
        return Words()
    return Words(mine, theirs, is_closed, bool(theirs) and remote.is_restricted, alike(mine, theirs))


def our_words(kind: str, name: str, *, is_open: bool) -> tuple[Choices, bool]:
    """Our values and whether there are no others: all of a choice, else those that our records have most."""
    if name == "lifecycle_stage":
        return [(value, str(label)) for value, label in Stage.choices], True
    known = our_field(kind, name)
    if known is not None and known.type is FieldType.BOOLEAN:
        return [("true", "Yes"), ("false", "No")], True
    return (commonest(kind, name) if is_open else []), False


def commonest(kind: str, name: str) -> Choices:
    known = our_field(kind, name)
    if known is None or known.type in (FieldType.DATETIME, FieldType.DATE, FieldType.NUMBER):
        return []
    is_property, columns = name.startswith(PROPERTY), {field.name for field in MODELS[kind]._meta.fields}
    if ("properties" if is_property else name) not in columns:
        return []
    value = KeyTextTransform(name.removeprefix(PROPERTY), "properties") if is_property else name
    rows = MODELS[kind]._default_manager.order_by().values_list(value).annotate(n=Count("pk")).order_by("-n")
    return [(str(word), str(word)) for word, _number in rows[: SHOWN + 1] if word]


def alike(ours: Choices, theirs: Choices) -> dict[str, str]:
    """{ours: theirs} of values whose name or label is the same but for case and signs; nothing when all are the same."""
    names = {plain(label): value for value, label in theirs} | {plain(value): value for value, _label in theirs}
    found = {
        value: their
        for value, label in ours
        if (their := names.get(plain(value)) or names.get(plain(label))) is not None
    }
    return {} if all(our == their for our, their in found.items()) else found
