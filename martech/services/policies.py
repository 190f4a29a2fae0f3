"""Routing policies: drafted, checked, published, superseded. A published version never changes again."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from governance.models import User
from martech.condition_fields import PERSON_RELATED, record_from
from martech.models import Person, PolicyState, PolicyVersion, RoutingPolicy
from martech.routing.decision import Decision, Engine, Lead
from martech.routing.reading import Finding
from martech.selectors.routing import check_document, engine_of, leads_of, person_fields, read_document
from martech.selectors.wheels import load_wheels
from martech.services.routing import join_pools
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording


def create_policy(*, key: str, name: str, actor: User | None) -> RoutingPolicy:
    """Create a policy without a version. Raises ConflictError for a used key."""
    try:
        with transaction.atomic(), recording("create_policy", actor=actor):
            return RoutingPolicy.objects.create(key=key, name=name)
    except IntegrityError as error:
        raise ConflictError("The policy was not created.", errors={"key": [f"{key} is taken."]}) from error


def save_draft(
    *, policy: RoutingPolicy, document: Any, actor: User | None, revision: int | None = None
) -> PolicyVersion:
    """Keep a document as the policy's draft. `revision` is the one the editor saw; None for a first draft.

    A draft may still have findings; only publishing refuses them. Raises ConflictError when somebody saved meanwhile.
    """
    if not isinstance(document, dict):
        raise DomainError("A policy is an object.", errors={"document": ["Send the policy document as a JSON object."]})
    now = timezone.now()
    with transaction.atomic(), recording("save_draft", actor=actor):
        RoutingPolicy.objects.select_for_update().get(pk=policy.pk)
        drafts = policy.versions.filter(state=PolicyState.DRAFT)
        draft = drafts.first()
        if draft is None:
            newest = policy.versions.aggregate(newest=Max("number"))["newest"] or 0
            return PolicyVersion.objects.create(policy=policy, number=newest + 1, document=document)
        if revision is not None and not drafts.filter(revision=revision).update(
            document=document, revision=F("revision") + 1, updated_at=now
        ):
            raise ConflictError(
                f"Somebody saved this draft meanwhile (revision {draft.revision}).",
                errors={"revision": [f"Load revision {draft.revision}, and make your change again."]},
            )
        if revision is None:
            drafts.update(document=document, revision=F("revision") + 1, updated_at=now)
        draft.refresh_from_db()
        return draft


def publish_policy(*, policy: RoutingPolicy, actor: User | None) -> tuple[PolicyVersion, list[Finding]]:
    """Put the draft into force; the version before, and any other policy's, is superseded. Raises DomainError.

    Findings of level error refuse the publication.
    """
    with transaction.atomic(), recording("publish_policy", actor=actor):
        RoutingPolicy.objects.select_for_update().get(pk=policy.pk)
        draft = policy.versions.filter(state=PolicyState.DRAFT).first()
        if draft is None:
            raise ConflictError("There is no draft to publish.", errors={"policy": ["Save a draft first."]})
        findings = check_document(draft.document)
        refused = [finding for finding in findings if finding.level == "error"]
        if refused:
            errors: dict[str, list[str]] = {}
            for finding in refused:
                errors.setdefault(finding.path or "document", []).append(f"{finding.reason}; {finding.remedy}")
            raise DomainError("The policy was not published.", errors=errors)
        PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).update(state=PolicyState.SUPERSEDED)
        now = timezone.now()
        PolicyVersion.objects.filter(pk=draft.pk).update(
            state=PolicyState.PUBLISHED, published_at=now, published_by=actor, updated_at=now
        )
        draft.refresh_from_db()
        reading, _around = read_document(draft.document)
        join_pools(reading.policy, policy.pk, list(reading.policy.pools), now)
        name = draft.document.get("name")
        if isinstance(name, str) and name.strip():
            RoutingPolicy.objects.filter(pk=policy.pk).update(name=name.strip()[:120])
    return draft, findings


@dataclass(frozen=True)
class Preview:
    """What would be decided, by which version, and whom that would be."""

    decision: Decision
    version: PolicyVersion
    owner: User | None


def preview_decision(*, version: PolicyVersion, person: Person | None = None, given: Any = None) -> Preview:
    """The decision that would be made for a known person, or for one described inline; nothing is written.

    Raises DomainError when the version cannot decide yet (its draft has errors).
    """
    reading, _around = read_document(version.document)
    errors = [finding for finding in reading.findings if finding.level == "error"]
    if errors:
        refused = {finding.path or "document": [f"{finding.reason}; {finding.remedy}"] for finding in errors}
        raise DomainError("This draft cannot decide yet.", errors=refused)
    engine = engine_of(version) if version.state != PolicyState.DRAFT else Engine(reading.policy)
    now = timezone.now()
    lead = lead_of(person, given, engine)
    match = engine.match(lead, now)
    keys = list(engine.policy.pools_after(match.pool)) if match.decided is None else []
    wheels = load_wheels(engine.policy, version.policy_id, keys, now) if keys else {}
    decision = engine.place(match, wheels)
    decision.explanation["inputs"] = dict(lead.record)
    return Preview(decision, version, User.objects.filter(pk=decision.owner).first() if decision.owner else None)


def lead_of(person: Person | None, given: Any, engine: Engine) -> Lead:
    if person is not None:
        known = Person.objects.select_related(*PERSON_RELATED).get(pk=person.pk)
        return leads_of([known], engine)[known.pk]
    if not isinstance(given, dict):
        raise DomainError("Whom?", errors={"person": ["Send a person's id, or an object that describes one."]})
    record, unknown = record_from(given, person_fields())
    if unknown:
        reason = "Routing knows no such field; see docs/routing.md for those it knows."
        raise DomainError("The person was not understood.", errors={f"person.{key}": [reason] for key in unknown})
    return Lead(record)
