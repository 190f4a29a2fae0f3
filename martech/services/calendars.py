"""Working hours: kept by hand, read by pools and response times."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from governance.models import User
from martech.models import WorkingCalendar
from mops.core.errors import DomainError
from mops.core.history import recording


def save_calendar(
    *, calendar: WorkingCalendar | None, name: str, document: dict[str, Any], actor: User | None
) -> WorkingCalendar:
    """Change working hours, or add some under a key made of their name. Raises DomainError for a name that is taken.

    Pools and response times go by them from the next decision on; deadlines that were given stay.
    """
    with transaction.atomic(), recording("save_calendar", actor=actor):
        if calendar is not None:
            calendar.name, calendar.document = name, document
            calendar.save(update_fields=["name", "document", "updated_at"])
            return calendar
        key = slugify(name)[:60]
        made, is_new = WorkingCalendar.objects.get_or_create(key=key, defaults={"name": name, "document": document})
        if not key or not is_new:
            reason = "There are working hours of this name." if key else "Use at least one letter or digit."
            raise DomainError("The working hours were not saved.", errors={"name": [reason]})
        return made
