"""“Why this account?” beside a person: what matching said, or among whom to choose."""

from typing import Any

from django.http import HttpRequest

from martech.accounts import MATCH_RULE_LABELS, TIE_BREAKER_LABELS, MatchRule, TieBreaker
from martech.models import Account, Person
from martech.selectors.sync_links import said_accounts
from mops.core.registry import Panel
from mops.core.rights import can

CHOSEN = "chosen"


def rule_text(rule: str) -> str:
    """What a stored rule is called."""
    return MATCH_RULE_LABELS[MatchRule(rule)] if rule in list(MatchRule) else rule


def tie_breaker_text(key: str) -> str:
    return TIE_BREAKER_LABELS[TieBreaker(key)] if key in list(TieBreaker) else key


def account_panel(request: HttpRequest, person: Person) -> Panel | None:
    user: Any = request.user
    found: dict[str, Any] = person.account_match or {}
    if not found and person.account is None:
        return None
    tied = [one["id"] for one in found.get("candidates", [])]
    context = {
        "person": person,
        "found": found,
        "is_chosen": found.get("rule") == CHOSEN,
        "rule": rule_text(found.get("rule", "")),
        "tie_breaker": tie_breaker_text(found.get("tie_breaker", "")),
        "tied": list(Account.objects.visible_to(user).filter(pk__in=tied).order_by("name", "pk")),
        "said": said_accounts(person, user) if person.account and can(user, "martech.view_sync") else [],
        "may_choose": can(user, "martech.choose_account"),
    }
    return Panel("Why this account?", "martech/account_panel.html", context)
