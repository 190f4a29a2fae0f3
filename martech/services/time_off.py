"""Time off: told by whoever is away or by marketing operations; routing goes by it from the next decision on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import User
from martech.models import TimeOff
from martech.services.routing import look_again_at_waiting
from martech.time_off import Away
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording

NOT_SAVED = "The time off was not saved."
MEANWHILE = "Somebody changed this time off meanwhile."


def add_time_off(*, user: User, away: Away, actor: User) -> TimeOff:
    """Keep that somebody is away. Raises DomainError for what is over, takes no time, or overlaps days they are away already."""
    _refuse_over(away)
    with _recorded("add_time_off", user, away, actor):
        made = TimeOff.objects.create(user=user, starts_at=away.start, ends_at=away.end, reason=away.reason)
        look_again_at_waiting()
    return made


def change_time_off(*, absence: TimeOff, away: Away, seen: datetime, actor: User) -> None:
    """Change it as it was `seen` (its `updated_at`). Raises DomainError as above, ConflictError when it is another now.

    Leads that wait are looked at again at once: who is back earlier gets them.
    """
    _refuse_over(away)
    with _recorded("change_time_off", absence.user, away, actor, absence.pk):
        new = {"starts_at": away.start, "ends_at": away.end, "reason": away.reason, "updated_at": timezone.now()}
        if not TimeOff.objects.filter(pk=absence.pk, updated_at=seen).update(**new):
            raise ConflictError(MEANWHILE, kind="stale")
        look_again_at_waiting()


def cancel_time_off(*, absence: TimeOff, seen: datetime, actor: User) -> None:
    """Take it back as it was `seen`; its history stays. Raises ConflictError when it is another now."""
    with transaction.atomic(), recording("cancel_time_off", actor=actor):
        if not TimeOff.objects.filter(pk=absence.pk, updated_at=seen).delete()[0]:
            raise ConflictError(MEANWHILE, kind="stale")
        look_again_at_waiting()


def _refuse_over(away: Away) -> None:
    if away.end.astimezone(UTC) <= away.start.astimezone(UTC):
        reason = "The clocks change on that day, and between these times no time passes. Choose a later time."
        raise DomainError(NOT_SAVED, errors={"until": [reason]})
    if away.end <= timezone.now():
        reason = "This is over, so nothing would change. Choose a last day that is today or later."
        raise DomainError(NOT_SAVED, errors={"last": [reason]})


@contextmanager
def _recorded(verb: str, user: User, away: Away, actor: User, but: int | None = None) -> Iterator[None]:
    """One transaction; the database refuses days that overlap, and the refusal names them."""
    try:
        with transaction.atomic(), recording(verb, actor=actor):
            yield
    except IntegrityError as error:
        others = TimeOff.objects.filter(user=user, starts_at__lt=away.end, ends_at__gt=away.start).exclude(pk=but)
        other = others.first()
        if other is None:
            raise
        when = Away(other.starts_at, other.ends_at, other.reason).in_words(away.zone)
        reason = f"{user} is away {when} already. Change that entry, or choose days outside it."
        raise DomainError(NOT_SAVED, errors={"first": [reason]}) from error
