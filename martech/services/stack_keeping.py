"""Saying that a tool is kept: for one renewal of a contract, with the reason; it is asked anew for the next."""

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.models import Contract
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording

LONGEST_REASON = 300


def keep_contract(*, contract: Contract, reason: str, actor: User | None) -> Contract:
    """Say why a contract is to renew on the day on which it does next.

    Raises DomainError without a reason, ConflictError where nothing is to be decided any more.
    """
    if not (why := reason.strip()):
        raise DomainError(
            "Nothing was settled.", errors={"reason": ["Say why it is kept; whoever asks next reads it."]}
        )
    with transaction.atomic(), recording("keep_contract", actor=actor, reason=why):
        found = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        if not found.is_to_decide(timezone.localdate()):
            raise ConflictError(
                "Nothing is to be decided about this contract: it is kept already, or notice cannot be given."
            )
        found.kept_for, found.kept_because = found.renews_on, why[:LONGEST_REASON]
        found.kept_by, found.kept_at = actor, timezone.now()
        found.save(update_fields=["kept_for", "kept_because", "kept_by", "kept_at"])
    return found


def reconsider_contract(*, contract: Contract, actor: User | None) -> bool:
    """Take back that a contract is kept, so that it is asked about again; answers whether it was. The history keeps it."""
    with transaction.atomic(), recording("reconsider_contract", actor=actor):
        rows = Contract.objects.filter(pk=contract.pk, kept_for__isnull=False)
        return bool(rows.update(kept_for=None, kept_because="", kept_by=None, kept_at=None))
