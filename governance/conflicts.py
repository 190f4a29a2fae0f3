"""Two people edit the same thing: the second is told who was first, and keeps what they filled in."""

from typing import Any

from governance.selectors.history import last_saved
from mops.core.errors import ConflictError
from mops.core.seen import SeenForm, send_again

KEPT = "Your input is kept: save again to put it on top."


def on_top(form: SeenForm, error: ConflictError, record: Any, user: Any) -> None:
    """Say who saved the record meanwhile; sent again the form goes on top of that."""
    record.refresh_from_db()
    form.add_error(None, " ".join([error.detail, last_saved(user, record), KEPT]))
    send_again(form, seen=record.updated_at.isoformat())
