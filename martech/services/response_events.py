"""What happens when a response clock is due: a warning, a breach with what the policy says about it, another look."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from governance.models import User
from governance.policies import Role
from governance.services import send_notices
from martech.models import ResponseClock
from martech.routing.document import Sla
from martech.routing.response import Terms
from martech.selectors.responses import record_behind, sla_behind, terms_of, verdict_of
from martech.services.response_words import Word, notices_of
from martech.services.responses import LOOK_FOR_PAUSE, end_clocks, pause, resume, retry_elsewhere
from mops.core.conditions import Node, compile_predicate
from mops.core.history import recording
from mops.core.work import Kind, postpone


def run_clocks(rows: Sequence[ResponseClock]) -> None:
    """Look at clocks whose next event is due; who was given to somebody else meanwhile has none any more."""
    now = timezone.now()
    with recording("run_response_clocks"):
        clocks = ResponseClock.objects.filter(pk__in=[row.pk for row in rows], ended_at=None).order_by("pk")
        late: list[ResponseClock] = []
        tell: list[Word] = []
        by_pk = {row.pk: row for row in rows}
        for clock in clocks.select_for_update(of=("self",)).select_related("person", "decision__version", "owner"):
            until = _look(clock, now, late, tell)
            if until is not None:
                postpone([by_pk[clock.pk]], until=until)
        if late:
            retry_elsewhere(late)
        send_notices(notices_of(tell), at=now)


def _look(clock: ResponseClock, now: datetime, late: list[ResponseClock], tell: list[Word]) -> datetime | None:
    """Do what is due; answers when to look again, None when nothing more will happen by itself."""
    if clock.person.owner_id != clock.owner_id:
        end_clocks([clock.person_id], now)
        return None
    sla = sla_behind(clock)
    if sla.pause_condition is not None and _stands_still(clock, sla.pause_condition, terms_of(sla), now):
        return now + LOOK_FOR_PAUSE
    if clock.warned_at is None and now >= clock.warn_at and now < clock.due_at:
        _warn(clock, now, tell)
    if clock.breached_at is None and now >= clock.due_at:
        _breach(clock, sla, now, late, tell)
    if clock.breached_at is not None:
        return None
    following = clock.due_at if clock.warned_at or now >= clock.warn_at else clock.warn_at
    return min(following, now + LOOK_FOR_PAUSE) if sla.pause_condition is not None else following


def _stands_still(clock: ResponseClock, pausing: Node, terms: Terms, now: datetime) -> bool:
    """Whether the condition that pauses the clock holds now; it is stopped or started accordingly."""
    record = record_behind(clock)
    is_paused = compile_predicate(pausing)(record, now)
    if is_paused and clock.paused_since is None:
        pause(clock, now)
    elif not is_paused and clock.paused_since is not None:
        resume(clock, terms, clock.paused_since, now)
    return is_paused


def _warn(clock: ResponseClock, now: datetime, tell: list[Word]) -> None:
    ResponseClock.objects.filter(pk=clock.pk).update(warned_at=now)
    clock.warned_at = now
    minutes = max(round((clock.due_at - now).total_seconds() / 60), 1)
    within = f"within {minutes} minute{'s' if minutes != 1 else ''}"
    tell.append(Word(clock.owner_id, clock, f"Answer {{}} {within}", f"Answer {{}} leads {within}"))


def _breach(clock: ResponseClock, sla: Sla, now: datetime, late: list[ResponseClock], tell: list[Word]) -> None:
    """The time is over. It goes on being measured until somebody answers."""
    clock.breached_at = clock.due_at
    clock.verdict = verdict_of(clock, now)
    ResponseClock.objects.filter(pk=clock.pk).update(breached_at=clock.breached_at, verdict=clock.verdict)
    if sla.on_breach == "reassign" and clock.hop < sla.max_hops:
        late.append(clock)
        one, several = "Late: {} goes to somebody else", "Late: {} leads go to somebody else"
        tell.append(Word(clock.owner_id, clock, one, several, "; it stays yours while nobody else is there"))
        return
    one, several = "Late: {} waits for your answer", "Late: {} leads wait for your answer"
    tell.append(Word(clock.owner_id, clock, one, several))
    if sla.on_breach in ("reassign", "escalate"):
        one, several = f"{clock.owner} is late with {{}}", f"{clock.owner} is late with {{}} leads"
        tell.extend(Word(pk, clock, one, several) for pk in _told_of_breaches(sla, clock.owner))


def _told_of_breaches(sla: Sla, owner: User) -> list[int]:
    """Whom the policy names, else the ops managers."""
    if sla.escalate_to:
        return list(User.objects.filter(email__iexact=sla.escalate_to, is_active=True).values_list("pk", flat=True))
    managers = User.objects.filter(is_active=True, roles__contains=[Role.OPS_MANAGER]).exclude(pk=owner.pk)
    return list(managers.values_list("pk", flat=True))


RESPONSES = Kind("responses", ResponseClock, run_clocks, batch=200)
