"""Owners given by hand."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import DecisionOutcome, Person, RoutingDecision
from martech.routing.decision import Lead
from martech.selectors.routing import TOLD, Candidate
from martech.services.decisions import tell_owners
from martech.services.ownership import OwnerChange, tell_of_owners
from martech.services.responses import end_clocks
from mops.core.errors import DomainError
from mops.core.history import recording


def assign_owner(*, person: Person, owner: User | None, actor: User | None, reason: str = "") -> RoutingDecision | None:
    """Give a person to somebody by hand, or to nobody; routing never changes that by itself.

    Answers the decision that records it, None when the person has that owner already. Raises DomainError for a
    deactivated owner.
    """
    if owner is not None and not owner.is_active:
        message = f"{owner} is deactivated. Choose somebody who is active."
        raise DomainError("The owner was not changed.", errors={"owner": [message]})
    now = timezone.now()
    with transaction.atomic(), recording("assign_owner", actor=actor, reason=reason):
        locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if locked.owner_id == (owner.pk if owner else None):
            return None
        Person.objects.filter(pk=person.pk).update(owner=owner, updated_at=now)
        end_clocks([person.pk], now)
        decision = _manual_decision(locked, owner, actor, reason, now)
        tell_of_owners([OwnerChange(locked.pk, decision.owner_id, locked.owner_id, decision.pk, now)])
        if owner is not None and owner != actor:
            told = Candidate(locked.pk, Lead({}), [getattr(locked, name) for name in TOLD])
            tell_owners({person.pk: owner.pk}, {person.pk: told}, now)
    person.owner = owner
    return decision


def _manual_decision(
    person: Person, owner: User | None, actor: User | None, reason: str, now: datetime
) -> RoutingDecision:
    by = {"by": actor.pk, "by_name": str(actor)} if actor else {}
    return RoutingDecision.objects.create(
        person=person,
        version=None,
        outcome=DecisionOutcome.MANUAL,
        owner=owner,
        previous_owner_id=person.owner_id,
        trace={"reason": reason, **by},
        arrived_at=now,
        decided_at=now,
        written_at=now,
    )
