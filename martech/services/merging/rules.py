"""The survivorship rules in force, and new versions of them."""

from typing import Any

from governance.models import User
from martech.merging import DEFAULT_RULES, MergeRules, RulesRefused, read_rules
from martech.models import RuleKind, RuleVersion
from martech.services.rule_versions import publish_version, version_in_force
from mops.core.errors import DomainError


def rules_in_force() -> tuple[RuleVersion | None, MergeRules]:
    """The newest version and its rules; without one, the rules as shipped."""
    version = version_in_force(RuleKind.MERGE)
    return version, read_rules(version.document) if version else DEFAULT_RULES


def publish_merge_rules(*, document: Any, seen: int, actor: User | None) -> RuleVersion:
    """Put new rules in force for merges from now on. Raises DomainError naming every fault, ConflictError."""
    try:
        rules = read_rules(document)
    except RulesRefused as refused:
        raise DomainError("The merge rules were refused.", errors=refused.errors) from refused
    return publish_version(kind=RuleKind.MERGE, document=rules.as_json(), seen=seen, actor=actor)
