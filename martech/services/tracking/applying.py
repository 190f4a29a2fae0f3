"""From events to identities and touches, in sets: one batch of requests is one transaction of a few statements.

A pass reads the events it has, binds ids to people, and then takes up what was held for the ids that are bound now,
until nothing is left to take up.
"""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Q

from martech.connectors.cdp.moments import doubt_of
from martech.models import EventIntake, EventState, SourceEvent
from martech.services.tracking.companies import save_companies
from martech.services.tracking.identifying import identify
from martech.services.tracking.journeying import record_touches
from martech.services.tracking.knowing import ANONYMOUS, USER, Bound, Known
from mops.core.history import recording
from mops.core.work import Kind

HELD_AT_ONCE = 5_000


def apply_intakes(rows: Sequence[EventIntake]) -> None:
    """Apply the events of these requests. One worker at a time: who comes first decides whom an id belongs to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('martech_tracking'))")
    events = SourceEvent.objects.filter(intake__in=[row.pk for row in rows], state=EventState.WAITING)
    waiting = list(events.select_related("source").order_by("at", "id"))
    with recording("apply_events"):
        bound: set[Bound] = set()
        while waiting:
            bound |= apply_events(waiting)
            waiting = released(bound, after=waiting)


def apply_events(events: Sequence[SourceEvent]) -> set[Bound]:
    """One pass over the events; answers the ids that belong to somebody since."""
    known = Known.of(events)
    for event in events:
        event.note = doubt_of(event.payload)
    identify(events, known)
    bind_calls(events, known)
    fresh = known.bind()
    settle(events, known)
    save_companies(events)
    record_touches(events)
    store_states(events)
    return fresh


def bind_calls(events: Iterable[SourceEvent], known: Known) -> None:
    """A call that names a known user and an anonymous id (an alias its previous one) says that they are one."""
    for event in events:
        person = known.person(event.source.system, USER, event.user_id)
        if person is None or not event.anonymous_id:
            continue
        kinds = (ANONYMOUS, USER) if event.type == "alias" else (ANONYMOUS,)
        for kind in kinds:
            holder = known.person(event.source.system, kind, event.anonymous_id)
            if holder is None:
                known.want(event.source.system, kind, event.anonymous_id, person)
            elif holder != person and event.type == "alias":
                event.remark("The previous id belongs to another person; merge the two if they are one.")


def settle(events: Iterable[SourceEvent], known: Known) -> None:
    """Whom each event belongs to, if anybody yet; a user's id says it before the browser's."""
    for event in events:
        system = event.source.system
        event.person_id = (
            known.person(system, USER, event.user_id)
            if event.user_id
            else known.person(system, ANONYMOUS, event.anonymous_id)
        )
        event.state = EventState.APPLIED if event.person_id else EventState.HELD


def released(bound: Iterable[Bound], *, after: Sequence[SourceEvent]) -> list[SourceEvent]:
    """The next held events that belong to ids bound in this batch; each is taken up once, as it is held no more then."""
    which = Q()
    for system, kind, external_id in bound:
        same = Q(user_id=external_id) if kind == USER else Q(user_id="", anonymous_id=external_id)
        which |= same & Q(source__system=system)
    if not which:
        return []
    rows = SourceEvent.objects.filter(which, state=EventState.HELD).exclude(pk__in=[event.pk for event in after])
    return list(rows.select_related("source").order_by("at", "id")[:HELD_AT_ONCE])


STORE = """
UPDATE martech_sourceevent AS event SET state = new.state, person_id = new.person_id, note = new.note
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[]) AS new(id, state, person_id, note)
WHERE event.id = new.id
"""


def store_states(events: Sequence[SourceEvent]) -> None:
    columns = (
        [event.pk for event in events],
        [str(event.state) for event in events],
        [event.person_id for event in events],
        [event.note[:300] for event in events],
    )
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns)


TRACKING = Kind("tracking", EventIntake, apply_intakes, batch=200, is_long=True)
