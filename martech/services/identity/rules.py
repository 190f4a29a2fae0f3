"""The match rules in force, their drafts, what a draft would change, and which rules may merge alone."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from governance.models import User
from martech.identity.confidence import may_merge_alone
from martech.identity.judging import AUTO, IGNORE, REVIEW, Verdict
from martech.identity.rulebook import Rulebook, RulebookRefused, read_rulebook
from martech.identity.standard import standard_document
from martech.models import DuplicatePair, IdentityRules, PairState, PairVerdict, RuleState
from martech.services.identity.keys import mark_everybody
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.sql import fetch
from mops.core.work import wake


def rules_in_force() -> IdentityRules:
    """The published version; the standard rules become version 1 of an installation that has none."""
    found = IdentityRules.objects.defer("document", "dry_run").filter(state=RuleState.PUBLISHED).first()
    if found is not None:
        return found
    try:
        with transaction.atomic(), recording("publish_identity_rules"):
            return IdentityRules.objects.create(
                number=1, state=RuleState.PUBLISHED, document=standard_document(), published_at=timezone.now()
            )
    except IntegrityError:
        return IdentityRules.objects.get(state=RuleState.PUBLISHED)


@lru_cache(maxsize=8)
def _compiled(pk: int, number: int) -> Rulebook:
    """A published version never changes, so that it is read once."""
    del number
    return read_rulebook(IdentityRules.objects.get(pk=pk).document)


def rulebook_of(rules: IdentityRules) -> Rulebook:
    return checked(rules.document) if rules.state == RuleState.DRAFT else _compiled(rules.pk, rules.number)


IN_FORCE = "select id, number from martech_identityrules where state = 'published' limit 1"


def rulebook_in_force() -> Rulebook:
    """The rules of the published version; asked for every record that comes in, hence without a model."""
    for pk, number in fetch(IN_FORCE):
        return _compiled(pk, number)
    return rulebook_of(rules_in_force())


def checked(document: Any) -> Rulebook:
    try:
        return read_rulebook(document)
    except RulebookRefused as refused:
        raise DomainError("The rules were refused.", errors=refused.errors) from refused


def save_rules_draft(*, document: Any, actor: User | None, seen: datetime | None = None) -> IdentityRules:
    """Keep a draft; the rules in force go on until it is published. Raises DomainError naming every wrong place.

    `seen` is the `updated_at` of the version the editor started from: ConflictError when it is no longer the newest.
    """
    checked(document)
    rules_in_force()
    with transaction.atomic(), recording("save_identity_rules", actor=actor):
        newest = IdentityRules.objects.select_for_update().order_by("-number")[0]
        _refuse_unseen(newest, seen)
        now = timezone.now()
        if newest.state != RuleState.DRAFT:
            number = newest.number + 1
            return IdentityRules.objects.create(number=number, document=document, actor=actor, updated_at=now)
        newest.document, newest.actor, newest.dry_run, newest.updated_at = document, actor, None, now
        newest.save(update_fields=["document", "actor", "dry_run", "updated_at"])
    return newest


def _refuse_unseen(rules: IdentityRules, seen: datetime | None) -> None:
    if seen is not None and rules.updated_at != seen:
        raise ConflictError("Somebody changed the match rules meanwhile.", kind="stale")


def discard_rules_draft(*, actor: User | None, seen: datetime | None = None) -> bool:
    """Drop the draft; the rules in force stay. Answers whether there was one.

    Raises ConflictError when it is no longer the one that was `seen`, as for `save_rules_draft`.
    """
    with transaction.atomic(), recording("discard_identity_rules", actor=actor):
        draft = IdentityRules.objects.select_for_update().filter(state=RuleState.DRAFT).first()
        if draft is None:
            return False
        _refuse_unseen(draft, seen)
        draft.delete()
    return True


def publish_rules(*, actor: User | None, seen: datetime | None = None) -> IdentityRules:
    """Put the draft in force and compare everybody anew in the background. A draft must have been tried first.

    Raises ConflictError when it was not, or is no longer the one the publisher saw (`seen`, as for `save_rules_draft`).
    """
    rules_in_force()
    with transaction.atomic(), recording("publish_identity_rules", actor=actor):
        draft = IdentityRules.objects.select_for_update().filter(state=RuleState.DRAFT).first()
        if draft is None:
            raise DomainError("There is no draft to publish.", errors={"draft": ["Save one first."]})
        _refuse_unseen(draft, seen)
        if draft.dry_run is None:
            raise ConflictError("Nobody has seen what these rules would change.", errors={"draft": ["Try them first."]})
        IdentityRules.objects.filter(state=RuleState.PUBLISHED).update(state=RuleState.SUPERSEDED)
        draft.state, draft.published_at = RuleState.PUBLISHED, timezone.now()
        draft.updated_at = draft.published_at
        draft.save(update_fields=["state", "published_at", "updated_at"])
        mark_everybody()
        wake("identity")
    return draft


def rules_that_merge(rulebook: Rulebook) -> frozenset[str]:
    """Keys of the rules that may merge without a person: trusted ones, and those whose verdicts suffice."""
    counts = verdict_counts()
    return frozenset(
        rule.key
        for rule in rulebook.rules
        if rule.band != IGNORE and may_merge_alone(*counts.get(rule.key, (0, 0)), is_trusted=rule.is_trusted)
    )


def verdict_counts() -> dict[str, tuple[int, int]]:
    """(Right, all) verdicts by rule."""
    counted = PairVerdict.objects.order_by().values("rule")
    counted = counted.annotate(total=Count("id"), right=Count("id", filter=Q(is_duplicate=True)))
    return {row["rule"]: (row["right"], row["total"]) for row in counted}


def band_of(verdict: Verdict, merging: Collection[str]) -> str:
    """The band of a pair under what the verdicts allow its rule."""
    if verdict.rule is None or verdict.band not in (AUTO, REVIEW):
        return verdict.band
    return AUTO if verdict.rule.key in merging else REVIEW


def refresh_bands(rule: str) -> int:
    """Move the undecided pairs of a rule to the band its verdicts allow now; answers how many moved."""
    band = AUTO if rule in rules_that_merge(rulebook_in_force()) else REVIEW
    waiting = DuplicatePair.objects.filter(rule=rule, state=PairState.OPEN, band__in=(AUTO, REVIEW))
    return waiting.exclude(band=band).update(band=band, updated_at=timezone.now())
