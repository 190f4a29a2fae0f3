"""The suppression list: who must not be contacted, kept by keyed hash."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from governance.models import ContactChannel, SuppressedKind, Suppression, SuppressionReason, User
from governance.subjects import canonical, subject_of, subject_of_phone
from mops.core.emails import EmailRefused
from mops.core.errors import ConflictError, DomainError
from mops.core.history import expect_many, recording

MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Scope:
    """What a suppression is for; empty is everything."""

    purpose: str = ""
    channel: str = ""


@dataclass
class ListOutcome:
    """What an import of a list did. `refused` is (line number, reason)."""

    added: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


EVERYTHING = Scope()


def identified(text: str, country: str = "") -> tuple[str, str]:
    """`(kind, subject)` of an address or a number. Raises DomainError."""
    try:
        kind, value = canonical(text, country)
    except (ValueError, EmailRefused) as refused:
        raise DomainError("It was not added.", errors={"address": [str(refused)]}) from refused
    return kind, subject_of(value) if kind == SuppressedKind.EMAIL else subject_of_phone(value)


def checked_scope(scope: Scope, reason: str) -> None:
    errors = {}
    if scope.channel and scope.channel not in ContactChannel.values:
        errors["channel"] = [f"Use one of {', '.join(ContactChannel.values)}, or leave it empty for every channel."]
    if reason not in SuppressionReason.values:
        errors["reason"] = [f"Use one of {', '.join(SuppressionReason.values)}."]
    if errors:
        raise DomainError("It was not added.", errors=errors)


def suppress(
    *,
    address: str,
    reason: str,
    actor: User | None,
    scope: Scope = EVERYTHING,
    note: str = "",
    source: str = "",
    country: str = "",
) -> Suppression:
    """Put an address or a number on the list; one that is there already stays as it is. Raises DomainError."""
    checked_scope(scope, reason)
    kind, subject = identified(address, country)
    with recording("suppress", actor=actor):
        add_rows([(kind, subject)], reason=reason, actor=actor, scope=scope, note=note, source=source)
    return Suppression.objects.in_force().get(subject=subject, purpose=scope.purpose, channel=scope.channel)


def add_rows(
    found: Sequence[tuple[str, str]], *, reason: str, actor: User | None, scope: Scope, note: str, source: str
) -> int:
    """Insert what is not on the list yet; answers how many were new."""
    expect_many(len(found))
    listed = Suppression.objects.in_force().filter(
        purpose=scope.purpose, channel=scope.channel, subject__in=[subject for _kind, subject in found]
    )
    before = listed.count()
    Suppression.objects.bulk_create(
        [
            Suppression(
                kind=kind,
                subject=subject,
                purpose=scope.purpose,
                channel=scope.channel,
                reason=reason,
                note=note[:300],
                source=source[:120],
                added_by=actor,
            )
            for kind, subject in found
        ],
        ignore_conflicts=True,
        batch_size=5_000,
    )
    return listed.count() - before


def suppress_list(
    *,
    lines: Iterable[str],
    reason: str,
    actor: User | None,
    scope: Scope = EVERYTHING,
    note: str = "",
    source: str = "",
    country: str = "",
) -> ListOutcome:
    """Put a list on the list: one address or number a line, or the first column of a CSV. Bad lines are named, the rest
    is kept. A first line without an @ or a digit is a heading.
    """
    checked_scope(scope, reason)
    outcome = ListOutcome()
    found: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, 1):
        text = line.replace(";", ",").split(",")[0].strip().strip('"')
        is_heading = number == 1 and "@" not in text and not any(letter.isdigit() for letter in text)
        if not text or is_heading:
            continue
        if len(found) >= MOST_ROWS:
            raise DomainError(f"A list has at most {MOST_ROWS:,} lines; split it.")
        try:
            found[identified(text, country)] = number
        except DomainError as refused:
            outcome.refused.append((number, refused.errors["address"][0]))
    with recording("suppress_list", actor=actor), transaction.atomic():
        outcome.added = add_rows(list(found), reason=reason, actor=actor, scope=scope, note=note, source=source)
    outcome.known = len(found) - outcome.added
    return outcome


def lift(*, suppression: Suppression, reason: str, actor: User | None) -> None:
    """Take an entry off the list, with a reason that stays on record. Raises DomainError, ConflictError."""
    if not reason.strip():
        raise DomainError("It was not lifted.", errors={"lift_reason": ["Say why it may be contacted again."]})
    with recording("lift_suppression", actor=actor, reason=reason):
        changed = (
            Suppression.objects.in_force()
            .filter(pk=suppression.pk)
            .update(lifted_at=timezone.now(), lifted_by=actor, lift_reason=reason.strip()[:300])
        )
    if not changed:
        raise ConflictError("Somebody lifted it already.")
