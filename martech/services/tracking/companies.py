"""Group calls: companies by their id in the system that sends them."""

from collections.abc import Sequence

from django.db import transaction

from martech.connectors.cdp.traits import company_of, traits_of
from martech.models import SourceEvent
from martech.services.market import save_account
from mops.core.errors import DomainError


def save_companies(events: Sequence[SourceEvent]) -> None:
    """Create or change the account of each group call, the last call of a group winning; a refusal is noted."""
    last = {(event.source.system, str(event.payload["groupId"])): event for event in events if event.type == "group"}
    for (system, group), event in sorted(last.items()):
        company = company_of(traits_of(event.payload))
        if not company.get("name"):
            event.note = event.note or "A group without a name changes no account."
            continue
        try:
            with transaction.atomic():
                save_account(data={**company, "system": system, "external_id": group[:255]}, actor=None)
        except DomainError as refused:
            reasons = [f"{name}: {found[0]}" for name, found in refused.errors.items()]
            event.note = f"The account was not saved. {'; '.join(reasons) or refused.detail}"[:300]
