"""Which state of a record somebody saw who changes it, so that two editors never overwrite one another."""

from datetime import UTC, datetime
from typing import Any

from django import forms

from mops.core.errors import ConflictError

NEVER = datetime(1, 1, 1, tzinfo=UTC)


class SeenForm(forms.Form):
    """`seen` is the `updated_at` of what is edited; what is added has none."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> datetime:
        return read_seen(self.cleaned_data["seen"])


def read_seen(text: str) -> datetime:
    """A moment no record has when it is none, so that the edit is a conflict."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return NEVER


def send_again(form: forms.Form, **values: Any) -> None:
    """Sent again as it stands, the form carries these values: it goes on top of what is there now."""
    sent: Any = form.data.copy()  # type: ignore[attr-defined]
    for name, value in values.items():
        sent[name] = value
    form.data = sent


def locked_as_seen(obj: Any, seen: datetime | None) -> Any:
    """The object, locked. Raises ConflictError when it is gone, or not as it was `seen`."""
    locked = type(obj)._default_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first()
    noun = obj._meta.verbose_name
    if locked is None:
        raise ConflictError(f"Somebody deleted this {noun} meanwhile.", kind="stale")
    if seen is not None and locked.updated_at != seen:
        raise ConflictError(f"Somebody changed this {noun} meanwhile; read it again.", kind="stale")
    return locked
