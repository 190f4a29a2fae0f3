"""What can be said about a policy before it routes anybody."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from martech.routing.decision import Engine, Lead
from martech.routing.document import Example, Policy, Pool, Rule, Sla
from martech.routing.reading import Colleague, Finding, Reading, Surroundings
from martech.routing.value_checks import misfits, value_findings
from mops.core import clock
from mops.core.conditions import AllOf, AnyOf, Catalogue, find_record, implies, in_words, is_unsatisfiable

LONGEST_USUAL = timedelta(days=366)
"""Whoever promises an answer hardly means one after more than a year."""
RecordMaker = Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[str]]]


@dataclass(frozen=True)
class ExampleResult:
    """What became of a stored example: the rule ("" is everyone else) and the pool it is sent to."""

    example: Example
    rule: str
    pool: str
    unknown: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        wants_rule, wants_pool = self.example.rule, self.example.pool
        return not self.unknown and wants_rule in ("", self.rule) and wants_pool in ("", self.pool)


def run_examples(policy: Policy, make_record: RecordMaker, now: datetime) -> list[ExampleResult]:
    """Send every stored example through the rules; availability of people plays no part."""
    engine = Engine(policy)
    found = []
    for example in policy.examples:
        record, unknown = make_record(example.given)
        match = engine.match(Lead(record), now)
        found.append(ExampleResult(example, match.rule, match.pool, tuple(unknown)))
    return found


def check(reading: Reading, around: Surroundings, make_record: RecordMaker, now: datetime) -> list[Finding]:
    """Every finding, errors first, each list in the order of the document."""
    policy = reading.policy
    found = [*reading.findings, *_pool_findings(policy, around), *_rule_findings(policy, now)]
    found += [*value_findings(policy), *_response_findings(policy, around, now)]
    found += _example_findings(policy, make_record, around.catalogue, now)
    found += _notes(policy)
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda finding: order[finding.level])


def _pool_findings(policy: Policy, around: Surroundings) -> Iterator[Finding]:
    used = {policy.otherwise, *(rule.to for rule in policy.rules)}
    reached = {key for start in used for key in policy.pools_after(start)}
    for key, pool in policy.pools.items():
        path = f"pools.{key}"
        if key not in reached:
            yield Finding(path, "no rule sends anybody here", "send a rule to it, or remove it", "info")
        level = "error" if key in reached else "warning"
        if not pool.members:
            yield Finding(f"{path}.members", "has no members", "add somebody", level)
        else:
            yield from _member_findings(pool, around.users or {}, level)


def _member_findings(pool: Pool, users: Mapping[str, Colleague], level: str) -> Iterator[Finding]:
    path = f"pools.{pool.key}.members"
    gone = [i for i, member in enumerate(pool.members) if member.user in users and not users[member.user].is_active]
    for index in gone:
        user = pool.members[index].user
        yield Finding(f"{path}[{index}].user", f"{user} is deactivated and gets nothing", "remove them", "warning")
    for index, member in enumerate(pool.members):
        known = users.get(member.user)
        if known is not None and known.is_active and not known.may_own and not member.is_paused:
            reason = f"{member.user} may not own leads: they would get some and could not say that they answered"
            remedy = "give them the role Sales representative, or remove them"
            yield Finding(f"{path}[{index}].user", reason, remedy, "warning")
    never = [i for i, member in enumerate(pool.members) if i in gone or member.is_paused or member.caps.smallest == 0]
    if len(never) == len(pool.members):
        yield Finding(
            path, "nobody in it can get a lead", "add somebody who is active, not paused and not capped at 0", level
        )


def _rule_findings(policy: Policy, now: datetime) -> Iterator[Finding]:
    earlier: list[tuple[int, Rule]] = []
    for index, rule in enumerate(policy.rules):
        if rule.condition is None:
            continue
        path = f"rules[{index}]"
        if is_unsatisfiable(rule.condition):
            yield Finding(
                path, "nobody can meet its condition", "two of its tests exclude each other; drop one", "warning"
            )
            continue
        if policy.hit == "first":
            yield from _first_findings(rule, path, earlier)
        else:
            yield from _overlaps(rule, path, earlier, now)
        earlier.append((index, rule))


def _first_findings(rule: Rule, path: str, earlier: list[tuple[int, Rule]]) -> Iterator[Finding]:
    assert rule.condition is not None
    for index, other in earlier:
        if other.condition is not None and implies(rule.condition, other.condition):
            reason = f"never reached: rule {index + 1} “{other.name}” takes everybody it would take"
            yield Finding(path, reason, "move it up, or narrow the earlier rule", "warning")
            return
    conditions = tuple(other.condition for _, other in earlier if other.condition is not None)
    if len(conditions) > 1 and implies(rule.condition, AnyOf(conditions)):
        yield Finding(
            path, "never reached: the rules above together take everybody it would take", "move it up", "warning"
        )


def _overlaps(rule: Rule, path: str, earlier: list[tuple[int, Rule]], now: datetime) -> Iterator[Finding]:
    """An error where a lead is found that both take; a warning where neither that nor the contrary can be proved."""
    assert rule.condition is not None
    remedy = 'let their conditions exclude each other, or use "hit": "first"'
    for index, other in earlier:
        if other.condition is None or is_unsatisfiable(both := AllOf((rule.condition, other.condition))):
            continue
        lead = find_record(both, now)
        is_sure = (
            lead is not None or implies(rule.condition, other.condition) or implies(other.condition, rule.condition)
        )
        reason = f"{'overlaps' if is_sure else 'may overlap'} with rule {index + 1} “{other.name}”, but at most one may match"
        if lead:
            reason += f": both take a lead with {in_words(lead, both)}"
        yield Finding(path, reason, remedy, "error" if is_sure else "warning")


def _response_findings(policy: Policy, around: Surroundings, now: datetime) -> Iterator[Finding]:
    """Response times that do not do what they say."""
    for path, sla, pools in _slas(policy):
        yield from _room_findings(sla, path, around, now)
        if sla.pause_condition is not None and implies(AllOf(()), sla.pause_condition):
            reason = "always holds, so the clock never runs"
            yield Finding(f"{path}.pause_when", reason, "say when it stands still, or take the pause out")
        if sla.on_breach != "reassign":
            continue
        if not sla.max_hops:
            reason = "nobody else ever gets the lead: reassign is limited to 0 times"
            yield Finding(f"{path}.max_hops", reason, "say how often, such as 2, or use remind or escalate", "warning")
        for key in pools:
            if len({m.user for one in policy.pools_after(key) for m in policy.pools[one].members}) == 1:
                reason = f"a late lead of {key} can go to nobody else: there is one member"
                yield Finding(f"{path}.on_breach", reason, "add a colleague, or use remind or escalate", "warning")


def _room_findings(sla: Sla, path: str, around: Surroundings, now: datetime) -> Iterator[Finding]:
    """Working hours with so little time in them that a lead which comes now would be late in years, or never."""
    calendar = around.hours.get(sla.calendar)
    if calendar is None or sla.calendar in around.faults:
        return
    hours = around.calendars[sla.calendar] if around.calendars else sla.calendar
    remedy = f"shorten it, or give “{hours}” more open hours or fewer holidays"
    try:
        due = clock.add(calendar, now, timedelta(minutes=sla.respond_within_minutes))
    except clock.CalendarError:
        due = None
    if due is None or due - now > clock.DEADLINE_HORIZON:
        reason = f"never due: “{hours}” has not so much working time in fifty years"
        yield Finding(f"{path}.respond_within_minutes", reason, remedy)
    elif due - now > LONGEST_USUAL:
        reason = f"a lead that came now would be late on {due:%-d %b %Y} only, as “{hours}” is open so seldom"
        yield Finding(f"{path}.respond_within_minutes", reason, remedy, "warning")


def _slas(policy: Policy) -> Iterator[tuple[str, Sla, list[str]]]:
    """Every response time with its place and the pools whose leads it counts for."""
    for index, rule in enumerate(policy.rules):
        if rule.sla is not None:
            yield f"rules[{index}].sla", rule.sla, [rule.to] if rule.to in policy.pools else []
    for key, pool in policy.pools.items():
        if pool.sla is not None:
            yield f"pools.{key}.sla", pool.sla, [key]
    if policy.sla is not None:
        yield "sla", policy.sla, [key for key, pool in policy.pools.items() if pool.sla is None]


def _example_findings(
    policy: Policy, make_record: RecordMaker, catalogue: Catalogue, now: datetime
) -> Iterator[Finding]:
    for index, result in enumerate(run_examples(policy, make_record, now)):
        path = f"examples[{index}]"
        for key, reason, remedy in misfits(make_record(result.example.given)[0], catalogue):
            yield Finding(f"{path}.given.{key}", reason, remedy)
        if result.unknown:
            names = ", ".join(result.unknown)
            yield Finding(f"{path}.given", f"{names} is no field", 'put it under "properties", or correct its name')
        elif not result.is_met:
            wanted = " by ".join(filter(None, [result.example.pool, result.example.rule]))
            got = f"{result.pool or 'nowhere'} by {result.rule or 'no rule'}"
            yield Finding(path, f"goes to {got}, expected {wanted}", "correct the rules or the expectation")


def _notes(policy: Policy) -> Iterator[Finding]:
    if not policy.examples:
        yield Finding(
            "examples", "there are none", "store leads with the pool you expect; they are tried at every edit", "info"
        )
