"""What a policy would have done with leads that were decided before."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from martech.routing.decision import Engine, Lead
from martech.routing.document import Policy, Pool, Sla
from martech.routing.response import Terms, spent
from martech.routing.simulation import BY_TODAY, Asked, Hours, Load, Record, Simulation, caps_of
from martech.routing.trace import decide_again

NOTED = ("cause", "backlog_days")
"""What a trace says beside the decision itself."""


@dataclass(frozen=True)
class Past:
    """A decision of the past: what it saw, which pool the rules chose, who got the lead (None: it was held)."""

    pk: int
    person: int
    record: Mapping[str, Any]
    pool: str
    owner: int | None
    at: datetime
    arrived_at: datetime
    rule: str = ""
    trace: Mapping[str, Any] = field(default_factory=dict)
    is_own: bool = False
    """The very document that is replayed decided it, so that deciding again must give the same to the last bit."""
    is_same_pool: bool = True
    """The pool it asked, and those that take over from it, were then as the replayed document has them."""
    answered: tuple[datetime, datetime, datetime | None] | None = None
    """When the owner was told, when they answered, and when that was due."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What is kept of a decision until all are read."""

    pk: int
    lead: Asked
    before: str
    owner: int | None
    arrived_at: datetime
    is_same_pool: bool
    record: Record


@dataclass(frozen=True, slots=True)
class Handover:
    """A lead that somebody else would have: the decision that gave it away, and pool and owner then and now (None: nobody)."""

    decision: int
    person: int
    at: datetime
    pools: tuple[str, str]
    owners: tuple[int | None, int | None]


@dataclass
class Replay:
    """What came out of so many `leads`. `moved` are the leads that go to another pool, `handed` all that somebody else would
    have; `before` and `after` are leads by owner, `by_pool_before` and `by_pool` so in each pool.

    `own` of the decisions were made by this very document; `differing` are those of them that came out otherwise.
    `late_before` and `late_after` count answers after their time, of those that were given. The leads of the pools in
    `simulated` were given away anew, `waited` of them not at once and `waiting` not at all.
    """

    decisions: int = 0
    leads: int = 0
    own: int = 0
    differing: list[int] = field(default_factory=list)
    late_before: int = 0
    late_after: int = 0
    by_pool: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    by_pool_before: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    moved: list[tuple[Past, str]] = field(default_factory=list)
    handed: list[Handover] = field(default_factory=list)
    before: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    simulated: list[str] = field(default_factory=list)
    caps: list[str] = field(default_factory=list)
    caps_left_out: list[str] = field(default_factory=list)
    waited: int = 0
    waiting: int = 0

    @property
    def caps_by_today(self) -> list[str]:
        """Those of the caps that count others by today's owners and the stages they entered since."""
        return [words for words in self.caps if words in BY_TODAY]

    @property
    def ways(self) -> list[tuple[str, str, int]]:
        """(from, to, leads), the most travelled first."""
        counted = Counter((past.pool, pool) for past, pool in self.moved)
        return [(start, end, number) for (start, end), number in sorted(counted.items(), key=lambda x: (-x[1], x[0]))]

    @property
    def hands(self) -> list[tuple[int | None, int | None, int]]:
        """(from, to, leads) by owner, the most travelled first; None is nobody yet."""
        counted = Counter(one.owners for one in self.handed)
        order = sorted(counted.items(), key=lambda x: (-x[1], [owner or 0 for owner in x[0]]))
        return [(start, end, number) for (start, end), number in order]


@dataclass(frozen=True)
class Then:
    """What is known of that time: hours of a pool at a moment, and what the people of the simulation had open."""

    user_ids: Mapping[str, int]
    hours: Callable[[Pool, datetime], Hours]
    load: Callable[[Mapping[int, Record]], Load]
    """Told of whom it has to leave out, as they were when they were decided."""
    until: datetime
    terms: Callable[[Sla], Terms] | None = None


def replay(engine: Engine, history: Iterable[Past], then: Then) -> Replay:
    """Decide the past anew, in its order.

    Pools that leads come to or leave, or that are not as they were, give all of their leads away anew, each at its time,
    by turns that begin even, with caps, working hours and time off. In the others everybody keeps their owner. What this
    very document decided is decided again from the stored state of the pools, and must come out equal.
    """
    result, cases = Replay(), []
    seen: set[tuple[int, datetime]] = set()
    known = cache(then.terms) if then.terms else None
    counts_owned = any(m.caps.owned for pool in engine.policy.pools.values() for m in pool.members)
    for past in history:
        match = engine.match(Lead(past.record), past.at)
        result.decisions += 1
        result.by_rule[match.rule] += 1
        # A lead that was held and got its owner later is one lead, however many decisions there are.
        if (past.person, past.arrived_at) not in seen and match.pool != past.pool:
            result.moved.append((past, match.pool))
        seen.add((past.person, past.arrived_at))
        _prove(result, engine, past)
        _count(result.before, past.owner)
        _count(result.by_pool_before[past.pool], past.owner)
        cases.append(_case_of(past, match.pool, past.record if counts_owned else {}))
        if past.answered is not None and known is not None:
            _compare_answers(result, past.answered, engine.policy.sla_of(match.rule, match.pool), known)
    result.leads = len(seen)
    _give_away(engine.policy, cases, then, result)
    return result


def _prove(result: Replay, engine: Engine, past: Past) -> None:
    """Notes whether what this very document decided comes out equal."""
    if past.is_own:
        result.own += 1
        if not is_reproduced(engine, past):
            result.differing.append(past.pk)


def _case_of(past: Past, pool: str, record: Record) -> _Case:
    lead = Asked(past.person, pool, past.at, frozenset(past.trace.get("without", ())))
    return _Case(past.pk, lead, past.pool, past.owner, past.arrived_at, past.is_same_pool, record)


def _give_away(policy: Policy, cases: Sequence[_Case], then: Then, result: Replay) -> None:
    anew = pools_anew(policy, cases)
    mine: dict[tuple[int, datetime], _Case] = {}
    for case in cases:
        if case.lead.pool in anew:
            mine.setdefault((case.lead.person, case.arrived_at), case)
    for case in cases:
        owner = case.owner if case.lead.pool == case.before else None
        if case.lead.pool not in anew and owner is not None:
            _count(result.after, owner)
            result.by_pool[case.lead.pool][owner] += 1
    if mine:
        settled = {(case.lead.person, case.arrived_at): case for case in cases if case.owner is not None}
        _simulate(policy, sorted(mine.values(), key=lambda case: case.lead.at), settled, then, result)
    result.simulated = sorted(anew)
    result.caps, result.caps_left_out = caps_of([policy.pools[key] for key in result.simulated])


def _simulate(
    policy: Policy, cases: Sequence[_Case], settled: Mapping[tuple[int, datetime], _Case], then: Then, result: Replay
) -> None:
    """A lead that was held and got its owner later asks once: when it asked first. `settled` tells who got it then."""
    load = then.load({case.lead.person: case.record for case in reversed(cases)})
    simulation = Simulation(policy, then.user_ids, then.hours, load)
    for case in cases:
        simulation.ask(case.lead)
    simulation.pass_time(then.until)
    for (pool, user), number in simulation.given.items():
        result.after[user] += number
        result.by_pool[pool][user] += number
    result.waited, result.waiting = simulation.waited, simulation.waiting
    for case in cases:
        last = settled.get((case.lead.person, case.arrived_at), case)
        pool, owner = simulation.owners.get(case.lead, (case.lead.pool, None))
        if owner != last.owner:
            owners = last.owner, owner
            result.handed.append(Handover(last.pk, case.lead.person, last.lead.at, (last.before, pool), owners))


def pools_anew(policy: Policy, cases: Iterable[_Case]) -> frozenset[str]:
    """The pools whose leads are given away anew, with those that take over from them or share a count with them."""
    found = {key for case in cases if case.lead.pool != case.before for key in (case.lead.pool, case.before)}
    found |= {case.lead.pool for case in cases if not case.is_same_pool}
    found &= set(policy.pools)
    size = -1
    while size != len(found):
        size = len(found)
        chains = [set(policy.pools_after(key)) for key in policy.pools]
        found = set(policy.pools_to_lock(found.union(*(chain for chain in chains if chain & found))))
    return frozenset(found)


def is_reproduced(engine: Engine, past: Past) -> bool:
    """Whether nothing but what was stored gives the same rule, pool, owner and trace again."""
    stored = {key: value for key, value in past.trace.items() if key not in NOTED}
    rule, _pool, owner, trace = decide_again(engine, past.record, past.trace, past.at)
    return (rule, owner, trace) == (past.rule, past.owner, stored)


def _compare_answers(
    result: Replay, answered: tuple[datetime, datetime, datetime | None], sla: Sla | None, terms: Callable[[Sla], Terms]
) -> None:
    told, at, due = answered
    result.late_before += due is not None and at > due
    if sla is not None:
        found = terms(sla)
        result.late_after += spent(found, told, at) > found.allowed


def unfairness(policy: Policy, by_pool: Mapping[str, Counter[int]], user_ids: Mapping[str, int]) -> dict[str, float]:
    """By pool, by how many leads the member furthest from their share is away from it."""
    found = {}
    for key, counts in sorted(by_pool.items()):
        pool = policy.pools.get(key)
        weights = {user_ids[m.user]: m.weight for m in pool.members if m.user in user_ids} if pool else {}
        total, whole = sum(counts[user] for user in weights), sum(weights.values())
        if whole:
            found[key] = round(max(abs(counts[user] - total * weight / whole) for user, weight in weights.items()), 2)
    return found


def _count(shares: Counter[int], owner: int | None) -> None:
    if owner is not None:
        shares[owner] += 1
