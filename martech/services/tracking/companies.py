"""Group calls: companies by their id in the system that sends them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from martech.connectors.cdp.traits import LONGEST_KEPT, company_of, traits_of
from martech.models import SourceEvent
from martech.services.market import save_account
from mops.core.errors import DomainError


def save_companies(events: Sequence[SourceEvent]) -> None:
    """Create or change the account of each group call, the last call of a group winning; a refusal is noted."""
    last = {(event.source.system, str(event.payload["groupId"])): event for event in events if event.type == "group"}
    for (system, group), event in sorted(last.items()):
        company = company_of(traits_of(event.payload))
        if not isinstance(company.get("name"), str):
            event.remark("A group without a name changes no account; send its name as the trait “name”.")
            continue
        company |= {"system": system, "external_id": group[:255]}
        if refused := refusal_of(company):
            save_the_rest(event, company, refused)


def save_the_rest(event: SourceEvent, company: Mapping[str, Any], refused: DomainError) -> None:
    """Save the account without the traits that make no sense; they are kept as its properties and said on the event."""
    wrong = {name: value for name, value in company.items() if name in refused.errors}
    rest = {name: value for name, value in company.items() if name not in wrong}
    kept = {name: value for name, value in wrong.items() if len(json.dumps(value)) <= LONGEST_KEPT}
    if "properties" not in wrong:
        rest["properties"] = {**rest.get("properties", {}), **kept}
    again = refusal_of(rest) if wrong else refused
    event.remark(f"The account was not saved. {reasons(again)}" if again else f"Not taken: {reasons(refused)}")


def refusal_of(company: Mapping[str, Any]) -> DomainError | None:
    """Saves the account; answers why it was not."""
    try:
        with transaction.atomic():
            save_account(data=dict(company), actor=None)
    except DomainError as refused:
        return refused
    return None


def reasons(refused: DomainError) -> str:
    return "; ".join(f"{name}: {found[0]}" for name, found in refused.errors.items()) or refused.detail
