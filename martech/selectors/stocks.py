"""What members of pools have of leads now, and how that changes, for a look at the week to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from governance.models import User
from martech.models import DecisionOutcome, Person, PolicyVersion, RoutingDecision, StageMove
from martech.routing.document import Member, Policy, Pool
from martech.routing.outlook import Ceiling, Stock
from martech.selectors.caps import CLOSED_STAGES, open_leads_of, owned_by
from martech.selectors.routing import person_fields
from martech.selectors.wheels import users_of
from mops.core.conditions import Node, to_q

WEEKS = 4


@dataclass(frozen=True)
class Stocks:
    """Open leads by user, people owned by (user, condition), and which share of a pool's leads meets a condition.

    Only of those whose caps count them in some pool.
    """

    open: dict[int, Stock]
    owned: dict[tuple[int, Node], Stock]
    shares: dict[tuple[str, Node], float]

    def ceilings(self, pool: Pool, user: User, member: Member) -> list[Ceiling]:
        """The caps of a member that go by what they have in all pools."""
        found, caps = [], member.caps
        if caps.open is not None:
            found.append(Ceiling(self.open[user.pk], caps.open, f"cap of {user} ({caps.open} open)"))
        if caps.owned is not None and (kind := caps.owned.condition) is not None:
            words = f"cap of {user} ({caps.owned.most} of a kind owned)"
            found.append(Ceiling(self.owned[user.pk, kind], caps.owned.most, words, self.shares[pool.key, kind]))
        return found

    def fills(self, pool: Pool, user: User) -> list[tuple[Stock, float]]:
        """What a lead of the pool adds to, and how much of one."""
        found = [(self.open[user.pk], 1.0)] if user.pk in self.open else []
        owned = [(kind, stock) for (owner, kind), stock in self.owned.items() if owner == user.pk]
        return found + [(stock, self.shares[pool.key, kind]) for kind, stock in owned]


def stocks_of(version: PolicyVersion, policy: Policy) -> Stocks:
    """As it is now. Open leads are closed as fast as in the last weeks; nobody ceases to be of a kind that is counted."""
    users = users_of(policy.pools.values())
    seats = [(users[m.user].pk, m.caps) for pool in policy.pools.values() for m in pool.members if m.user in users]
    by_load = sorted({user for user, caps in seats if caps.open is not None})
    kinds = {(user, caps.owned.condition) for user, caps in seats if caps.owned and caps.owned.condition is not None}
    now, closing = open_leads_of(by_load), closed_an_hour(by_load)
    owned = {(user, kind): Stock(owned_by(user, kind)) for user, kind in kinds}
    conditions = {kind for _user, kind in kinds}
    shares = {(key, kind): share_of(version, key, kind) for key in policy.pools for kind in conditions}
    return Stocks({user: Stock(now.get(user, 0), closing.get(user, 0.0)) for user in by_load}, owned, shares)


def closed_an_hour(user_ids: Sequence[int]) -> dict[int, float]:
    """How many open leads of each user became customers or were given up, an hour of the last weeks."""
    if not user_ids:
        return {}
    since = timezone.now() - timedelta(weeks=WEEKS)
    moves = StageMove.objects.filter(at__gte=since, stage__in=CLOSED_STAGES, person__owner__in=user_ids)
    counted = moves.exclude(from_stage__in=CLOSED_STAGES).order_by().values_list("person__owner").annotate(Count("pk"))
    return {owner: number / (WEEKS * 7 * 24) for owner, number in counted}


def share_of(version: PolicyVersion, pool: str, kind: Node) -> float:
    """Which part of the people who were sent to a pool in the last weeks meets a condition; all, where nobody was."""
    since = timezone.now() - timedelta(weeks=WEEKS)
    outcomes = (DecisionOutcome.ASSIGNED, DecisionOutcome.HELD)
    sent = RoutingDecision.objects.filter(
        version__policy=version.policy_id, outcome__in=outcomes, pool=pool, decided_at__gte=since
    )
    people = Person.objects.living().filter(pk__in=sent.order_by().values("person")).order_by()
    found = people.aggregate(every=Count("pk"), such=Count("pk", filter=to_q(kind, person_fields())))
    return found["such"] / found["every"] if found["every"] else 1.0
