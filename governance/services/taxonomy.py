"""Naming rules: versions, and the check of one name against the published one."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from governance.models import NamingRule, User
from governance.taxonomy import NameRefused, composed, grammar_of, is_divided, parse, proposal
from mops.core.errors import ConflictError, DomainError
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


def propose_name(kind: str, title: str, known: Collection[str]) -> str:
    """A name by the published rule where the title is none; empty where it is one already, or nothing is asked."""
    rule = published_rule(kind)
    if rule is None or not check_name(kind, title):
        return ""
    return proposal(grammar_of(rule.delimiter, rule.parts), title, known)


def checked_parts(delimiter: str, parts: Sequence[Any]) -> list[dict[str, Any]]:
    """The parts of a rule as they are stored. Raises DomainError naming the part."""
    errors: dict[str, list[str]] = {}
    if not 1 <= len(delimiter) <= 3 or not delimiter.strip() or any(sign.isalnum() for sign in delimiter):
        errors["delimiter"] = ["Use one to three signs that are neither letters, digits nor only space, like “ | ”."]
    kept: list[dict[str, Any]] = []
    for index, part in enumerate(parts):
        read, wrong = checked_part(delimiter, part, [one["key"] for one in kept])
        errors |= {f"parts[{index}].{field}": [reason] for field, reason in wrong.items()}
        kept.append(read)
    if not kept:
        errors["parts"] = ["A name has at least one part."]
    if errors:
        raise DomainError("The naming rule was not kept.", errors=errors)
    return kept


def checked_part(delimiter: str, part: Any, earlier: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """One part as it is stored, its text composed, and the reason a field of it is refused."""
    given = part if isinstance(part, dict) else {}
    key = str(given.get("key", "")).strip()
    listed = given.get("values") or []
    texts = [composed(str(value)).strip() for value in listed] if isinstance(listed, list) else []
    values = list(dict.fromkeys(text for text in texts if text))
    wrong = {}
    if not key or key in earlier:
        wrong["key"] = "Give every part a key of its own."
    if not isinstance(listed, list):
        wrong["values"] = "Give a list of values."
    elif divided := [value for value in values if delimiter and is_divided(delimiter, value)]:
        wrong["values"] = f"“{divided[0]}” may not hold the delimiter, nor end in part of it."
    return {"key": key, "label": composed(str(given.get("label") or key)).strip(), "values": values}, wrong


def lock_rules(kind: str) -> None:
    """One writer a kind until the transaction ends, the first rule of a kind included."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"naming_rule:{kind}"])


def next_version(kind: str) -> int:
    return (NamingRule.objects.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0) + 1


def save_naming_draft(*, kind: str, delimiter: str, parts: Sequence[Any], actor: User | None) -> NamingRule:
    """Keep the draft of a kind's next rule; nothing is checked against it until it is published. Raises DomainError."""
    values = {"delimiter": delimiter, "parts": checked_parts(delimiter, parts)}
    with transaction.atomic(), recording("save_naming_draft", actor=actor):
        lock_rules(kind)
        draft, _is_new = NamingRule.objects.update_or_create(
            kind=kind,
            state=NamingRule.State.DRAFT,
            defaults=values,
            create_defaults={**values, "version": next_version(kind)},
        )
    return draft


def discard_naming_draft(*, kind: str, actor: User | None) -> bool:
    """Throw the draft of a kind away; answers whether there was one."""
    with transaction.atomic(), recording("discard_naming_draft", actor=actor):
        lock_rules(kind)
        return bool(NamingRule.objects.filter(kind=kind, state=NamingRule.State.DRAFT).delete()[0])


def publish_naming_draft(*, kind: str, actor: User | None) -> NamingRule:
    """Publish the draft of a kind as its newest version. Raises ConflictError when somebody did so already."""
    with transaction.atomic(), recording("publish_naming_draft", actor=actor):
        lock_rules(kind)
        draft = NamingRule.objects.filter(kind=kind, state=NamingRule.State.DRAFT).first()
        if draft is None:
            raise ConflictError("There is no draft to publish; somebody published or discarded it.")
        return make_published(draft)


def make_published(rule: NamingRule) -> NamingRule:
    """Put `rule` in the place of the published one, under a number above all others. Needs the lock of its kind."""
    published = NamingRule.objects.filter(kind=rule.kind, state=NamingRule.State.PUBLISHED)
    published.update(state=NamingRule.State.SUPERSEDED)
    rule.version = next_version(rule.kind) if rule.pk is None or is_outrun(rule) else rule.version
    rule.state, rule.published_at = NamingRule.State.PUBLISHED, timezone.now()
    rule.save()
    return rule


def is_outrun(rule: NamingRule) -> bool:
    """Was a later version published while this draft was being written?"""
    return NamingRule.objects.filter(kind=rule.kind, version__gt=rule.version).exists()


def publish_naming_rule(*, kind: str, delimiter: str, parts: Sequence[Any], actor: User | None) -> NamingRule:
    """Publish a new version of a kind's naming rule; the one before is superseded. Raises DomainError."""
    kept = checked_parts(delimiter, parts)
    with transaction.atomic(), recording("publish_naming_rule", actor=actor):
        lock_rules(kind)
        return make_published(NamingRule(kind=kind, delimiter=delimiter, parts=kept))
