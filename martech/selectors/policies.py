"""Policies as their pages show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db.models import Count, Min, Prefetch, QuerySet
from django.utils import timezone

from governance.selectors.history import history_of
from martech.models import (
    DecisionOutcome,
    Person,
    PolicyVersion,
    RoutingDecision,
    RoutingPolicy,
    WorkingCalendar,
)
from martech.policies import sees_everything
from martech.routing.document import Policy, Pool, Sla
from martech.routing.fairness import Fairness, fairness_of
from martech.routing.reading import Finding, Reading
from martech.routing.wheel import Seat, Wheel
from martech.selectors.examples import ExampleCard, example_cards
from martech.selectors.matching import EVERYONE_ELSE, by_rule, count_by_rule, recent_people, since
from martech.selectors.observed import findings_about
from martech.selectors.routing import draft_of, read_document, routes_instead
from martech.selectors.waiting import GaveUp, gave_up_on, in_queue, parked
from martech.selectors.wheels import load_wheels
from mops.core.conditions import Fragment, fragments
from mops.core.versions import VersionState


@dataclass(frozen=True)
class RuleCard:
    index: int
    name: str
    to: str
    fragments: Sequence[Fragment]
    leads: int
    findings: Sequence[Finding] = ()
    sla: Sla | None = None
    examples: int = 0

    @property
    def number(self) -> int:
        return self.index + 1


@dataclass(frozen=True)
class MemberCard:
    """A member's weight, what they got in 30 days, what an even share would be now, and how they stand now.

    `due` leaves absences out, as the share does; None for who does not take turns at the moment.
    """

    user: int
    name: str
    weight: int
    got: int
    due: float | None
    share: float
    now: str
    now_kind: str


@dataclass(frozen=True)
class PoolCard:
    pool: Pool
    note: str
    members: Sequence[MemberCard]
    findings: Sequence[Finding] = ()
    fairness: Fairness | None = None

    @property
    def key(self) -> str:
        return self.pool.key

    @property
    def there(self) -> int:
        return sum(member.now_kind == "good" for member in self.members)

    @property
    def got(self) -> int:
        return sum(member.got for member in self.members)

    @property
    def to_clear(self) -> Sequence[Finding]:
        """Errors and warnings."""
        return [finding for finding in self.findings if finding.level != "info"]

    @property
    def has_error(self) -> bool:
        return any(finding.level == "error" for finding in self.findings)


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


Card = TypeVar("Card", bound=_Keyed)
FEW = 6


def opened(pools: Sequence[Card], asked: str) -> Sequence[Card]:
    """The pools whose people are listed: the one asked for, else all of few; of many none, a line a pool says more."""
    return [one for one in pools if one.key == asked] or (pools if len(pools) <= FEW else [])


@dataclass(frozen=True)
class PolicyPage:
    policy: RoutingPolicy
    version: PolicyVersion | None
    draft: PolicyVersion | None
    published: PolicyVersion | None
    document: Policy
    rules: Sequence[RuleCard]
    everyone_else: int
    pools: Sequence[PoolCard]
    findings: Sequence[Finding]
    elsewhere: Sequence[Finding] = field(default=())
    examples: Sequence[ExampleCard] = field(default=())

    @property
    def errors(self) -> int:
        return sum(1 for finding in self.findings if finding.level == "error")

    @property
    def remarks(self) -> int:
        return sum(1 for finding in self.findings if finding.level != "info")

    @property
    def leads(self) -> int:
        return self.everyone_else + sum(rule.leads for rule in self.rules)

    @property
    def revision(self) -> int:
        """What an edit says it saw; 0 when there is no version yet."""
        return self.version.revision if self.version else 0


def policy_page(policy: RoutingPolicy, user: Any) -> PolicyPage:
    """Everything the policy's page shows: the draft when there is one, else the newest version."""
    draft = draft_of(policy)
    version = draft or policy.versions.order_by("-number").first()
    reading, around = read_document(version.document) if version else (Reading(Policy(policy.name), ()), None)
    document = reading.policy
    counts = count_by_rule(document, recent_people(user))
    if around is None:
        findings = routes_instead(policy)
    else:
        findings = findings_about(policy, reading, around, counts if sees_everything(user) else None)
    examples = example_cards(document)
    rules = _rule_cards(document, findings, counts, examples)
    pools = _pool_cards(policy, document, findings)
    known = {one for card in (*rules, *pools) for one in card.findings}
    return PolicyPage(
        policy,
        version,
        draft,
        policy.versions.filter(state=VersionState.PUBLISHED).first(),
        document,
        rules,
        counts[EVERYONE_ELSE],
        pools,
        findings,
        [finding for finding in findings if finding not in known],
        examples,
    )


def _rule_cards(
    document: Policy, findings: Sequence[Finding], counts: Mapping[int, int], examples: Sequence[ExampleCard]
) -> list[RuleCard]:
    tried = Counter(example.rule for example in examples)
    return [
        RuleCard(
            index,
            rule.name,
            rule.to,
            fragments(rule.condition) if rule.condition is not None else (),
            counts[index],
            _findings_at(findings, f"rules[{index}]"),
            rule.sla,
            tried[rule.name],
        )
        for index, rule in enumerate(document.rules)
    ]


def _findings_at(findings: Sequence[Finding], path: str) -> list[Finding]:
    return [one for one in findings if one.path == path or one.path.startswith((f"{path}.", f"{path}["))]


def people_of_rule(policy: RoutingPolicy, index: int, user: Any) -> QuerySet[Person]:
    """The rows behind a rule's count."""
    version = draft_of(policy) or policy.versions.order_by("-number").first()
    if version is None:
        return Person.objects.none()
    document = read_document(version.document)[0].policy
    return recent_people(user).annotate(rule=by_rule(document)).filter(rule=index)


def _pool_cards(policy: RoutingPolicy, document: Policy, findings: Sequence[Finding]) -> list[PoolCard]:
    wheels = load_wheels(document, policy.pk, list(document.pools), timezone.now())
    got = got_by_pool(policy)
    names = dict(WorkingCalendar.objects.values_list("key", "name"))
    return [
        PoolCard(
            pool,
            " · ".join(filter(None, [pool.strategy.replace("_", " "), names.get(pool.calendar, "")])),
            _member_cards(wheels[key], got),
            _findings_at(findings, f"pools.{key}"),
            fairness_of(wheels[key]),
        )
        for key, pool in document.pools.items()
    ]


def got_by_pool(policy: RoutingPolicy) -> Mapping[tuple[str, int], int]:
    """Leads of the last 30 days by (pool, owner)."""
    rows = RoutingDecision.objects.filter(
        version__policy=policy, outcome=DecisionOutcome.ASSIGNED, decided_at__gte=since(), owner__isnull=False
    )
    return {(pool, owner): n for pool, owner, n in rows.order_by().values_list("pool", "owner").annotate(Count("pk"))}


def _member_cards(wheel: Wheel, got: Mapping[tuple[str, int], int]) -> list[MemberCard]:
    numbers = [got.get((wheel.pool, seat.user_id), 0) for seat in wheel.seats]
    most = max(numbers, default=0) or 1
    fairness = fairness_of(wheel)
    behind = fairness.behind if fairness else {}
    return [
        MemberCard(
            seat.user_id,
            seat.name,
            seat.weight,
            number,
            number + float(behind[seat.user_id]) if seat.user_id in behind else None,
            number / most,
            *now_words(seat),
        )
        for seat, number in zip(wheel.seats, numbers, strict=True)
    ]


def now_words(seat: Seat) -> tuple[str, str]:
    """How a member stands now, in two or three words, with the kind of the pill."""
    if not seat.skipped:
        return "Available", "good"
    if seat.is_gone:
        return seat.closed.capitalize(), "neutral"
    if full := seat.full if not seat.closed else None:
        return f"At {full.words}", "bad"
    verb = "Away" if seat.closed.startswith("away") else "Off"
    return f"{verb}{_until(seat.closed_until)}", "warn"


def _until(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local, now = timezone.localtime(moment), timezone.localtime()
    if local.date() == now.date():
        return f" until {local:%H:%M}"
    return f" until {local:%a %H:%M}" if local - now < timedelta(days=6) else f" until {local:%-d %b}"


@dataclass(frozen=True)
class Waiting:
    """The queue of routing: how many wait, since when the oldest does, how many nobody has queued, of those are parked, and
    whom routing gave up on."""

    number: int
    oldest: datetime | None
    unqueued: int
    parked: int
    gave_up: GaveUp


def waiting(user: Any) -> Waiting:
    rows, seen = in_queue(), Person.objects.visible_to(user)
    found = rows.aggregate(number=Count("*"), oldest=Min("created_at"))
    unqueued = seen.routable().exclude(routing_work__in=rows).order_by().count()
    there = parked(seen).count() if unqueued else 0
    return Waiting(found["number"], found["oldest"], unqueued, there, gave_up_on(seen))


def last_change(policy: RoutingPolicy, user: Any) -> str:
    """ "Ana saved revision 4 at 10:32." about the draft; empty without one."""
    draft = draft_of(policy)
    if draft is None:
        return "The draft is gone."
    latest = history_of(user, draft, 1)
    who = latest[0].actor if latest else ""
    return f"{who or 'Somebody'} saved revision {draft.revision} at {timezone.localtime(draft.updated_at):%H:%M}."


def policies_with_versions() -> QuerySet[RoutingPolicy]:
    versions = PolicyVersion.objects.defer("document").select_related("published_by")
    return RoutingPolicy.objects.prefetch_related(Prefetch("versions", versions))
