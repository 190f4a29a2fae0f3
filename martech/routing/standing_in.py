"""What somebody's absence does to the pools they are in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from martech.routing.document import Policy, Pool

Span = tuple[datetime, datetime]
Spans = Mapping[str, Sequence[Span]]
RETURNS = {
    "keep_position": "keeps their place in the turn",
    "accrue": "gets the turns missed once back",
    "no_memory": "starts with everybody else once back",
}


@dataclass(frozen=True)
class StandIn:
    """Of one pool: who is there for some of the time and takes the leads (addresses); `alone_from` is when nobody is there, if ever."""

    pool: str
    others: tuple[str, ...]
    alone_from: datetime | None
    instead: str
    afterwards: str


def stand_ins(policy: Policy, member: str, span: Span, absences: Spans, active: frozenset[str]) -> list[StandIn]:
    """The pools that the member takes turns in. `absences` are everybody's by address, `active` who may get leads."""
    found = []
    for pool in policy.pools.values():
        takes_part = {one.user for one in pool.members if not one.is_paused and one.user in active}
        if member in takes_part:
            others = [one.user for one in pool.members if one.user in takes_part - {member}]
            alone = alone_from(span, [absences.get(other, ()) for other in others])
            there = tuple(other for other in others if not _is_away_throughout(absences.get(other, ()), span))
            found.append(StandIn(pool.key, there, alone, _instead(policy, pool), RETURNS[pool.returner]))
    return found


def alone_from(span: Span, absences: Sequence[Sequence[Span]]) -> datetime | None:
    """The first moment of the span at which every one of the others is away; None when there is none.

    It is the span's start or the start of somebody's absence within it.
    """
    start, end = span
    moments = {start, *(since for one in absences for since, _until in one if start < since < end)}
    return next((at for at in sorted(moments) if all(_is_away(one, at) for one in absences)), None)


def _is_away_throughout(spans: Sequence[Span], span: Span) -> bool:
    return any(since <= span[0] and span[1] <= until for since, until in spans)


def _is_away(spans: Sequence[Span], at: datetime) -> bool:
    return any(since <= at < until for since, until in spans)


def _instead(policy: Policy, pool: Pool) -> str:
    if pool.overflow:
        return f"leads go on to {pool.overflow}"
    if pool.when_absent == "assign_anyway":
        return "leads are given to who is away all the same"
    if pool.when_absent == "otherwise" and policy.otherwise not in ("", pool.key):
        return f"leads go on to {policy.otherwise}"
    return "leads wait until somebody is back"
