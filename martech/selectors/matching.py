"""Which rule of a policy would take whom, in SQL."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from martech.models import Person
from martech.routing.document import Policy
from martech.routing.reading import Surroundings, read_policy
from martech.selectors.routing import person_fields
from mops.core.conditions import to_expression, to_q

DAYS = 30
EVERYONE_ELSE = -1


def since(days: int = DAYS) -> datetime:
    """Midnight that many days ago, so that counts and the lists behind them agree."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return start - timedelta(days=days)


def by_rule(document: Policy) -> Any:
    """An expression for each person: the index of the rule that takes them, EVERYONE_ELSE for none."""
    catalogue = person_fields()
    whens = [
        When(to_expression(rule.condition, catalogue), then=Value(index))
        for index, rule in enumerate(document.rules)
        if rule.condition is not None
    ]
    return Case(*whens, default=Value(EVERYONE_ELSE), output_field=IntegerField())


def count_by_rule(document: Policy, people: QuerySet[Person]) -> Counter[int]:
    """How many of the people each rule would take, in one statement."""
    rows = people.order_by().annotate(rule=by_rule(document)).values_list("rule").annotate(Count("pk"))
    return Counter(dict(rows))


@dataclass(frozen=True)
class RuleCount:
    """Of the `leads` who came in the last 30 days: how many a rule takes, and how many more it would without those above."""

    takes: int
    above: int
    leads: int


def count_rule(document: Mapping[str, Any], index: int | None, when: Any, user: Any) -> RuleCount:
    """What a rule takes that is being written: in place of the one at `index`, or at the end."""
    rules = list(document.get("rules", []))
    place = len(rules) if index is None or index >= len(rules) else index
    rules[place : place + 1] = [{"name": "", "to": "", "when": when}]
    policy = read_policy({**document, "rules": rules}, Surroundings(person_fields())).policy
    condition = policy.rules[place].condition
    if condition is None:
        return RuleCount(0, 0, recent_people(user).count())
    meets = to_q(condition, person_fields())
    counted = recent_people(user).annotate(rule=by_rule(policy)).order_by()
    found = counted.aggregate(leads=Count("pk"), takes=Count("pk", Q(rule=place)), meets=Count("pk", meets))
    return RuleCount(found["takes"], found["meets"] - found["takes"], found["leads"])


def recent_people(user: Any) -> QuerySet[Person]:
    return Person.objects.visible_to(user).filter(created_at__gte=since())
