"""The survivorship rules in force, and new versions of them."""

from typing import Any

from django.db import IntegrityError, transaction

from governance.models import User
from martech.merging import DEFAULT_RULES, MergeRules, RulesRefused, read_rules
from martech.models import MergeRulesVersion
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording


def rules_in_force() -> tuple[MergeRulesVersion | None, MergeRules]:
    """The newest version and its rules; without one, the rules as shipped."""
    version = MergeRulesVersion.objects.order_by("-number").first()
    return version, read_rules(version.document) if version else DEFAULT_RULES


def publish_merge_rules(*, document: Any, seen: int, actor: User | None) -> MergeRulesVersion:
    """Put new rules in force for merges from now on; `seen` is the version the editor started from, 0 for none.

    Raises DomainError naming every fault, ConflictError when somebody else published meanwhile.
    """
    try:
        rules = read_rules(document)
    except RulesRefused as refused:
        raise DomainError("The merge rules were refused.", errors=refused.errors) from refused
    latest = MergeRulesVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if latest != seen:
        raise ConflictError("Somebody else changed the rules meanwhile; look at theirs first.")
    try:
        with transaction.atomic(), recording("publish_merge_rules", actor=actor):
            return MergeRulesVersion.objects.create(number=seen + 1, document=rules.as_json(), created_by=actor)
    except IntegrityError as error:
        raise ConflictError("Somebody else changed the rules meanwhile; look at theirs first.") from error
