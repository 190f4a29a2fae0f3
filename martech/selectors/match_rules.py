"""The match rules as somebody reads and changes them: in words, with what people's verdicts say of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from martech.identity.confidence import may_merge_alone, wilson_lower
from martech.identity.judging import AUTO, IGNORE, REVIEW
from martech.identity.wording import clause_in_words
from martech.models import DuplicatePair, IdentityRules, IdentityWork, PairState, Person, RuleState, RulesTrial
from martech.services.identity.rules import rules_in_force, verdict_counts
from mops.core.work import WorkState

TRUSTED, ASK, WEAK, OFF = "trusted", "ask", "weak", "off"


@dataclass(frozen=True)
class RuleLine:
    """`treatment` is what the document says, `merges_alone` what its verdicts allow; `lower` is the 95 % lower bound of how
    often its pairs are right.
    """

    key: str
    name: str
    words: str
    treatment: str
    right: int
    total: int
    lower: float
    waiting: int
    merges_alone: bool

    @property
    def is_stopped(self) -> bool:
        """Trusted, but people's verdicts have put the target out of reach."""
        return self.treatment == TRUSTED and not self.merges_alone


@dataclass(frozen=True)
class VetoLine:
    key: str
    name: str
    words: str
    is_on: bool


def rules_to_edit() -> IdentityRules:
    """The draft, or what is in force."""
    return IdentityRules.objects.filter(state=RuleState.DRAFT).first() or rules_in_force()


def rule_lines(document: Mapping[str, Any]) -> list[RuleLine]:
    verdicts = verdict_counts()
    waiting = dict(
        DuplicatePair.objects.filter(state=PairState.OPEN, is_pinned=False, band__in=("auto", "review"))
        .order_by()
        .values_list("rule")
        .annotate(Count("pk"))
    )
    return [_rule_line(row, verdicts.get(row["key"], (0, 0)), waiting.get(row["key"], 0)) for row in document["rules"]]


def _rule_line(row: Mapping[str, Any], verdicts: tuple[int, int], waiting: int) -> RuleLine:
    name, words = str(row.get("name") or row["key"]), clause_in_words(row)
    treatment = treatment_of(row)
    is_asked = treatment in (TRUSTED, ASK)
    alone = is_asked and may_merge_alone(*verdicts, is_trusted=treatment == TRUSTED)
    return RuleLine(row["key"], name, words, treatment, *verdicts, wilson_lower(*verdicts), waiting, alone)


def treatment_of(row: Mapping[str, Any]) -> str:
    """Trusted ones merge alone, others ask until verdicts prove them; a weak one leaves its pairs alone, and one that is
    off is not asked, so that a later rule may name them.
    """
    if not row.get("is_on", True):
        return OFF
    if row.get("band") == IGNORE:
        return WEAK
    return TRUSTED if row.get("is_trusted") else ASK


def treated(row: Mapping[str, Any], treatment: str) -> dict[str, Any]:
    """The rule with another treatment; untouched when it is the one it has."""
    if treatment == treatment_of(row):
        return dict(row)
    if treatment == OFF:
        return {**row, "is_on": False}
    band = {TRUSTED: AUTO, WEAK: IGNORE}.get(treatment, REVIEW)
    return {**row, "band": band, "is_trusted": treatment == TRUSTED, "is_on": True}


def veto_lines(document: Mapping[str, Any]) -> list[VetoLine]:
    return [
        VetoLine(row["key"], str(row.get("name") or row["key"]), clause_in_words(row), bool(row.get("is_on", True)))
        for row in document.get("vetoes", [])
    ]


def still_to_compare() -> int:
    """People whose record changed and who were not compared since."""
    return IdentityWork.objects.filter(state__in=(WorkState.PENDING, WorkState.RUNNING)).count()


@dataclass(frozen=True)
class Trial:
    """How the latest dry run of a draft stands: which share is done while it runs, or whether it failed for good."""

    is_running: bool
    share: float
    has_failed: bool


def trial_of(rules: IdentityRules) -> Trial:
    state = RulesTrial.objects.filter(rules=rules).order_by("-pk").values_list("state", flat=True).first()
    return Trial(state in (WorkState.PENDING, WorkState.RUNNING), rules.tried, state == WorkState.QUARANTINED)


def samples_of(user: Any, outcome: Mapping[str, Any]) -> dict[str, list[Sequence[Person]]]:
    """The sample clusters of a dry run as people, as far as the user may see all of one."""
    kinds = ("made", "joined", "split")
    ids = {pk for kind in kinds for group in outcome[kind]["samples"] for pk in group}
    people = Person.objects.visible_to(user).in_bulk(ids)
    return {
        kind: [[people[pk] for pk in group] for group in outcome[kind]["samples"] if all(pk in people for pk in group)]
        for kind in kinds
    }
