"""Routing policies: drafted, checked, published, superseded. A published version never changes again."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import User
from martech.condition_fields import record_from
from martech.models import Person, PolicyVersion, PoolMemberState, RoutingPolicy
from martech.routing.decision import Decision, Engine, Lead
from martech.routing.document import Policy
from martech.routing.reading import Finding
from martech.routing.value_checks import misfits
from martech.selectors.decisions import explanation_of
from martech.selectors.routing import (
    candidates_of,
    check_document,
    document_to_edit,
    engine_of,
    person_fields,
    read_document,
)
from martech.selectors.wheels import load_wheels, pool_members
from martech.services.pools import join_pools
from martech.services.routing import look_again_at_waiting, retry_parked
from mops.core.documents import refuse
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.paths import is_taken
from mops.core.versions import VersionState, drop_draft, locked_draft, put_draft, put_into_force


def create_policy(*, key: str, name: str, actor: User | None) -> RoutingPolicy:
    """Create a policy without a version. Raises ConflictError for a used key, or one that is a page of routing itself."""
    if is_taken("martech:policy", key=key):
        reason = f"A page of mops is called {key}. Choose another key, such as {key}-leads."
        raise ConflictError("The policy was not created.", errors={"key": [reason]}, kind="duplicate")
    try:
        with transaction.atomic(), recording("create_policy", actor=actor):
            return RoutingPolicy.objects.create(key=key, name=name)
    except IntegrityError as error:
        raise ConflictError(
            "The policy was not created.", errors={"key": [f"{key} is taken."]}, kind="duplicate"
        ) from error


def save_draft(
    *, policy: RoutingPolicy, document: Any, actor: User | None, revision: int | None = None
) -> PolicyVersion:
    """Keep a document as the policy's draft. `revision` is the one the editor saw (of the draft, else of the newest
    version), 0 when there was no version at all; None replaces whatever is there.

    A draft may still have findings; only what is no policy at all is refused. Raises DomainError then, and
    ConflictError when somebody saved meanwhile.
    """
    refuse([one for one in read_document(document)[0].findings if one.is_shape], "The draft was not saved.", "policy")
    with transaction.atomic(), recording("save_draft", actor=actor):
        return put_draft(policy.versions.all(), document, revision=revision, policy=policy)


def edit_draft(
    *, policy: RoutingPolicy, change: Callable[[dict[str, Any]], None], actor: User | None, revision: int
) -> PolicyVersion:
    """Save the draft (or a copy of the newest version) after `change` altered its document in place."""
    document = copy.deepcopy(document_to_edit(policy))
    change(document)
    return save_draft(policy=policy, document=document, actor=actor, revision=revision)


def discard_draft(*, policy: RoutingPolicy, actor: User | None, revision: int | None = None) -> bool:
    """Drop the draft; what is in force stays. Answers whether there was one.

    Raises ConflictError when it is no longer the one that was seen (`revision`).
    """
    with transaction.atomic(), recording("discard_draft", actor=actor):
        return drop_draft(policy.versions.all(), revision=revision)


def publish_policy(
    *, policy: RoutingPolicy, actor: User | None, revision: int | None = None
) -> tuple[PolicyVersion, list[Finding]]:
    """Put the draft into force; the version before, and any other policy's, is superseded.

    Raises DomainError for findings of level error, ConflictError when there is no draft or it is no longer the one
    the publisher saw (`revision`). Leads that are held or parked are looked at again at once.
    """
    with transaction.atomic(), recording("publish_policy", actor=actor):
        list(RoutingPolicy.objects.select_for_update().order_by("pk"))
        draft = locked_draft(policy.versions.all(), revision=revision, noun="policy")
        findings = check_document(draft.document)
        refuse([one for one in findings if one.level == "error"], "The policy was not published.", "policy")
        _put_into_force(draft, actor)
    return draft, findings


def _put_into_force(draft: PolicyVersion, actor: User | None) -> None:
    now = timezone.now()
    put_into_force(draft, rivals=PolicyVersion.objects.all(), actor=actor, now=now)
    policy = read_document(draft.document)[0].policy
    _leave_pools(policy, draft.policy_id)
    join_pools(policy, draft.policy_id, list(policy.pools), now)
    RoutingPolicy.objects.filter(pk=draft.policy_id).update(name=policy.name)
    look_again_at_waiting()
    retry_parked()


def _leave_pools(policy: Policy, policy_id: int) -> None:
    """Drop the pointers of members who are no longer in a pool: who comes back later is a newcomer."""
    for key, users in pool_members(policy).items():
        PoolMemberState.objects.filter(policy_id=policy_id, pool=key).exclude(user__in=users).delete()
    PoolMemberState.objects.filter(policy_id=policy_id).exclude(pool__in=policy.pools).delete()


@dataclass(frozen=True)
class Preview:
    """What would be decided, by which version, and whom that would be."""

    decision: Decision
    version: PolicyVersion
    owner: User | None
    explanation: dict[str, Any]


def preview_decision(*, version: PolicyVersion, person: Person | None = None, given: Any = None) -> Preview:
    """The decision that would be made for a known person, or for one described inline; nothing is written.

    Raises DomainError when the version cannot decide yet (its draft has errors).
    """
    if version.state == VersionState.DRAFT:
        reading, _around = read_document(version.document)
        refuse([one for one in reading.findings if one.level == "error"], "This draft cannot decide yet.", "policy")
        engine = Engine(reading.policy)
    else:
        engine = engine_of(version)
    now = timezone.now()
    lead = lead_of(person, given, engine)
    match = engine.match(lead, now)
    keys = list(engine.policy.pools_after(match.pool)) if match.decided is None else []
    wheels = load_wheels(engine.policy, version.policy_id, keys, now) if keys else {}
    decision = engine.place(match, wheels, lead)
    owner = User.objects.filter(pk=decision.owner).first() if decision.owner else None
    return Preview(decision, version, owner, explanation_of(decision.trace, engine.policy, dict(lead.record), now))


def lead_of(person: Person | None, given: Any, engine: Engine) -> Lead:
    if person is not None:
        return candidates_of(Person.objects.filter(pk=person.pk), engine)[person.pk].lead
    if not isinstance(given, dict):
        raise DomainError("Whom?", errors={"person": ["Send a person's id, or an object that describes one."]})
    record, unknown = record_from(given, person_fields())
    if unknown:
        reason = "Routing knows no such field; see docs/routing.md for those it knows."
        raise DomainError("The person was not understood.", errors={_place(key): [reason] for key in unknown})
    if wrong := list(misfits(record, person_fields())):
        errors = {_place(key): [f"{reason}; {remedy}"] for key, reason, remedy in wrong}
        raise DomainError("The person was not understood.", errors=errors)
    return Lead(record)


def _place(key: str) -> str:
    """Where in the call a field stands."""
    return f"person.{key.removeprefix('person.')}"
