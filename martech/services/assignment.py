"""Owners given by hand."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import DecisionOutcome, Person, RoutingDecision, RoutingWork
from martech.routing.decision import Lead
from martech.routing.trace import HANDED_BACK
from martech.selectors.routing import TOLD, Candidate, is_routing
from martech.services.decisions import NewDecision, store_decisions, tell_owners
from martech.services.ownership import OwnerChange, tell_of_owners
from martech.services.responses import end_clocks
from martech.services.routing import enqueue_routing
from mops.core.errors import DomainError
from mops.core.history import expect_many, recording
from mops.core.rights import can
from mops.core.sql import among
from mops.core.work import withdraw


def assign_owner(*, person: Person, owner: User | None, actor: User | None, reason: str = "") -> RoutingDecision | None:
    """Give a person to somebody by hand, or to nobody; routing never changes that by itself.

    Answers the decision that records it, None when the person has that owner already. Raises DomainError for
    somebody who is deactivated or may not own leads.
    """
    made = assign_owners(people=[person.pk], owner=owner, actor=actor, reason=reason)
    if not made:
        return None
    person.owner = owner
    return RoutingDecision.objects.get(pk=made[0])


def hand_back(*, person: Person, actor: User | None, reason: str = "") -> None:
    """Take the owner off and let the policy in force find another one. Raises DomainError while none is in force."""
    hand_back_many(people=[person.pk], actor=actor, reason=reason)
    person.owner = None


def hand_back_many(*, people: Sequence[int], actor: User | None, reason: str = "") -> int:
    """The same for many people; none of them goes to who has them now. Answers how many are with routing again."""
    if not is_routing():
        reasons = ["No policy routes at the moment; choose a colleague."]
        raise DomainError("The owner was not changed.", errors={"to": reasons})
    with transaction.atomic():
        rows = Person.objects.living().select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
        by_owner: dict[int | None, list[int]] = defaultdict(list)
        for pk, owner in rows.values_list("pk", "owner"):
            by_owner[owner].append(pk)
        ids = [pk for listed in by_owner.values() for pk in listed]
        assign_owners(people=ids, owner=None, actor=actor, reason=reason)
        for owner, listed in by_owner.items():
            enqueue_routing(listed, cause=HANDED_BACK, without=[owner] if owner else [])
    return len(ids)


def assign_owners(*, people: Sequence[int], owner: User | None, actor: User | None, reason: str = "") -> list[int]:
    """Give many people to somebody by hand; answers the ids of the decisions, one for each who had another owner.

    Who waits in the queue of routing leaves it, also when a worker has them in hand: a colleague has decided.
    """
    _refuse_owner(owner)
    now, owner_id = timezone.now(), owner.pk if owner else None
    with transaction.atomic(), recording("assign_owner", actor=actor, reason=reason):
        rows = Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
        rows = list(rows.only("owner_id", "created_at", *TOLD))
        withdraw(RoutingWork.objects.filter(person__in=among(row.pk for row in rows)), now=now)
        found = [row for row in rows if row.owner_id != owner_id]
        if not found:
            return []
        ids = [row.pk for row in found]
        expect_many(len(ids))
        Person.objects.filter(pk__in=ids).update(owner=owner, updated_at=now)
        end_clocks(ids, now)
        made = store_decisions([_manual_decision(row, owner_id, actor, reason, now) for row in found])
        tell_of_owners([OwnerChange(one.person, one.owner, one.previous_owner, one.pk, now) for one in made])
        if owner is not None and owner != actor:
            told = {
                row.pk: Candidate(row.pk, Lead({}), [getattr(row, name) for name in TOLD], row.created_at)
                for row in found
            }
            tell_owners(dict.fromkeys(ids, owner.pk), told, now)
    return [one.pk for one in made]


def _refuse_owner(owner: User | None) -> None:
    """Raises DomainError for somebody who is deactivated, or whose role owns no leads."""
    if owner is None or (owner.is_active and can(owner, "martech.own_leads")):
        return
    why = "may not own leads" if owner.is_active else "is deactivated"
    message = f"{owner} {why}. Choose an active sales colleague, or somebody of marketing operations."
    raise DomainError("The owner was not changed.", errors={"owner": [message]})


def _manual_decision(person: Person, owner: int | None, actor: User | None, reason: str, now: datetime) -> NewDecision:
    by = {"by": actor.pk, "by_name": str(actor)} if actor else {}
    return NewDecision(
        person=person.pk,
        version=None,
        outcome=DecisionOutcome.MANUAL,
        rule="",
        pool="",
        owner=owner,
        previous_owner=person.owner_id,
        inputs={},
        trace={"reason": reason, **by},
        arrived_at=now,
        decided_at=now,
        written_at=now,
    )
