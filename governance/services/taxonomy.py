"""Naming rules: versions, and the check of one name against the published one."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from governance.models import NamingRule, User
from governance.taxonomy import NameRefused, grammar_of, parse
from mops.core.errors import DomainError
from mops.core.history import recording


def published_rule(kind: str) -> NamingRule | None:
    return NamingRule.objects.filter(kind=kind, state=NamingRule.State.PUBLISHED).first()


def check_name(kind: str, name: str) -> list[str]:
    """What is wrong with a name by the published rule of its kind; nothing where there is no rule."""
    rule = published_rule(kind)
    if rule is None:
        return []
    try:
        parse(grammar_of(rule.delimiter, rule.parts), name)
    except NameRefused as refused:
        return refused.findings
    return []


def checked_parts(delimiter: str, parts: Sequence[Any]) -> list[dict[str, Any]]:
    """The parts of a rule as they are stored. Raises DomainError naming the part."""
    errors: dict[str, list[str]] = {}
    if not delimiter.strip() or len(delimiter) > 3:
        errors["delimiter"] = ["Use one to three characters that are not only space, like “ | ”."]
    kept, keys = [], set()
    for index, part in enumerate(parts):
        key = str(part.get("key", "")).strip() if isinstance(part, dict) else ""
        if not key or key in keys:
            errors[f"parts[{index}].key"] = ["Give every part a key of its own."]
            continue
        keys.add(key)
        values = [str(value).strip() for value in part.get("values") or [] if str(value).strip()]
        if any(delimiter.strip() and delimiter.strip() in value for value in values):
            errors[f"parts[{index}].values"] = ["A value may not hold the delimiter."]
        kept.append({"key": key, "label": str(part.get("label") or key), "values": values})
    if not kept:
        errors.setdefault("parts", ["A name has at least one part."])
    if errors:
        raise DomainError("The naming rule was not published.", errors=errors)
    return kept


def publish_naming_rule(*, kind: str, delimiter: str, parts: Sequence[Any], actor: User | None) -> NamingRule:
    """Publish a new version of a kind's naming rule; the one before is superseded. Raises DomainError."""
    kept = checked_parts(delimiter, parts)
    with transaction.atomic(), recording("publish_naming_rule", actor=actor):
        rules = NamingRule.objects.select_for_update().filter(kind=kind)
        list(rules)
        newest = rules.aggregate(newest=Max("version"))["newest"] or 0
        rules.filter(state=NamingRule.State.PUBLISHED).update(state=NamingRule.State.SUPERSEDED)
        return NamingRule.objects.create(
            kind=kind,
            version=newest + 1,
            state=NamingRule.State.PUBLISHED,
            delimiter=delimiter,
            parts=kept,
            published_at=timezone.now(),
        )
