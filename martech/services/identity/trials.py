"""What a draft of the match rules would change: counted in the background, told on the draft."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from governance.models import User
from martech.identity.engine import find_duplicates
from martech.identity.record import Record
from martech.models import IdentityRules, Person, RuleState, RulesTrial
from martech.services.identity.effect import difference, effect
from martech.services.identity.records import chunks_of_people, load_records
from martech.services.identity.rules import rulebook_in_force, rulebook_of
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.progress import teller
from mops.core.work import Kind, WorkState, wake

CHUNK = 20_000
READ, COMPARED = 0.3, 0.6
"""The shares of the work that are done when everybody is read, and when they were compared by the rules in force."""


def start_trial(*, actor: User | None) -> RulesTrial:
    """Have the draft tried in the background. Raises DomainError without one, ConflictError while it is being tried."""
    with transaction.atomic(), recording("try_identity_rules", actor=actor):
        draft = IdentityRules.objects.select_for_update().filter(state=RuleState.DRAFT).first()
        if draft is None:
            raise DomainError("There is no draft to try.", errors={"draft": ["Save one first."]})
        RulesTrial.objects.filter(rules=draft).exclude(state__in=[WorkState.PENDING, WorkState.RUNNING]).delete()
        try:
            with transaction.atomic():
                trial = RulesTrial.objects.create(rules=draft, seen=draft.updated_at)
        except IntegrityError as error:
            raise ConflictError("The draft is being tried already.") from error
        IdentityRules.objects.filter(pk=draft.pk).update(dry_run=None, tried=0)
        wake("rules_trial")
    return trial


def run_trials(rows: Sequence[RulesTrial]) -> None:
    """Count what each draft would change; one that was changed meanwhile keeps nothing of it."""
    for row in rows:
        rules = row.rules
        if rules.state != RuleState.DRAFT or rules.updated_at != row.seen:
            continue
        outcome = outcome_of(rules, teller(rules, "tried"))
        as_it_was = IdentityRules.objects.filter(pk=rules.pk, state=RuleState.DRAFT, updated_at=row.seen)
        as_it_was.update(dry_run=outcome)


def outcome_of(draft: IdentityRules, tell: Callable[[float], None] = lambda share: None) -> dict[str, Any]:
    """Clusters made, split and joined against the rules in force, with samples, and the counts of stages and segments
    once all of them are merged (`effect.effect`). `tell` hears which share is done.
    """
    records: list[Record] = []
    everybody = max(Person.objects.living().count(), 1)
    for ids in chunks_of_people(CHUNK):
        records += load_records(ids).values()
        tell(READ * min(len(records) / everybody, 1))
    before = find_duplicates(records, rulebook_in_force()).review.groups()
    tell(COMPARED)
    after = find_duplicates(records, rulebook_of(draft)).review.groups()
    tell(0.95)
    return {"people": len(records), **difference(before, after), **effect(before, after)}


TRIALS = Kind("rules_trial", RulesTrial, run_trials, batch=1, is_long=True, max_attempts=2)
