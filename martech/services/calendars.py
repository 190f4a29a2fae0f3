"""Working hours: kept by hand, read by pools and response times."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from governance.models import User
from martech.days_off import doubt_about
from martech.models import WorkingCalendar
from martech.services.routing import look_again_at_waiting
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.paths import is_taken


def add_calendar(*, name: str, document: dict[str, Any], actor: User | None) -> WorkingCalendar:
    """Add working hours under a key made of their name. Raises DomainError for a name that is taken, or doubtful holidays."""
    _refuse_doubtful(document)
    key = slugify(name)[:60]
    if key and is_taken("martech:edit-calendar", key=key):
        reason = f"A page of mops is called {key}. Choose a longer name, such as {name} hours."
        raise DomainError("The working hours were not saved.", errors={"name": [reason]})
    with transaction.atomic(), recording("save_calendar", actor=actor):
        made, is_new = WorkingCalendar.objects.get_or_create(key=key, defaults={"name": name, "document": document})
        if not key or not is_new:
            reason = "There are working hours of this name." if key else "Use at least one letter or digit."
            raise DomainError("The working hours were not saved.", errors={"name": [reason]})
        return made


def change_calendar(
    *, calendar: WorkingCalendar, name: str, document: dict[str, Any], seen: datetime, actor: User | None
) -> None:
    """Change working hours as they were `seen`, the `updated_at` the editor started from.

    Pools and response times go by them from the next decision on, and leads that wait are looked at again at once;
    deadlines that were given stay. Raises ConflictError when somebody saved them meanwhile, DomainError for doubtful holidays.
    """
    _refuse_doubtful(document)
    with transaction.atomic(), recording("save_calendar", actor=actor):
        rows = WorkingCalendar.objects.filter(pk=calendar.pk, updated_at=seen)
        if not rows.update(name=name, document=document, updated_at=timezone.now()):
            raise ConflictError("Somebody changed these working hours meanwhile.", kind="stale")
        look_again_at_waiting()


def _refuse_doubtful(document: dict[str, Any]) -> None:
    if doubt := doubt_about(document, timezone.localdate()):
        raise DomainError("The working hours were not saved.", errors={"extra": [doubt]})
