"""Writing an object that a call names: found by its id elsewhere or by ours, locked, changed where it differs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from martech.models import RemoteRow
from mops.core.errors import ConflictError
from mops.core.history import recording


@dataclass(frozen=True)
class SavedObject:
    object: Any
    is_new: bool


def save_object(
    identities: type[Model],
    field: str,
    key: tuple[str, str] | None,
    write: Callable[[Any], SavedObject],
    verb: str,
    actor: Any,
) -> SavedObject:
    """Find the object by its id in the other system, write, and remember the id; races repeat once found."""
    for _attempt in range(3):
        try:
            with transaction.atomic(), recording(verb, actor=actor):
                rows = identities._default_manager.select_for_update()
                known = rows.filter(system=key[0], external_id=key[1]).select_related(field).first() if key else None
                saved = write(getattr(known, field) if known else None)
                if key and known is None:
                    identities._default_manager.create(system=key[0], external_id=key[1], **{field: saved.object})
                return saved
        except IntegrityError:
            continue
    raise ConflictError("It is being written by somebody else; repeat the call.", kind="busy")


def identity_of(values: dict[str, Any]) -> tuple[str, str] | None:
    system, external_id = values.pop("system", "") or "api", values.pop("external_id", "")
    return (system, external_id) if external_id else None


def write_values(obj: Any, model: type[Model], values: Mapping[str, Any]) -> SavedObject:
    """Create the object, or change what differs. Properties that a call does not name stay."""
    if obj is None:
        return SavedObject(model._default_manager.create(**values), True)
    wanted = dict(values)
    if "properties" in wanted:
        wanted["properties"] = {**obj.properties, **wanted["properties"]}
    changed = [name for name, value in wanted.items() if getattr(obj, name) != value]
    for name in changed:
        setattr(obj, name, wanted[name])
    if changed:
        obj.updated_at = timezone.now()
        obj.save(update_fields=[*changed, "updated_at"])
    return SavedObject(obj, False)


def let_go_by_systems(obj: Any) -> None:
    """Raises ConflictError while another system has the object: its next round would bring it back or stumble over it."""
    kind, noun = obj._meta.model_name, obj._meta.verbose_name
    rows = RemoteRow.objects.filter(object__kind=kind, local_id=obj.pk)
    living = rows.filter(fate="").order_by("object__connection__name")
    if name := living.values_list("object__connection__name", flat=True).first():
        reason = f"{name} has this {noun}; delete it there first."
        raise ConflictError(f"The {noun} was not deleted.", errors={"connection": [reason]})
    rows.update(local_id=None)
