"""Purposes: what people are contacted for, and whether that needs a grant."""

from governance.models import Purpose, User
from mops.core.history import recording


def save_purpose(*, key: str, label: str, description: str, basis: str, actor: User | None) -> Purpose:
    """Add a purpose, or put another in the place of the one with this key; the gate goes by it at once."""
    with recording("save_purpose", actor=actor):
        values = {"label": label, "description": description, "basis": basis}
        return Purpose.objects.update_or_create(key=key, defaults=values)[0]
