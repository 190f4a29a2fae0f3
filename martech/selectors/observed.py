"""The leads of the last days as a policy would see them."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from martech.models import Person, RoutingPolicy
from martech.routing.document import Policy
from martech.routing.observed import RARELY, Observed, observed_findings
from martech.routing.reader import Finding, Surroundings
from martech.routing.reading import Reading
from martech.routing.value_checks import unknown_values
from martech.selectors.calendars import calendars_of
from martech.selectors.matching import DAYS, EVERYONE_ELSE, by_rule, count_by_rule, since
from martech.selectors.routing import draft_of, findings_of, person_fields, read_document, routes_instead
from martech.selectors.wheels import absences_of, users_of
from mops.core import clock
from mops.core.conditions import Leaf, Type, leaves, sentence, to_q

SHOWN = 3
FEWEST_MISSED = 5


def observe(policy: Policy, counted: Mapping[int, int] | None = None) -> Observed:
    """A few statements, whatever the policy. `counted` is how many of the leads each rule takes, where that is known."""
    people = Person.objects.living().filter(created_at__gte=since(DAYS)).order_by()
    keys = policy.fields
    catalogue = person_fields()
    counts = {f"n{number}": Count("pk", filter=_filled(key)) for number, key in enumerate(keys)}
    tests = _tests(policy)
    counts |= {f"t{number}": Count("pk", filter=to_q(test, catalogue)) for number, (_rule, test) in enumerate(tests)}
    found = people.aggregate(leads=Count("pk"), **counts)
    leads = found["leads"]
    calendars = calendars_of(key for pool in policy.pools.values() for key in pool.calendars)
    filled = {key: found[f"n{number}"] / leads if leads else 0.0 for number, key in enumerate(keys)}
    unmet = [one for number, one in enumerate(tests) if not found[f"t{number}"] and filled[one[1].field] >= RARELY]
    return Observed(
        days=DAYS,
        leads=leads,
        filled=filled,
        missed=_missed(policy, people) if leads else {},
        by_pool=_by_pool(policy, count_by_rule(policy, people) if counted is None else counted) if leads else {},
        unmet={rule: [sentence(test) for at, test in unmet if at == rule] for rule, _test in unmet},
        open_hours={key: _hours_a_day(hours) for key, hours in calendars.items()},
        away=_away(policy),
        labels={key: spec.label_for(key) for key in keys if (spec := catalogue.find(key)) is not None},
    )


def _tests(policy: Policy) -> list[tuple[int, Leaf]]:
    """(Rule, leaf) of what rules ask to be so; that something is not so, hardly anybody writes wrongly."""
    return [
        (index, leaf)
        for index, rule in enumerate(policy.rules)
        for leaf in (leaves(rule.condition) if rule.condition is not None else ())
        if leaf.op in ASKING and not unknown_values(leaf)
    ]


ASKING = ("eq", "in", "contains", "starts_with", "ends_with")


def _hours_a_day(calendar: clock.Calendar | None) -> float:
    return clock.usual_day(calendar) / timedelta(hours=1) if calendar else 24.0


def _away(policy: Policy) -> dict[str, str]:
    """Until when members have time off at this moment, by address."""
    now = timezone.now()
    users = {user.pk: email for email, user in users_of(policy.pools.values()).items()}
    absences = absences_of(list(users), now)
    return {
        users[pk]: f"{timezone.localtime(off.end):%-d %b %H:%M}"
        for pk, times in absences.items()
        for off in times
        if off.start <= now
    }


def _filled(key: str) -> Q:
    catalogue = person_fields()
    spec = catalogue.find(key)
    return to_q(Leaf(key, "is_not_empty", None, spec), catalogue) if spec is not None else Q()


def _by_pool(policy: Policy, counted: Mapping[int, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for rule, number in counted.items():
        pool = policy.otherwise if rule == EVERYONE_ELSE else policy.rules[rule].to
        found[pool] = found.get(pool, 0) + number
    return found


def _missed(policy: Policy, people: QuerySet[Person]) -> dict[str, list[tuple[str, int]]]:
    """The commonest values, among leads no rule takes, of the first field that rules list values of."""
    key = _listed_field(policy)
    spec = person_fields().find(key) if key else None
    if spec is None or not spec.lookup:
        return {}
    labels = spec.choice_labels()
    through = people.annotate(rule=by_rule(policy)).filter(rule=EVERYONE_ELSE).exclude(**{spec.lookup: ""})
    counted = through.values_list(spec.lookup).annotate(number=Count("pk")).order_by("-number", spec.lookup)
    common = [(str(labels.get(value, value)), number) for value, number in counted[:SHOWN] if number >= FEWEST_MISSED]
    return {key: common} if common else {}


def _listed_field(policy: Policy) -> str:
    """The field whose values most rules name."""
    named: dict[str, int] = {}
    for rule in policy.rules:
        for leaf in leaves(rule.condition) if rule.condition is not None else ():
            if leaf.op in ("eq", "in") and leaf.spec.type in (Type.CHOICE, Type.TEXT):
                named[leaf.field] = named.get(leaf.field, 0) + 1
    return max(named, key=lambda key: named[key], default="")


def all_findings(policy: RoutingPolicy) -> list[Finding]:
    """What can be said of the draft (or the version in force), with what the leads of the last days say."""
    version = draft_of(policy) or policy.versions.order_by("-number").first()
    if version is None:
        return routes_instead(policy)
    return findings_about(policy, *read_document(version.document))


def findings_about(
    policy: RoutingPolicy, reading: Reading, around: Surroundings, counted: Mapping[int, int] | None = None
) -> list[Finding]:
    """The same of a document that was read already; `counted` as `observe` takes it."""
    seen = observe(reading.policy, counted)
    return [*findings_of(reading, around), *routes_instead(policy), *observed_findings(reading.policy, seen)]
